"""The log on disk: a flipped bit is named and refused, its damaged end is cut off only on request, and a cut or
forged log does not hold its signed head, with sealpost or without.

Each check has its control: the same log, untouched, is right, holds its head and starts.
"""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from pipeline import BIN, GMAIL, MICROSOFT, PATIENCE, Pipeline, sample_mail

MANUAL = Path(__file__).resolve().parents[2] / "docs/replay.md"


def run(*command, folder=None):
    return subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, timeout=PATIENCE)


def sealpost(*arguments):
    return run(BIN / "sealpost", *arguments)


def manual_code(heading, language):
    """The code of that language below the heading."""
    section = MANUAL.read_text().split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.search(rf"```{language}\n(.*?)```", section, re.DOTALL).group(1)


class DamagedLogTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.state = cls.folder / "original"
        with Pipeline(*[f"--{name}-port=0" for name in ("smtp", "portal", "admin", "mailboxes")],
                      state=cls.state) as pipeline:
            code, reply = pipeline.submit(sample_mail("Figures", [MICROSOFT, GMAIL]), [MICROSOFT, GMAIL])
            assert code == 250, reply
            for address in (MICROSOFT, GMAIL):
                pipeline.wait(f"delivered to {address}")
            cls.beside_a_running_bus = json.loads(pipeline.command("verify", "--json"))
            cls.cut_while_running = pipeline.command("bus", "truncate", "--after", "1", "--confirm", check=False)
            cls.export = pipeline.command("events", "export")
            cls.lines = pipeline.command("events")
        cls.head = sealpost("--state", cls.state, "head", "--sign").stdout
        cls.last = json.loads(cls.head)["seq"]

    def setUp(self):
        """A copy of the whole state directory."""
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.copied = Path(kept.name) / "state"
        shutil.copytree(self.state, self.copied, ignore=shutil.ignore_patterns("*.sock"))
        self.database = self.copied / "bus/journal.db"
        (self.copied / "head.json").write_text(self.head)
        (self.copied / "log.ndjson").write_text(self.export)
        shutil.copy(self.copied / "keys/head.public", self.copied)

    def change(self, statement, *values):
        database = sqlite3.connect(self.database)
        try:
            with database:
                database.execute(statement, values)
        finally:
            database.close()

    def forget_what_was_acknowledged(self):
        (self.copied / "bus/journal.db.head").unlink()

    def verify(self, *arguments):
        done = sealpost("--state", self.copied, "verify", "--json", *arguments)
        self.assertNotEqual(done.stdout, "", done.stderr)
        return done.returncode, json.loads(done.stdout)

    def truncate(self, *arguments):
        return sealpost("--state", self.copied, "bus", "truncate", *arguments)

    def start_bus(self):
        """Starts the copy's broker; its exit code and what it said, None while it runs."""
        settings = self.copied / "sealpost.toml"
        settings.write_text(settings.read_text().replace(str(self.state), str(self.copied)))
        process = subprocess.Popen(
            [str(BIN / "sealpost-bus"), "--config", str(settings)], stderr=subprocess.PIPE, text=True)
        said = ""
        try:
            for line in process.stderr:
                said += line
                if json.loads(line).get("event") == "ready":
                    return None, said
            return process.wait(PATIENCE), said
        finally:
            process.kill()
            process.wait()
            process.stderr.close()

    def test_control_an_untouched_log_is_right_holds_its_head_and_starts(self):
        code, said = self.verify("--head", self.copied / "head.json")
        self.assertEqual((code, said["right"], said["fault"], said["head"]), (0, self.last, None, "held"))
        self.assertIsNone(self.beside_a_running_bus["fault"])
        code, said = self.start_bus()
        self.assertIsNone(code, said)

    def test_a_flipped_bit_is_named_and_the_bus_refuses_to_start(self):
        database = sqlite3.connect(self.database)
        (identifier,) = database.execute("SELECT id FROM events WHERE seq = 2").fetchone()
        database.close()  # nothing is left in a write-ahead log
        octets = bytearray(self.database.read_bytes())
        at = octets.rindex(b'"' + identifier.encode() + b'"')  # in the payload: the id's index has no quotes
        octets[at + 1] ^= 1
        self.database.write_bytes(octets)
        code, said = self.verify()
        self.assertEqual((code, said["right"], said["fault"]["seq"]), (1, 1, 2))
        code, said = self.start_bus()
        self.assertEqual(code, 1, said)
        self.assertIn("event 2", said)
        self.assertIn("restore the database from a backup", said)
        self.assertIn("sealpost bus truncate --after 1", said)

    def test_what_a_lost_database_left_is_not_destroyed(self):
        """Neither by a start nor by an import, however often it is tried; put back, it is whole."""
        octets = self.database.read_bytes()
        self.database.unlink()
        left = {path: path.read_bytes() for path in (self.copied / "bus/journal.db.head", self.copied / "bus/slab")}
        self.assertTrue(any(left[self.copied / "bus/slab"]), "there are keys in it")
        for _ in range(2):
            self.assertNotEqual(
                sealpost("--state", self.copied, "events", "import", self.copied / "log.ndjson").returncode, 0)
            code, said = self.start_bus()
            self.assertEqual(code, 1, said)
            self.assertEqual({path: path.read_bytes() for path in left}, left)
        self.database.write_bytes(octets)
        code, said = self.start_bus()
        self.assertIsNone(code, said)
        self.assertEqual(self.verify()[0], 0)

    def test_a_copy_is_checked_where_nothing_can_be_written_beside_it(self):
        place = self.copied.parent / "read #1 50%?"
        place.mkdir()
        self.copied.parent.chmod(0o755)
        octets = self.database.read_bytes()
        at = octets.rindex(b"Figures")
        for name, content in (("right.db", octets), ("changed.db", octets[:at] + b"x" + octets[at + 1:])):
            (place / name).write_bytes(content)
            (place / name).chmod(0o444)
        place.chmod(0o555)
        # Root may write everywhere.
        somebody = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        if run(*somebody, BIN / "sealpost", "--version").returncode != 0:
            self.skipTest("SKIP: another user cannot run sealpost here")
        for name, code, right in (("right.db", 0, self.last), ("changed.db", 1, None)):
            done = run(*somebody, BIN / "sealpost", "verify", "--json", place / name)
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
            said = json.loads(done.stdout)
            self.assertEqual(said["fault"] is None, code == 0)
            self.assertEqual(said["right"] == self.last, right is not None)
        self.assertEqual(sorted(one.name for one in place.iterdir()), ["changed.db", "right.db"])

    def test_a_damaged_end_is_cut_off_only_on_request_and_kept(self):
        self.change("UPDATE events SET payload = ? WHERE seq = ?", b"torn", self.last)
        self.assertEqual(self.start_bus()[0], 1)
        looked = self.truncate("--after", self.last - 1)
        self.assertEqual(looked.returncode, 0, looked.stderr)
        self.assertIn("would remove for good: 1 event behind", looked.stdout)
        self.assertEqual(self.verify()[1]["fault"]["seq"], self.last, "nothing was changed")
        done = self.truncate("--after", self.last - 1, "--confirm", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        said = json.loads(done.stdout)
        self.assertEqual((said["removed"], said["events"], said["kept"]), (True, 1, 1))
        kept = [json.loads(line) for line in Path(said["file"]).read_text().splitlines()]
        self.assertEqual((kept[1]["seq"], kept[1]["octets"]), (self.last, "dG9ybg=="))
        self.assertEqual(Path(said["file"]).stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.verify()[1]["right"], self.last - 1)
        code, said = self.start_bus()
        self.assertIsNone(code, said)
        again = self.truncate("--after", self.last - 2, "--confirm")
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_what_would_keep_damage_or_is_beyond_the_end_is_not_cut(self):
        self.change("UPDATE events SET payload = ? WHERE seq = 3", b"torn")
        refused = self.truncate("--after", self.last, "--confirm")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("event 3, which would stay, is damaged", refused.stderr)
        self.assertIn("cut after event 2", refused.stderr)
        beyond = self.truncate("--after", "2000000")
        self.assertEqual(beyond.returncode, 1)

    def test_nothing_is_cut_while_sealpost_runs_on_it(self):
        self.assertEqual(self.cut_while_running.returncode, 1)
        self.assertIn("sealpost already runs on", self.cut_while_running.stderr)

    def test_a_log_shorter_than_acknowledged_is_refused_until_the_loss_is_accepted(self):
        self.change("DELETE FROM events WHERE seq = ?", self.last)
        code, said = self.start_bus()
        self.assertEqual(code, 1, said)
        self.assertIn(f"ends with event {self.last - 1}, but event {self.last} was acknowledged", said)
        self.assertIn(f"sealpost bus truncate --after {self.last - 1}", said)
        done = self.truncate("--after", self.last - 1, "--confirm")
        self.assertIn("1 event more had been acknowledged", done.stdout)
        code, said = self.start_bus()
        self.assertIsNone(code, said)

    def test_a_cut_log_is_right_in_itself_and_does_not_hold_its_head(self):
        self.change("DELETE FROM events WHERE seq = ?", self.last)
        self.forget_what_was_acknowledged()
        self.assertEqual(self.verify()[0], 0)
        code, said = self.verify("--head", self.copied / "head.json")
        self.assertEqual(code, 1)
        self.assertIn("was cut", said["head"])

    def test_a_forged_head_is_refused(self):
        forged = self.copied / "forged.json"
        forged.write_text(json.dumps({**json.loads(self.head), "seq": self.last - 1}))
        done = sealpost("--state", self.copied, "verify", "--head", forged)
        self.assertEqual(done.returncode, 1)
        self.assertIn("signature", done.stderr)

    def test_what_was_exported_is_checked_as_the_log_is(self):
        exported, printed = self.copied / "log.ndjson", self.copied / "events.ndjson"
        printed.write_text(self.lines)
        for file in (exported, printed):
            code, said = self.verify(file, "--head", self.copied / "head.json")
            self.assertEqual((code, said["right"], said["head"]), (0, self.last, "held"))
        for name, changed, bad in (
            ("one is missing", self.export.splitlines(True)[:2] + self.export.splitlines(True)[3:], 2),
            ("the last was changed", [self.export.replace(f'{{"seq":{self.last},"time":', f'{{"seq":{self.last},"time":9')], self.last),
            ("the end is missing", self.export.splitlines(True)[:-1], self.last + 1)):
            exported.write_text("".join(changed))
            code, said = self.verify(exported)
            self.assertEqual((code, said["fault"]["seq"]), (1, bad), name)

    @unittest.skipUnless(shutil.which("jq") and shutil.which("openssl"), "SKIP: jq or openssl is missing")
    def test_the_manual_s_commands_check_a_head_without_sealpost(self):
        signature = manual_code("A head that was signed", "sh")
        chain = manual_code("A head that was signed", "python")

        def check():
            signed = run("bash", "-e", "-c", signature, folder=self.copied)
            held = run(sys.executable, "-c", chain, folder=self.copied)
            return signed.returncode, held.returncode, signed.stdout + signed.stderr + held.stdout + held.stderr

        code_signed, code_held, said = check()
        self.assertEqual((code_signed, code_held), (0, 0), said)
        self.assertIn("Signature Verified Successfully", said)
        for name, file, old, new, expected in (
            ("another seq", "head.json", f'"seq":{self.last}', f'"seq":{self.last - 1}', (1, 1)),
            ("a cut log", "log.ndjson", self.export.splitlines(True)[-2], "", (0, 1)),
            ("a changed event", "log.ndjson", '"Figures"', '"Figurez"', (0, 1))):
            original = (self.copied / file).read_text()
            self.assertIn(old, original)
            (self.copied / file).write_text(original.replace(old, new))
            self.assertEqual(check()[:2], expected, name)
            (self.copied / file).write_text(original)


if __name__ == "__main__":
    unittest.main()
