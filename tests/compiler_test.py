"""CMake refuses a compiler that miscompiles coroutines, and says why."""

import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class CompilerTest(unittest.TestCase):
    def test_an_old_gcc_is_refused_with_the_reason(self):
        compiler = shutil.which("g++-12") or shutil.which("g++")
        if not compiler:
            self.skipTest("SKIP: no g++ on this machine to be refused")
        version = subprocess.run([compiler, "-dumpversion"], capture_output=True, text=True).stdout
        if int(re.match(r"\d+", version).group()) >= 13:
            self.skipTest(f"SKIP: g++ here is {version.strip()}, which is allowed")
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                ["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={compiler}"],
                capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("miscompiles co_await", " ".join(done.stderr.split()))


if __name__ == "__main__":
    sys.exit(unittest.main())
