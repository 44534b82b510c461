"""A compaction that is killed, or whose disk loses power, at any moment loses no event and repeats none, and the next
one finishes its work. SEALPOST_SEED repeats the moments of the cuts."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

from disk_image import Unavailable
from failing_disk import FailingDisk
from killed_bus_test import WHY_NOT
from powered_disk import PoweredDisk, enter_own_mounts
from progress import Progress, rounds
from running_bus import BIN, PATIENCE, RunningBus
from zmq_python import SKIPPED

SEED = int(os.environ.get("SEALPOST_SEED", random.randrange(10**6)))
EVENTS, KEPT = 600, 100
# What a compaction asks of the disk, at which of these calls the short form kills, and how many must come at least.
CALLS = {"pwrite64": ((1, 2, 3, 10, 40, 100, 200), 5), "fdatasync": ((1, 2, 3), 2), "fsync": ((1, 2, 3, 4, 5), 3),
         "rename": ((1,), 1), "chmod": ((1,), 1), "fchmod": ((1, 2), 1), "unlink": ((1,), 0), "ftruncate": ((1, 2), 1)}


class CompactedBus(RunningBus):
    """A stopped bus with a log, of which `compact` archives all but the newest events."""

    def __enter__(self):
        (self.data.parent / "run").mkdir()  # `sealpost` takes the folder for a state directory
        self.start()
        self.load(most=EVENTS)
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.kept = Path(tempfile.mkdtemp(prefix="sealpost-kept-"))
        self.put_back(self.data, self.kept / "bus")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.kept, ignore_errors=True)
        super().__exit__()

    @staticmethod
    def put_back(source, target):
        if target.exists():
            for path in target.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(source, target, dirs_exist_ok=True)

    def as_it_was(self):
        self.kill()
        self.put_back(self.kept / "bus", self.data)

    def command(self, *arguments, prefix=()):
        return [*prefix, str(BIN / "sealpost"), "--state", str(self.data.parent), "bus", "compact", *arguments]

    def compact(self, prefix=(), keep=KEPT, options=()):
        return subprocess.run(self.command("--keep-events", str(keep), "--json", *options, prefix=prefix),
                              capture_output=True, text=True, timeout=PATIENCE)

    def checked(self):
        """The log as it lies there is whole, and a bus serves all of it."""
        done = subprocess.run([str(BIN / "sealpost"), "--state", str(self.data.parent), "verify", "--json"],
                              capture_output=True, text=True, timeout=PATIENCE)
        said = json.loads(done.stdout) if done.stdout else done.stderr
        # What the load wrote are no events of sealpost: only the chain counts here.
        if not isinstance(said, dict) or said["fault"]:
            raise AssertionError(f"the log is not whole: {said}")
        self.start()
        seq = self.verify()
        self.process.terminate()
        self.process.wait(PATIENCE)
        if seq != said["right"]:
            raise AssertionError(f"{said['right']} events are right of {seq}")
        return seq

    def finished(self):
        """The next compaction comes to its end and leaves nothing behind."""
        done = self.compact(keep=KEPT - 50)
        if done.returncode != 0:
            raise AssertionError(f"it cannot be compacted again: {done.stderr}")
        said = json.loads(done.stdout)
        files = sorted(path.name for path in (self.data / "journal.db.archive").iterdir())
        places = [tuple(map(int, name.removesuffix(".db").split("-"))) for name in files]
        ends = [0, *(last for _, last in places)]
        dense = [first for first, _ in places] == [end + 1 for end in ends[:-1]]
        if not dense or said["strangers"] or places[-1][1] != said["last"]:
            raise AssertionError(f"something was left behind: {files}, {said}")


class CompactionTest(unittest.TestCase):
    @unittest.skipIf(WHY_NOT, WHY_NOT)
    def test_killed_at_each_of_its_system_calls(self):
        with CompactedBus() as bus, Progress("kills of a compaction") as progress:
            kills = 0
            for call, (counts, least) in CALLS.items():
                came = 0
                for count in rounds(counts, range(1, 1000)):
                    with self.subTest(call=call, count=count):
                        if not self.killed_at(bus, call, count):
                            break  # a compaction has no more of them
                        came += 1
                        self.still_whole(bus)
                        progress.one()
                self.assertGreaterEqual(came, least, f"kills at {call} that came")
                kills += came
            print(f"{kills} kills, {len(bus.acknowledged)} events acknowledged before each, 0 lost", flush=True)

    def killed_at(self, bus, call, count):
        bus.as_it_was()
        trace = bus.folder / "trace"
        # The leak sanitizer of an asan build cannot work beside a tracer.
        done = bus.compact(("env", "ASAN_OPTIONS=detect_leaks=0", "strace", "-f", "-o", str(trace),
                            "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={count}"))
        killed = "killed by SIGKILL" in trace.read_text(errors="replace")
        self.assertTrue(killed or done.returncode == 0, done.stderr)
        return killed

    def test_control_a_lost_segment_is_noticed(self):
        with CompactedBus() as bus:
            self.assertEqual(bus.compact().returncode, 0)
            bus.checked()
            next((bus.data / "journal.db.archive").iterdir()).unlink()
            with self.assertRaisesRegex(AssertionError, "is missing"):
                bus.checked()
            self.assertFalse(bus.launch())
            self.assertIn("is missing; restore it from a backup", bus.log)

    def test_the_power_fails(self):
        chance = random.Random(SEED)
        with self.disk() as disk, CompactedBus(disk.folder / "bus") as bus:
            began = time.monotonic()
            self.assertEqual(bus.compact().returncode, 0)
            takes = time.monotonic() - began
            cuts, cut_in_time = rounds(6, 200), 0
            with Progress("power cuts of a compaction", cuts) as progress:
                for number in range(cuts):
                    with self.subTest(seed=SEED, cut=number):
                        cut_in_time += self.cut_during(bus, disk, chance.uniform(0, takes))
                        self.still_whole(bus)
                        progress.one()
            print(f"{cuts} power cuts, {cut_in_time} before the compaction had ended, "
                  f"{len(bus.acknowledged)} events each, 0 lost, seed {SEED}", flush=True)

    def test_each_part_of_its_disk_fails_once(self):
        with CompactedBus() as bus:
            (segment,) = json.loads(bus.compact(options=["--dry-run"]).stdout)["segments"]
            unfinished = f"journal.db.archive/{Path(segment).name}.unfinished"
            for fault in (f"write {unfinished} 3 ENOSPC", f"write {unfinished} 3 short", f"write {unfinished} 3 lie",
                          f"sync {unfinished} 1 EIO", "sync journal.db.archive 1 EIO", "write journal.db-wal 5 ENOSPC",
                          "sync journal.db-wal 1 EIO", "sync journal.db-wal 2 EIO", "sync journal.db 1 EIO",
                          "write journal.db 2 EIO", "write journal.db.head 1 EIO"):
                with self.subTest(fault=fault):
                    self.failed_by(bus, fault)
                    self.still_whole(bus)

    @staticmethod
    def still_whole(bus):
        bus.checked()
        bus.finished()
        bus.checked()

    def failed_by(self, bus, fault):
        bus.as_it_was()
        disk = FailingDisk(bus, fault)
        done = bus.compact(disk.prefix)
        self.assertTrue(disk.has_failed(), fault)
        if "short" not in fault:  # SQLite writes the rest
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertNotEqual(done.stderr, "")
        if ".unfinished" in fault:
            self.assertEqual(list((bus.data / "journal.db.archive").glob("*.unfinished")), [])

    def disk(self):
        try:
            return PoweredDisk()
        except Unavailable as why:
            self.skipTest(f"SKIP: {why}")

    def cut_during(self, bus, disk, moment, prefix=()):
        """Whether the power failed while it ran. The disk is back when it returns."""
        bus.as_it_was()
        disk.sync()
        compaction = subprocess.Popen(bus.command("--keep-events", str(KEPT), prefix=prefix),
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        timer = threading.Timer(moment, disk.cut) if moment else None
        if timer:
            timer.start()
        code = compaction.wait(PATIENCE)
        timer.join() if timer else disk.cut()
        disk.come_back()
        return code != 0

    def test_control_a_segment_that_was_not_synced_is_lost(self):
        with self.disk() as disk, CompactedBus(disk.folder / "bus") as bus:
            (segment,) = json.loads(bus.compact(options=["--dry-run"]).stdout)["segments"]
            lie = FailingDisk(bus, f"sync journal.db.archive/{Path(segment).name}.unfinished 1 lie")
            self.cut_during(bus, disk, None, lie.prefix)
            self.assertTrue(lie.has_failed(), "the sync came, and was not done")
            with self.assertRaisesRegex(AssertionError, "the log is not whole: .*segment .*is not usable"):
                bus.checked()


if __name__ == "__main__":
    if os.geteuid() == 0 and os.environ.get("SEALPOST_OWN_MOUNTS") != "1":
        try:
            PoweredDisk().close()
        except Unavailable as why:
            print(f"SKIP: no power cut: {why}", flush=True)
        else:
            enter_own_mounts()
    result = unittest.main(exit=False).result
    sys.exit(1 if not result.wasSuccessful() else SKIPPED if result.skipped else 0)
