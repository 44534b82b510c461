"""The story: one real mail to four readers, through real processes; revoke, restore."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from pipeline import (
    ATTACHMENT, GMAIL, MICROSOFT, OFFICE_365, OTHER, REVOKED, Pipeline, Reader, network_id, sample_mail,
    until)

ALL = [OFFICE_365, MICROSOFT, GMAIL, OTHER]


def original_entity(mail):
    """The Content-* and MIME-Version fields as sent, the empty line, the body."""
    head, body = mail.split(b"\r\n\r\n", 1)
    fields, current = [], b""
    for line in head.split(b"\r\n"):
        if line[:1] in b" \t" and current:
            current += b"\r\n" + line
        else:
            fields.append(current)
            current = line
    fields.append(current)
    kept = [f for f in fields if f.lower().startswith((b"content-", b"mime-version:"))]
    return b"".join(f + b"\r\n" for f in kept) + b"\r\n" + body


def openssl(*arguments, data):
    done = subprocess.run(["openssl", *arguments], input=data, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class StoryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pipeline = Pipeline()

    @classmethod
    def tearDownClass(cls):
        cls.pipeline.stop()

    def send(self, subject, recipients):
        mail = sample_mail(subject, recipients)
        code, lines = self.pipeline.submit(mail, recipients)
        self.assertEqual(code, 250, lines)
        return mail, lines

    def signed_in(self, address, subject):
        return Reader(self.pipeline, address, self.pipeline.link(address, subject)).sign_in()

    def test_four_readers_then_revoked_then_restored(self):
        subject = "Figures, four ways"
        mail, lines = self.send(subject, ALL)
        message_id = mail["Message-ID"]
        identifier = network_id(lines)

        # The reply to DATA says for each recipient how it will go.
        for address, delivery in ((OFFICE_365, "inline"), (MICROSOFT, "inline"), (GMAIL, "link"), (OTHER, "link")):
            line = next(l for l in lines if address in l)
            self.assertIn(delivery, line)

        # Inline: the standard tools give back the original entity, byte for byte.
        sent = mail.as_bytes()
        for address in (OFFICE_365, MICROSOFT):
            self.assert_inline_copy(address, subject, original_entity(sent))

        # Link: the wrapper holds no word of the body; the passcode opens it.
        readers = {}
        for address in (GMAIL, OTHER):
            wrapper = self.pipeline.received(address, lambda m: m["subject"] == subject, "wrapper")
            self.assertEqual(wrapper["delivery"], "link")
            self.assertIn("Read the message", wrapper["html"])
            self.assertNotIn("figures are attached", wrapper["text"] + wrapper["html"])
            readers[address] = self.signed_in(address, subject)
            self.assert_readable(readers[address])

        # Who could be cut off, is said for each.
        status = self.pipeline.status(message_id)
        self.assertEqual(status["network_message_id"], identifier)
        self.assertTrue(status["is_revocable"])
        self.assertFalse(status["revoked"])
        revocable = {r["address"]: r["revocable"] for r in status["recipients"]}
        self.assertEqual(revocable, {OFFICE_365: False, MICROSOFT: False, GMAIL: True, OTHER: True})

        answer = self.pipeline.revoke(message_id, reason="wrong figures", note="A new mail follows.")
        self.assertEqual(answer.status, 200, answer.text)
        result = answer.json()
        self.assertTrue(result["in_force"])
        self.assertEqual({r["address"] if isinstance(r, dict) else r for r in result["not_revocable"]},
                         {OFFICE_365, MICROSOFT})
        self.assertEqual(sorted(result["read_before"]), [GMAIL, OTHER])

        for reader in readers.values():
            self.assert_revoked(reader)  # a session already open
            self.assert_revoked(Reader(self.pipeline, reader.address, reader.link))  # and one without
        self.assertTrue(self.pipeline.status(message_id)["revoked"])

        answer = self.pipeline.restore(message_id, reason="they were right")
        self.assertEqual(answer.status, 200, answer.text)
        for reader in readers.values():
            self.assert_readable(reader)

    def assert_inline_copy(self, address, subject, entity):
        mail = self.pipeline.received(address, lambda m: m["subject"] == subject, "inline copy")
        self.assertEqual(mail["delivery"], "inline")
        self.assertIn("figures are attached", mail["text"])  # the simulated client shows it decrypted
        raw = self.pipeline.raw(address, mail["id"])
        self.assertNotIn(b"figures are attached", raw)
        key = self.pipeline.state / f"outside/keys/{address}.pem"
        signed = openssl("cms", "-decrypt", "-inkey", str(key), "-recip", str(key), data=raw)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "entity"
            openssl("cms", "-verify", "-CAfile", self.pipeline.endpoints["ca"], "-purpose", "smimesign",
                    "-out", str(out), data=signed)
            self.assertEqual(out.read_bytes(), entity)

    def assert_readable(self, reader):
        page = reader.read()
        self.assertEqual(page.status, 200, page.text[:500])
        self.assertIn("The figures are attached.", page.text)
        download = reader.attachment()
        self.assertEqual(download.status, 200)
        self.assertEqual(download.body, ATTACHMENT)
        self.assertIn("filename*=UTF-8''%C3%9Cbersicht", download.headers["Content-Disposition"])

    def assert_revoked(self, reader):
        for answer in (reader.read(), reader.attachment()):
            self.assertEqual(answer.status, 410)
            self.assertIn(REVOKED, answer.text)
            self.assertIn("A new mail follows.", answer.text)
            self.assertNotIn("figures", answer.text)

    def test_a_message_for_inline_readers_alone_is_not_revocable(self):
        mail, _ = self.send("Inline alone", [OFFICE_365, MICROSOFT])
        before = len(self.pipeline.events())
        answer = self.pipeline.revoke(mail["Message-ID"])
        self.assertEqual(answer.status, 409, answer.text)
        self.assertIn("application/problem+json", answer.headers["Content-Type"])
        self.assertIn("inline", answer.text)
        self.assertFalse(self.pipeline.status(mail["Message-ID"])["is_revocable"])
        self.assertFalse(any(e["event"]["type"] == "sealpost.message.revoked" for e in self.pipeline.events()[before:]))

    def test_a_revoke_right_after_the_250_works(self):
        mail, lines = self.send("Taken back at once", [GMAIL])
        answer = self.pipeline.revoke(network_id(lines))
        self.assertEqual(answer.status, 200, answer.text)
        self.assertTrue(answer.json()["in_force"])
        self.assertTrue(self.pipeline.status(mail["Message-ID"])["revoked"])

    def test_only_the_named_recipient_is_revoked(self):
        subject = "One of two"
        mail, _ = self.send(subject, [GMAIL, OTHER])
        carol, dave = self.signed_in(GMAIL, subject), self.signed_in(OTHER, subject)
        answer = self.pipeline.revoke(mail["Message-ID"], recipients=[GMAIL])
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(carol.read().status, 410)
        self.assertEqual(dave.read().status, 200)

    def test_a_repeated_revoke_succeeds_and_appends_nothing(self):
        mail, _ = self.send("Twice", [GMAIL])
        first = self.pipeline.revoke(mail["Message-ID"]).json()
        count = len(self.pipeline.events("--type", "sealpost.message.revoked"))
        second = self.pipeline.revoke(mail["Message-ID"])
        self.assertEqual(second.status, 200)
        self.assertEqual(second.json()["seq"], first["seq"])
        self.assertEqual(len(self.pipeline.events("--type", "sealpost.message.revoked")), count)

    def test_the_cmdlets_of_the_original(self):
        mail, _ = self.send("By cmdlet", [GMAIL])
        message_id = mail["Message-ID"]
        said = self.pipeline.command("shell", "-c", f'Get-OMEMessageStatus -MessageId "{message_id}" | fl Revoked')
        self.assertEqual(said.strip(), "Revoked: False")
        self.pipeline.command("shell", "-c", f'Set-OMEMessageRevocation -Revoke $true -MessageId "{message_id}"')
        said = self.pipeline.command("shell", "-c", f'Get-OMEMessageStatus -MessageId "{message_id}" | fl Revoked')
        self.assertEqual(said.strip(), "Revoked: True")

    def test_an_unknown_link_and_a_scanner_change_nothing(self):
        subject = "Scanned"
        _, lines = self.send(subject, [GMAIL])
        link = self.pipeline.link(GMAIL, subject)
        self.pipeline.wait(f"delivered to {GMAIL} of {network_id(lines)}")
        before = self.pipeline.events()
        for _ in range(5):
            self.assertEqual(self.pipeline.http("GET", link).status, 200)
            self.assertEqual(self.pipeline.http("HEAD", link).status, 200)
            self.assertEqual(self.pipeline.http("GET", link[:-1] + ("A" if link[-1] != "A" else "Q")).status, 404)
            self.assertNotEqual(self.pipeline.http("GET", link + "/attachments/0").status, 200)
        after = self.pipeline.events()
        self.assertEqual([e["seq"] for e in before], [e["seq"] for e in after])

    def test_an_expired_message_has_its_own_page(self):
        answer = self.pipeline.admin("POST", "/v1/directory", {"organisation": {"name": "Contoso", "expiry_seconds": 1}})
        self.assertEqual(answer.status, 200, answer.text)
        try:
            subject = "Short-lived"
            self.send(subject, [GMAIL])
        finally:
            self.pipeline.admin("POST", "/v1/directory", {"organisation": {"name": "Contoso", "expiry_seconds": 0}})
        link = self.pipeline.link(GMAIL, subject)
        page = until(lambda: (lambda a: a if a.status == 410 else None)(self.pipeline.http("GET", link)), "expiry")
        self.assertIn("expired", page.text)
        self.assertNotIn(REVOKED, page.text)

    def test_the_organisation_can_force_links_for_all(self):
        self.pipeline.admin("POST", "/v1/directory", {"organisation": {"name": "Contoso", "force_link": True}})
        try:
            _, lines = self.send("Links for all", [OFFICE_365, GMAIL])
        finally:
            self.pipeline.admin("POST", "/v1/directory", {"organisation": {"name": "Contoso", "force_link": False}})
        self.assertTrue(all("link" in line for line in lines if "@" in line), lines)


if __name__ == "__main__":
    sys.exit(unittest.main())
