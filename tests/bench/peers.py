"""The peers of the bus, each on a free port of 127.0.0.1 with its files in a folder of its own."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

PATIENCE = 20.0


class Missing(Exception):
    """The peer is not installed; says how to get it."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def redis_command(port, folder):
    """Every answer is on disk: an fsync before each, as the bus does it. No snapshots, no rewriting meanwhile."""
    return ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "",
            "--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0"]


def jetstream_command(port, folder):
    """A file store. This version cannot be told to sync before it acknowledges."""
    return ["nats-server", "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(folder)]


def zeromq_command(port, folder):
    """The least durable broker on ZeroMQ: what ZeroMQ itself takes. bench_bus is both its sides."""
    bench = Path(os.environ["SEALPOST_BIN"]) / "bench_bus"
    return [str(bench), "zeromq-broker", f"port={port}", f"folder={folder}"]


PEERS = {"redis": redis_command, "jetstream": jetstream_command, "zeromq": zeromq_command}


class Peer:
    """A running peer; a context manager."""

    def __init__(self, name, folder):
        self.port = free_port()
        self.folder = Path(folder) / name
        self.folder.mkdir()
        command = PEERS[name](self.port, self.folder)
        if not shutil.which(command[0], path="/usr/bin:/usr/sbin:/usr/local/bin"):
            raise Missing(f"{command[0]} is missing (setup/install bench)")
        command[0] = shutil.which(command[0], path="/usr/bin:/usr/sbin:/usr/local/bin")
        with (self.folder / "output").open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        self.wait_until_listening()

    def wait_until_listening(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.02)  # one that has ended will never listen
                break
        self.stop()
        raise RuntimeError("did not start:\n" + (self.folder / "output").read_text(errors="replace"))

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
