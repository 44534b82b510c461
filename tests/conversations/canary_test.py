"""No body, attachment, passcode, link token or key stands in any file of the state directory (keys/ and outside/
apart), in a log or an event. The control runs a gateway that does not seal, and must be caught."""

import base64
import os
import signal
import sys
import tempfile
import unittest
import urllib.parse

from pipeline import GMAIL, OFFICE_365, Pipeline, Reader, sample_mail, until, with_control


FEWEST = 8  # octets of a shape: fewer come by chance


def shapes(secret):
    """The octets as they would look in the files of a careless program."""
    yield "as it is", secret
    yield "hexadecimal", secret.hex().encode()
    yield "percent-encoded", urllib.parse.quote(secret).encode()
    for shift in range(3):  # base64 at each alignment, without the octets that its neighbours share
        encoded = base64.b64encode(b"\0" * shift + secret)
        yield f"base64 at {shift}", encoded[4 if shift else 0:len(encoded) - 4]
    yield "base64url", base64.urlsafe_b64encode(secret).rstrip(b"=")


def found(folder, canaries):
    """[(canary, shape, file)] below `folder`, keys/ and outside/ apart."""
    hits = []
    for path in folder.rglob("*"):
        if not path.is_file() or path.relative_to(folder).parts[0] in ("keys", "outside"):
            continue
        octets = path.read_bytes()
        for name, secret in canaries.items():
            hits += [(name, shape, path.name) for shape, look in shapes(secret) if len(look) >= FEWEST and look in octets]
    return hits


class CanaryTest(unittest.TestCase):
    def play(self, pipeline):
        """A story with canaries in everything secret; {name: octets}."""
        body = "canary-body-" + os.urandom(8).hex()
        attachment = b"canary-attachment-" + os.urandom(16)
        subject = "Canaries"
        mail = sample_mail(subject, [OFFICE_365, GMAIL], body=body, attachment=attachment)
        code, lines = pipeline.submit(mail, [OFFICE_365, GMAIL])
        self.assertEqual(code, 250, lines)
        link = pipeline.link(GMAIL, subject)
        reader = Reader(pipeline, GMAIL, link)
        page, (action, fields) = reader.ask_for_passcode()
        passcode = reader.passcode(page)
        answer = reader.request("POST", action, {**fields, "code": passcode})
        canaries = {
            "body": body.encode(), "attachment": attachment, "passcode": passcode.encode(),
            "link token": link.rsplit("/", 1)[1].encode(),
            "link token octets": base64.urlsafe_b64decode(link.rsplit("/", 1)[1] + "=="),
            "admin token": pipeline.token.encode()}
        if answer.status == 303:
            canaries["session"] = reader.cookie.split("=", 1)[1].encode()
            reader.read()
            reader.attachment()
        for path in (pipeline.state / "keys").glob("*"):
            if path.suffix in (".secret", ".key") and not path.read_bytes().startswith(b"-----"):
                text = path.read_text().strip()
                canaries[path.name] = text.encode()
                if all(c in "0123456789abcdef" for c in text):
                    canaries[path.name + " octets"] = bytes.fromhex(text)
        pipeline.wait(f"delivered to {OFFICE_365}")
        pipeline.revoke(mail["Message-ID"])
        return canaries

    def keep_snapshots(self, pipeline):
        """Has every process write down what it knows, as at a clean stop."""
        for name in ("gateway", "portal", "revocation"):
            pipeline.kill(name, signal.SIGTERM)
            until((pipeline.state / name / f"{name}.snapshot").exists, f"snapshot of {name}")

    def test_no_secret_in_any_file_or_event(self):
        with Pipeline() as pipeline:
            canaries = self.play(pipeline)
            self.keep_snapshots(pipeline)
            self.assertEqual(found(pipeline.state, canaries), [])
            log = pipeline.command("events")
            for name, secret in canaries.items():
                for shape, look in shapes(secret):
                    if len(look) >= FEWEST:
                        self.assertNotIn(look, log.encode(), f"{name} {shape} in the events")
            # What is searched holds what may be there: the subject is metadata.
            self.assertNotEqual(found(pipeline.state, {"subject": b"Canaries"}), [])

    def test_a_gateway_that_does_not_seal_is_caught(self):
        with tempfile.TemporaryDirectory() as folder:
            with_control(folder, "sealpost-gateway", "control-gateway-unsealed")
            with Pipeline(binaries=folder) as pipeline:
                body = "canary-body-" + os.urandom(8).hex()
                code, lines = pipeline.submit(sample_mail("Unsealed", [GMAIL], body=body), [GMAIL])
                self.assertEqual(code, 250, lines)
                caught = {name for name, _, _ in found(pipeline.state, {"body": body.encode()})}
                self.assertEqual(caught, {"body"})


if __name__ == "__main__":
    sys.exit(unittest.main())
