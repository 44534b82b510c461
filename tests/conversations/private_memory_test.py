"""Every process keeps its memory to itself: no core file, and keys in locked memory."""

import re
import sys
import unittest
from pathlib import Path

from pipeline import Pipeline, sanitized

HOLD_KEYS = ("bus", "gateway", "portal")


class PrivateMemoryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pipeline = Pipeline()
        cls.addClassCleanup(cls.pipeline.stop)
        cls.pids = cls.pipeline.pids()

    def test_no_process_leaves_a_core_file(self):
        for name, pid in self.pids.items():
            limits = Path(f"/proc/{pid}/limits").read_text()
            self.assertRegex(limits, r"(?m)^Max core file size +0 +0 ", name)

    def test_what_holds_keys_has_locked_memory(self):
        if sanitized():
            self.skipTest("SKIP: sanitizers make mlock do nothing")
        for name in HOLD_KEYS:
            status = Path(f"/proc/{self.pids[name]}/status").read_text()
            self.assertGreater(int(re.search(r"VmLck:\s+(\d+) kB", status).group(1)), 0, name)


if __name__ == "__main__":
    sys.exit(unittest.main())
