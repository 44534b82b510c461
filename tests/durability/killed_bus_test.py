"""What the bus acknowledged outlives its sudden death, whenever that comes."""

import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import unittest

from bus_load import IN_FLIGHT, PATIENCE, Lost
from progress import Progress, rounds
from running_bus import RunningBus
from zmq_python import SKIPPED

# What the append path asks of the disk, and at which of a thread's calls the short form kills. From the third of them
# on some appends have been acknowledged before.
AT_AN_APPEND = {"pwrite64": (1, 2, 3, 20, 100), "fdatasync": (1, 2, 3, 8, 20)}
# Moments between those, as of the first answer and of the first thing a client says: all others in the long form.
BESIDE_THE_DISK = ("fcntl", "write", "sendto", "recvfrom")
# What a start asks of it; a directory is synced once for each file in it, then never again.
AT_A_START = {"pwrite64": 3, "fdatasync": 3, "fsync": 1}
KILLS_A_BUS = 20  # each judges the whole log, which grows


def why_not_traced():
    """Why no system call can be chosen for a kill here; nothing if one can."""
    if not shutil.which("strace"):
        return "strace is missing (apt-get install strace)"
    with subprocess.Popen(["sleep", "60"]) as sleeper, subprocess.Popen(
            ["strace", "-e", "trace=none", "-p", str(sleeper.pid)], stderr=subprocess.PIPE, text=True) as tracer:
        said = tracer.stderr.readline().strip()
        tracer.terminate()
        sleeper.kill()
    return "" if "attached" in said else f"strace cannot attach: {said}"


WHY_NOT = why_not_traced()


def killed_by_the_call(bus, trace):
    """Whether the injected kill has come, and nothing else ended the process."""
    try:
        code = bus.process.wait(1)
    except subprocess.TimeoutExpired:
        return False
    if bus.tracer:
        bus.tracer.wait(PATIENCE)  # it writes down the death once it has seen all of it
    said = trace.read_text(errors="replace")
    assert code == -signal.SIGKILL and "killed by SIGKILL" in said, f"ended by itself, exit {code}:\n{bus.log}"
    return True


class KilledBusTest(unittest.TestCase):
    def test_at_random_moments(self):
        chance = random.Random(rounds(7, None))
        kills, answered = rounds(12, 10_000), []  # how many appends of each bus that was
        with Progress("kills", kills, lambda: f"{sum(answered):,} events acknowledged, 0 lost") as progress:
            for begin in range(0, kills, KILLS_A_BUS):
                with RunningBus() as bus:
                    bus.start()
                    for _ in range(min(KILLS_A_BUS, kills - begin)):
                        self.kill_after(bus, chance.uniform(0.02, 0.5))
                        progress.one()
                    answered.append(len(bus.acknowledged))
                    self.assertGreater(answered[-1], 0)

    @staticmethod
    def kill_after(bus, seconds):
        timer = threading.Timer(seconds, bus.process.kill)
        timer.start()
        bus.load()
        timer.join()
        bus.restart_and_verify()

    @unittest.skipIf(WHY_NOT, WHY_NOT)
    def test_at_each_system_call_of_an_append(self):
        with RunningBus() as bus, Progress("kills at a call of an append") as progress:
            for call, counts in AT_AN_APPEND.items():
                acknowledged = {}
                for count in rounds(counts, range(1, 61)):
                    with self.subTest(call=call, count=count):
                        acknowledged[count] = self.kill_at(bus, call, count)
                        progress.one()
                if not rounds(False, call == "pwrite64"):
                    # The later the call, the more was promised before: it was not always the same moment.
                    self.assertGreater(acknowledged[max(acknowledged)], acknowledged[min(acknowledged)], acknowledged)

    @unittest.skipIf(WHY_NOT, WHY_NOT)
    def test_at_each_other_system_call_of_an_append(self):
        with RunningBus() as bus, Progress("kills at another call of an append") as progress:
            found = self.calls_of_appends(bus)
            self.assertLessEqual({*AT_AN_APPEND, *BESIDE_THE_DISK}, found)
            for call in rounds(BESIDE_THE_DISK, sorted(found - AT_AN_APPEND.keys())):
                for count in rounds((1,), (1, 3, 30)):
                    with self.subTest(call=call, count=count):
                        self.kill_at(bus, call, count, sure=count == 1 and call in BESIDE_THE_DISK)
                        progress.one()

    def calls_of_appends(self, bus):
        bus.start()
        self.assertTrue(bus.attach("all"), "strace did not attach")
        bus.load(most=4 * IN_FLIGHT)
        bus.kill()
        return set(re.findall(r"^\d+ +(\w+)\(", (bus.folder / "trace").read_text(errors="replace"), re.MULTILINE))

    def kill_at(self, bus, call, count, sure=True):
        """How many appends were acknowledged before the kill."""
        before = len(bus.acknowledged)
        bus.start()
        self.assertTrue(bus.attach(f"{call}:signal=KILL:when={count}"), "strace did not attach")
        bus.load(most=100 * IN_FLIGHT)
        self.assertTrue(killed_by_the_call(bus, bus.folder / "trace") or not sure, "the kill did not come")
        acknowledged = len(bus.acknowledged) - before
        bus.restart_and_verify()
        bus.kill()
        return acknowledged

    @unittest.skipIf(WHY_NOT, WHY_NOT)
    def test_at_each_system_call_of_a_start(self):
        with RunningBus() as bus, Progress("kills at a call of a start") as progress:
            for call, least in AT_A_START.items():
                came = 0
                for count in range(1, rounds(3, 30) + 1):
                    with self.subTest(call=call, count=count):
                        fired = self.kill_a_start(bus, call, count)
                    if not fired:
                        break  # a start and 100 appends have no more of them
                    came = count
                    progress.one()
                self.assertGreaterEqual(came, least, f"kills at {call} that came")

    def kill_a_start(self, bus, call, count):
        trace = bus.folder / "trace"
        injection = ("-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={count}")
        if bus.launch(("strace", "-f", "-o", str(trace), *injection)):
            bus.load(most=100)
        fired = killed_by_the_call(bus, trace)
        bus.restart_and_verify()
        bus.load(most=50)
        bus.kill()
        return fired

    @unittest.skipIf(WHY_NOT, WHY_NOT)
    def test_control_a_kill_that_does_not_come_is_noticed(self):
        with RunningBus() as bus:
            bus.start()
            self.assertTrue(bus.attach("fdatasync:signal=KILL:when=60000"))
            bus.load(most=50)
            self.assertFalse(killed_by_the_call(bus, bus.folder / "trace"))

    def test_control_a_lost_write_ahead_log_is_noticed(self):
        with RunningBus() as bus:
            bus.start()
            bus.load(most=5)
            self.assertGreaterEqual(len(bus.acknowledged), 5)
            bus.kill()
            lost = bus.data / "journal.db-wal"
            self.assertLess(lost.stat().st_size, 1024 * 1024, "from there on it is copied into the database")
            lost.unlink()
            self.assertFalse(bus.launch(), "its acknowledged head says that the log was longer")
            self.assertIn("was acknowledged", bus.log)
            (bus.data / "journal.db.head").unlink()
            bus.start()
            with self.assertRaises(Lost):
                bus.verify()


if __name__ == "__main__":
    if WHY_NOT:
        print(f"SKIP: no kill at a chosen system call: {WHY_NOT}", flush=True)
    good = unittest.main(exit=False).result.wasSuccessful()
    sys.exit(1 if not good else SKIPPED if WHY_NOT else 0)
