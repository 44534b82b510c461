"""sealpost-bus alone, loaded, killed, cut off, and asked afterwards whether it kept its word."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SKIPPED = 77  # the exit code by which ctest knows that something could not be tested here
sys.path.insert(0, str(HERE.parent / "bus_client"))
try:
    import zmq
except ImportError:  # Debian's package belongs to Debian's Python
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
    print("SKIP: pyzmq is missing (apt-get install python3-zmq)")
    sys.exit(SKIPPED)

from sealpost_bus import Bus, Refused, Silent  # noqa: E402

BIN = Path(os.environ.get("SEALPOST_BIN", HERE.parents[1] / "build/dev/bin"))
CAMPAIGN = os.environ.get("SEALPOST_CAMPAIGN") == "1"
PATIENCE = 30.0
ACCEPTED = "sealpost.message.accepted"
ATTEMPTED = "sealpost.delivery.attempted"
SLOT = "gateway/queue"
IN_FLIGHT = 32

ROLES = f"""
[[bus.roles]]
name = "gateway"
append = ["{ACCEPTED}", "{ATTEMPTED}"]
content_read = true
content_write = true
slots_read = ["gateway"]
slots_write = ["link", "gateway"]
slots_erase = ["gateway"]

[[bus.roles]]
name = "operator"
append = []
content_read = false
content_write = false
slots_read = []
slots_write = []
slots_erase = []
"""


def rounds(short, campaign):
    return campaign if CAMPAIGN else short


def chunk_of(identifier, repeats):
    return identifier.encode() * repeats


def sealed_of(identifier):
    return b"sealed " + identifier.encode()


class Lost(AssertionError):
    """Something acknowledged is not there, or not as it was."""


class RunningBus:
    """Its settings and keys in `folder`, its disk in `data` (which may be a mount). Use as a context manager."""

    def __init__(self, data=None):
        self.folder = Path(tempfile.mkdtemp(prefix="sealpost-bus-"))
        self.data = Path(data) if data else self.folder / "bus"
        self.endpoint = f"ipc://{self.folder}/bus.sock"
        self.pairs = {name: tuple(k.decode() for k in zmq.curve_keypair()) for name in ("bus", "gateway", "operator")}
        self.write_settings()
        self.process = self.tracer = None
        self.repeats = 100  # of the identifier in each content
        self.acknowledged = {}
        self.refused = []
        self.with_slot = []  # acknowledged, and nobody has asked to erase their slots
        self.erasing, self.erased = set(), set()

    def write_settings(self):
        for name, pair in self.pairs.items():
            for kind, key in zip(("public", "secret"), pair):
                path = self.folder / f"{name}.{kind}"
                path.touch(mode=0o600)
                path.write_text(key + "\n")
        lines = (f'[bus]\nendpoint = "{self.endpoint}"\ndatabase = "{self.data}/journal.db"\n'
                 f'slab = "{self.data}/slab"\npublic_key_file = "bus.public"\nsecret_key_file = "bus.secret"\n'
                 'health = "127.0.0.1:0"\n')
        for role in ("gateway", "operator"):
            lines += f'\n[[bus.clients]]\nrole = "{role}"\npublic_key = "{self.pairs[role][0]}"\n'
        (self.folder / "sealpost.toml").write_text(lines + ROLES)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    # the process

    @property
    def log(self):
        return (self.folder / "bus.log").read_text(errors="replace")

    def launch(self, prefix=()):
        """Starts it; `prefix` is a tracer that runs it. Whether it became ready (else it has ended)."""
        program = BIN / "sealpost-bus"
        deadline = time.monotonic() + 120
        while not program.exists() and time.monotonic() < deadline:
            threading.Event().wait(0.2)  # it is being linked
        with (self.folder / "bus.log").open("wb") as log:
            self.process = subprocess.Popen(
                [*prefix, str(program), "--config", str(self.folder / "sealpost.toml")],
                stdout=log, stderr=log, start_new_session=True)
        while time.monotonic() < deadline:
            if any('"ready"' in line and '"endpoint"' in line for line in self.log.splitlines()):
                return True
            if self.process.poll() is not None:
                return False
            threading.Event().wait(0.01)
        raise AssertionError("not ready in time:\n" + self.log)

    def start(self, prefix=()):
        if not self.launch(prefix):
            raise AssertionError("sealpost-bus did not start:\n" + self.log)

    def attach(self, injection):
        """From now on system calls fail or kill as `injection` (strace -e inject=) says; False if not possible."""
        note = self.folder / "strace.note"
        with note.open("wb") as said:
            self.tracer = subprocess.Popen(
                ["strace", "-f", "-o", str(self.folder / "trace"), "-e", "trace=" + injection.split(":")[0],
                 "-e", "inject=" + injection, "-p", str(self.process.pid)], stderr=said)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.tracer.poll() is None:
            if "attached" in note.read_text():
                return True
            threading.Event().wait(0.01)
        return False

    def kill(self):
        """SIGKILL to all that was started."""
        if self.process and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        if self.process:
            self.process.wait(PATIENCE)
        if self.tracer:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.tracer.wait(5)
            if self.tracer.poll() is None:
                self.tracer.kill()
                self.tracer.wait()
            self.tracer = None

    def alive(self):
        return self.process.poll() is None

    def connect(self, role="gateway", patience=PATIENCE):
        return Bus(self.endpoint, self.pairs["bus"][0], self.pairs[role], patience)

    # load

    def load(self, enough=lambda: False, most=10**9):
        """Appends with several under way until the bus is dead, `enough`, or `most` are answered."""
        answered = 0
        with self.connect(patience=2.0) as bus:
            try:
                bus.hello()
            except (Silent, Refused):
                return
            waiting = {}
            silent_since = time.monotonic()
            while answered < most and not enough():
                if not self.fill(bus, waiting):
                    return
                packet = bus.receive(0.02)
                while packet:
                    silent_since = time.monotonic()
                    answered += self.note(waiting, *packet)
                    packet = bus.receive(0)
                if not self.alive() or time.monotonic() - silent_since > PATIENCE:
                    return

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

    # what must be true afterwards

    def verify(self):
        """Everything acknowledged is there in its place; the log is dense and its chain right. The head."""
        with self.connect() as bus:
            seq, own = bus.hello()
            events = list(bus.follow())
            if len(events) != seq or (events and events[-1].own != own):
                raise Lost(f"the log says that it has {seq} events and sends {len(events)}")
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
        return seq

    def verify_contents(self, bus, identifiers):
        for identifier in identifiers:
            content = self.found(bus.get, "c" + identifier, 0)
            if content != chunk_of(identifier, self.repeats):
                raise Lost(f"the content of {identifier} is {'lost' if content is None else 'another one'}")
            slot = self.found(bus.slot_get, "c" + identifier, SLOT)
            if slot is None and identifier in self.erasing:
                continue
            if identifier in self.erased:
                raise Lost(f"the slot of {identifier} was erased and is back")
            if slot != sealed_of(identifier):
                raise Lost(f"the slot of {identifier} is {'lost' if slot is None else 'another one'}")

    @staticmethod
    def found(ask, *what):
        try:
            return ask(*what)
        except Refused as refusal:
            if refusal.name != "not found":
                raise Lost(f"{what}: {refusal}") from refusal
            return None

    def restart_and_verify(self):
        self.kill()
        self.start()
        return self.verify()
