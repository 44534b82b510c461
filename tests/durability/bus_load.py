"""What a bus is asked under load, what it answered, and whether it kept its word afterwards."""

import os
import random
import time

import zmq_python  # noqa: F401
from sealpost_bus import Bus, Refused, Silent

PATIENCE = 30.0
ACCEPTED = "sealpost.message.accepted"
ATTEMPTED = "sealpost.delivery.attempted"
SLOT = "gateway/queue"
IN_FLIGHT = 32
ASKED_AT_ONCE = 200


def chunk_of(identifier, repeats):
    return identifier.encode() * repeats


def sealed_of(identifier):
    return b"sealed " + identifier.encode()


class Lost(AssertionError):
    """Something acknowledged is not there, or not as it was."""


class BusLoad:
    """A RunningBus is one: it has `connect` and `alive`."""

    def __init__(self):
        self.repeats = 100  # of the identifier in each content
        self.acknowledged = {}
        self.refused = []
        self.with_slot = []  # acknowledged, and nobody has asked to erase their slots
        self.erasing, self.erased = set(), set()

    def load(self, enough=lambda: False, most=10**9):
        """Appends with several under way until the bus is dead, or until `enough` or `most` are answered and the rest,
        too."""
        answered, asking = 0, True
        with self.connect(patience=2.0) as bus:
            if not self.greeted(bus):
                return
            waiting = {}
            silent_since = time.monotonic()
            while asking or waiting:
                asking = asking and answered < most and not enough()
                if asking and not self.fill(bus, waiting):
                    return
                packet = bus.receive(0.02)
                while packet:
                    silent_since = time.monotonic()
                    answered += self.note(waiting, *packet)
                    packet = bus.receive(0)
                if not self.alive() or time.monotonic() - silent_since > PATIENCE:
                    return

    def greeted(self, bus):
        """Whether it says hello, which takes as long as it takes; False: it is dead, or refuses."""
        while True:
            try:
                return bool(bus.hello())
            except Silent:
                if not self.alive():
                    return False
            except Refused:
                return False

    def fill(self, bus, waiting):
        try:
            while len(waiting) < IN_FLIGHT:
                request, asked, identifier = self.send_something(bus, alone=not waiting)
                waiting[request] = asked, identifier
        except Silent:
            return False
        return True

    def send_something(self, bus, alone):
        """An event, an event with content and slot, or the erasing of a slot: (request, what, identifier)."""
        chance = random.random()
        if chance < 0.05 and self.with_slot:
            identifier = self.with_slot.pop()
            self.erasing.add(identifier)
            return bus.send_slot_erase("c" + identifier, [SLOT]), "erase", identifier
        identifier = os.urandom(8).hex()
        if chance < 0.75 and not alone:
            return bus.send_append([(identifier, ATTEMPTED, b"{}" * 150)]), "append", identifier
        bus.send_put("c" + identifier, 0, chunk_of(identifier, self.repeats))
        request = bus.send_append([(identifier, ACCEPTED, b'{"n":1}')], [("c" + identifier, 1)],
                                  [("c" + identifier, SLOT, sealed_of(identifier))])
        return request, "accept", identifier

    def note(self, waiting, verb, request, body):
        """Writes down an answer; 1 when it answered an append."""
        asked, identifier = waiting.pop(request, (None, None))
        if asked is None:
            return 0
        if asked == "erase":
            if verb == "ok":
                self.erased.add(identifier)
            return 0
        if verb != "ok":
            self.refused.append(identifier)
        else:
            self.acknowledged[identifier] = Bus.read_seqs(body)[0]
            if asked == "accept":
                self.with_slot.append(identifier)
        return 1

    def verify(self):
        """Everything acknowledged is there in its place; the log is dense and its chain right. The head."""
        with self.connect() as bus:
            seq, own = bus.hello()
            events = list(bus.follow())
            last = bus.head()[0]  # what a load left in flight may have been written meanwhile
            if not seq <= len(events) <= last or (seq and events[seq - 1].own != own):
                raise Lost(f"the log says that it has {seq} to {last} events and sends {len(events)}")
            places = {event.id: event.seq for event in events}
            if len(places) != len(events):
                raise Lost("an id stands in the log twice")
            lost = [i for i, place in self.acknowledged.items() if places.get(i) != place]
            if lost:
                raise Lost(f"{len(lost)} of {len(self.acknowledged)} acknowledged events are lost")
            wrong = [i for i in self.refused if i in places]
            if wrong:
                raise Lost(f"{len(wrong)} events were refused and stand in the log")
            self.verify_contents(bus, [event.id for event in events if event.type == ACCEPTED])
        return len(events)

    def verify_contents(self, bus, identifiers):
        for begin in range(0, len(identifiers), ASKED_AT_ONCE):
            asked = [(i, bus.send_get("c" + i, 0), bus.send_slot_get("c" + i, SLOT))
                     for i in identifiers[begin:begin + ASKED_AT_ONCE]]
            for identifier, content, slot in asked:
                self.verify_content(identifier, self.found(bus, content), self.found(bus, slot))

    def verify_content(self, identifier, content, slot):
        if content != chunk_of(identifier, self.repeats):
            raise Lost(f"the content of {identifier} is {'lost' if content is None else 'another one'}")
        if slot is None and identifier in self.erasing:
            return
        if identifier in self.erased:
            raise Lost(f"the slot of {identifier} was erased and is back")
        if slot != sealed_of(identifier):
            raise Lost(f"the slot of {identifier} is {'lost' if slot is None else 'another one'}")

    @staticmethod
    def found(bus, request):
        try:
            return bus.answer(request)
        except Refused as refusal:
            if refusal.name != "not found":
                raise Lost(f"asked for a content or a slot: {refusal}") from refusal
            return None
