"""How far a campaign has come: it runs for minutes or hours, and nobody may wait in the dark."""

import os
import sys
import time

CAMPAIGN = os.environ.get("SEALPOST_CAMPAIGN") == "1"
EACH = 30.0  # seconds


def rounds(short, campaign):
    return campaign if CAMPAIGN else short


class Progress:
    """Says on stderr, each half minute and at its end, how many of `most` came, and what was found. A context manager.

    `what`: of what, in the plural; `found`: asked each time, what else is to be said. In a short form it is silent."""

    def __init__(self, what, most=None, found=lambda: "", out=None, now=time.monotonic, campaign=CAMPAIGN):
        self.what, self.most, self.found = what, most, found
        self.out, self.now, self.campaign = out or sys.stderr, now, campaign
        self.came = 0
        self.began = self.said = now()

    def one(self):
        """One more came, and was judged right."""
        self.came += 1
        if self.now() - self.said >= EACH:
            self.say()

    def say(self, end=""):
        self.said = self.now()
        parts = [f"{self.came:,}{f' of {self.most:,}' if self.most else ''} {self.what}", self.found(),
                 f"{self.said - self.began:.0f} s", end]
        if self.campaign:
            print(", ".join(filter(None, parts)), file=self.out, flush=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        self.say("ended" if error is None else f"ended by {kind.__name__}: {error}")
