"""Every process keeps its memory to itself, no core file, and keys in locked memory, or does not start."""

import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

from pipeline import BIN, PATIENCE, Pipeline, sanitized

HOLD_KEYS = ("bus", "gateway", "portal", "revocation")

# Under which nothing can be locked; root may lock without limit, so it starts without that capability.
WITHOUT_LOCKS = ["prlimit", "--memlock=0:0"]
if os.geteuid() == 0:
    WITHOUT_LOCKS = ["setpriv", "--bounding-set=-ipc_lock", *WITHOUT_LOCKS]


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
