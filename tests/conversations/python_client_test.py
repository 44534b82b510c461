"""A client in another language, written from docs/bus-protocol.md alone, against the real bus: it follows the whole
story, and neither a slow nor a dead nor a late one costs anybody else anything."""

import os
import signal
import subprocess
import sys
import time
import unittest

from bus_access import Refused, RunningBus, connector, resident_octets
from pipeline import GMAIL, Pipeline, Reader, network_id, sample_mail, sanitized, until
from sealpost_bus import FIRST, Silent

ATTEMPTED = "sealpost.delivery.attempted"
MEBIOCTET = 1024 * 1024


# Subscribes ten times and reads nothing.
STUCK = """
connections = [Bus(*where) for _ in range(10)]
for bus in connections:
    bus.hello()
    bus.subscribe(window=4096)
print("ready", flush=True)
sys.stdin.read()
"""

# Says where it stands after each event.
TELLING = """
with Bus(*where) as bus:
    bus.hello()
    for event in bus.follow(window=7):
        print(event.seq, event.own.hex(), flush=True)
"""


def fill(bus, count, octets=300):
    """Appends that many events, many to a batch."""
    ids = [os.urandom(12).hex() for _ in range(count)]
    payload = b"x" * octets
    for begin in range(0, count, 200):
        bus.append([(i, ATTEMPTED, payload) for i in ids[begin:begin + 200]])
    return ids


def take_through(subscription, last, patience=30.0):
    """Credits packet by packet until event `last`; the events."""
    events, deadline = [], time.monotonic() + patience
    while subscription.handled < last:
        if time.monotonic() > deadline:
            raise AssertionError(f"stands at {subscription.handled} of {last}")
        events += subscription.take(1.0)
        subscription.credit()
    return events


class StoryTest(unittest.TestCase):
    def test_it_follows_the_whole_story_with_a_credit_of_one(self):
        with Pipeline("--no-restart") as pipeline:
            connect = connector(pipeline.endpoints, patience=30.0)
            message = self.play(pipeline)
            with connect("operator") as bus:
                seq, own = bus.hello()
                self.assertEqual(bus.role, "operator")
                subscription = bus.subscribe(window=1)
                story = []
                while subscription.handled < seq:
                    packet = subscription.take(10)
                    self.assertEqual(len(packet), 1, "never more than the credit")
                    story += packet
                    subscription.credit()
                self.assertEqual(subscription.own, own)
                self.assertEqual([e.seq for e in story], list(range(1, seq + 1)))
                self.assertEqual([e.time for e in story], sorted(e.time for e in story))
                self.assert_resumes_anywhere(connect, story)
                self.assertEqual(pipeline.revoke(message).status, 200)  # and live ones, too
                until(lambda: any(e.type == "sealpost.revocation.enforced" for e in self.more(subscription)),
                      "the revoke")
                handled, own = subscription.handled, subscription.own
            self.survive_a_restart(pipeline, connect, handled, own)

    @staticmethod
    def play(pipeline):
        code, lines = pipeline.submit(sample_mail("The whole story", [GMAIL]), [GMAIL])
        assert code == 250, lines
        reader = Reader(pipeline, GMAIL, pipeline.link(GMAIL, "The whole story")).sign_in()
        assert reader.read().status == 200
        return network_id(lines)

    @staticmethod
    def more(subscription):
        events = subscription.take(0.2)
        subscription.credit()
        return events

    def assert_resumes_anywhere(self, connect, story):
        with connect("operator") as bus:
            bus.hello()
            for start in range(1, len(story) + 2):
                known = story[start - 2].own if start > 1 else FIRST
                rest = [e for e in bus.follow(start, known) if e.seq <= len(story)]
                self.assertEqual(rest, story[start - 1:])
            for start, known in ((2, FIRST), (len(story) + 1000, FIRST), (1, story[0].own)):
                with self.assertRaises(Refused) as refused:
                    bus.subscribe(start, known)
                self.assertEqual(refused.exception.name, "different log")

    def survive_a_restart(self, pipeline, connect, handled, own):
        before = pipeline.pids()["bus"]
        pipeline.kill("bus")
        until(lambda: pipeline.pids().get("bus") != before, "the death of the bus to be noticed")
        pipeline.process.send_signal(signal.SIGUSR1)
        until(lambda: pipeline.pids().get("bus") not in (None, before), "the bus to be back")
        with connect("operator") as bus:
            bus.hello()
            subscription = bus.subscribe(handled + 1, own, window=1)
            again = sample_mail("After the restart", [GMAIL])
            until(lambda: pipeline.submit(again, [GMAIL])[0] == 250, "the gateway to be back, too")
            until(lambda: any(b"After the restart" in e.payload for e in self.more(subscription)), "the new mail")


class SlowAndLateTest(unittest.TestCase):
    def setUp(self):
        self.bus = RunningBus()
        self.addCleanup(self.bus.__exit__)
        self.bus.start()

    def test_stuck_consumers_cost_bounded_memory_and_others_nothing(self):
        """Ten with the largest credit are stopped, while 48 MiB of events go to one that reads."""
        with self.bus.connect() as writer, self.bus.connect("operator") as reading:
            writer.hello()
            reading.hello()
            live = reading.subscribe(window=4096)
            self.stream(writer, live)  # what the broker keeps for everybody is full now
            before = resident_octets(self.bus.process.pid)
            with self.consumer(STUCK) as stuck:
                self.assertEqual(stuck.stdout.readline(), "ready\n")
                os.kill(stuck.pid, signal.SIGSTOP)
                self.stream(writer, live)
                grown = resident_octets(self.bus.process.pid) - before
                stuck.kill()
        print(f"ten stuck consumers, 48 MiB of events: the broker grew by {grown / MEBIOCTET:.1f} MiB", flush=True)
        if not sanitized():
            self.assertLess(grown, 24 * MEBIOCTET)  # ten times 1 MiB and a packet, and what the heap keeps

    @staticmethod
    def stream(writer, live):
        for _ in range(48):
            last = live.handled + 1000
            fill(writer, 1000, octets=1024)
            take_through(live, last)

    def consumer(self, program):
        """Another process with the operator's keys; `program` begins with the connection's arguments in `where`."""
        folder = os.path.dirname(sys.modules["sealpost_bus"].__file__)
        begin = ("import sys\nsys.path.insert(0, sys.argv[1])\nfrom sealpost_bus import Bus\n"
                 "where = (*sys.argv[2:4], sys.argv[4:6])\n")
        return subprocess.Popen(
            [sys.executable, "-c", begin + program, folder, self.bus.endpoint, self.bus.pairs["bus"][0],
             *self.bus.pairs["operator"]], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)

    def test_a_killed_consumer_is_forgotten_and_its_successor_goes_on(self):
        with self.bus.connect() as writer:
            writer.hello()
            ids = fill(writer, 3000)
            with self.consumer(TELLING) as consumer:
                said = [consumer.stdout.readline().split() for _ in range(500)]
                consumer.kill()
            seq, own = int(said[-1][0]), bytes.fromhex(said[-1][1])
            fill(writer, 10)  # nobody waits for the dead
            with self.bus.connect("operator") as successor:
                head = successor.hello()[0]
                rest = list(successor.follow(seq + 1, own))
            self.assertEqual([int(s) for s, _ in said] + [e.seq for e in rest], list(range(1, head + 1)))
            self.assertEqual([e.id for e in rest[:-10]], ids[seq:])

    def test_what_a_client_asked_of_a_paused_bus_is_not_done_later(self):
        with self.bus.connect() as late:
            late.hello()
            late.patience = 0.5
            os.kill(self.bus.process.pid, signal.SIGSTOP)
            try:
                request = late.send_append([("ghost", ATTEMPTED, b"{}")])
                with self.assertRaises(Silent):
                    late.answer(request)
                self.let_pass(2.5)  # a pause that counts
            finally:
                os.kill(self.bus.process.pid, signal.SIGCONT)
            late.patience = 30.0
            with self.assertRaises(Refused) as refused:
                late.answer(request)
            self.assertEqual(refused.exception.name, "stale")
        self.assert_no_ghost()

    def test_what_a_paused_client_asks_of_the_next_bus_is_not_done(self):
        """The publisher slept while the bus was restarted: what it sends then carries the old incarnation."""
        with self.bus.connect() as late:
            late.hello()
            self.bus.kill()
            self.bus.start()
            with self.assertRaises(Refused) as refused:
                late.append([("ghost", ATTEMPTED, b"{}")])
            self.assertEqual(refused.exception.name, "stale")
        self.assert_no_ghost()

    def test_a_credit_that_reaches_the_next_bus_is_answered_as_stale(self):
        with self.bus.connect() as writer, self.bus.connect("operator") as late:
            writer.hello()
            fill(writer, 2)
            late.hello()
            subscription = late.subscribe(window=1)
            self.assertEqual([event.seq for event in subscription.take(30.0)], [1])
            self.bus.kill()
            self.bus.start()
            subscription.credit()
            with self.assertRaises(Refused) as refused:
                subscription.take(30.0)
            self.assertEqual(refused.exception.name, "stale")

    def test_control_the_same_append_after_a_new_hello_is_done(self):
        with self.bus.connect() as late:
            late.hello()
            self.bus.kill()
            self.bus.start()
            late.hello()
            self.assertEqual(late.append([("ghost", ATTEMPTED, b"{}")]), [1])
        with self.assertRaises(AssertionError):
            self.assert_no_ghost()

    @staticmethod
    def let_pass(seconds):
        end = time.monotonic() + seconds
        until(lambda: time.monotonic() > end, "time to pass", seconds + 10)

    def assert_no_ghost(self):
        with self.bus.connect() as bus:
            bus.hello()
            bus.append([("witness", ATTEMPTED, b"{}")])
            self.assertNotIn("ghost", [e.id for e in bus.follow()])


if __name__ == "__main__":
    sys.exit(unittest.main())
