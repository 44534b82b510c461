"""Mail that was answered 250 outlives a power cut and is delivered. SEALPOST_SEED repeats the moments of the cuts."""

import os
import random
import smtplib
import sys
import threading
import time
import unittest
from types import SimpleNamespace

from failing_disk import FailingDisk
from pipeline_disk import (RECIPIENTS, Lost, PipelineDisk, assert_all_delivered, defer_everything, end_at_once,
                           small_mail, until)
from powered_disk import PoweredDisk, enter_own_mounts
from progress import Progress, rounds

SEED = int(os.environ.get("SEALPOST_SEED", random.randrange(10**6)))
SENDERS = 4
CUTS_A_DISK = 5  # then a new one
CUTS_TO_NOTICE = 3


class Senders:
    """Several at once, each mail in a connection of its own, until the gateway is gone."""

    def __init__(self, pipeline, name):
        self.pipeline, self.name = pipeline, name
        self.accepted, self.gone = set(), False
        self.threads = [threading.Thread(target=self.send, args=(number,)) for number in range(SENDERS)]
        for thread in self.threads:
            thread.start()

    def send(self, sender):
        number = 0
        while not self.gone:
            number += 1
            subject = f"{self.name}, sender {sender}, mail {number}"
            try:
                code, _ = self.pipeline.submit(small_mail(subject), RECIPIENTS)
            except (OSError, smtplib.SMTPException):
                continue
            if code == 250:
                self.accepted.add(subject)

    def end(self):
        self.gone = True
        for thread in self.threads:
            thread.join()
        return self.accepted


class MailPowerCutTest(unittest.TestCase):
    def cut_under_load(self, disk, place, name, mails, environment=None):
        """The power fails once so many mails are accepted, and others on their way; all that were."""
        pipeline = place.up(environment)
        defer_everything(pipeline)
        senders = Senders(pipeline, name)
        until(lambda: len(senders.accepted) >= mails, "enough mails")
        disk.cut()
        end_at_once(pipeline)
        accepted = senders.end()
        disk.come_back()
        return accepted

    def test_every_mail_is_delivered_after_the_cut(self):
        chance = random.Random(SEED)
        cuts, delivered, began = rounds(2, 100), 0, time.monotonic()
        with Progress("power cuts", cuts, lambda: f"{delivered:,} mails on earlier disks") as progress:
            for begin in range(0, cuts, CUTS_A_DISK):
                with PoweredDisk() as disk:
                    place, accepted = PipelineDisk(disk), set()
                    for number in range(begin, min(cuts, begin + CUTS_A_DISK)):
                        accepted |= self.cut_under_load(disk, place, f"Cut {number}", chance.randint(1, 30))
                        with place.up() as pipeline:
                            assert_all_delivered(pipeline, accepted)
                        progress.one()
                    delivered += len(accepted)
        print(f"{cuts} power cuts, {delivered} mails answered 250 before them, all delivered to both recipients, "
              f"seed {SEED}, {(time.monotonic() - began) / cuts:.1f} s a cut", flush=True)

    @staticmethod
    def what_is_wrong(place, accepted):
        """Mails are lost, or the log is so broken that the bus does not open it; empty: neither."""
        try:
            pipeline = place.up()
        except AssertionError as refusal:
            return str(refusal).splitlines()[0]
        with pipeline:
            try:
                assert_all_delivered(pipeline, accepted)
                return ""
            except Lost as loss:
                return str(loss)

    def test_control_without_fsync_mail_is_lost(self):
        with PoweredDisk() as disk:
            place = PipelineDisk(disk)
            lie = FailingDisk(SimpleNamespace(folder=disk.place, data=place.data), "sync * 1 lie")
            for number in range(CUTS_TO_NOTICE):
                accepted = self.cut_under_load(disk, place, f"Lie {number}", 5, lie.environment)
                noticed = self.what_is_wrong(place, accepted)
                if noticed:
                    print(f"control: {noticed}", flush=True)
                    return
        self.fail(f"{CUTS_TO_NOTICE} power cuts without fsync went unnoticed")


if __name__ == "__main__":
    enter_own_mounts()
    sys.exit(unittest.main())
