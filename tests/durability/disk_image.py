"""A file system of choice in a file: what lies on the raw disk can be searched. Needs root and a loop device."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

MEBIOCTET = 1024 * 1024
TEBIOCTET = MEBIOCTET * MEBIOCTET
PAGE = 4096


class Unavailable(Exception):
    """This machine cannot make or mount it; says why."""


def run(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        raise Unavailable(f"{command[0]} is missing") from None
    if done.returncode != 0:
        raise Unavailable(f"{' '.join(command)}: {done.stderr.strip()}")


class DiskImage(contextlib.ExitStack):
    """`make`: mkfs and its options; `options`: of the mount. The file system's root is `folder`."""

    def __init__(self, make, options="", octets=32 * MEBIOCTET):
        super().__init__()
        if os.geteuid() != 0:
            raise Unavailable("only root may mount a loop device")
        self.place = Path(tempfile.mkdtemp(prefix="sealpost-disk-"))
        self.callback(shutil.rmtree, self.place, ignore_errors=True)
        self.image, self.folder = self.place / "image", self.place / "mounted"
        try:
            self.folder.mkdir()
            with self.image.open("wb") as file:
                file.truncate(octets)
            run(*make, str(self.image))
            self.mount_options = ",".join(filter(None, ("loop", options)))
            self.mount()
        except Unavailable:
            self.close()
            raise
        self.callback(self.unmount)

    def mount(self):
        run("mount", "-o", self.mount_options, str(self.image), str(self.folder))

    def unmount(self):
        subprocess.run(["umount", str(self.folder)], check=True)

    def sync(self):
        run("sync", "-f", str(self.folder))

    def raw(self):
        """What the disk holds, as runs of pages that are not all zeros."""
        with self.image.open("rb") as file:
            return list(used_runs(iter(lambda: file.read(PAGE), b"")))

    def files(self):
        return [path.read_bytes() for path in self.folder.rglob("*") if path.is_file()]


def used_runs(pages):
    run_so_far = []
    for page in pages:
        if page.count(0) != len(page):
            run_so_far.append(page)
        elif run_so_far:
            yield b"".join(run_so_far)
            run_so_far = []
    yield b"".join(run_so_far)


def memory_of(pid):
    """Every part of a process's memory that can be read. Raises Unavailable under a sanitizer, which keeps freed memory."""
    parts = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            bounds, rights = line.split()[:2]
            if rights[0] != "r" or line.endswith(("[vvar]", "[vsyscall]")):
                continue
            begin, end = (int(bound, 16) for bound in bounds.split("-"))
            if end - begin > TEBIOCTET:
                raise Unavailable("a sanitizer keeps what was freed, on purpose")
            with contextlib.suppress(OSError):
                memory.seek(begin)
                parts.append(memory.read(end - begin))
    return parts


def found_in(needles, parts):
    """Which of the needles, of 8 octets or more, stand somewhere in the parts."""
    with tempfile.NamedTemporaryFile() as wanted:
        wanted.write(b"".join(needle.hex().encode() + b"\n" for needle in needles))
        wanted.flush()
        done = subprocess.run(
            [str(Path(os.environ["SEALPOST_BIN"]) / "find-octets"), wanted.name],
            input=b"".join(parts), stdout=subprocess.PIPE, check=True)
    return {bytes.fromhex(line.decode()) for line in done.stdout.split()}
