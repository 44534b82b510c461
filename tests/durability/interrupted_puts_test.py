"""Content whose client died in the middle of it is dropped at the next start, and its room is used again."""

import os
import sys
import unittest

from bus_load import ACCEPTED, Refused
from running_bus import RunningBus

CHUNK = 128 * 1024
CHUNKS = 100


class InterruptedPutsTest(unittest.TestCase):
    def test_what_no_event_names_is_gone_after_a_restart_and_its_room_used_again(self):
        with RunningBus() as bus:
            bus.start()
            self.put(bus, "named", name_it=True)
            self.put(bus, "interrupted")
            self.assertTrue(self.holds(bus, "interrupted"), "the control: it was there")
            bus.kill()
            bus.start()
            self.assertIn('"dropped_contents":1', bus.log)
            self.assertFalse(self.holds(bus, "interrupted"))
            self.assertTrue(self.holds(bus, "named"))
            sizes = []
            for turn in range(4):
                self.put(bus, f"interrupted-{turn}")
                bus.kill()
                bus.start()
                sizes.append((bus.data / "journal.db").stat().st_size)
            self.assertLess(sizes[-1], sizes[0] + CHUNK * CHUNKS // 2, sizes)

    @staticmethod
    def put(bus, content, name_it=False):
        """All chunks on disk, and then the client is gone."""
        with bus.connect() as client:
            client.hello()
            for index in range(CHUNKS):
                client.put(content, index, os.urandom(CHUNK))
            if name_it:
                client.append([(content, ACCEPTED, b"{}")], [(content, CHUNKS)])

    @staticmethod
    def holds(bus, content):
        with bus.connect() as client:
            client.hello()
            try:
                return len(client.get(content, CHUNKS - 1)) == CHUNK
            except Refused as refusal:
                assert refusal.name == "not found", refusal
                return False


if __name__ == "__main__":
    sys.exit(unittest.main())
