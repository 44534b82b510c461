"""A start from a snapshot gives the same state as one from the first event; what does not fit is never trusted."""

import json
import signal
import sys
import unittest

from pipeline import GMAIL, OFFICE_365, Pipeline, Reader, sample_mail, until

FOLDERS = {"gateway": "gateway", "portal": "portal", "portal-2": "portal", "revocation": "revocation"}


def flipped(octets):
    middle = len(octets) // 2
    return octets[:middle] + bytes([octets[middle] ^ 1]) + octets[middle + 1:]


class Story:
    """A pipeline with two portals in which a mail was sent, read and revoked."""

    def __init__(self, pipeline):
        self.pipeline = pipeline
        subject = "To be remembered"
        mail = sample_mail(subject, [OFFICE_365, GMAIL])
        self.message = mail["Message-ID"]
        assert pipeline.submit(mail, [OFFICE_365, GMAIL])[0] == 250
        self.reader = Reader(pipeline, GMAIL, pipeline.link(GMAIL, subject)).sign_in()
        assert self.reader.read().status == 200
        pipeline.wait(f"delivered to {OFFICE_365}")
        assert pipeline.revoke(self.message).status == 200

    def answers(self):
        """What follows from the log, once every process says the same."""
        return self.digest(), self.pipeline.command("trace", self.message, "--json")

    def digest(self):
        def agreed():
            done = self.pipeline.command("digest", "--json", check=False)
            return json.loads(done.stdout)["digest"] if done.returncode == 0 else None

        return until(agreed, "all processes at one digest")

    def snapshot(self, name):
        return self.pipeline.state / FOLDERS[name] / f"{name}.snapshot"

    def restart(self, signal_number):
        old = self.pipeline.pids()
        for name in FOLDERS:
            self.pipeline.kill(name, signal_number)
        until(lambda: all(self.pipeline.pids()[name] != old[name] for name in FOLDERS), "restarts")

    def said(self, name, event):
        """Lines of that event in the log of that process."""
        lines = (self.pipeline.state / "log" / f"{name}.log").read_text().splitlines()
        return [line for line in map(json.loads, lines) if line["event"] == event]

    def reasons(self, name):
        return [line["reason"] for line in self.said(name, "snapshot.discarded")]


class SnapshotTest(unittest.TestCase):
    def test_a_start_from_a_snapshot_and_one_without_give_the_same_answers(self):
        with Pipeline("--portals", "2") as pipeline:
            story = Story(pipeline)
            before = story.answers()
            story.restart(signal.SIGTERM)
            self.assertEqual(story.answers(), before)
            for name in FOLDERS:
                self.assertEqual(len(story.said(name, "snapshot.restored")), 1, name)
                self.assertEqual(story.snapshot(name).stat().st_mode & 0o777, 0o600)
            self.assertEqual(story.reader.read().status, 410)
            self.damaged_ones_are_discarded(story)
            self.one_of_another_log_is_discarded(story)

    def damaged_ones_are_discarded(self, story):
        before = story.answers()
        old = {name: story.snapshot(name).read_bytes() for name in FOLDERS}
        story.snapshot("gateway").write_bytes(flipped(old["gateway"]))
        story.snapshot("portal").write_bytes(old["portal"][:-1])
        story.snapshot("portal-2").write_bytes(old["portal"])
        story.snapshot("revocation").write_bytes(old["revocation"].replace(b"snapshot 1", b"snapshot 2", 1))
        story.restart(signal.SIGKILL)
        self.assertEqual(story.answers(), before)
        for name in FOLDERS:
            self.assertEqual(len(story.reasons(name)), 1, name)
            self.assertEqual(len(story.said(name, "snapshot.restored")), 1, name)
            self.assertFalse(story.snapshot(name).exists(), name)
        self.assertEqual(story.reasons("portal-2"), ["it is another process's"])
        self.assertEqual(story.reasons("revocation"), ["it is no snapshot of this version"])

    def one_of_another_log_is_discarded(self, story):
        before = story.answers()
        with Pipeline("--portals", "2") as other:
            foreign = Story(other)
            foreign.restart(signal.SIGTERM)
            foreign.digest()
            for name in FOLDERS:
                story.snapshot(name).write_bytes(foreign.snapshot(name).read_bytes())
        story.restart(signal.SIGKILL)
        self.assertEqual(story.answers(), before)
        for name in FOLDERS:
            self.assertEqual(story.reasons(name)[1:], ["the log has not that event"], name)

    def test_a_running_process_makes_one_and_after_a_crash_starts_from_it_plus_what_came_since(self):
        with Pipeline("--portals", "2") as pipeline:
            story = Story(pipeline)
            self.ask_for_one_every_three_events(pipeline)
            story.restart(signal.SIGKILL)
            self.change_something_until_each_has_made_one(story)
            self.assertEqual([story.said(name, "snapshot.restored") for name in FOLDERS], [[]] * len(FOLDERS))
            subject = "What came since"
            assert pipeline.submit(sample_mail(subject, [GMAIL]), [GMAIL])[0] == 250
            pipeline.link(GMAIL, subject)
            before = story.answers()
            story.restart(signal.SIGKILL)
            self.assertEqual(story.answers(), before)
            end = len(pipeline.events())
            for name in FOLDERS:
                (restored,) = story.said(name, "snapshot.restored")
                self.assertIn(restored["seq"], [line["seq"] for line in story.said(name, "snapshot.written")], name)
                self.assertLess(restored["seq"], end, name)
                self.assertEqual(story.reasons(name), [], name)
            self.assertEqual(story.reader.read().status, 410)

    def ask_for_one_every_three_events(self, pipeline):
        """Of every process that starts from now on."""
        settings = pipeline.state / "sealpost.toml"
        text = settings.read_text()
        assert text.count("snapshot_folder =") == 3, text
        settings.write_text(text.replace("snapshot_folder =", "snapshot_events = 3\nsnapshot_folder ="))

    def change_something_until_each_has_made_one(self, story):
        """A process that has just started makes none for a while, however many events come."""
        def all_made():
            for change in (story.pipeline.restore, story.pipeline.revoke):
                assert change(story.message).status == 200
            return all(story.said(name, "snapshot.written") for name in FOLDERS)

        story.digest()
        until(all_made, "a snapshot of each process")


if __name__ == "__main__":
    sys.exit(unittest.main())
