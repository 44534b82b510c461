"""Content whose client died in the middle of it is dropped at the next start, and after a while without a further chunk;
its room is used again."""

import os
import sqlite3
import sys
import threading
import time
import unittest

from bus_load import ACCEPTED, PATIENCE, Refused
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

    def test_what_got_no_chunk_for_the_age_set_is_dropped_by_a_running_bus_and_nothing_else(self):
        age = 60  # a sweep every 5 s
        with RunningBus(settings=f"accept_unerasable = true\nunnamed_seconds = {age}") as bus:
            bus.start()
            self.put(bus, "named", name_it=True)
            for content in ("just-too-old", "not-yet-old"):
                self.put(bus, content)
            self.grow_older(bus, "named", 10 * age)
            self.grow_older(bus, "just-too-old", age)
            self.grow_older(bus, "not-yet-old", age // 2)
            deadline = time.monotonic() + PATIENCE
            while self.holds(bus, "just-too-old"):
                self.assertLess(time.monotonic(), deadline, "it is never dropped")
                threading.Event().wait(0.1)
            self.assertTrue(self.holds(bus, "named"))
            self.assertTrue(self.holds(bus, "not-yet-old"), "the control")
            with bus.connect() as client:
                client.hello()
                client.append([("late", ACCEPTED, b"{}")], [("not-yet-old", CHUNKS)])

    @staticmethod
    def grow_older(bus, content, seconds):
        """As if its last chunk had come so much earlier."""
        database = sqlite3.connect(bus.data / "journal.db", timeout=PATIENCE)
        with database:
            database.execute("UPDATE contents SET touched = touched - ? WHERE content = ?", (seconds * 1000, content))
        database.close()

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
