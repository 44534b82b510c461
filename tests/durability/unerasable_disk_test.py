"""Where an overwritten key could stay on the disk the bus does not start, unless that was accepted."""

import contextlib
import json
import os
import subprocess
import sys
import unittest

from disk_image import MEBIOCTET, DiskImage, Unavailable, run
from powered_disk import enter_own_mounts
from running_bus import BIN, RunningBus, readiness

EXT4 = ["mkfs.ext4", "-q", "-F"]
BTRFS = ["mkfs.btrfs", "-q", "-f"]
XFS = ["mkfs.xfs", "-q", "-f"]
FREE_PORTS = [word for name in ("smtp", "portal", "admin", "mailboxes") for word in (f"--{name}-port", "0")]


@contextlib.contextmanager
def ext4(options="", before_mounting=None):
    with DiskImage(EXT4, options) as disk:
        if before_mounting:
            disk.unmount()
            run(*before_mounting, str(disk.image))
            disk.mount()
        yield disk.folder / "bus"


@contextlib.contextmanager
def journaled_folder():
    with DiskImage(EXT4) as disk:
        folder = disk.folder / "bus"
        folder.mkdir()
        run("chattr", "+j", str(folder))
        yield folder


@contextlib.contextmanager
def on(make, octets):
    with DiskImage(make, octets=octets) as disk:
        yield disk.folder / "bus"


@contextlib.contextmanager
def mounted(disk, kind, options):
    folder = disk.folder / kind
    folder.mkdir()
    run("mount", "-t", kind, "-o", options, kind, str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextlib.contextmanager
def overlay():
    with DiskImage(EXT4) as disk:
        parts = {part: disk.folder / part for part in ("lowerdir", "upperdir", "workdir")}
        for part in parts.values():
            part.mkdir()
        with mounted(disk, "overlay", ",".join(f"{part}={folder}" for part, folder in parts.items())) as folder:
            yield folder / "bus"


@contextlib.contextmanager
def tmpfs():
    with DiskImage(EXT4) as disk, mounted(disk, "tmpfs", "size=32m") as folder:
        yield folder / "bus"


class UnerasableDiskTest(unittest.TestCase):
    @contextlib.contextmanager
    def place(self, made):
        """The folder that a bus may use; skips when this machine can't make the file system."""
        with contextlib.ExitStack() as stack:
            try:
                folder = stack.enter_context(made)
            except Unavailable as why:
                self.skipTest(f"SKIP: {why}")
            yield folder

    def assert_refused(self, made, kind):
        with self.place(made) as folder:
            before = set(folder.parent.rglob("*"))
            with RunningBus(folder, settings="") as bus:
                self.assertFalse(bus.launch(), "it started")
                self.assertEqual(bus.process.wait(30), 1)
                last = json.loads(bus.log.splitlines()[-1])
                self.assertEqual(last["event"], "process.failed")
                self.assertRegex(last["reason"], f"^{folder.parent}(/bus)? is on {kind}, which ")
                self.assertIn("put `slab` of [bus] on ext4 (without data=journal), XFS or tmpfs, or set "
                              "accept_unerasable = true", last["reason"])
            self.assertEqual(set(folder.parent.rglob("*")), before, "it left files behind")
            self.assert_goes_on_when_accepted(folder)

    def assert_goes_on_when_accepted(self, folder):
        with RunningBus(folder) as bus:
            for _ in range(2):  # a log that is there already says the same
                bus.start()
                self.assertIn('"event":"bus.unerasable"', bus.log)
                self.assertFalse(readiness(bus)["erasable"])
                bus.load(most=20)
                bus.verify()
                bus.kill()

    def assert_taken(self, made):
        with self.place(made) as folder, RunningBus(folder, settings="") as bus:
            bus.start()
            self.assertNotIn("bus.unerasable", bus.log)
            self.assertTrue(readiness(bus)["erasable"])

    def test_ext4_that_writes_data_into_its_journal(self):
        self.assert_refused(ext4("data=journal"), "ext4")

    def test_ext4_whose_own_default_is_to_write_data_into_its_journal(self):
        self.assert_refused(ext4(before_mounting=["tune2fs", "-o", "journal_data"]), "ext4")

    def test_a_folder_of_ext4_whose_data_go_into_the_journal(self):
        self.assert_refused(journaled_folder(), "ext4")

    def test_btrfs(self):
        self.assert_refused(on(BTRFS, 128 * MEBIOCTET), "btrfs")

    def test_overlay(self):
        self.assert_refused(overlay(), "overlay")

    def test_control_ext4_is_taken(self):
        self.assert_taken(ext4("data=ordered"))
        self.assert_taken(ext4("data=writeback"))

    def test_control_xfs_is_taken(self):
        self.assert_taken(on(XFS, 320 * MEBIOCTET))

    def test_control_tmpfs_is_taken(self):
        self.assert_taken(tmpfs())

    def up(self, *arguments, folder):
        """`sealpost up` until it is ready or has ended: (whether ready, what it said beside)."""
        with subprocess.Popen(
                [BIN / "sealpost", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                env={**os.environ, "TMPDIR": str(folder)}) as process:
            ready = process.stdout.readline().startswith("{")
            process.terminate()
            return ready, process.stderr.read()

    def test_a_lasting_pipeline_asks_to_accept_it_and_an_ephemeral_one_says_so(self):
        with self.place(overlay()) as bus:
            folder = bus.parent
            state = folder / "state"
            lasting = ["--state", str(state), "up", "--json", *FREE_PORTS]
            ready, said = self.up(*lasting, folder=folder)
            self.assertFalse(ready)
            self.assertIn(f"{folder} is on overlay, which ", said)
            self.assertIn("Choose a directory on ext4, XFS or tmpfs with --state DIR (in a container: on a volume), or "
                          "--ephemeral, or do without with --accept-unerasable", said)
            self.assertFalse(state.exists())
            for arguments in ([*lasting, "--accept-unerasable"], ["up", "--json", "--ephemeral"]):
                ready, said = self.up(*arguments, folder=folder)
                self.assertTrue(ready, said)
                self.assertIn(" is on overlay, which ", said)
                self.assertIn("erased keys may stay on that disk\n", said)


if __name__ == "__main__":
    enter_own_mounts()
    sys.exit(unittest.main())
