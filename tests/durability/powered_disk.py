"""A disk image whose power can be cut, by the ioctl that shuts a mounted file system down.

What was not synced is then lost as in a real cut: the page cache goes with the mount, and the file system's
own log is not flushed. Not played: a disk that lies about its own cache, and sectors that are half written.
"""

import fcntl
import os
import struct
import sys

from disk_image import MEBIOCTET, DiskImage, Unavailable, run
from zmq_python import SKIPPED

SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN, and XFS_IOC_GOINGDOWN
WITHOUT_FLUSHING_THE_LOG = struct.pack("I", 2)
OWN_MOUNTS = ["unshare", "--mount", "--propagation", "private"]
MAKE = {"ext4": (["mkfs.ext4", "-q", "-F"], 256 * MEBIOCTET),
        "xfs": (["mkfs.xfs", "-q", "-f"], 320 * MEBIOCTET)}  # mkfs.xfs makes none below 300


def enter_own_mounts():
    """Starts the program anew where its mounts are its own: they go with it, however it ends. Else skips it."""
    try:
        PoweredDisk().close()
        run(*OWN_MOUNTS, "true")
    except Unavailable as why:
        print(f"SKIP: {why}")
        sys.exit(SKIPPED)
    if os.environ.get("SEALPOST_OWN_MOUNTS") != "1":
        os.environ["SEALPOST_OWN_MOUNTS"] = "1"
        os.execvp(OWN_MOUNTS[0], [*OWN_MOUNTS, sys.executable, *sys.argv])


class PoweredDisk(DiskImage):
    def __init__(self, kind="ext4"):
        make, octets = MAKE[kind]
        super().__init__(make, octets=octets)

    def cut(self):
        """The power is gone: nothing more reaches the disk, and every call on it fails."""
        place = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(place, SHUTDOWN, WITHOUT_FLUSHING_THE_LOG)
        finally:
            os.close(place)

    def come_back(self):
        """The power is there again; who still uses the disk must have ended before."""
        self.unmount()
        self.mount()
