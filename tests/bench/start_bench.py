#!/usr/bin/env python3
"""Measures how long processes take from their exec until they are ready, on a log of a million events: once with a
snapshot of each and some events behind it, and once without.

Builds nothing: cmake --preset release && cmake --build build/release --target sealpost-all bench_log
"""

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
os.environ.setdefault("SEALPOST_BIN", str(ROOT / "build/release/bin"))
sys.path.insert(0, str(ROOT / "tests/conversations"))

from pipeline import BIN, Pipeline, until  # noqa: E402

FOLLOWERS = ("gateway", "portal", "revocation")
PROCESSES = ("bus", *FOLLOWERS)
PATIENCE = 600.0
TICKS = os.sysconf("SC_CLK_TCK")


def begin_of(pid):
    """When the process was forked, in seconds since 1970; to a hundredth."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    boot = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return boot + int(fields[19]) / TICKS


def resident(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


class Bench:
    def __init__(self, state, events, tail):
        self.state, self.events, self.tail = Path(state), events, tail
        self.found = {}

    def make_log(self):
        with self.up():
            pass  # makes keys, settings and the first events
        before = time.monotonic()
        self.append(self.events)
        print(f"{self.events} events written in {time.monotonic() - before:.1f} s", file=sys.stderr)

    def up(self):
        return Pipeline("--no-mailboxes", "--next-hop", "127.0.0.1:1", state=self.state)

    def ready_after(self, pipeline, name, pid):
        """Seconds from the exec of this process until /readyz says so."""
        url = pipeline.endpoints["health"][name] + "/readyz"

        def ready():
            with contextlib.suppress(OSError):
                return pipeline.http("GET", url).status == 200 and time.time()
            return False

        return until(ready, f"{name} ready", PATIENCE) - begin_of(pid)

    def start_everything(self, how):
        """As `sealpost up` does it: the processes share the machine."""
        begin = time.monotonic()
        with self.up():
            self.note(how, "up", time.monotonic() - begin)

    def start_each(self, pipeline, how):
        """One after the other, beside a bus that runs: what the restart of one process takes."""
        for name in PROCESSES:
            if how == "without" and name != "bus":
                self.snapshot(name).unlink()
            old, restored = pipeline.pids()[name], self.restored(name)
            pipeline.kill(name, signal.SIGKILL)
            pid = until(lambda: next((pid for each, pid in pipeline.pids().items()
                                      if each == name and pid not in (0, old)), None), "a restart")
            self.note(how, name, self.ready_after(pipeline, name, pid))
            self.note(how, name + " MiB", resident(pid))
            if name != "bus" and self.restored(name) != restored + (how == "with"):
                raise AssertionError(f"{name} was to start {how} a snapshot")
        pipeline.command("digest")

    def restored(self, name):
        """How often that process has started from a snapshot."""
        return (self.state / "log" / f"{name}.log").read_text(errors="replace").count('"snapshot.restored"')

    def run(self):
        self.without_snapshots()
        self.start_everything("without")
        self.append_tail()  # behind the snapshots of the clean stop
        begin = time.monotonic()
        with self.up() as pipeline:
            self.note("with", "up", time.monotonic() - begin)
            self.start_each(pipeline, "with")
            self.start_each(pipeline, "without")

    def snapshot(self, name):
        return self.state / name / f"{name}.snapshot"

    def without_snapshots(self):
        for name in FOLLOWERS:
            self.snapshot(name).unlink(missing_ok=True)

    def append_tail(self):
        self.append(self.tail)

    def append(self, events):
        subprocess.run([str(BIN / "bench_log"), str(self.state / "bus"), str(events)], check=True,
                       stdout=subprocess.DEVNULL)

    def note(self, how, what, figure):
        self.found.setdefault(what, {}).setdefault(how, []).append(figure)
        print(f"  {how:8} {what:20} {figure:8.2f}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000, help="in the log (default 1000000)")
    parser.add_argument("--tail", type=int, default=10_000, help="events behind the snapshots (default 10000)")
    parser.add_argument("--rounds", type=int, default=3, help="the table has their medians (default 3)")
    parser.add_argument("--state", help="a directory to keep, with its log; what is there is used again")
    parser.add_argument("--json", action="store_true", help="print every round as one JSON object")
    given = parser.parse_args()
    if not (BIN / "bench_log").exists():
        parser.error(f"{BIN} has no bench_log; the first lines of --help say how to build it")
    with contextlib.ExitStack() as started:
        state = given.state or started.enter_context(tempfile.TemporaryDirectory(prefix="sealpost-bench-"))
        bench = Bench(state, given.events, given.tail)
        if not (Path(state) / "bus/journal.db").exists():
            bench.make_log()
        for _ in range(given.rounds):
            bench.run()
    medians = {what: {how: statistics.median(figures) for how, figures in rows.items()}
               for what, rows in bench.found.items()}
    if given.json:
        print(json.dumps({"medians": medians, "rounds": bench.found}, indent=1))
        return
    print(f"{'seconds to ready':20}{'without':>10}{'with':>10}")
    for what, rows in medians.items():
        print(f"{what:20}{rows.get('without', 0):10.2f}{rows.get('with', 0):10.2f}")


if __name__ == "__main__":
    main()
