"""What opens a mail is nowhere once the mail has left: neither the key of its content nor that of its link stands in the
memory of any process or in a file of the state, and the gateway's slots are erased. The control looks while a mail arrives,
and must find its key."""

import email.policy
import os
import smtplib
import sys
import unittest
from pathlib import Path

from bus_access import Refused, connector
from link_slots import binding, content_key, first_chunk, open_key_of, token_of
from pipeline import GMAIL, OFFICE_365, PATIENCE, SENDER, Pipeline, Reader, network_id, sample_mail, sanitized, until

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "durability"))
from disk_image import found_in, memory_of  # noqa: E402
from progress import Progress, rounds  # noqa: E402

HOLD_KEYS = ("bus", "gateway", "portal", "revocation")
READERS = [GMAIL, OFFICE_365]  # one by link, one inline
MAILS = rounds(50, 1000)


class SentMail:
    """One that was sent to a link reader; what opens it, from the bus as the portal reads it and from the reader's link."""

    def __init__(self, bus, box_secret, accepted, link):
        self.link, self.content = link, accepted["content"]
        self.open_key = open_key_of(token_of(link))
        self.sealed = bus.get(self.content, 0)
        slot = bus.slot_get(self.content, "link/" + GMAIL)
        self.key = content_key(slot, box_secret, self.open_key, binding(accepted["message"], GMAIL, self.content))


class PrivateContentsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pipeline = Pipeline()
        cls.addClassCleanup(cls.pipeline.stop)
        cls.connect = staticmethod(connector(cls.pipeline.endpoints))

    def setUp(self):
        if sanitized():
            self.skipTest("SKIP: sanitizers keep freed memory, on purpose")
        if os.geteuid() != 0:
            self.skipTest("SKIP: only root may look into a process that lets nobody")

    def memory(self):
        return {name: memory_of(pid) for name, pid in self.pipeline.pids().items() if name in HOLD_KEYS}

    def submit(self, subject):
        mail = sample_mail(subject, READERS)
        code, lines = self.pipeline.submit(mail, READERS)
        self.assertEqual(code, 250, lines)
        return network_id(lines)

    def sent(self, messages):
        """What opens each of these, once all their copies have left."""
        until(lambda: self.delivered() >= {(message, reader) for message in messages for reader in READERS}, "all copies")
        links = {mail["subject"]: mail["links"] for mail in self.pipeline.mailbox(GMAIL) if mail["delivery"] == "link"}
        accepted = {line["event"]["subject"]: line["event"]["data"]
                    for line in self.pipeline.events("--type", "message.accepted")}
        box_secret = bytes.fromhex((self.pipeline.state / "keys/portal-box.secret").read_text())
        with self.connect("portal") as bus:
            bus.hello()
            return [SentMail(bus, box_secret, accepted[message], self.link_in(links[accepted[message]["subject"]]))
                    for message in messages]

    def delivered(self):
        attempts = (line["event"]["data"] for line in self.pipeline.events("--type", "delivery.attempted"))
        return {(data["message"], data["recipient"]) for data in attempts if data["outcome"] == "delivered"}

    def link_in(self, links):
        return next(link for link in links if link.startswith(self.pipeline.endpoints["portal"] + "/m/"))

    def assert_nowhere(self, octets, what):
        for name, memory in self.memory().items():
            self.assertEqual(len(found_in(octets, memory)), 0, f"{what} in the memory of the {name}")
        files = [path.read_bytes() for path in self.pipeline.state.rglob("*") if path.is_file()]
        self.assertEqual(len(found_in(octets, files)), 0, f"{what} in files")

    def assert_the_gateway_has_no_slot(self, mails):
        with self.connect("gateway") as bus:
            bus.hello()
            for mail in mails:
                for reader in READERS:
                    with self.assertRaisesRegex(Refused, "not found"):
                        bus.slot_get(mail.content, "gateway/" + reader)

    def test_no_key_stays(self):
        messages = []
        with Progress("mails", MAILS) as progress:
            for number in range(MAILS):
                messages.append(self.submit(f"A private thing, {number}"))
                progress.one()
            mails = self.sent(messages)
        self.assertEqual(len({mail.key for mail in mails}), MAILS)
        for mail in mails[:5]:
            self.assertIn(b"A private thing", first_chunk(mail.sealed, mail.key, mail.content))
            reader = Reader(self.pipeline, GMAIL, mail.link).sign_in()
            self.assertEqual(reader.read().status, 200)
        self.assert_the_gateway_has_no_slot(mails)
        self.assert_nowhere({key for mail in mails for key in (mail.key, mail.open_key)}, "keys of contents or links")

    def test_control_the_key_of_a_mail_that_arrives_is_found(self):
        octets = sample_mail("Half of it", READERS).as_bytes(policy=email.policy.SMTP)
        host, port = self.pipeline.endpoints["smtp"].rsplit(":", 1)
        with smtplib.SMTP(host, int(port), timeout=PATIENCE) as smtp:
            smtp.ehlo()
            smtp.mail(SENDER)
            for reader in READERS:
                smtp.rcpt(reader)
            self.assertEqual(smtp.docmd("DATA")[0], 354)
            half = len(octets) // 2
            smtp.send(octets[:half])
            meanwhile = self.memory()["gateway"]
            smtp.send(octets[half:] + b"\r\n.\r\n")
            code, text = smtp.getreply()
        self.assertEqual(code, 250, text)
        mail, = self.sent([network_id(text.decode().splitlines())])
        self.assertEqual(found_in([mail.key], meanwhile), {mail.key})
        self.assertEqual(found_in([mail.key], self.memory()["gateway"]), set())


if __name__ == "__main__":
    sys.exit(unittest.main())
