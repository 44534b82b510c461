"""Publishers and consumers that go on whatever becomes of their bus, and die themselves; and the judgement on what they
sent, heard and read."""

import contextlib
import json
import subprocess
import sys
import threading
from pathlib import Path

from bus_load import ATTEMPTED, Lost, Refused
from sealpost_bus import FIRST, Silent

IN_FLIGHT = 16
AWAY = ("stale", "late", "not found")  # what a bus that was restarted answers to what was meant for the one before
PATIENCE = 0.5  # of a client whose bus may be gone


def event_of(name, number, again=0):
    """Its id says what it is, so that a repeat has the same one; `again` makes a mistake of that."""
    return f"{name}-{number}" + f"-{again}" * bool(again), ATTEMPTED, json.dumps([name, number]).encode()


class Restless(threading.Thread):
    """Does `work(connection)` again and again until `done`; a bus that is away is waited for. `failure`: what else came."""

    role = "gateway"

    def __init__(self, bus):
        super().__init__(daemon=True)
        self.bus, self.stopping, self.failure = bus, threading.Event(), None
        self.start()

    def run(self):
        try:
            while not self.done():
                try:
                    with self.bus.connect(self.role, patience=PATIENCE) as connection:
                        connection.hello()
                        self.work(connection)
                except Silent:
                    pass
                except Refused as refusal:
                    if refusal.name not in AWAY:
                        raise
        except Exception as failure:  # told to the test by finish()
            self.failure = failure

    def finish(self, patience=60):
        """Waits for its end for as long as it gets on: with a credit of one it may have fallen far behind."""
        self.stopping.set()
        stood = None
        while self.is_alive() and stood != self.stands_at():
            stood = self.stands_at()
            self.join(patience)
        if self.failure:
            raise self.failure
        if self.is_alive():
            raise Lost(f"{type(self).__name__} stands at {stood} and does not come to its end")


class Publisher(Restless):
    """Appends its events 1, 2, … with several under way. On a new connection it repeats, in order, what has no answer."""

    def __init__(self, bus, name):
        self.name_in_log, self.sent, self.acknowledged, self.refused = name, 0, {}, []
        super().__init__(bus)

    def stands_at(self):
        return len(self.acknowledged) + len(self.refused)

    def unanswered(self):
        return [n for n in range(max(1, self.sent - 2 * IN_FLIGHT), self.sent + 1) if n not in self.acknowledged]

    def done(self):
        return self.stopping.is_set() and not self.unanswered()

    def work(self, connection):
        waiting = [(n, connection.send_append([event_of(self.name_in_log, n)])) for n in self.unanswered()]
        while waiting or not self.stopping.is_set():
            while len(waiting) < IN_FLIGHT and not self.stopping.is_set():
                self.sent += 1
                waiting.append((self.sent, connection.send_append([event_of(self.name_in_log, self.sent)])))
            number, request = waiting.pop(0)
            self.acknowledged[number] = connection.read_seqs(connection.answer(request))[0]


class Forgetful(Publisher):
    """Stays on its connection while its bus is restarted, and repeats nothing: what it is refused may not be done."""

    def unanswered(self):
        return []

    def work(self, connection):
        while not self.stopping.is_set() and not self.ask(connection):
            pass

    def ask(self, connection):
        """Whether the bus is another one by now."""
        waiting, another = [], False
        with contextlib.suppress(Silent):  # nobody is there, and it is not sent
            for _ in range(4):
                self.sent += 1
                waiting.append((self.sent, connection.send_append([event_of(self.name_in_log, self.sent)])))
        for number, request in waiting:
            try:
                self.acknowledged[number] = connection.read_seqs(connection.answer(request))[0]
            except Silent:
                break  # what became of them is unknown
            except Refused as refusal:
                another = True
                self.refused.append(number)
                if refusal.name not in AWAY:
                    raise
        return another


class Consumer(Restless):
    """Follows the log from event 1 with that credit until `through`, the last event, is known and handled."""

    role = "operator"

    def __init__(self, bus, window):
        self.window, self.events, self.own, self.through = window, [], FIRST, None
        super().__init__(bus)

    def stands_at(self):
        return len(self.events)

    def done(self):
        return self.through is not None and len(self.events) >= self.through

    def work(self, connection):
        subscription = connection.subscribe(len(self.events) + 1, self.own, self.window)
        while not self.done():
            packet = subscription.take(PATIENCE)
            self.events += packet
            self.own = subscription.own
            if not packet:
                connection.head()  # raises where nobody is there
            subscription.credit()


# Programs of their own, to be killed: they say what they do as they do it.
BEGIN = """
import json, sys
sys.path[:0] = sys.argv[1:3]
from sealpost_bus import Bus
from restless_clients import event_of
where = (*sys.argv[3:5], sys.argv[5:7])
"""
PUBLISHES = BEGIN + """
with Bus(*where) as bus:
    bus.hello()
    waiting, number = [], int(sys.argv[7])
    while True:
        print(json.dumps(["sent", number]), flush=True)
        waiting.append((number, bus.send_append([event_of("mortal", number)])))
        number += 1
        if len(waiting) == 8:
            first, request = waiting.pop(0)
            print(json.dumps(["acknowledged", first, bus.read_seqs(bus.answer(request))[0]]), flush=True)
"""
CONSUMES = BEGIN + """
with Bus(*where) as bus:
    bus.hello()
    subscription = bus.subscribe(int(sys.argv[7]), bytes.fromhex(sys.argv[8]), window=7)
    while True:
        for event in subscription.take(1):
            print(json.dumps(["handled", event.seq, event.id, event.own.hex()]), flush=True)
        subscription.credit()
"""


class Mortal:
    """One such program; what it said stands in `lines` once it was killed."""

    def __init__(self, bus, role, program, *arguments):
        here = Path(__file__).resolve().parent
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, str(here), str(here.parent / "bus_client"), bus.endpoint,
             bus.pairs["bus"][0], *bus.pairs[role], *map(str, arguments)], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.lines, self.has_begun = [], threading.Event()
        self.reading = threading.Thread(target=self.read)
        self.reading.start()

    def read(self):
        for line in self.process.stdout:
            if line.endswith("\n"):
                self.lines.append(json.loads(line))
                if self.lines[-1][0] != "sent":  # which is said before anything is done
                    self.has_begun.set()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reading.join()
        self.process.stdout.close()
        return self.lines


def judge(events, publishers):
    """Raises Lost when an acknowledged event is not in its place, one is there twice or before an earlier one of its
    publisher, or a refused one is there. `publishers`: {name: (acknowledged {number: seq}, refused numbers)}."""
    places = {}
    for event in events:
        name, number = json.loads(event.payload)
        if number in places.setdefault(name, {}):
            raise Lost(f"{name} {number} stands twice, as event {places[name][number]} and {event.seq}")
        if places[name] and number < next(reversed(places[name])):
            raise Lost(f"{name} {number} stands behind a later one")
        places[name][number] = event.seq
    for name, (acknowledged, refused) in publishers.items():
        lost = [number for number, seq in acknowledged.items() if places.get(name, {}).get(number) != seq]
        if lost:
            raise Lost(f"{len(lost)} of {len(acknowledged)} acknowledged events of {name} are lost")
        ghosts = [number for number in refused if number in places.get(name, {})]
        if ghosts:
            raise Lost(f"{name} {ghosts[0]} was refused and stands in the log")
