"""A bus that is restarted again and again under load: with credit 1, stuck, late and killed consumers, publishers that
repeat what was left unanswered, and such as are killed, nothing is lost, stands twice, or changes places, and no ghost of
an old connection is appended. SEALPOST_SEED repeats the moments."""

import os
import random
import signal
import sys
import threading
import time
import unittest

from bus_load import Lost
from progress import Progress, rounds
from restless_clients import CONSUMES, FIRST, PUBLISHES, Consumer, Forgetful, Mortal, Publisher, event_of, judge
from running_bus import PATIENCE, RunningBus

SEED = int(os.environ.get("SEALPOST_SEED", random.randrange(10**6)))


class MortalOnes:
    """A publisher and a consumer, both killed in each round; their successors go on from what they had said."""

    def __init__(self, bus):
        self.bus, self.acknowledged, self.handled = bus, {}, []
        self.sent = 0

    def begin(self):
        number = next((n for n in range(1, self.sent + 1) if n not in self.acknowledged), self.sent + 1)
        seq, _, own = self.handled[-1] if self.handled else (0, "", FIRST.hex())
        self.both = (Mortal(self.bus, "gateway", PUBLISHES, number), Mortal(self.bus, "operator", CONSUMES, seq + 1, own))

    def wait(self):
        """Until both have done something."""
        for one in self.both:
            if not one.has_begun.wait(PATIENCE):
                raise AssertionError(f"a client that is to be killed does nothing: {one.process.args[2]}")

    def kill(self):
        publisher, consumer = (mortal.kill() for mortal in self.both)
        for what, number, *seq in publisher:
            if what == "sent":
                self.sent = max(self.sent, number)
            else:
                self.acknowledged[number] = seq[0]
        self.handled += [line[1:] for line in consumer]


class RestartedBusTest(unittest.TestCase):
    def test_under_load(self):
        chance, began = random.Random(SEED), time.monotonic()
        restarts = rounds(4, 200)
        with Progress("restarts", restarts) as progress, RunningBus() as bus:
            bus.start()
            publishers = [Publisher(bus, "first"), Publisher(bus, "second")]
            forgetful = Forgetful(bus, "forgetful")
            consumers = [Consumer(bus, 1), Consumer(bus, 4096)]
            mortal = MortalOnes(bus)
            for _ in range(restarts):
                self.disturb(bus, mortal, chance)
                progress.one()
            consumers.append(Consumer(bus, 256))  # late
            for client in (*publishers, forgetful):
                client.finish()
            with bus.connect() as client:
                head = client.hello()[0]
            for consumer in consumers:
                consumer.through = head
                consumer.finish()
        self.judge_all(consumers, publishers, forgetful, mortal)
        print(f"{restarts} restarts, {head} events, {len(forgetful.refused)} refused as stale, "
              f"{len(mortal.acknowledged)} acknowledged to publishers that were killed, 0 lost, seed {SEED}, "
              f"{time.monotonic() - began:.1f} s", flush=True)

    def disturb(self, bus, mortal, chance):
        """A while under load, with one consumer that takes nothing; then publisher, consumer and bus end."""
        with bus.connect("operator", read_slowly=True) as stuck:
            stuck.hello()
            stuck.subscribe(window=4096)
            mortal.begin()
            mortal.wait()
            self.let_pass(chance.uniform(0, 0.4))
            mortal.kill()
            ending = chance.choice((signal.SIGKILL, signal.SIGTERM))
            bus.process.send_signal(ending)
            bus.process.wait(PATIENCE)
            self.let_pass(chance.choice((0, 0.3)))
            bus.start()

    @staticmethod
    def let_pass(seconds):
        threading.Event().wait(seconds)

    def judge_all(self, consumers, publishers, forgetful, mortal):
        log = consumers[0].events
        judge(log, {"mortal": (mortal.acknowledged, []),
                    **{one.name_in_log: (one.acknowledged, one.refused) for one in (*publishers, forgetful)}})
        for publisher in publishers:
            self.assertEqual(sorted(publisher.acknowledged), list(range(1, publisher.sent + 1)), "all came to their end")
        for other in consumers[1:]:
            self.assertEqual(other.events, log)
        self.assertEqual([(seq, identifier) for seq, identifier, _ in mortal.handled],
                         [(event.seq, event.id) for event in log[:len(mortal.handled)]])
        self.assertGreater(len(mortal.handled), 0)
        self.assertGreater(len(mortal.acknowledged), 0)
        self.assertGreater(len(forgetful.refused), 0, "nobody has asked anything of the bus before")

    def repeated(self, again):
        """The log after a publisher has lost its connection before it heard of what was done, and repeats it."""
        with RunningBus() as bus:
            bus.start()
            with bus.connect() as deaf, bus.connect() as other:
                deaf.hello()
                other.hello()
                last = deaf.send_append([event_of("deaf", n) for n in range(1, 5)])
                deaf.answer(last)  # and forgets it
                acknowledged = other.append([event_of("deaf", n, again) for n in range(1, 5)])
                return list(other.follow()), {"deaf": (dict(zip(range(1, 5), acknowledged)), [])}

    def test_what_is_repeated_stands_once(self):
        judge(*self.repeated(again=0))

    def test_control_what_is_repeated_past_the_id_check_is_noticed(self):
        with self.assertRaisesRegex(Lost, "deaf 1 stands twice, as event 1 and 5"):
            judge(*self.repeated(again=1))

    def test_control_lost_exchanged_and_ghostly_events_are_noticed(self):
        log, publishers = self.repeated(again=0)
        one, two, three, four = log
        judge(log, publishers)
        for wrong, refused, said in (
                ([one, two, three], [], "1 of 4 acknowledged events of deaf are lost"),
                ([one, three, two, four], [], "deaf 2 stands behind a later one"),
                (log, [3], "deaf 3 was refused and stands in the log")):
            with self.assertRaisesRegex(Lost, said):
                judge(wrong, {"deaf": (publishers["deaf"][0], refused)})


if __name__ == "__main__":
    sys.exit(unittest.main())
