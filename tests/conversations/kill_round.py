"""One round of the story, with witnesses all the while: accepted, delivered, signed in, read, revoked, restored."""

import email.policy
import http.client
import os
import smtplib
import ssl
import threading
import time
import urllib.parse

from killer import Killer
from pipeline import ATTACHMENT, MICROSOFT, OFFICE_365, REVOKED, Reader, network_id, sample_mail, until
from witnesses import SlowReader, Witness, disclosures_after

BODY = "The figures are attached."
LARGE = os.urandom(3 * 1024 * 1024)
PAGE, SMALL_PART, LARGE_PART = "", "/attachments/0", "/attachments/1"
CUT_OFF = (OSError, http.client.HTTPException, smtplib.SMTPException, ssl.SSLError, AssertionError, StopIteration)
CALM = {0, 200, 303, 410, 429, 503}  # what a portal may answer to a reader with the right link; 0: it died


class Disclosed(Exception):
    """Something was shown that was taken back. Not to be repeated away."""


class Lost(Exception):
    """Something accepted is not there."""


def persistently(step, what, patience=90):
    """Repeats a step that a killed process may have cut off, until it gives something true."""
    last = None

    def once():
        nonlocal last
        try:
            return step()
        except CUT_OFF as cut:
            last = cut
    try:
        return until(once, what, patience)
    except AssertionError as late:
        raise Lost(f"{late}; the last try: {last!r}") from last


def large_mail():
    """The round's mail, to be filled in by `addressed`: composing three MiB takes longer than sending them."""
    mail = sample_mail("A-SUBJECT", [OFFICE_365], message_id="<an@id>", body=BODY)
    mail.add_attachment(LARGE, maintype="application", subtype="octet-stream", filename="large.bin")
    return mail.as_bytes(policy=email.policy.SMTP)


TEMPLATE = large_mail()


def addressed(subject):
    mail = TEMPLATE.replace(b"A-SUBJECT", subject.encode(), 1)
    return mail.replace(b"<an@id>", f"<{os.urandom(12).hex()}@contoso.com>".encode(), 1)


class Correspondent(threading.Thread):
    """Sends small mails without pause and remembers the subjects of those that were answered 250."""

    def __init__(self, pipeline, recipients, name):
        super().__init__(daemon=True)
        self.pipeline, self.recipients, self.about = pipeline, recipients, name
        self.accepted, self.stopping = [], threading.Event()

    def run(self):
        number = 0
        while not self.stopping.wait(0.05):
            number += 1
            subject = f"Small mail {number} of {self.about}"
            mail = sample_mail(subject, self.recipients, attachment=b"small")
            try:
                code, _ = self.pipeline.submit(mail, self.recipients)
            except CUT_OFF:
                continue
            if code == 250:
                self.accepted.append(subject)

    def stop(self):
        self.stopping.set()
        self.join(70)


class Round:
    """`play` goes through it all; raises Disclosed, Lost, or what else went wrong. `patience`: seconds for a step."""

    def __init__(self, pipeline, name, plan=None, usual=None, patience=90):
        self.pipeline, self.name, self.plan, self.patience = pipeline, name, plan, patience
        self.killer = Killer(pipeline, plan, usual or {})
        self.reader_address, self.small_address = f"{name}@gmail.com", f"{name}-small@gmail.com"
        self.correspondent = Correspondent(pipeline, [self.small_address, MICROSOFT], name)
        self.witnesses, self.seen = [], {}
        self.in_force_at = self.restored_at = None

    def play(self):
        began = time.monotonic()
        self.correspondent.start()
        try:
            self.accept_and_deliver()
            self.sign_in_and_read()
            self.revoke_and_restore()
            assert self.witness.is_alive() and self.correspondent.is_alive(), "a witness has fallen silent"
        finally:
            self.correspondent.stop()
            for witness in self.witnesses:
                witness.stop()
        self.judge_disclosures()
        self.killer.await_restart()
        self.await_small_mails()
        self.clear()
        self.took = time.monotonic() - began

    # the story

    def accept_and_deliver(self):
        with self.killer.phase("accept"):
            self.identifier, self.subject = self.step(self.submit(), "accepted")
        with self.killer.phase("deliver"):
            wrapper = self.step(lambda: self.found(self.reader_address, "link"), "the wrapper")
            self.step(lambda: self.found(OFFICE_365, "inline"), "the inline copy")
        self.link = next(link for link in wrapper["links"] if "/m/" in link)
        self.reader = Reader(self.pipeline, self.reader_address, self.link)
        self.witness = self.watch(Witness(self.pipeline, self.link, [PAGE, SMALL_PART]))

    def sign_in_and_read(self):
        with self.killer.phase("passcode"):
            self.step(self.reader.sign_in, "signed in")
        self.witness.cookie = self.reader.cookie
        with self.killer.phase("read"):
            self.step(self.reads, "read")
            self.step(lambda: self.reader.attachment().body == ATTACHMENT, "the attachment")
            self.slow = self.watch(SlowReader(self.pipeline, self.link, LARGE_PART, self.reader.cookie))
            self.step(self.slow.under_way, "a large download under way")

    def revoke_and_restore(self):
        self.step(self.slow.under_way, "a large download under way when the revoke is sent")
        if self.plan and self.plan.stalled:
            self.slow.stall()
        with self.killer.phase("revoke"):
            self.step(self.revoked, "in force")
            self.in_force_at = time.monotonic()
            self.slow.hurry()
        with self.killer.phase("refused"):
            self.step(self.refused, "refused")
            for path in (PAGE, SMALL_PART):
                self.step(lambda: self.witness.answered_since(self.in_force_at, path), "an answer to the witness")
        self.restored_at = time.monotonic()  # before the first request that may restore
        self.slow.stop()
        with self.killer.phase("restore"):
            self.step(lambda: self.pipeline.restore(self.identifier).status == 200, "restored")
            self.step(self.reads, "read again")

    def step(self, attempt, what):
        return persistently(attempt, what, self.patience)

    def watch(self, witness):
        self.witnesses.append(witness)
        witness.start()
        return witness

    def submit(self):
        """Each try has its own subject: one that was cut off may arrive as well."""
        recipients, tries = [self.reader_address, OFFICE_365], iter(range(1000))

        def attempt():
            subject = f"Round {self.name}, try {next(tries)}"
            code, lines = self.pipeline.submit(addressed(subject), recipients)
            return (network_id(lines), subject) if code == 250 else None
        return attempt

    def found(self, address, delivery):
        return next(m for m in self.mailbox(address) if m["subject"] == self.subject and m["delivery"] == delivery)

    def mailbox(self, address):
        mails = self.pipeline.mailbox(address)
        self.seen[address] = [m["id"] for m in mails]
        return mails

    def reads(self):
        return BODY.encode() in self.reader.read().body

    def revoked(self):
        answer = self.pipeline.revoke(self.identifier)
        return answer.status == 200 and answer.json()["in_force"]

    def refused(self):
        answer = self.reader.read()
        if answer.status == 200:
            raise Disclosed("a read after in force was answered 200")
        return answer.status == 410 and REVOKED in answer.text

    # what must be true of it

    def judge_disclosures(self):
        notes = [note for witness in self.witnesses for note in witness.notes]
        found = disclosures_after(notes, self.in_force_at, self.restored_at)
        found += [f"{note.path} was answered {note.status}" for note in notes if note.status not in CALM]
        found += [f"{note.path} was answered 303: the session is lost"
                  for note in notes if note.signed_in and note.status == 303]
        if found:
            raise Disclosed("; ".join(found[:5]))

    def await_small_mails(self):
        """Every mail that was answered 250 has reached everybody."""
        expected = set(self.correspondent.accepted)
        assert expected, "no small mail was accepted"
        for address in self.correspondent.recipients:
            self.step(lambda: expected <= {m["subject"] for m in self.mailbox(address)},
                      f"every one of {len(expected)} small mails for {address}")

    def clear(self):
        """The simulated Outlook opens all its mails whenever it is asked for them: leave it few."""
        for address in (OFFICE_365, MICROSOFT):
            for identifier in self.seen[address]:
                self.pipeline.http("DELETE", f"{self.pipeline.endpoints['mailboxes']}/api/mailboxes/"
                                             f"{urllib.parse.quote(address)}/messages/{identifier}")

    def report(self):
        refused = sum(n.status == 410 and self.in_force_at <= n.began < self.restored_at for n in self.witness.notes)
        before = sum(n.arrived(0, self.in_force_at) for n in self.slow.notes)
        after = sum(n.arrived(self.in_force_at, self.restored_at) for n in self.slow.notes if n.status == 200)
        kills = ", ".join(str(kill) for kill in self.killer.kills)
        return (f"{self.plan or 'undisturbed'}: killed in {kills or 'no phase'}; "
                f"{len(self.witness.notes)} requests, {refused} refused in force; "
                f"slow download {before // 1024} KiB before in force, {after} octets after; "
                f"{len(self.correspondent.accepted)} small mails accepted and there; {self.took:.1f} s")
