"""Imports pyzmq for the modules here, and makes the bus's client in Python importable."""

import os
import sys
from pathlib import Path

SKIPPED = 77  # the exit code by which ctest knows that something could not be tested here
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bus_client"))
try:
    import zmq  # noqa: F401
except ImportError:  # Debian's package belongs to Debian's Python
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
    print("SKIP: pyzmq is missing (apt-get install python3-zmq)")
    sys.exit(SKIPPED)
