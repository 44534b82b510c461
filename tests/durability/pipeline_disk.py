"""A pipeline whose bus has a disk of its own; the rest of its state, and the mailboxes of the world, lie elsewhere."""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "conversations"))
from pipeline import GMAIL, OFFICE_365, PATIENCE, Pipeline, alive, network_id, sample_mail, until  # noqa: E402

FREE_PORTS = [word for name in ("smtp", "portal", "admin", "mailboxes") for word in (f"--{name}-port", "0")]
RECIPIENTS = [OFFICE_365, GMAIL]  # one gets S/MIME, one a link
LATER = '[{"address": "*", "stage": "rcpt", "code": 451, "enhanced": "4.2.0", "text": "later"}]'
JSON = {"Content-Type": "application/json"}


class Lost(AssertionError):
    """A mail that was answered 250 is not there."""


class PipelineDisk:
    """`state` for a pipeline whose bus keeps everything on `disk`."""

    def __init__(self, disk):
        self.state, self.data = disk.place / "state", disk.folder / "bus"
        self.state.mkdir(mode=0o700)
        self.data.mkdir(mode=0o700)
        (self.state / "bus").symlink_to(self.data)
        disk.sync()  # what comes after it is the bus's own work

    def up(self, environment=None, patience=PATIENCE):
        return Pipeline(*FREE_PORTS, state=self.state, environment=environment,
                        patience=patience)


def defer_everything(pipeline):
    """Until the mailboxes end: what is accepted stays in the bus."""
    pipeline.http("PUT", pipeline.endpoints["mailboxes"] + "/api/faults", JSON, LATER)


def small_mail(subject):
    return sample_mail(subject, RECIPIENTS, attachment=b"small")


def subjects_in_log(pipeline):
    return {event["event"]["data"]["subject"] for event in pipeline.events()
            if event["event"]["type"] == "sealpost.message.accepted"}


def assert_all_delivered(pipeline, accepted):
    missing = accepted - subjects_in_log(pipeline)
    if missing:
        raise Lost(f"{len(missing)} of {len(accepted)} mails that were answered 250 are not in the log")
    for address in RECIPIENTS:
        until(lambda: accepted <= {mail["subject"] for mail in pipeline.mailbox(address)}, f"all mails for {address}")


def end_at_once(pipeline):
    """As when the power fails: nobody is asked to stop."""
    up = pipeline.process.pid
    os.kill(up, signal.SIGSTOP)  # it starts what has ended anew, also a bus whose disk is gone
    until(lambda: "State:\tT" in Path(f"/proc/{up}/status").read_text(), "sealpost up to stand still")
    pids = [int(pid) for listed in Path(f"/proc/{up}/task").glob("*/children") for pid in listed.read_text().split()]
    pipeline.process.kill()
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    pipeline.process.wait()
    until(lambda: not any(alive(pid) for pid in pids), "all processes to end")
    pipeline.process.stdout.close()
    pipeline.diagnostics.close()
