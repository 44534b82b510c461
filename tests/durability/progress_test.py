"""Whoever waits for a campaign is told how far it is."""

import io
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

from progress import EACH, Progress

FOLDER = Path(__file__).parent


class ProgressTest(unittest.TestCase):
    def setUp(self):
        self.time, self.out, self.answered = 1000.0, io.StringIO(), 0

    def progress(self, campaign=True):
        return Progress("kills", 10_000, lambda: f"{self.answered:,} events, 0 lost", self.out, lambda: self.time, campaign)

    def pass_by(self, progress, count, seconds):
        for _ in range(count):
            self.time += seconds
            self.answered += 1000
            progress.one()

    def test_it_is_said_now_and_then_and_at_the_end(self):
        with self.progress() as progress:
            self.pass_by(progress, 5, EACH / 2)
        self.assertEqual(self.out.getvalue().splitlines(), [
            "2 of 10,000 kills, 2,000 events, 0 lost, 30 s", "4 of 10,000 kills, 4,000 events, 0 lost, 60 s",
            "5 of 10,000 kills, 5,000 events, 0 lost, 75 s, ended"])

    def test_what_ended_it_too_early_is_said_and_not_hidden(self):
        with self.assertRaises(KeyError), self.progress() as progress:
            self.pass_by(progress, 1, 1)
            raise KeyError("event")
        self.assertEqual(self.out.getvalue(), "1 of 10,000 kills, 1,000 events, 0 lost, 1 s, ended by KeyError: 'event'\n")

    def test_a_short_form_is_silent(self):
        with self.progress(campaign=False) as progress:
            self.pass_by(progress, 5, EACH)
        self.assertEqual(self.out.getvalue(), "")

    def test_it_comes_out_at_once(self):
        """Also into a pipe, where what is printed usually waits."""
        script = "import signal, progress\nwith progress.Progress('kills') as kills:\n kills.say()\n signal.pause()"
        with subprocess.Popen([sys.executable, "-c", script], cwd=FOLDER, stderr=subprocess.PIPE, text=True,
                              env=os.environ | {"SEALPOST_CAMPAIGN": "1"}) as campaign:
            self.addCleanup(campaign.kill)
            self.assertEqual(campaign.stderr.readline(), "0 kills, 0 s\n")
            campaign.kill()

    def test_every_campaign_says_it(self):
        campaigns = {path.name: path.read_text() for path in FOLDER.glob("*_test.py")
                     if re.search(r"import .*\b(rounds|CAMPAIGN)\b", path.read_text())}
        self.assertGreater(len(campaigns), 5)
        self.assertEqual([name for name, text in campaigns.items() if "with Progress(" not in text], [])


if __name__ == "__main__":
    sys.exit(unittest.main())
