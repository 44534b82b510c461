"""An import that the disk has no room for says so and leaves nothing behind: there is as much room as before, and the
next try is as good as the first."""

import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

from disk_image import MEBIOCTET
from failing_disk import FailingDisk
from full_disk_test import SmallDisk
from powered_disk import enter_own_mounts
from running_bus import BIN

PADDING = "x" * 16_000
KIND = "sealpost.delivery.attempted"


def text(octets):
    return struct.pack(">I", len(octets)) + octets


def write_export(file, events):
    """As `sealpost events export` writes it (docs/replay.md)."""
    own = bytes(32)
    lines = ['{"export":"sealpost log","format":1,"log":"' + "3f" * 16 + '","whole":true,"redacted":false,"chain":"original"}']
    for seq in range(1, events + 1):
        payload = json.dumps({"specversion": "1.0", "id": f"event-{seq}", "type": KIND, "data": PADDING}, separators=(",", ":"))
        lines.append(f'{{"seq":{seq},"time":{1795165500000 + seq},"prev":"{own.hex()}","event":{payload}}}')
        own = hashlib.sha256(own + struct.pack(">Qq", seq, 1795165500000 + seq) + text(f"event-{seq}".encode()) +
                             text(KIND.encode()) + text(payload.encode())).digest()
    lines.append(f'{{"end":{{"events":{events},"seq":{events},"hash":"{own.hex()}"}}}}')
    file.write_text("\n".join(lines) + "\n")
    return file


def events_import(state, export, prefix=()):
    return subprocess.run([*prefix, str(BIN / "sealpost"), "--state", str(state), "events", "import", str(export)],
                          capture_output=True, text=True, timeout=120)


class FullDiskImportTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.state = self.folder / "state"

    def assert_nothing_is_left(self, state):
        self.assertEqual([path.name for path in (state / "bus").iterdir()], ["journal.db.lock"])

    def assert_says_why(self, done, export, state):
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stderr, rf"{export}: the disk of {state} is full: an import needs about twice the size of the "
                         r"export, \d+ MiB, and \d+ MiB are free. Make room there, or name another --state DIR, then "
                         r"import again. Nothing was imported.")

    def test_what_found_no_room_leaves_nothing_and_can_be_tried_again(self):
        export = write_export(self.folder / "log.ndjson", 1000)  # 16 MiB
        for leave in (8, 24):  # not even its write-ahead log; that, and not the database
            with self.subTest(leave=leave), SmallDisk(64 * MEBIOCTET) as disk:
                state = disk.folder / "state"
                disk.leave(leave * MEBIOCTET)
                free = disk.free()
                done = events_import(state, export)
                self.assert_says_why(done, export, state)
                self.assert_nothing_is_left(state)
                self.assertGreater(disk.free(), free - MEBIOCTET // 2)
                self.assert_says_why(events_import(state, export), export, state)
                disk.make_room()
                done = events_import(state, export)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_wherever_the_disk_fails(self):
        export = write_export(self.folder / "log.ndjson", 20)
        for fault in ("write journal.db-wal 1 ENOSPC", "write journal.db-wal 9 ENOSPC", "sync journal.db-wal 2 ENOSPC",
                      "write journal.db 3 ENOSPC", "sync journal.db 1 EIO"):
            with self.subTest(fault=fault):
                disk = FailingDisk(SimpleNamespace(folder=self.folder, data=self.state / "bus"), fault)
                done = events_import(self.state, export, disk.prefix)
                self.assertTrue(disk.has_failed(), "it was not reached")
                if "EIO" not in fault:
                    self.assert_says_why(done, export, self.state)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assert_nothing_is_left(self.state)
        self.assertEqual(events_import(self.state, export).returncode, 0)

    def test_a_file_that_is_wrong_leaves_nothing_either(self):
        export = write_export(self.folder / "log.ndjson", 20)
        export.write_text(export.read_text().replace("event-20", "event-21"))
        self.assertIn("Nothing was imported", events_import(self.state, export).stderr)
        self.assert_nothing_is_left(self.state)

    def test_control_a_log_that_was_there_before_is_left_alone(self):
        export = write_export(self.folder / "log.ndjson", 20)
        self.assertEqual(events_import(self.state, export).returncode, 0)
        before = (self.state / "bus/journal.db").read_bytes()
        again = events_import(self.state, export)
        self.assertIn("the log is not empty: it has 20 events", again.stderr)
        self.assertEqual((self.state / "bus/journal.db").read_bytes(), before)


if __name__ == "__main__":
    enter_own_mounts()
    sys.exit(unittest.main())
