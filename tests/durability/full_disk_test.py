"""A disk that fills up under load: what was acknowledged stays, and the bus goes on once there is room."""

import json
import os
import random
import sys
import time
import unittest

from bus_load import PATIENCE
from disk_image import MEBIOCTET, DiskImage
from failing_disk import FailingDisk
from powered_disk import enter_own_mounts
from progress import Progress, rounds
from running_bus import RunningBus, readiness

SEED = int(os.environ.get("SEALPOST_SEED", random.randrange(10**6)))
MAKE = ["mkfs.ext4", "-q", "-F", "-m", "0"]  # no blocks that only root may fill
LARGE = 8000  # repeats of 16 octets: contents of 128 kB
DISK = 112 * MEBIOCTET  # so much that a bus finds what it asks for once the ballast is gone
FILLED = "accept_unerasable = true\nreserve_mib = 1"


class SmallDisk(DiskImage):
    def __init__(self, octets):
        super().__init__(MAKE, octets=octets)
        self.ballast = self.folder / "ballast"

    def free(self):
        status = os.statvfs(self.folder)
        return status.f_bavail * status.f_frsize

    def leave(self, octets):
        """Another program takes all room but `octets`."""
        with self.ballast.open("ab") as file:
            os.posix_fallocate(file.fileno(), 0, self.free() - octets)

    def make_room(self):
        self.ballast.unlink()

    def remount(self):
        self.unmount()
        self.mount()


def load_until_it_stops(bus):
    while bus.alive():
        bus.load(enough=lambda: not bus.alive())


class FullDiskTest(unittest.TestCase):
    def kept_after_a_remount(self, disk, bus):
        bus.kill()
        disk.remount()
        bus.start()
        bus.verify()

    def test_contents_are_refused_in_time_and_events_still_taken(self):
        with SmallDisk(160 * MEBIOCTET) as disk, RunningBus(disk.folder / "bus") as bus:
            disk.leave(72 * MEBIOCTET)
            bus.repeats = LARGE
            bus.start()
            self.assertTrue(readiness(bus)["has_room"])
            bus.load(enough=lambda: len(bus.refused) > 10)
            self.assertTrue(bus.alive(), bus.log)
            self.assertFalse(readiness(bus)["has_room"])
            before = len(bus.acknowledged)
            bus.load(most=100)
            self.assertGreater(len(bus.acknowledged), before, "events were refused, too")
            disk.make_room()
            self.await_room(bus)
            refused = len(bus.refused)
            bus.load(most=100)
            self.assertEqual(len(bus.refused), refused, "contents were refused in spite of the room")
            self.kept_after_a_remount(disk, bus)

    def await_room(self, bus):
        deadline = time.monotonic() + PATIENCE
        while not readiness(bus)["has_room"]:
            self.assertLess(time.monotonic(), deadline, "room was not noticed")

    def fill(self, chance):
        """(acknowledged, of them before the disk was full) of a disk that is filled up to its last block."""
        with SmallDisk(DISK) as disk, RunningBus(disk.folder / "bus", settings=FILLED) as bus:
            disk.leave(chance.randrange(12, 20) * MEBIOCTET + chance.randrange(4096))
            bus.repeats = LARGE
            bus.start()
            load_until_it_stops(bus)
            self.assert_says_why(bus)
            if bus.launch():  # a start needs little room, or says what it lacks
                bus.verify()
                bus.kill()
            else:
                self.assert_says_why(bus)
            before = len(bus.acknowledged)
            disk.make_room()
            bus.start()
            bus.verify()
            bus.load(most=100)
            self.kept_after_a_remount(disk, bus)
            return len(bus.acknowledged), before

    def assert_says_why(self, bus):
        self.assertEqual(bus.process.wait(PATIENCE), 1, bus.log)
        last = json.loads(bus.log.splitlines()[-1])
        self.assertIn("No space left on device", last["reason"])
        self.assertRegex(last["reason"], r"\d+ KiB are free, at least 64 MiB are needed: make room, then start again")

    def test_up_to_the_last_block(self):
        chance = random.Random(SEED)
        disks = rounds(2, 50)
        acknowledged = full = 0
        with Progress("disks filled", disks, lambda: f"{acknowledged:,} events acknowledged") as progress:
            for number in range(disks):
                with self.subTest(seed=SEED, disk=number):
                    whole, before = self.fill(chance)
                    self.assertGreater(before, 0)
                    self.assertGreater(whole, before)
                    acknowledged, full = acknowledged + whole, full + before
                    progress.one()
        print(f"{disks} disks filled: {full} events acknowledged before they were full, {acknowledged - full} after, "
              f"0 lost, seed {SEED}", flush=True)

    def test_control_writes_that_found_no_room_and_said_they_were_done_are_noticed(self):
        with SmallDisk(DISK) as disk, RunningBus(disk.folder / "bus", settings=FILLED) as bus:
            disk.leave(12 * MEBIOCTET)
            bus.repeats = LARGE
            bus.start(FailingDisk(bus, "write * 1 deaf").prefix)
            bus.load(most=6000)
            disk.make_room()
            with self.assertRaises(AssertionError) as noticed:  # Lost, or a log so broken that it is not opened
                self.kept_after_a_remount(disk, bus)
            print(f"control: {str(noticed.exception).splitlines()[0]}", flush=True)


if __name__ == "__main__":
    enter_own_mounts()
    sys.exit(unittest.main())
