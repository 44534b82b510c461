"""Without the bus nothing is shown and nothing is accepted; what was refused does not turn up later."""

import re
import signal
import subprocess
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
        """Until the closes of what was read stand in the log."""
        def closed():
            types = [e["event"]["type"] for e in self.pipeline.events()]
            return types.count("sealpost.access.attempted") == types.count("sealpost.access.closed")
        until(closed, "closes of what was read")

    def assert_closed(self):
        """Every way to content answers 503 and shows nothing; the gateway defers."""
        for answer in (self.reader.read(), self.reader.attachment()):
            self.assertEqual(answer.status, 503)
            self.assertNotIn(b"figures", answer.body)
            self.assertNotIn(ATTACHMENT[:64], answer.body)
        code, lines = self.pipeline.submit(sample_mail("While it was down", [GMAIL]), [GMAIL])
        self.assertEqual(code, 451, lines)
        self.assertEqual(self.pipeline.revoke("<nobody@knows>").status, 503)

    def started_by_hand(self):
        """A bus on the same log; its health page elsewhere, since `up` still holds that port."""
        settings = (self.pipeline.state / "sealpost.toml").read_text()
        settings = re.sub(r'(?s)(\[bus\].*?\nhealth = )"[^"]*"', r'\1"127.0.0.1:0"', settings, count=1)
        path = self.pipeline.state / "by-hand.toml"
        path.write_text(settings)
        with (self.pipeline.state / "log/bus-by-hand.log").open("w") as log:
            return subprocess.Popen(
                [str(self.pipeline.binaries / "sealpost-bus"), "--config", str(path)], stderr=log)

    def test_a_dead_bus(self):
        before = [e["event"]["id"] for e in self.pipeline.events()]
        self.pipeline.kill("bus", signal.SIGKILL)
        until(lambda: self.reader.read().status == 503, "the portal to notice")
        self.assert_closed()

        again = self.started_by_hand()
        try:
            self.pipeline.wait(f"applied through {len(before)}")
            until(lambda: self.reader.read().status == 200, "the portal to be back")
            after = self.pipeline.events()
            self.assertEqual([e["event"]["id"] for e in after][:len(before)], before)
            later = [e["event"] for e in after[len(before):]]
            self.assertFalse(any(e["type"] == "sealpost.message.accepted" for e in later))
            # What is new are the reads after the bus was back: each attempt of them was shown.
            self.settle()
            self.assertEqual(sum(e["type"] == "sealpost.access.attempted" for e in later), 1)
        finally:
            self.pipeline.stop()
            again.terminate()
            again.wait(30)

    def test_a_bus_that_hangs(self):
        self.pipeline.kill("bus", signal.SIGSTOP)
        try:
            self.assert_closed()
        finally:
            self.pipeline.kill("bus", signal.SIGCONT)
        until(lambda: self.reader.read().status == 200, "the portal to be back")


if __name__ == "__main__":
    sys.exit(unittest.main())
