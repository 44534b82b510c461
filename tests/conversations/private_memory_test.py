"""Every process keeps its memory to itself, no core file, and keys in locked memory, or does not start."""

import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

from pipeline import BIN, PATIENCE, Pipeline, sanitized

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "durability"))
import zmq_python  # noqa: E402,F401
from zmq.utils import z85  # noqa: E402

HOLD_KEYS = ("bus", "gateway", "portal", "revocation")

# Under which nothing can be locked; root may lock without limit, so it starts without that capability.
WITHOUT_LOCKS = ["prlimit", "--memlock=0:0"]
if os.geteuid() == 0:
    WITHOUT_LOCKS = ["setpriv", "--bounding-set=-ipc_lock", *WITHOUT_LOCKS]

# The keys that a process holds for as long as it runs. The bus gives its own to ZeroMQ and forgets it.
KEYS = {"gateway": ("gateway-box.secret", "gateway.secret"), "revocation": ("revocation.secret",),
        "portal": ("portal-box.secret", "passcode.key", "portal.secret")}
CURVE_TEXT = 40  # characters
LOCKED, UNLOCKED = "locked", "not locked"


def where(pid, octets):
    """In which kinds of a process's memory these octets stand."""
    found, begin, end, readable = set(), 0, 0, False
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
            mapping = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S)\S+ (?!.*\[v)", line)
            if mapping:
                begin, end, readable = int(mapping[1], 16), int(mapping[2], 16), mapping[3] == "r"
            elif line.startswith("VmFlags:") and readable:
                memory.seek(begin)
                if octets in memory.read(end - begin):
                    found.add(LOCKED if " lo" in line else UNLOCKED)
    return found


def where_it_fails(call):
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:error=EPERM"]


class PrivateMemoryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pipeline = Pipeline()
        cls.addClassCleanup(cls.pipeline.stop)
        cls.pids = cls.pipeline.pids()

    def status(self, name):
        return Path(f"/proc/{self.pids[name]}/status").read_text()

    def start(self, name, prefix=(), *options):
        """The exit code, and what it said, of one more process with the pipeline's settings."""
        ended = subprocess.run(
            [*prefix, str(BIN / f"sealpost-{name}"), "--config", str(self.pipeline.state / "sealpost.toml"),
             "--check-config", *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE)
        return ended.returncode, ended.stdout.decode()

    def test_no_process_leaves_a_core_file(self):
        for name, pid in self.pids.items():
            limits = Path(f"/proc/{pid}/limits").read_text()
            self.assertRegex(limits, r"(?m)^Max core file size +0 +0 ", name)

    def test_what_holds_keys_has_locked_memory(self):
        if sanitized():
            self.skipTest("SKIP: sanitizers make mlock do nothing")
        for name in HOLD_KEYS:
            self.assertGreater(int(re.search(r"VmLck:\s+(\d+) kB", self.status(name)).group(1)), 0, name)

    def test_each_key_stands_in_locked_memory_and_nowhere_else(self):
        self.skip_where_nobody_can_look()
        for name, keys in KEYS.items():
            for file in keys:
                key = (self.pipeline.state / "keys" / file).read_bytes().strip()
                with self.subTest(process=name, key=file):
                    octets = key if len(key) == CURVE_TEXT else bytes.fromhex(key.decode())
                    self.assertEqual(where(self.pids[name], octets), {LOCKED})
                    if octets != key:
                        self.assertEqual(where(self.pids[name], key), set(), "the text of its file")

    def skip_where_nobody_can_look(self):
        if sanitized():
            self.skipTest("SKIP: sanitizers make mlock do nothing")
        if os.geteuid() != 0:
            self.skipTest("SKIP: only root may look into a process that lets nobody")

    def test_control_the_search_sees_what_is_not_locked(self):
        """ZeroMQ's own copy of a CURVE key, which docs/cryptography.md names as not covered."""
        self.skip_where_nobody_can_look()
        for name in HOLD_KEYS:
            key = z85.decode((self.pipeline.state / "keys" / f"{name}.secret").read_bytes().strip())
            self.assertIn(UNLOCKED, where(self.pids[name], key), name)

    def test_what_holds_keys_does_not_start_where_nothing_can_be_locked(self):
        if sanitized():
            self.skipTest("SKIP: sanitizers make mlock do nothing")
        for name in HOLD_KEYS:
            self.assertEqual(self.start(name)[0], 0, name)
            code, said = self.start(name, WITHOUT_LOCKS)
            self.assertNotEqual(code, 0, name)
            self.assertRegex(said, "RLIMIT_MEMLOCK is 0 KiB.*ulimit -l", name)

    def test_a_process_does_not_start_where_its_memory_stays_readable(self):
        if sanitized() or not shutil.which("strace"):
            self.skipTest("SKIP: needs strace, and no sanitizer beside it")
        for call, part in (("prctl", "PR_SET_DUMPABLE"), ("prlimit64", "RLIMIT_CORE")):
            code, said = self.start("bus", where_it_fails(call))
            if "ptrace" in said:
                self.skipTest("SKIP: tracing is not allowed here")
            self.assertNotEqual(code, 0, call)
            self.assertIn(part, said)
            self.assertIn("--allow-debugger", said)
            self.assertEqual(self.start("bus", where_it_fails(call), "--allow-debugger")[0], 0, call)


if __name__ == "__main__":
    sys.exit(unittest.main())
