"""Mail against a disk that fills up: 452 in time, and nothing that was answered 250 is lost."""

import sys
import unittest

from disk_image import MEBIOCTET
from full_disk_test import SmallDisk
from pipeline_disk import (GMAIL, RECIPIENTS, PipelineDisk, assert_all_delivered, network_id, sample_mail, small_mail,
                           until)
from powered_disk import enter_own_mounts


class FullDiskMailTest(unittest.TestCase):
    def submit(self, pipeline, mail, subject):
        """The reply's code; mails answered 250 are remembered."""
        code, lines = pipeline.submit(mail, RECIPIENTS)
        if code == 250:
            self.first = self.first or network_id(lines)
            self.accepted.add(subject)
        return code, lines

    def send_until_refused(self, pipeline):
        for number in range(100):
            subject = f"Large {number}"
            mail = sample_mail(subject, RECIPIENTS, attachment=bytes(1024) * 700)
            code, lines = self.submit(pipeline, mail, subject)
            if code != 250:
                return code, lines
        raise AssertionError("the disk was never full")

    def send_one(self, pipeline, subject):
        return self.submit(pipeline, small_mail(subject), subject)[0]

    def test_mail_is_answered_452_and_taken_again_once_there_is_room(self):
        self.accepted, self.first = set(), None
        with SmallDisk(192 * MEBIOCTET) as disk:
            place = PipelineDisk(disk)
            disk.leave(76 * MEBIOCTET)
            with place.up() as pipeline:
                code, lines = self.send_until_refused(pipeline)
                self.assertEqual((code, lines[-1][:5]), (452, "4.3.1"), lines)
                print(f"{len(self.accepted)} mails accepted, then 452 {lines[-1]}", flush=True)
                self.still_taken_back(pipeline)
                disk.make_room()
                until(lambda: self.send_one(pipeline, "After") == 250, "mail to be taken again")
            disk.remount()
            with place.up() as pipeline:
                assert_all_delivered(pipeline, self.accepted)

    def still_taken_back(self, pipeline):
        """With no room for mail there is room for events: the first mail is revoked."""
        pipeline.link(GMAIL, "Large 0")
        answer = pipeline.revoke(self.first)
        self.assertEqual((answer.status, answer.json()["in_force"]), (200, True), answer.text)


if __name__ == "__main__":
    enter_own_mounts()
    sys.exit(unittest.main())
