"""What the bus acknowledged outlives its sudden death, whenever that comes."""

import random
import threading
import unittest

from running_bus import Lost, RunningBus, rounds

# What the append path asks of the disk.
CALLS = ("pwrite64", "fdatasync", "fsync")


class KilledBusTest(unittest.TestCase):
    def test_at_random_moments(self):
        chance = random.Random(rounds(7, None))
        for begin in range(0, rounds(12, 10_000), 50):
            with RunningBus() as bus:
                for _ in range(min(50, rounds(12, 10_000) - begin)):
                    bus.start()
                    timer = threading.Timer(chance.uniform(0.02, 0.5), bus.process.kill)
                    timer.start()
                    bus.load()
                    timer.join()
                    bus.restart_and_verify()
                    bus.kill()
                self.assertGreater(len(bus.acknowledged), 0)

    def test_at_each_system_call_of_an_append(self):
        with RunningBus() as bus:
            for call in CALLS:
                for count in range(1, rounds(5, 60) + 1):
                    with self.subTest(call=call, count=count):
                        self.kill_at(bus, call, count)

    def kill_at(self, bus, call, count):
        bus.start()
        if not bus.attach(f"{call}:signal=KILL:when={count}"):
            self.skipTest("SKIP: strace cannot attach (ptrace is restricted)")
        bus.load(most=400)
        bus.restart_and_verify()
        bus.kill()

    def test_at_each_system_call_of_a_start(self):
        with RunningBus() as bus:
            for call in CALLS:
                for count in range(1, rounds(3, 30) + 1):
                    with self.subTest(call=call, count=count):
                        injection = f"inject={call}:signal=KILL:when={count}"
                        if bus.launch(("strace", "-f", "-o", "/dev/null", "-e", injection)):
                            bus.load(most=100)
                        bus.restart_and_verify()
                        bus.load(most=50)
                        bus.kill()

    def test_control_a_lost_write_ahead_log_is_noticed(self):
        with RunningBus() as bus:
            bus.start()
            bus.load(most=200)
            self.assertGreaterEqual(len(bus.acknowledged), 200)
            bus.kill()
            (bus.data / "journal.db-wal").unlink()
            bus.start()
            with self.assertRaises(Lost):
                bus.verify()


if __name__ == "__main__":
    unittest.main()
