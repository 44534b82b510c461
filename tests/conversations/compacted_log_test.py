"""A log whose older events were archived is the same log: mail that stands there is traced, read and taken back, state
is rebuilt through it, and a segment that is lost or changed is named and refused."""

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from pipeline import BIN, GMAIL, MICROSOFT, PATIENCE, Pipeline, Reader, sample_mail, until

SUBJECT = "Of old"
PORTS = [f"--{name}-port=0" for name in ("smtp", "portal", "admin", "mailboxes")]


def sealpost(state, *arguments):
    done = subprocess.run([str(BIN / "sealpost"), "--state", str(state), *arguments],
                          capture_output=True, text=True, timeout=PATIENCE)
    return done.returncode, done.stdout, done.stderr


def digest(pipeline):
    """What every process derived from the log, once all agree."""
    def agreed():
        done = pipeline.command("digest", "--json", check=False)
        return json.loads(done.stdout) if done.returncode == 0 else None

    return until(agreed, "all processes at one digest")


def forget_snapshots(state):
    found = list(state.glob("**/*.snapshot"))
    for snapshot in found:
        snapshot.unlink()
    return len(found)


class CompactedLogTest(unittest.TestCase):
    def test_an_archived_log_is_the_same_log(self):
        with tempfile.TemporaryDirectory() as folder:
            state = Path(folder) / "state"
            with Pipeline(*PORTS, state=state) as pipeline:
                message = self.mail_of_old(pipeline)
                before, at = digest(pipeline), pipeline.events()[-1]["seq"]
                status_at = pipeline.command("status", message, "--at", str(at), "--json")
                export = pipeline.command("events", "export")
                code, _, said = sealpost(state, "bus", "compact", "--keep-events", "1")
                self.assertEqual(code, 1)
                self.assertIn("sealpost already runs on", said)
            head = Path(folder) / "head.json"
            head.write_text(sealpost(state, "head", "--sign")[1])

            last = json.loads(head.read_text())["seq"]
            done = self.compact(state, "--before", str(last))
            self.assertEqual((done["first"], done["last"], done["stay"]), (1, last - 1, 1))
            self.verified(state, last, "--head", str(head))
            with Pipeline(*PORTS, state=state) as pipeline:
                self.assertEqual(digest(pipeline)["digest"], before["digest"])
                self.same_answers(pipeline, message, at, status_at, export)
                self.mail_of_old(pipeline, "Newer")
                newer = digest(pipeline)

            self.compact(state, "--keep-events", "0")
            self.assertGreater(forget_snapshots(state), 0)
            with Pipeline(*PORTS, state=state) as pipeline:
                self.assertEqual(digest(pipeline)["digest"], newer["digest"], "made of the archive alone")
                self.same_answers(pipeline, message, at, status_at, export)
                reader = Reader(pipeline, GMAIL, self.current_link(pipeline, SUBJECT)).sign_in()
                self.assertEqual(reader.read().status, 200)
                self.assertEqual(pipeline.revoke(message).status, 200)
                self.assertEqual(reader.read().status, 410)
                self.assertIsNone(json.loads(pipeline.command("verify", "--json"))["fault"])
                self.imported_again(pipeline, Path(folder))
            self.damage_is_noticed(state)

    def mail_of_old(self, pipeline, subject=SUBJECT):
        mail = sample_mail(subject, [MICROSOFT, GMAIL])
        code, reply = pipeline.submit(mail, [MICROSOFT, GMAIL])
        self.assertEqual(code, 250, reply)
        for address in (MICROSOFT, GMAIL):
            pipeline.wait(f"delivered to {address} of {mail['Message-ID']}")
        return mail["Message-ID"]

    def current_link(self, pipeline, subject):
        """The wrapper's link; its host is of the run that sent it."""
        mail = pipeline.received(GMAIL, lambda m: m["delivery"] == "link" and m["subject"] == subject, "wrapper")
        link = next(link for link in mail["links"] if "/m/" in link)
        return pipeline.endpoints["portal"] + link[link.index("/m/"):]

    def compact(self, state, *options):
        code, said, wrong = sealpost(state, "bus", "compact", "--json", *options)
        self.assertEqual(code, 0, wrong)
        return json.loads(said)

    def verified(self, state, last, *options):
        code, said, wrong = sealpost(state, "verify", "--json", *options)
        self.assertEqual(code, 0, said + wrong)
        self.assertEqual(json.loads(said)["right"], last)

    def same_answers(self, pipeline, message, at, status_at, export):
        self.assertEqual(pipeline.command("status", message, "--at", str(at), "--json"), status_at)
        self.assertTrue(json.loads(pipeline.command("trace", message, "--json")))
        self.assertEqual(pipeline.command("events", "export", "--through", str(at)).splitlines()[1:-1],
                         export.splitlines()[1:at + 1])
        self.assertEqual(len(pipeline.command("events", "tail", "-n", "3").splitlines()), 3)

    def imported_again(self, pipeline, folder):
        (folder / "log.ndjson").write_text(pipeline.command("events", "export"))
        code, said, wrong = sealpost(folder / "copy", "events", "import", str(folder / "log.ndjson"))
        self.assertEqual(code, 0, said + wrong)

    def damage_is_noticed(self, state):
        segments = sorted((state / "bus/journal.db.archive").glob("*.db"))
        self.assertEqual(len(segments), 2)
        first, second = segments
        self.assertEqual(first.stat().st_mode & 0o777, 0o400)
        self.assertEqual(first.parent.stat().st_mode & 0o777, 0o700)
        aside = state / "aside"
        shutil.move(first, aside)
        self.refused(state, first, 1)
        shutil.move(aside, first)
        self.assertEqual(sealpost(state, "verify")[0], 0, "the control: with it the log is right again")
        octets = first.read_bytes()
        at = octets.index(SUBJECT.encode())
        first.chmod(0o600)
        first.write_bytes(octets[:at] + b"x" + octets[at + 1:])
        code, said, _ = sealpost(state, "verify", "--json")
        fault = json.loads(said)["fault"]
        self.assertEqual((code, fault["segment"]), (1, str(first)))
        self.assertIn("does not match its hash", fault["reason"])
        first.write_bytes(octets)
        self.assertEqual(sealpost(state, "verify")[0], 0)

    def refused(self, state, segment, bad):
        code, said, _ = sealpost(state, "verify", "--json")
        self.assertEqual((code, json.loads(said)["fault"]["seq"]), (1, bad))
        done = subprocess.run([str(BIN / "sealpost-bus"), "--config", str(state / "sealpost.toml")],
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(f"segment {segment}", done.stderr)
        self.assertIn("is missing; restore it from a backup", done.stderr)


if __name__ == "__main__":
    sys.exit(unittest.main())
