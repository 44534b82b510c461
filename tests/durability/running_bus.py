"""sealpost-bus alone, loaded, killed, cut off, and asked afterwards whether it kept its word."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import zmq_python  # noqa: F401
import zmq
from bus_load import ACCEPTED, ATTEMPTED, PATIENCE, BusLoad
from sealpost_bus import Bus

BIN = Path(os.environ.get("SEALPOST_BIN", Path(__file__).resolve().parents[2] / "build/dev/bin"))

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


def readiness(bus):
    """What /readyz says."""
    ready = next(line for line in map(json.loads, bus.log.splitlines()) if line["event"] == "ready")
    connection = http.client.HTTPConnection("127.0.0.1", ready["health_port"], timeout=30)
    try:
        connection.request("GET", "/readyz")
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


class RunningBus(BusLoad):
    """Its settings and keys in `folder`, its disk in `data` (which may be a mount). Use as a context manager.

    `settings`: more lines of [bus]."""

    def __init__(self, data=None, settings="accept_unerasable = true"):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="sealpost-bus-"))
        self.data = Path(data) if data else self.folder / "bus"
        self.endpoint = f"ipc://{self.folder}/bus.sock"
        self.pairs = {name: tuple(k.decode() for k in zmq.curve_keypair()) for name in ("bus", "gateway", "operator")}
        self.settings = settings
        self.write_settings()
        self.process = self.tracer = None

    def write_settings(self):
        for name, pair in self.pairs.items():
            for kind, key in zip(("public", "secret"), pair):
                path = self.folder / f"{name}.{kind}"
                path.touch(mode=0o600)
                path.write_text(key + "\n")
        lines = (f'[bus]\nendpoint = "{self.endpoint}"\ndatabase = "{self.data}/journal.db"\n'
                 f'slab = "{self.data}/slab"\npublic_key_file = "bus.public"\nsecret_key_file = "bus.secret"\n'
                 f'health = "127.0.0.1:0"\n{self.settings}\n')
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
        """From now on system calls fail or kill as `injection` (strace -e inject=) says, or, where that is "all", stand
        in the file `trace`; False if not possible."""
        note = self.folder / "strace.note"
        with note.open("wb") as said:
            self.tracer = subprocess.Popen(
                ["strace", "-f", "-o", str(self.folder / "trace"), "-e", "trace=" + injection.split(":")[0],
                 *(["-e", "inject=" + injection] if ":" in injection else []), "-p", str(self.process.pid)], stderr=said)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.tracer.poll() is None:
            if "attached" in note.read_text():
                return True
            threading.Event().wait(0.01)
        return "attached" in note.read_text()  # and has ended, having killed what it was attached to

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

    def connect(self, role="gateway", patience=PATIENCE, **options):
        return Bus(self.endpoint, self.pairs["bus"][0], self.pairs[role], patience, **options)

    def restart_and_verify(self):
        self.kill()
        self.start()
        return self.verify()
