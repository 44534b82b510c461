"""A mail answered 250 is delivered, whoever is killed in between."""

import signal
import sys
import unittest
from pathlib import Path

from pipeline import OFFICE_365, Pipeline, sample_mail, until


class AcceptedMailTest(unittest.TestCase):
    def setUp(self):
        self.pipeline = Pipeline()
        self.addCleanup(self.pipeline.stop)
        # The next hop defers everything, so that what was accepted stays queued while processes die.
        self.faults("PUT", '[{"address": "*", "stage": "rcpt", "code": 451, "enhanced": "4.2.0", "text": "later"}]')
        self.subjects = [f"Queued {number}" for number in range(5)]
        for subject in self.subjects:
            recipients = [OFFICE_365, "queued@gmail.com"]
            code, lines = self.pipeline.submit(sample_mail(subject, recipients), recipients)
            self.assertEqual(code, 250, lines)

    def faults(self, method, body=None):
        answer = self.pipeline.http(
            method, self.pipeline.endpoints["mailboxes"] + "/api/faults", {"Content-Type": "application/json"}, body)
        self.assertLess(answer.status, 300, answer.text)

    def kill_and_wait(self, *names):
        before = self.pipeline.pids()
        for name in names:
            self.pipeline.kill(name, signal.SIGKILL)
        until(lambda: all(self.pipeline.pids()[n] not in (None, before[n]) for n in names), "restarts")

    def delivered(self, address):
        return sorted({m["subject"] for m in self.pipeline.mailbox(address)})

    def assert_everything_arrives(self):
        self.faults("DELETE")
        for address in (OFFICE_365, "queued@gmail.com"):
            until(lambda: self.delivered(address) == self.subjects, f"all mails for {address}")

    def test_the_gateway_is_killed(self):
        self.kill_and_wait("gateway")
        self.assert_everything_arrives()

    def test_the_bus_is_killed(self):
        self.kill_and_wait("bus")
        self.assert_everything_arrives()

    def test_everything_is_killed_at_once(self):
        self.kill_and_wait("bus", "gateway", "portal", "revocation", "mailboxes")
        self.faults("DELETE")  # scripted faults are the mailboxes' memory, gone with the process
        self.assert_everything_arrives()

    def test_a_log_that_was_not_on_disk_is_noticed(self):
        """The control: had the acknowledged log never reached the disk, the mails would be missing."""
        self.pipeline.kill("bus", signal.SIGSTOP)
        for path in Path(self.pipeline.state / "bus").iterdir():
            path.unlink()
        self.kill_and_wait("bus", "gateway")
        self.faults("DELETE")
        until(lambda: self.pipeline.http("GET", self.pipeline.endpoints["health"]["gateway"] + "/readyz").status == 200,
              "a gateway on the empty log")
        code, lines = self.pipeline.submit(sample_mail("After", [OFFICE_365]), [OFFICE_365])
        self.assertEqual(code, 250, lines)
        until(lambda: "After" in self.delivered("alice@fabrikam.com"), "the mail after it")
        self.assertEqual(self.delivered(OFFICE_365), ["After"])


if __name__ == "__main__":
    sys.exit(unittest.main())
