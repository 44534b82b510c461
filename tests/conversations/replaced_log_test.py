"""A log that is shorter than what a process has applied, or another one, is refused by every process that applied it.

The control: the very same log, put back, is followed on.
"""

import hashlib
import json
import shutil
import signal
import sqlite3
import struct
import sys
import unittest

from pipeline import GMAIL, Pipeline, alive, sample_mail, until

FOLLOWERS = ("gateway", "portal", "revocation")


def text(octets):
    return struct.pack(">I", len(octets)) + octets


def forge_last(file):
    """Another last event, its hash right: a chain that is sound in itself."""
    database = sqlite3.connect(file)
    with database:
        (before,) = database.execute("SELECT own FROM events ORDER BY seq DESC LIMIT 1 OFFSET 1").fetchone()
        seq, time, identifier, kind, payload = database.execute(
            "SELECT seq, time, id, type, payload FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        forged = payload + b" "
        own = hashlib.sha256(before + struct.pack(">Qq", seq, time) + text(identifier.encode()) +
                             text(kind.encode()) + text(forged)).digest()
        database.execute("UPDATE events SET payload = ?, own = ? WHERE seq = ?", (forged, own, seq))
    database.close()


class ReplacedLogTest(unittest.TestCase):
    def setUp(self):
        """Every process has applied two mails; `older` is the log as it was after the first."""
        self.pipeline = self.enterContext(Pipeline("--no-restart"))
        self.bus = self.pipeline.state / "bus"
        self.older, self.newer = self.pipeline.state / "older", self.pipeline.state / "newer"
        self.deliver("First")
        self.stop_bus(self.older)
        self.start_bus()
        self.deliver("Second")
        last = len(self.pipeline.events())
        self.pipeline.wait(f"applied through {last}")
        self.pids = self.pipeline.pids()
        self.stop_bus(self.newer)

    def deliver(self, subject):
        code, reply = until(lambda: self.accepted(subject), "250")
        self.pipeline.wait(f"delivered to {GMAIL} of {reply[0].split()[-1]}")

    def accepted(self, subject):
        """None while the gateway finds its bus again."""
        code, reply = self.pipeline.submit(sample_mail(subject, [GMAIL]), [GMAIL])
        return (code, reply) if code == 250 else None

    def stop_bus(self, copy):
        self.pipeline.kill("bus", signal.SIGTERM)
        until(lambda: "bus" not in self.pipeline.pids(), "the end of the bus")
        shutil.copytree(self.bus, copy)

    def start_bus(self):
        self.pipeline.process.send_signal(signal.SIGUSR1)
        until(lambda: "bus" in self.pipeline.pids(), "a new bus")

    def replace_by(self, copy):
        shutil.rmtree(self.bus)
        shutil.copytree(copy, self.bus)

    def last_lines(self, name):
        return [json.loads(line) for line in (self.pipeline.state / f"log/{name}.log").read_text().splitlines()[-10:]]

    def each_refuses(self):
        for name in FOLLOWERS:
            until(lambda: not alive(self.pids[name]), f"the end of {name}")
            failed = [line for line in self.last_lines(name) if line["event"] == "process.failed"]
            self.assertEqual(len(failed), 1, name)
            self.assertIn("this is not the log that was followed before, or it is shorter", failed[0]["reason"])
            self.assertIn("put that one back, or start this process anew", failed[0]["reason"])

    def test_control_the_same_log_is_followed_on(self):
        self.replace_by(self.newer)
        self.start_bus()
        self.deliver("Third")
        for name in FOLLOWERS:
            self.assertTrue(alive(self.pids[name]), name)

    def test_a_shorter_log_is_refused_by_each_that_applied_more(self):
        self.replace_by(self.older)
        self.start_bus()
        self.each_refuses()

    def test_another_log_is_refused_by_each_that_applied_the_first(self):
        (self.newer / "journal.db.head").unlink()
        forge_last(self.newer / "journal.db")
        self.replace_by(self.newer)
        self.start_bus()
        self.each_refuses()


if __name__ == "__main__":
    sys.exit(unittest.main())
