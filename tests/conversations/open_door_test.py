"""A bus that would let an unknown key in stops at its start, on ipc and on tcp, before anybody is served."""

import json
import sys
import unittest

from bus_access import BIN, ROLES, StandingBus
from intruders import Outcome, knock, unknown_key
from pipeline import PATIENCE

WITHOUT_A_GATE = ["env", f"LD_PRELOAD={BIN / 'open_door.so'}"]
TRANSPORTS = ("tcp://127.0.0.1:0", None)
NOTHING = {"append": [], "content_read": False, "content_write": False,
           "slots_read": [], "slots_write": [], "slots_erase": []}
POWERLESS = [{"name": role, **NOTHING} for role in ROLES]


class OpenDoorTest(unittest.TestCase):
    def test_a_bus_that_lets_an_unknown_key_in_stops(self):
        for address in TRANSPORTS:
            with self.subTest(address or "ipc"), StandingBus(POWERLESS, address) as bus:
                self.assertFalse(bus.launch(WITHOUT_A_GATE), "it serves")
                self.assertEqual(bus.process.wait(PATIENCE), 1)
                last = json.loads(bus.log.splitlines()[-1])
                self.assertEqual((last["event"], last["reason"]),
                                 ("process.failed", "self-test: the bus let an unknown key in"))

    def test_control_one_with_its_gate_starts_and_lets_none_in(self):
        for address in TRANSPORTS:
            with self.subTest(address or "ipc"), StandingBus(POWERLESS, address) as bus:
                bus.start()
                self.assertEqual(knock(bus.endpoint, unknown_key(bus.pairs["bus"][0]), 10), Outcome(10, 0, 0))


if __name__ == "__main__":
    sys.exit(unittest.main())
