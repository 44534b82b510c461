"""A running sealpost for tests, spoken to as its users do: SMTP, HTTPS, the REST APIs, the command line.

Python's standard library only. Nothing here sleeps: waiting is done by `sealpost wait`, by the mailboxes'
long poll, or by asking again until a deadline.
"""

import contextlib
import email.message
import email.policy
import html.parser
import http.client
import json
import os
import re
import shutil
import signal
import smtplib
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

BIN = Path(os.environ.get("SEALPOST_BIN", Path(__file__).resolve().parents[2] / "build/dev/bin"))

def sanitized():
    """Whether a sanitizer is built in: then freed memory stays for a while, and nothing is locked."""
    program = (BIN / "sealpost-bus").read_bytes()
    return b"__asan_init" in program or b"__tsan_init" in program


OFFICE_365 = "alice@fabrikam.com"
MICROSOFT = "bob@outlook.com"
GMAIL = "carol@gmail.com"
OTHER = "dave@example.org"
SENDER = "sender@contoso.com"
REVOKED = "The message has been revoked by the sender"
PATIENCE = 60.0  # seconds until a wait counts as failed; sanitizer builds on a busy machine are slow


class Answer:
    """An HTTP answer."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)


def until(condition, what, patience=PATIENCE):
    """Asks again until `condition` returns something true; the answer."""
    pause = threading.Event()
    deadline = time.monotonic() + patience
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience} s: {what}")
        pause.wait(0.05)


def alive(pid):
    """Running, and no zombie."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def with_control(folder, program, control):
    """Fills `folder` with the programs, one of them replaced by a control of tests/controls; the folder."""
    for path in BIN.glob("sealpost*"):
        shutil.copy(BIN / control if path.name == program else path, Path(folder) / path.name)
    return folder


class Pipeline:
    """`sealpost up --ephemeral --json` and what its line says. Use as a context manager."""

    def __init__(self, *options, binaries=BIN, state=None, environment=None, patience=PATIENCE):
        self.binaries, self.patience = Path(binaries), patience
        command = [str(self.binaries / "sealpost"), "up", "--json", *options]
        # Where tests run, the disk may be a container's.
        command += ["--accept-unerasable", "--state", str(state)] if state else ["--ephemeral"]
        self.diagnostics = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.diagnostics, text=True,
            env={**os.environ, **(environment or {})})
        line = self.process.stdout.readline()
        if not line:
            self.diagnostics.seek(0)
            said = self.diagnostics.read().decode()
            self.process.stdout.close()
            self.diagnostics.close()
            raise AssertionError(f"sealpost up gave no line, exit {self.process.wait()}: {said}")
        self.endpoints = json.loads(line)
        self.state = Path(self.endpoints["state"])
        self.tls = ssl.create_default_context(cafile=self.endpoints["ca"])
        self.token = Path(self.endpoints["admin_token_file"]).read_text().strip()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self.print_logs()
        self.stop()

    def print_logs(self):
        for path in sorted((self.state / "log").glob("*.log")):
            lines = path.read_text(errors="replace").splitlines()[-15:]
            print(f"--- {path.name}", *lines, sep="\n")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("sealpost up did not stop within 30 s of SIGTERM")
            finally:
                self.process.stdout.close()
                self.diagnostics.close()

    def said(self):
        """What `up` has written to standard error; its file offset is shared with ours, so that stays."""
        descriptor = self.diagnostics.fileno()
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode()

    # processes

    def pids(self):
        """Process ids as they are now; they change when a process is restarted."""
        return json.loads((self.state / "run/endpoints.json").read_text())["pids"]

    def kill(self, name, signal_number=signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pids()[name], signal_number)

    def command(self, *arguments, patience=PATIENCE, check=True):
        """Runs `sealpost --state DIR ARGUMENTS`; its standard output."""
        done = subprocess.run(
            [str(self.binaries / "sealpost"), "--state", str(self.state), *arguments],
            capture_output=True, text=True, timeout=patience + 30)
        if check and done.returncode != 0:
            raise AssertionError(f"sealpost {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout if check else done

    def wait(self, predicate, patience=PATIENCE):
        return self.command("wait", predicate, "--timeout", str(int(patience)), patience=patience)

    def events(self, *options):
        return [json.loads(line) for line in self.command("events", *options).splitlines()]

    # SMTP

    def submit(self, mail, recipients, sender=SENDER):
        """One transaction; the final reply to DATA as (code, lines)."""
        octets = mail if isinstance(mail, bytes) else mail.as_bytes(policy=email.policy.SMTP)
        host, port = self.endpoints["smtp"].rsplit(":", 1)
        with smtplib.SMTP(host, int(port), timeout=self.patience) as smtp:
            smtp.ehlo()
            code, text = smtp.mail(sender, [f"size={len(octets)}", "body=8bitmime"])
            if code != 250:
                return code, text.decode().splitlines()
            for recipient in recipients:
                code, text = smtp.rcpt(recipient)
                if code != 250:
                    return code, text.decode().splitlines()
            code, text = smtp.data(octets)
            return code, text.decode().splitlines()

    # HTTP

    def http(self, method, url, headers=None, body=None):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(parts.netloc, timeout=self.patience, context=self.tls)
        else:
            connection = http.client.HTTPConnection(parts.netloc, timeout=self.patience)
        try:
            path = parts.path + ("?" + parts.query if parts.query else "")
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def admin(self, method, path, value=None, token=None):
        headers = {"Authorization": "Bearer " + (token or self.token)}
        body = None
        if value is not None:
            body = json.dumps(value)
            headers["Content-Type"] = "application/json"
        return self.http(method, self.endpoints["admin"] + path, headers, body)

    def status(self, message):
        answer = self.admin("GET", "/v1/messages/" + urllib.parse.quote(message, safe=""))
        assert answer.status == 200, (answer.status, answer.text)
        return answer.json()

    def revoke(self, message, **options):
        return self.admin("POST", f"/v1/messages/{urllib.parse.quote(message, safe='')}/revoke", options)

    def restore(self, message, **options):
        return self.admin("POST", f"/v1/messages/{urllib.parse.quote(message, safe='')}/restore", options)

    # mailboxes

    def mailbox(self, address):
        """All mails, newest first."""
        page = f"{self.endpoints['mailboxes']}/api/mailboxes/{urllib.parse.quote(address)}/messages"
        mails = []
        while page:
            answer = self.http("GET", page)
            if answer.status != 200:
                break
            mails += answer.json()
            following = re.match("<(.*)>", answer.headers.get("Link", ""))
            page = urllib.parse.urljoin(page, following[1]) if following else None
        return mails

    def raw(self, address, identifier):
        path = f"/api/mailboxes/{urllib.parse.quote(address)}/messages/{identifier}/raw"
        return self.http("GET", self.endpoints["mailboxes"] + path).body

    def received(self, address, wanted, what):
        """The newest mail of that mailbox for which `wanted` holds, waiting for it."""
        return until(lambda: next((m for m in self.mailbox(address) if wanted(m)), None), f"{what} for {address}")

    def link(self, address, subject):
        mail = self.received(address, lambda m: m["delivery"] == "link" and m["subject"] == subject, f"wrapper {subject!r}")
        prefix = self.endpoints["portal"] + "/m/"
        return next(link for link in mail["links"] if link.startswith(prefix))


class Forms(html.parser.HTMLParser):
    """The forms of a page: [(action, {field: value})]."""

    def __init__(self, page):
        super().__init__()
        self.forms = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "form":
            self.forms.append((values.get("action", ""), {}))
        elif tag == "input" and self.forms and "name" in values:
            self.forms[-1][1][values["name"]] = values.get("value", "")


class Reader:
    """Somebody with a browser: follows the link, keeps cookies, fills in forms."""

    def __init__(self, pipeline, address, link, portal=None):
        self.pipeline, self.address = pipeline, address
        self.link = link if portal is None else portal + urllib.parse.urlsplit(link).path
        self.cookie = None

    def request(self, method, url, fields=None):
        url = urllib.parse.urljoin(self.link, url)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.pipeline.http(method, url, headers, body)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = cookie.split(";", 1)[0]
        return answer

    def read(self):
        return self.request("GET", self.link)

    def ask_for_passcode(self):
        """Presses the button; the sign-in form as (action, fields)."""
        page = self.read()
        assert page.status == 200, (page.status, page.text[:500])
        action, fields = next(f for f in Forms(page.text).forms if "passcode" in f[0])
        answer = self.request("POST", action, fields)
        if answer.status != 303:
            return answer, None
        page = self.request("GET", answer.headers["Location"])
        assert page.status == 200, (page.status, page.text[:500])
        return page, next(f for f in Forms(page.text).forms if "code" in f[1])

    def passcode(self, page):
        """The code of the passcode mail whose reference stands on the page."""
        mail = self.pipeline.received(
            self.address, lambda m: m.get("code") and reference_of(m["text"]) in page.text, "passcode")
        return mail["code"]

    def sign_in(self):
        page, form = self.ask_for_passcode()
        assert form, (page.status, page.text[:500])
        action, fields = form
        answer = self.request("POST", action, {**fields, "code": self.passcode(page)})
        assert answer.status == 303, (answer.status, answer.text[:500])
        return self

    def attachment(self, index=0):
        return self.request("GET", self.link + f"/attachments/{index}")


def reference_of(text):
    """The reference code of a passcode mail's text."""
    return re.search(r"Reference code: (\S+)", text).group(1)


ATTACHMENT_NAME = "Übersicht — план.bin"
ATTACHMENT = bytes(range(256)) * 300 + b"the end"


def sample_mail(subject, recipients, message_id=None, body="The figures are attached.", attachment=ATTACHMENT):
    """HTML and text and an attachment with a non-ASCII name."""
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    mail["From"] = f"Somebody Sending <{SENDER}>"
    mail["To"] = ", ".join(recipients)
    mail["Subject"] = subject
    mail["Message-ID"] = message_id or f"<{os.urandom(12).hex()}@contoso.com>"
    mail["Date"] = "Tue, 24 Nov 2026 10:00:00 +0000"
    mail.set_content(body + "\r\n")
    mail.add_alternative(f"<html><body><p><b>{body}</b></p></body></html>\r\n", subtype="html")
    mail.add_attachment(attachment, maintype="application", subtype="octet-stream", filename=ATTACHMENT_NAME)
    return mail


def network_id(reply):
    """The network message id named by the reply to DATA."""
    return reply[0].split()[-1]
