"""Each call that the bus makes of its disk fails once; what it had acknowledged is there all the same."""

import collections
import json
import re
import unittest

from failing_disk import FailingDisk
from bus_load import PATIENCE, Lost, Refused, Silent
from progress import CAMPAIGN, Progress, rounds
from running_bus import RunningBus

ERRORS = {"EIO": "Input/output error", "ENOSPC": "No space left on device", "full": "No space left on device"}
KINDS = {"open": ("EIO", "ENOSPC"), "truncate": ("EIO",), "sync": ("EIO", "ENOSPC"), "read": ("EIO", "EINTR", "short"),
         "write": ("EIO", "ENOSPC", "full", "short", "EINTR")}
MOST_PLACES = 20  # of a call on a file
TRIES = 10  # until a fault that may meet something else meets what it is meant for
# SQLite goes on without them: the bus syncs the folder itself, and who only reads may open the log again.
BEARABLE = {("open", "."), ("sync", "."), ("open", "journal.db-wal")}


def counted(bus, most):
    """How often each call on each file comes in a start, and in a load after it."""
    disk = FailingDisk(bus)
    bus.start(disk.prefix)
    start = collections.Counter((call.call, call.file) for call in disk.trace)
    bus.load(most=most)
    whole = collections.Counter((call.call, call.file) for call in disk.trace)
    bus.kill()
    return start, whole - start


def faults(calls, before):
    """"CALL FILE N KIND": in a campaign each kind at up to 20 of a file's calls; else one a file, another for each, and
    the second sync of a load.

    `calls` says how many there are of each, `before` how many of them to let pass, those of the start."""
    for number, ((call, file), count) in enumerate(sorted(calls.items())):
        places = sorted({at * count // MOST_PLACES for at in range(MOST_PLACES)})
        wanted = [f"{call} {file} {before[call, file] + place + 1} {kind}"
                  for place in places for kind in KINDS.get(call, ())]
        yield from wanted if CAMPAIGN else wanted[number % len(wanted):][:1]
        if before and call == "sync" and count > 1 and not CAMPAIGN:  # the first may be that of a file just made
            yield f"{call} {file} {before[call, file] + 2} EIO"


def is_first(fault, before):
    """Whether it is sure to come: later ones depend on how the load was grouped."""
    call, file, number, _ = fault.split()
    return int(number) == before[call, file] + 1


class FailingIoTest(unittest.TestCase):
    def fail_each(self, make_bus, calls, before, most):
        wanted = list(faults(calls, before))
        with Progress("faults", len(wanted)) as progress:
            for fault in wanted:
                with self.subTest(fault=fault), make_bus() as bus:
                    self.assertTrue(self.run_with(bus, fault, most) or not is_first(fault, before), "it was not reached")
                    progress.one()

    def run_with(self, bus, fault, most):
        """Whether the fault came."""
        call, file, _, kind = fault.split()
        disk = FailingDisk(bus, fault)
        if bus.launch(disk.prefix):
            bus.load(most=most)
        if bus.alive() and kind in ERRORS and disk.has_failed():
            self.assertIn((call, file), BEARABLE)
        elif kind in ERRORS and disk.has_failed():
            self.assert_stopped(bus, disk, call, file, ERRORS[kind])
        bus.restart_and_verify()
        return disk.has_failed()

    def assert_stopped(self, bus, disk, call, file, error):
        self.assertEqual(bus.process.wait(PATIENCE), 1, bus.log)
        if call == "sync" and (file, bus.acknowledged) != ("journal.db", {}):  # an empty database is rolled back
            # The database is copied into beside the writer, which may just be syncing the write-ahead log.
            others = file == "journal.db"
            self.assertEqual([after for after in disk.after_the_failure()
                              if after.call == "sync" and (after.file == file or not others)], [])
        last = json.loads(bus.log.splitlines()[-1])
        self.assertIn(last["event"], ("bus.failed", "process.failed"))
        self.assertIn(re.sub("-(wal|shm|journal)$", "", str(bus.data / file)), last["reason"])
        if call != "open":  # SQLite tries to open otherwise, and reports what came of that
            self.assertIn(error, last["reason"])
        if "No space" in last["reason"]:
            self.assertRegex(last["reason"], r"\d+ KiB are free, at least 64 MiB are needed")
        self.assertRegex(last["reason"], "then start again")

    def used_bus(self):
        """One that was killed with a write-ahead log of its own."""
        bus = RunningBus()
        bus.start()
        bus.load(most=100)
        bus.kill()
        return bus

    def test_in_the_first_start(self):
        with RunningBus() as bus:
            start, _ = counted(bus, 0)
        self.fail_each(RunningBus, start, collections.Counter(), most=20)

    def test_in_a_start_after_a_crash(self):
        with self.used_bus() as bus:
            start, _ = counted(bus, 0)
        self.fail_each(self.used_bus, start, collections.Counter(), most=20)

    def test_a_read_that_fails_at_a_start_is_not_called_damage(self):
        with RunningBus() as bus, Progress("reads of a start") as progress:
            bus.start()
            bus.load(most=300)
            bus.process.terminate()  # so that all of it stands in the database
            bus.process.wait(PATIENCE)
            count = counted(bus, 0)[0]["read", "journal.db"]
            self.assertGreater(count, 0)
            failed = 0
            for place in sorted({1 + at * count // MOST_PLACES for at in range(0, MOST_PLACES, rounds(3, 1))}):
                with self.subTest(place=place):
                    disk = FailingDisk(bus, f"read journal.db {place} EIO")
                    started = bus.launch(disk.prefix)
                    self.assertNotIn("truncate", bus.log, "it would be cut off")
                    self.assertTrue(started or "then start again" in bus.log, bus.log)
                    failed += not started
                    bus.restart_and_verify()
                    bus.kill()
                    progress.one()
            self.assertGreater(failed, 0)

    def test_in_appends(self):
        with RunningBus() as bus:
            start, load = counted(bus, 100)
        self.fail_each(RunningBus, load, start, most=400)

    def test_in_reading(self):
        """What is asked for is refused once, with the disk as reason; asked again, it is there."""
        # What was written since the start is read from the write-ahead log.
        with Progress("faults of reads") as progress:
            for most, files in ((0, {"journal.db", "slab"}), (20, {"journal.db-wal"})):
                with self.used_bus() as bus:
                    reads = self.counted_reads(bus, most)
                self.assertLessEqual(files, set(reads))
                for file in sorted(files):
                    self.fail_reads(most, file, reads[file], progress)

    @staticmethod
    def counted_reads(bus, most):
        """{file: how often a verification after a load reads it}."""
        disk = FailingDisk(bus)
        bus.start(disk.prefix)
        bus.load(most=most)
        before = len(disk.trace)
        bus.verify()
        return collections.Counter(call.file for call in disk.trace[before:] if call.call == "read")

    def fail_reads(self, most, file, count, progress):
        for place in sorted({at * count // MOST_PLACES for at in range(rounds(1, MOST_PLACES))}):
            for kind in rounds(("EIO",), KINDS["read"]):
                fault = f"read {file} {place + 1} {kind}"
                with self.subTest(fault=fault):
                    came = any(self.fail_a_read(most, fault) for _ in range(TRIES if place == 0 else 1))
                    self.assertTrue(came or place > 0, "it was not reached")
                    progress.one()

    def fail_a_read(self, most, fault):
        """Whether the fault came, and to a read for a client."""
        with self.used_bus() as bus:
            try:
                return self.read_twice(bus, most, fault)
            except Silent:  # it came to a copy of the write-ahead log into the database that was still under way
                self.assertEqual(bus.process.wait(PATIENCE), 1, bus.log)
                self.assertIn('"event":"bus.failed"', bus.log)
                bus.restart_and_verify()
                return False

    def read_twice(self, bus, most, fault):
        """Whether the fault came."""
        disk = FailingDisk(bus, fault, armed=False)
        bus.start(disk.prefix)
        bus.load(most=most)
        disk.arm()
        said = ""
        try:
            bus.verify()
        except (Lost, Refused) as failure:
            said = str(failure)
        if not disk.has_failed():  # there was less to read than before
            self.assertEqual(said, "")
            return False
        if fault.endswith("EIO"):
            self.assertIn("disk: the bus cannot read its disk", said)
            self.assertRegex(bus.log, f'"event":"bus.read_failed","reason":"cannot .*{bus.data}')
        else:
            self.assertEqual(said, "")
        bus.verify()
        bus.load(most=20)
        bus.restart_and_verify()
        return True

    def test_control_reads_that_give_zeros_are_noticed(self):
        with self.used_bus() as bus:
            disk = FailingDisk(bus, "read slab 1 lie", armed=False)
            bus.start(disk.prefix)
            disk.arm()
            with self.assertRaises(Lost):
                bus.verify()

    def large_bus(self):
        """With contents so large that the write-ahead log is soon full, and copied."""
        bus = RunningBus()
        bus.repeats = 8000
        return bus

    def test_when_the_log_is_copied(self):
        with self.large_bus() as bus:
            start, load = counted(bus, 800)
        copying = collections.Counter({key: count for key, count in load.items() if key[1] == "journal.db"})
        self.assertGreater(copying["sync", "journal.db"], 0)
        self.fail_each(self.large_bus, copying, start, 1200)

    def test_control_a_write_that_was_only_said_to_be_done_is_noticed(self):
        with RunningBus() as bus:
            start, _ = counted(bus, 0)
        with RunningBus() as bus:
            disk = FailingDisk(bus, f"write journal.db-wal {start['write', 'journal.db-wal'] + 4} lie")
            bus.start(disk.prefix)
            bus.load(most=400)
            bus.kill()
            with self.assertRaisesRegex(AssertionError, r"but event \d+ was acknowledged"):
                bus.start()
            (bus.data / "journal.db.head").unlink()  # so that the bus knows no better, and its client must notice
            with self.assertRaises(Lost):
                bus.restart_and_verify()

    def test_control_a_sync_after_a_failed_one_is_noticed(self):
        with RunningBus() as bus:
            disk = FailingDisk(bus)
            disk.trace_file.write_text("sync slab ok\nsync slab EIO\nwrite slab ok\nsync slab ok\n")
            self.assertEqual([call.call for call in disk.after_the_failure()], ["write", "sync"])


if __name__ == "__main__":
    unittest.main()
