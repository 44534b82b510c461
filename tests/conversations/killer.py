"""Kills a process of a running pipeline inside named phases, and sees to it that it was so."""

import concurrent.futures
import contextlib
import os
import re
import signal
import threading
import time
from dataclasses import dataclass

from pipeline import alive, until


@dataclass(frozen=True)
class Kill:
    phase: str
    pid: int
    after: float  # seconds from the phase's beginning
    inside: bool  # False: the phase was over first, and waited for it

    def __str__(self):
        return f"{self.phase} at {self.after * 1000:.0f} ms{'' if self.inside else ' (its end)'}"


class Killer:
    """Carries out a plan (None: nobody dies) during one round. `usual`: {phase: seconds} as it takes undisturbed;
    `lengths`: as it took now."""

    def __init__(self, pipeline, plan, usual):
        self.pipeline, self.plan, self.usual = pipeline, plan, usual
        self.kills, self.lengths = [], {}
        self.before = pipeline.pids()

    @contextlib.contextmanager
    def phase(self, name):
        """It is left only when the kill that is planned for it is done."""
        began, over = time.monotonic(), threading.Event()
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            fraction = self.plan.moments.get(name) if self.plan else None
            killing = None if fraction is None else pool.submit(self.kill, name, fraction * self.usual[name], over)
            try:
                yield
            finally:
                over.set()
            if killing:
                killing.result()
        self.lengths[name] = time.monotonic() - began

    def kill(self, phase, delay, over):
        began = time.monotonic()
        inside = not over.wait(delay)
        # Killed before in this round, it has to be back first.
        pid = until(self.living, f"a living {self.plan.victim} to kill")
        os.kill(pid, signal.SIGKILL)
        until(lambda: not alive(pid), f"the end of {self.plan.victim}")
        self.kills.append(Kill(phase, pid, time.monotonic() - began, inside))

    def living(self):
        """The victim's process id, once it is one that was not killed yet."""
        pid = self.pipeline.pids().get(self.plan.victim)
        return pid if pid and pid not in [kill.pid for kill in self.kills] and alive(pid) else None

    def await_restart(self):
        """The victim runs again under a new id; all say that they are ready; nobody else died."""
        if self.kills:
            until(self.living, f"the restart of {self.plan.victim}")
        for name in self.before:
            until(lambda: self.ready(name), f"a ready {name}")
        others = {name: pid for name, pid in self.before.items() if not self.plan or name != self.plan.victim}
        now = self.pipeline.pids()
        changed = [name for name, pid in others.items() if now[name] != pid]
        assert not changed, f"nobody killed {changed}, and they died"

    def ready(self, name):
        with contextlib.suppress(OSError):
            return self.pipeline.http("GET", self.pipeline.endpoints["health"][name] + "/readyz").status == 200


def deaths(pipeline):
    """[(process, how)] as `sealpost up` noticed them, in their order."""
    descriptor = pipeline.diagnostics.fileno()  # its offset is the child's too: do not move it
    said = os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")
    return re.findall(r"^sealpost: (\S+) died \((.*)\)(?: \d+ times in a row)?, it is started again\b", said, re.MULTILINE)
