"""Without the bus nothing is shown and nothing is accepted; what was refused does not turn up later."""

import collections
import signal
import sys
import unittest

from pipeline import ATTACHMENT, GMAIL, Pipeline, Reader, sample_mail, until


class BusStoppedTest(unittest.TestCase):
    def setUp(self):
        self.pipeline = Pipeline("--no-restart")
        self.addCleanup(self.pipeline.stop)
        subject = "Before the bus stopped"
        code, lines = self.pipeline.submit(sample_mail(subject, [GMAIL]), [GMAIL])
        self.assertEqual(code, 250, lines)
        self.reader = Reader(self.pipeline, GMAIL, self.pipeline.link(GMAIL, subject)).sign_in()
        self.assertEqual(self.reader.read().status, 200)
        self.settle()

    def settle(self):
        """Until the closes of what was read, and the deliveries of all mails, stand in the log."""
        def settled():
            kinds = collections.Counter(e["event"]["type"].removeprefix("sealpost.") for e in self.pipeline.events())
            return (kinds["access.attempted"] == kinds["access.closed"] and
                    kinds["delivery.attempted"] == kinds["message.accepted"] + kinds["mail.submitted"])
        until(settled, "closes of what was read, and deliveries")

    def assert_closed(self):
        """Every way to content answers 503 and shows nothing; the gateway defers."""
        for answer in (self.reader.read(), self.reader.attachment()):
            self.assertEqual(answer.status, 503)
            self.assertNotIn(b"figures", answer.body)
            self.assertNotIn(ATTACHMENT[:64], answer.body)
        code, lines = self.pipeline.submit(sample_mail("While it was down", [GMAIL]), [GMAIL])
        self.assertEqual(code, 451, lines)
        self.assertEqual(self.pipeline.revoke("<nobody@knows>").status, 503)

    def test_a_dead_bus(self):
        before = [e["event"]["id"] for e in self.pipeline.events()]
        self.pipeline.kill("bus", signal.SIGKILL)
        until(lambda: self.reader.read().status == 503, "the portal to notice")
        self.assert_closed()

        self.pipeline.process.send_signal(signal.SIGUSR1)  # starts again what is dead
        until(lambda: self.reader.read().status == 200, "the portal to be back")
        self.settle()
        after = [e["event"] for e in self.pipeline.events()]
        self.assertEqual([e["id"] for e in after][:len(before)], before)
        # What is new is the one read after the bus was back: nothing of the time without it.
        self.assertEqual([e["type"] for e in after[len(before):]],
                         ["sealpost.access.attempted", "sealpost.access.closed"])

    def test_a_bus_that_hangs(self):
        self.pipeline.kill("bus", signal.SIGSTOP)
        try:
            self.assert_closed()
        finally:
            self.pipeline.kill("bus", signal.SIGCONT)
        until(lambda: self.reader.read().status == 200, "the portal to be back")


if __name__ == "__main__":
    sys.exit(unittest.main())
