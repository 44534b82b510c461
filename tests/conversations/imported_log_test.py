"""A log that was exported, imported elsewhere and started there is followed and nothing else: it answers what it can
be asked, and sends, takes, discloses and changes nothing. The control starts the same queue on the log itself."""

import json
import select
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
from pathlib import Path

from pipeline import BIN, GMAIL, OFFICE_365, SENDER, Pipeline, Reader, network_id, sample_mail, until

SEALPOST = str(BIN / "sealpost")
FREE_PORTS = [f"--{name}-port=0" for name in ("smtp", "portal", "admin", "mailboxes")]


def sealpost(*arguments, check=True):
    done = subprocess.run([SEALPOST, *arguments], capture_output=True, text=True, timeout=120)
    if check and done.returncode != 0:
        raise AssertionError(f"sealpost {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class Trap:
    """A next hop that nobody should call; it says nothing and counts who comes."""

    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listening.getsockname()[1]

    def somebody_comes(self, seconds):
        return bool(select.select([self.listening], [], [], seconds)[0])

    def close(self):
        self.listening.close()


def agreement(pipeline):
    """What `sealpost digest` says when all agree, else None."""
    done = pipeline.command("digest", "--json", check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


class ImportedLogTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A pipeline with everything in its log: read, revoked, and a mail that waits in the queue. Then it stops."""
        cls.folder = tempfile.TemporaryDirectory()
        cls.original = Path(cls.folder.name) / "original"
        cls.export = Path(cls.folder.name) / "log.ndjson"
        cls.redacted = Path(cls.folder.name) / "redacted.ndjson"
        with Pipeline(*FREE_PORTS, state=cls.original) as pipeline:
            mail = sample_mail("Figures canary", [OFFICE_365, GMAIL])
            code, reply = pipeline.submit(mail, [OFFICE_365, GMAIL])
            assert code == 250, reply
            cls.read = network_id(reply)
            cls.link = pipeline.link(GMAIL, "Figures canary")
            reader = Reader(pipeline, GMAIL, cls.link).sign_in()
            assert reader.read().status == 200
            pipeline.wait(f"delivered to {OFFICE_365}")
            pipeline.wait(f"read by {GMAIL}")
            assert pipeline.revoke(cls.read, reason="canary reason", note="canary note").status == 200
            assert reader.read().status == 410
            fault = {"address": GMAIL, "stage": "rcpt", "code": 451, "enhanced": "4.2.0", "text": "later"}
            pipeline.http("PUT", pipeline.endpoints["mailboxes"] + "/api/faults",
                          {"Content-Type": "application/json"}, json.dumps([fault]))
            code, reply = pipeline.submit(sample_mail("Queued canary", [GMAIL]), [GMAIL])
            assert code == 250, reply
            cls.queued = network_id(reply)
            until(lambda: pipeline.status(cls.queued)["recipients"][0]["attempts"] > 0, "a first try")
            agreed = until(lambda: agreement(pipeline), "all processes at one digest")
            # What is appended later (another try) is not part of the copy.
            cls.last, cls.digest = agreed["seq"], agreed["digest"]
            pipeline.command("events", "export", "--through", str(cls.last), "--output", str(cls.export))
            pipeline.command("events", "export", "--through", str(cls.last), "--redact", "--output", str(cls.redacted))
            cls.status = {message: json.loads(pipeline.command("status", message, "--at", str(cls.last), "--json"))
                          for message in (cls.read, cls.queued)}
            cls.trace = pipeline.admin("GET", "/v1/trace/" + cls.read).json()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def imported(self, file, name):
        state = Path(self.folder.name) / name
        sealpost("--state", str(state), "events", "import", str(file))
        self.addCleanup(shutil.rmtree, state, ignore_errors=True)
        return state

    def test_the_copy_answers_as_the_original_and_does_nothing(self):
        trap = Trap()
        self.addCleanup(trap.close)
        state = self.imported(self.export, "copy")
        with Pipeline(*FREE_PORTS, "--no-mailboxes", "--next-hop", trap.address, state=state) as copy:
            self.assertEqual(len(copy.endpoints["imported_from"]), 32)
            self.check_answers(copy)
            self.check_refusals(copy)
            # Where the same queue is a log of its own, the control below sees it called in a moment.
            self.assertFalse(trap.somebody_comes(3 * self.control()), "the gateway called its next hop")
            self.assertEqual(until(lambda: agreement(copy), "all at one digest")["digest"], self.digest)
            self.assertEqual(copy.events()[-1]["seq"], self.last)
            self.assertEqual(len(copy.events()), self.last)
        for text in (state / "log").glob("*.log"):
            self.assertNotIn('"level":"error"', text.read_text(), text.name)

    def check_answers(self, copy):
        for message, wanted in self.status.items():
            self.assertEqual(copy.status(message), wanted)
            self.assertEqual(json.loads(copy.command("status", message, "--json")), wanted)
        self.assertTrue(self.status[self.read]["revoked"])
        self.assertEqual(self.status[self.queued]["recipients"][0]["delivery_status"], "deferred")
        self.assertEqual(copy.admin("GET", "/v1/trace/" + self.read).json(), self.trace)
        self.assertEqual(copy.admin("GET", "/v1/messages?recipient=" + GMAIL).status, 200)

    def check_refusals(self, copy):
        host, port = copy.endpoints["smtp"].rsplit(":", 1)
        with self.assertRaises(smtplib.SMTPConnectError) as refused:
            smtplib.SMTP(host, int(port), timeout=30)
        self.assertEqual(refused.exception.smtp_code, 421)
        self.assertIn(b"imported log", refused.exception.smtp_error)
        path = urllib.parse.urlsplit(self.link).path
        for method, address in (("GET", path), ("POST", path + "/passcode"), ("POST", path + "/sign-in"),
                                ("GET", path + "/attachments/0"), ("GET", "/m/AAAAAAAAAAAAAAAAAAAAAA")):
            page = copy.http(method, copy.endpoints["portal"] + address,
                             {"Content-Type": "application/x-www-form-urlencoded"}, "" if method == "POST" else None)
            self.assertEqual(page.status, 503, address)
            self.assertIn("This is a replay", page.text)
        for answer in (copy.revoke(self.queued), copy.restore(self.read), copy.admin("POST", "/v1/directory", {})):
            self.assertEqual(answer.status, 409)
            self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
            self.assertIn("imported", answer.json()["detail"])
        done = copy.command("revoke", self.queued, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("imported", done.stderr)

    def control(self):
        """Seconds from ready until the gateway calls the next hop, with the same queue in the log itself."""
        trap = Trap()
        try:
            state = Path(self.folder.name) / "control"
            shutil.copytree(self.original, state, ignore=shutil.ignore_patterns("run"))
            with Pipeline(*FREE_PORTS, "--no-mailboxes", "--next-hop", trap.address, state=state) as control:
                self.assertNotIn("imported_from", control.endpoints)
                began = time.monotonic()
                self.assertTrue(trap.somebody_comes(60), "not even the log itself has mail to send")
                return max(1.0, time.monotonic() - began)
        finally:
            trap.close()

    def test_an_export_of_the_copy_is_the_export_of_the_original(self):
        state = self.imported(self.export, "again")
        with Pipeline(*FREE_PORTS, state=state) as copy:
            self.assertEqual(copy.command("events", "export"), self.export.read_text())

    def test_it_stays_imported_whatever_is_restarted(self):
        state = self.imported(self.export, "restarted")
        with Pipeline(*FREE_PORTS, state=state) as copy:
            old = copy.pids()
            for name in ("bus", "gateway", "revocation"):
                copy.kill(name)
            until(lambda: all(copy.pids()[n] != old[n] for n in ("bus", "gateway", "revocation")), "restarts")
            for name in ("gateway", "revocation"):
                until(lambda: copy.http("GET", copy.endpoints["health"][name] + "/readyz").status == 200, f"{name} ready")
            self.assertEqual(copy.revoke(self.queued).status, 409)
            with self.assertRaises(smtplib.SMTPConnectError):
                smtplib.SMTP(*copy.endpoints["smtp"].rsplit(":", 1), timeout=30)
            self.assertEqual(len(copy.events()), self.last)

    def test_up_says_what_it_starts(self):
        state = self.imported(self.export, "spoken")
        up = subprocess.Popen([SEALPOST, "--state", str(state), "up", "--accept-unerasable", *FREE_PORTS],
                              stdout=subprocess.PIPE, text=True)
        try:
            said = ""
            while "Ctrl-C" not in said:
                line = up.stdout.readline()
                self.assertTrue(line, said)
                said += line
            self.assertIn("imported from log", said)
            self.assertIn("followed only", said)
        finally:
            up.send_signal(signal.SIGTERM)
            up.wait(60)
            up.stdout.close()

    def test_a_redacted_copy_decides_alike_and_names_nobody(self):
        text = self.redacted.read_text().lower()
        for canary in ("canary", "carol", "alice", "fabrikam", "gmail", "contoso", "sender@", GMAIL, OFFICE_365, SENDER,
                       self.read, self.queued, "begin certificate", "localhost", "127.0.0.1"):
            self.assertFalse(canary.lower() in text, canary)
        self.assertIn("canary", self.export.read_text(), "what is looked for can be found")
        state = self.imported(self.redacted, "redacted")
        with Pipeline(*FREE_PORTS, state=state) as copy:
            messages = copy.admin("GET", "/v1/messages").json()["messages"]
            originals = sorted(self.status.values(), key=lambda one: -one["seq"])
            self.assertEqual(len(messages), len(originals))
            for is_now, was in zip(messages, originals):
                for field in ("seq", "is_revocable", "revoked", "size", "accepted_at", "expires_at"):
                    self.assertEqual(is_now[field], was[field], field)
                for one, other in zip(is_now["recipients"], was["recipients"], strict=True):
                    for field in ("identity", "client", "delivery", "revocable", "delivery_status", "attempts",
                                  "revoked", "reads", "first_read_at", "may_have_read"):
                        self.assertEqual(one[field], other[field], field)
            self.assertEqual(copy.status(messages[1]["network_message_id"])["revoked"], True)
            trace = copy.admin("GET", "/v1/trace/" + messages[1]["network_message_id"]).json()["events"]
            self.assertEqual([row["event"] for row in trace], [row["event"] for row in self.trace["events"]])

    @unittest.skipUnless(shutil.which("jq"), "SKIP: jq is missing")
    def test_every_question_of_the_manual_has_an_answer(self):
        manual = (Path(__file__).resolve().parents[2] / "docs/replay.md").read_text()
        questions = [line for line in manual.splitlines() if line.startswith("jq ") and "log.ndjson" in line]
        self.assertGreater(len(questions), 4)
        for question in questions:
            done = subprocess.run(["bash", "-o", "pipefail", "-c", question], capture_output=True, text=True,
                                  cwd=self.folder.name, timeout=60)
            self.assertEqual(done.returncode, 0, question + done.stderr)
            self.assertNotIn(done.stdout.strip(), ("", "null", "false", "[]"), question)

    def test_an_import_that_is_killed_leaves_an_empty_log(self):
        state = Path(self.folder.name) / "killed"
        lines = self.export.read_text().splitlines(keepends=True)
        importing = subprocess.Popen([SEALPOST, "--state", str(state), "events", "import", "-"],
                                     stdin=subprocess.PIPE, text=True)
        importing.stdin.write("".join(lines[:-1]))
        importing.stdin.flush()
        until(lambda: (state / "bus/journal.db").exists(), "a log to write to")
        # Nobody else may start on the directory meanwhile.
        up = sealpost("--state", str(state), "up", "--accept-unerasable", *FREE_PORTS, check=False)
        self.assertNotEqual(up.returncode, 0)
        importing.kill()
        importing.wait()
        importing.stdin.close()
        done = sealpost("--state", str(state), "events", "import", str(self.export))
        self.assertIn(f"imported {self.last} events", done.stdout)

    def test_a_damaged_or_second_import_leaves_the_log_as_it_was(self):
        state = Path(self.folder.name) / "damaged"
        lines = self.export.read_text().splitlines(keepends=True)
        cut = Path(self.folder.name) / "cut.ndjson"
        cut.write_text("".join(lines[:-1]))
        done = sealpost("--state", str(state), "events", "import", str(cut), check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"line {len(lines)} is missing: the file was cut off", done.stderr)
        changed = Path(self.folder.name) / "changed.ndjson"
        changed.write_text("".join(lines).replace("Figures canary", "Figures CANARY"))
        self.assertIn("line ", sealpost("--state", str(state), "events", "import", str(changed), check=False).stderr)
        # Nothing of it is left: the whole one goes in, and a second one does not.
        sealpost("--state", str(state), "events", "import", str(self.export))
        again = sealpost("--state", str(state), "events", "import", str(self.export), check=False)
        self.assertEqual(again.returncode, 1)
        self.assertIn("not empty", again.stderr)


if __name__ == "__main__":
    sys.exit(unittest.main())
