"""What the bus acknowledged outlives a power cut. SEALPOST_SEED repeats the moments of the cuts."""

import os
import random
import threading
import time
import unittest

from bus_load import PATIENCE
from disk_image import Unavailable
from failing_disk import FailingDisk
from powered_disk import PoweredDisk, enter_own_mounts
from progress import Progress, rounds
from running_bus import RunningBus

SEED = int(os.environ.get("SEALPOST_SEED", random.randrange(10**6)))
CUTS_A_DISK = 20  # then a new one, so that a campaign's log stays short
CUTS_TO_NOTICE = 5


class PowerCutTest(unittest.TestCase):
    def cut_under_load(self, bus, disk, moment, prefix=(), answered=False):
        """The disk is back when it returns, the bus is not. `answered`: the moment counts from the first answer on."""
        bus.start(prefix)
        before = len(bus.acknowledged)

        def cut():
            deadline = time.monotonic() + PATIENCE
            while answered and len(bus.acknowledged) == before and time.monotonic() < deadline:
                threading.Event().wait(0.001)
            threading.Event().wait(moment)
            disk.cut()

        cutting = threading.Thread(target=cut)
        cutting.start()
        bus.load()
        cutting.join()
        bus.kill()
        disk.come_back()

    def verified_after(self, bus):
        bus.start()
        bus.verify()
        bus.kill()

    def cut_often(self, kind, cuts):
        chance = random.Random(SEED)
        acknowledged = erased = 0
        began = time.monotonic()
        with Progress(f"power cuts on {kind}", cuts, lambda: f"{acknowledged:,} events on earlier disks") as progress:
            for begin in range(0, cuts, CUTS_A_DISK):
                with PoweredDisk(kind) as disk, RunningBus(disk.folder / "bus") as bus:
                    for number in range(begin, min(cuts, begin + CUTS_A_DISK)):
                        with self.subTest(seed=SEED, cut=number):
                            self.cut_under_load(bus, disk, chance.uniform(0.0, 0.6), answered=number == begin)
                            self.verified_after(bus)
                            progress.one()
                    acknowledged += len(bus.acknowledged)
                    erased += len(bus.erased)
        print(f"{kind}: {cuts} power cuts, {acknowledged} events and {erased} erased slots acknowledged, 0 lost, "
              f"seed {SEED}, {(time.monotonic() - began) / cuts:.2f} s a cut", flush=True)
        self.assertGreater(acknowledged, 0)

    def test_on_ext4(self):
        self.cut_often("ext4", rounds(5, 200))

    def test_on_xfs(self):
        try:
            PoweredDisk("xfs").close()
        except Unavailable as why:
            self.skipTest(f"SKIP: {why} (apt-get install xfsprogs)")
        self.cut_often("xfs", rounds(3, 100))

    def test_control_a_sync_that_does_nothing_loses(self):
        with PoweredDisk() as disk, RunningBus(disk.folder / "bus") as bus:
            lie = FailingDisk(bus, "sync * 1 lie")
            for _ in range(CUTS_TO_NOTICE):
                self.cut_under_load(bus, disk, 0.3, lie.prefix, answered=True)
                try:
                    self.verified_after(bus)
                except AssertionError as noticed:  # Lost, or a log so broken that the bus does not open it
                    print(f"control: {str(noticed).splitlines()[0]}", flush=True)
                    return
        self.fail(f"{CUTS_TO_NOTICE} power cuts without fsync went unnoticed")


if __name__ == "__main__":
    enter_own_mounts()
    unittest.main()
