"""A client of sealpost's bus, written from docs/bus-protocol.md alone. Needs pyzmq (Debian: python3-zmq).

One object is one connection and belongs to one thread. A connection that is stale or that got no answer is
to be closed and made anew; nothing is sent again by itself.
"""

import collections
import hashlib
import struct
import time

import zmq

PROTOCOL = b"SP1"
NOBODY = bytes(32)
WITHOUT_ROOM = 256 * 1024  # a longer body is sent when the broker has said that there is room
FIRST = bytes(32)  # the hash before event 1
CODES = {1: "stale", 2: "refused", 3: "conflict", 4: "not found", 5: "invalid", 6: "different log", 7: "disk",
         8: "late", 9: "follow only", 10: "damaged"}

Event = collections.namedtuple("Event", "seq time id type payload own")


class Refused(Exception):
    """An `error` or `end` of the broker; `name` is the code's name."""

    def __init__(self, code, reason):
        super().__init__(f"{CODES.get(code, code)}: {reason}")
        self.name, self.reason = CODES.get(code, str(code)), reason


class Silent(Exception):
    """No answer in time: whether the request was carried out is unknown."""


class Damaged(Exception):
    """An event does not follow the one before."""


def octets(value):
    return value.encode() if isinstance(value, str) else value


def text(value):
    value = octets(value)
    return struct.pack(">I", len(value)) + value


def list_of(entries):
    return struct.pack(">I", len(entries)) + b"".join(entries)


class Fields:
    """Reads a body field by field."""

    def __init__(self, body):
        self.body, self.place = body, 0

    def take(self, count):
        taken = self.body[self.place:self.place + count]
        if len(taken) != count:
            raise ValueError("a body that ends early")
        self.place += count
        return taken

    def number(self, form):
        return struct.unpack(">" + form, self.take(struct.calcsize(">" + form)))[0]

    def text(self):
        return self.take(self.number("I"))

    def list_of(self, entry):
        return [entry() for _ in range(self.number("I"))]

    def end(self):
        if self.place != len(self.body):
            raise ValueError("a body with something after it")


def chain_hash(prev, seq, when, identifier, kind, payload):
    fields = struct.pack(">Qq", seq, when) + text(identifier) + text(kind) + text(payload)
    return hashlib.sha256(prev + fields).digest()


def read_events(body):
    fields = Fields(body)
    events = [Event(fields.number("Q"), fields.number("q"), fields.text().decode(), fields.text().decode(),
                    fields.text(), fields.take(32)) for _ in range(fields.number("I"))]
    fields.end()
    return events


def read_error(body):
    fields = Fields(body)
    return Refused(fields.number("B"), fields.text().decode("utf-8", "replace"))


class Bus:
    """`keys` is (public, secret) in Z85; None speaks without CURVE, which the broker does not answer."""

    def __init__(self, endpoint, server_key=None, keys=None, patience=5.0, context=None, read_slowly=False):
        self.patience = patience
        self.socket = (context or zmq.Context.instance()).socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.IMMEDIATE, 1)
        self.socket.setsockopt(zmq.SNDTIMEO, int(patience * 1000))
        if read_slowly:  # what is not received stays with the broker
            self.socket.setsockopt(zmq.RCVHWM, 1)
            self.socket.setsockopt(zmq.RCVBUF, 4096)
        if keys:
            self.socket.curve_serverkey = octets(server_key)
            self.socket.curve_publickey, self.socket.curve_secretkey = map(octets, keys)
        self.socket.connect(endpoint)
        self.request = 0
        self.broker = NOBODY
        self.received = collections.deque()  # packets of the last bundle
        self.early = {}  # packets nobody has asked for yet, by request
        self.role = self.origin = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    # packets

    def send(self, verb, body=b"", request=None):
        """Sends without waiting for the answer; the request's number."""
        if len(body) > WITHOUT_ROOM:
            self.ask("room", struct.pack(">I", len(body)))
        if request is None:
            self.request += 1
            request = self.request
        try:
            self.socket.send(self.bundle([(verb, request, body)]))
        except zmq.Again:
            raise Silent(f"no connection for {verb}") from None
        return request

    def bundle(self, packets):
        """The frame of packets (verb, request, body)."""
        return PROTOCOL + self.broker + list_of(
            [text(verb) + struct.pack(">Q", request) + text(body) for verb, request, body in packets])

    def receive(self, seconds):
        """The next packet as (verb, request, body), None when there is none in that time."""
        if not self.received:
            if not self.socket.poll(int(seconds * 1000)):
                return None
            try:
                self.received.extend(self.read_bundle(self.socket.recv(zmq.NOBLOCK)))
            except zmq.Again:  # it went with its connection
                return None
        return self.received.popleft()

    def read_bundle(self, frame):
        fields = Fields(frame)
        if fields.take(len(PROTOCOL)) != PROTOCOL:
            raise ValueError("another protocol")
        broker = fields.take(len(NOBODY))
        packets = fields.list_of(lambda: (fields.text().decode(), fields.number("Q"), fields.text()))
        fields.end()
        if self.broker == NOBODY and any(verb == "ok" for verb, _, _ in packets):
            self.broker = broker
        return packets

    def next_of(self, request, seconds):
        """The next packet of that request as (verb, body), None when there is none in that time."""
        deadline = time.monotonic() + seconds
        while request not in self.early:
            packet = self.receive(max(0.0, deadline - time.monotonic()))
            if packet is None:
                return None
            self.early.setdefault(packet[1], collections.deque()).append((packet[0], packet[2]))
        waiting = self.early[request]
        packet = waiting.popleft()
        if not waiting:
            del self.early[request]
        return packet

    def answer(self, request):
        """The body of the answer to that request."""
        packet = self.next_of(request, self.patience)
        if packet is None:
            raise Silent(f"no answer to request {request}")
        if packet[0] == "error":
            raise read_error(packet[1])
        return packet[1]

    def ask(self, verb, body=b""):
        return self.answer(self.send(verb, body))

    # requests

    def hello(self):
        """(last seq, its hash)"""
        self.broker = NOBODY
        fields = Fields(self.ask("hello"))
        head = fields.number("Q"), fields.take(32)
        self.role = fields.text().decode()
        self.origin = fields.text()  # of an imported log, which is followed only; else empty
        fields.end()
        return head

    def head(self):
        fields = Fields(self.ask("head"))
        return fields.number("Q"), fields.take(32)

    def send_append(self, events, contents=(), slots=()):
        """events: (id, type, payload); contents: (id, chunks); slots: (content, name, sealed)."""
        return self.send(
            "append",
            list_of([text(i) + text(t) + text(p) for i, t, p in events]) +
            list_of([text(c) + struct.pack(">I", n) for c, n in contents]) +
            list_of([text(c) + text(n) + text(s) for c, n, s in slots]))

    @staticmethod
    def read_seqs(body):
        fields = Fields(body)
        seqs = [fields.number("Q") for _ in range(fields.number("I"))]
        fields.end()
        return seqs

    def append(self, events, contents=(), slots=()):
        return self.read_seqs(self.answer(self.send_append(events, contents, slots)))

    def send_put(self, content, index, chunk):
        return self.send("put", text(content) + struct.pack(">I", index) + text(chunk))

    def put(self, content, index, chunk):
        self.answer(self.send_put(content, index, chunk))

    def send_get(self, content, index):
        return self.send("get", text(content) + struct.pack(">I", index))

    def get(self, content, index):
        return self.answer(self.send_get(content, index))

    def discard(self, content):
        self.ask("discard", text(content))

    def send_slot_get(self, content, name):
        return self.send("slot-get", text(content) + list_of([text(name)]))

    def slot_get(self, content, name):
        return self.answer(self.send_slot_get(content, name))

    def send_slot_erase(self, content, names):
        return self.send("slot-erase", text(content) + list_of([text(n) for n in names]))

    def slot_erase(self, content, names):
        self.answer(self.send_slot_erase(content, names))

    def subscribe(self, start=1, known=FIRST, window=1024):
        return Subscription(self, start, known, window)

    def follow(self, start=1, known=FIRST, window=1024):
        """Yields the events from `start` to the end of the log as it is when asked, checking each."""
        subscription = self.subscribe(start, known, window)
        while subscription.handled < subscription.last:
            events = subscription.take(self.patience)
            if not events:
                raise Silent(f"no event after {subscription.handled} of {subscription.last}")
            yield from events
            subscription.credit()
        subscription.cancel()


class Subscription:
    """Events in order from `start` on, live ones too; `known` is the hash of the event before.

    `handled` and `own` are the last event's place and hash: what the next subscription begins with.
    """

    def __init__(self, bus, start, known, window):
        self.bus, self.window = bus, window
        self.handled, self.own = start - 1, known
        self.request = bus.send("subscribe", struct.pack(">Q", start) + known + struct.pack(">I", window))
        self.last = Fields(bus.answer(self.request)).number("Q")  # of the log when it was asked

    def take(self, seconds):
        """The events of the next packet, each checked against the chain; [] when none came in that time."""
        packet = self.bus.next_of(self.request, seconds)
        if packet is None:
            return []
        verb, body = packet
        if verb != "events":  # an `end`, or the `error` that a credit to another broker is answered with
            raise read_error(body)
        events = read_events(body)
        for event in events:
            if event.seq != self.handled + 1:
                raise Damaged(f"event {event.seq} after {self.handled}")
            if chain_hash(self.own, *event[:5]) != event.own:
                raise Damaged(f"event {event.seq} does not continue the chain")
            self.handled, self.own = event.seq, event.own
        return events

    def credit(self):
        """Says that everything taken is handled, and asks for `window` events more."""
        self.bus.send("credit", struct.pack(">QI", self.handled, self.window), self.request)

    def cancel(self):
        self.bus.send("cancel", request=self.request)
