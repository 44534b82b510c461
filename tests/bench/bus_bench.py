#!/usr/bin/env python3
"""Measures the bus beside its peers: every round measures all of them one after the other, and the medians of the
rounds are compared, so that what else the machine does falls on all alike.

Builds nothing: cmake --preset release && cmake --build build/release --target sealpost-bus bench_bus
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
os.environ.setdefault("SEALPOST_BIN", str(ROOT / "build/release/bin"))
sys.path[:0] = [str(HERE), str(ROOT / "tests/durability")]

from peers import PEERS, Missing, Peer, free_port  # noqa: E402
from running_bus import BIN, RunningBus  # noqa: E402

IN_FLIGHT = (1, 8, 64, 256)
TICKS = os.sysconf("SC_CLK_TCK")
PARTS = ("append", "deliver", "replay", "content")


class TcpBus(RunningBus):
    """The bus on TCP, which is what the peers speak."""

    def write_settings(self):
        self.endpoint = f"tcp://127.0.0.1:{free_port()}"
        super().write_settings()

    @property
    def pid(self):
        return self.process.pid


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def highest_rss(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


class Bench:
    def __init__(self, given, started):
        self.given = given
        self.started = started
        self.folder = Path(started.enter_context(tempfile.TemporaryDirectory(prefix="sealpost-bench-")))
        self.found = {}
        self.skipped = {}
        self.bus = self.start_bus()
        self.peers = {name: self.start_peer(name) for name in PEERS}

    def start_bus(self):
        bus = self.started.enter_context(TcpBus())
        bus.start()
        return bus

    def start_peer(self, name):
        try:
            return self.started.enter_context(Peer(name, self.folder))
        except Missing as why:
            self.skipped[name] = str(why)
            return None

    def load(self, row, what, server=None, **options):
        """Runs the load generator once and keeps what it found under `row`."""
        words = [f"{name.replace('_', '-')}={value}" for name, value in options.items()]
        before = cpu_seconds(server.pid) if server else 0
        ran = subprocess.run([str(BIN / "bench_bus"), what, *words], stdout=subprocess.PIPE, check=True, timeout=600)
        result = json.loads(ran.stdout)
        if server and result.get("done"):
            result["cpu_us"] = (cpu_seconds(server.pid) - before) * 1e6 / result["done"]
        self.found.setdefault(row, []).append(result)

    def of_bus(self, row, what, bus=None, **options):
        bus = bus or self.bus
        self.load(row, what, bus, endpoint=bus.endpoint, keys=bus.folder, **options)

    def of_peer(self, name, row, what, **options):
        if self.peers[name]:
            self.load(row, what, self.peers[name], port=self.peers[name].port, folder=self.peers[name].folder, **options)

    def append(self):
        for count in IN_FLIGHT:
            common = {"in_flight": count, "seconds": self.given.seconds}
            self.of_bus(("append", count, "sealpost"), "append-sealpost", **common)
            self.load(("append", count, "sqlite"), "append-sqlite", file=self.folder / "alone.db", **common)
            self.of_peer("jetstream", ("append", count, "jetstream"), "append-jetstream", **common)
            self.of_peer("redis", ("append", count, "redis"), "append-redis", **common)
            self.of_peer("zeromq", ("append", count, "zeromq"), "append-zeromq", **common)

    def deliver(self):
        common = {"seconds": self.given.seconds}
        self.of_bus(("deliver", 1, "sealpost"), "deliver-sealpost", **common)
        self.of_peer("redis", ("deliver", 1, "redis"), "deliver-redis", **common)
        self.of_peer("zeromq", ("deliver", 1, "zeromq"), "deliver-zeromq", **common)

    def replay(self):
        self.of_bus(("replay", 1, "sealpost"), "replay-sealpost")
        self.of_peer("redis", ("replay", 1, "redis"), "replay-redis")
        self.of_peer("zeromq", ("replay", 1, "zeromq"), "replay-zeromq")

    def content(self):
        size = {"mebioctets": self.given.mebioctets}
        self.load(("content", 1, "sealing"), "sealing", **size)
        self.load(("content", 1, "disk"), "disk", file=self.folder / "alone", **size)
        bus = self.start_bus()
        self.of_bus(("content", 1, "sealpost"), "content", bus, **size)
        self.found[("content", 1, "sealpost")][-1]["rss_mib"] = highest_rss(bus.pid)
        bus.kill()
        with Peer("zeromq", tempfile.mkdtemp(dir=self.folder)) as broker:
            self.load(("content", 1, "zeromq"), "content-zeromq", broker, port=broker.port, folder=broker.folder, **size)

    def run(self):
        for number in range(1, self.given.rounds + 1):
            for part in self.given.parts:
                print(f"\rround {number} of {self.given.rounds}: {part:8}", end="", file=sys.stderr, flush=True)
                getattr(self, part)()
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr)

    def medians(self):
        """Row (part, in flight, system) to {figure: median of the rounds}."""
        return {row: {name: statistics.median(result[name] for result in results) for name in results[0]}
                for row, results in self.found.items()}


def ratio(own, other, figure):
    return own[figure] / other[figure] if other and other.get(figure) else None


def table(medians):
    """Text of the medians, each peer's with ours divided by theirs."""
    columns = (("rate", "/s", 9, 0), ("p50_us", "p50 us", 9, 0), ("p99_us", "p99 us", 9, 0),
               ("cpu_us", "cpu us", 8, 1), ("put", "put MiB/s", 10, 0), ("get", "get MiB/s", 10, 0),
               ("rss_mib", "RSS MiB", 8, 0))
    lines = []
    last = None
    for (part, count, system), figures in sorted(medians.items(), key=lambda entry: (
            PARTS.index(entry[0][0]), entry[0][1], entry[0][2] != "sealpost", entry[0][2])):
        shown = [column for column in columns if column[0] in figures or
                 column[0] in medians[part, count, "sealpost"]]
        if (part, count) != last:
            flight = f", {count} in flight" if part == "append" else ""
            lines += ["", f"{part + flight:24}" + "".join(f"{title:>{width}}" for _, title, width, _ in shown)]
            last = part, count
        cells = "".join(f"{figures[name]:{width}.{digits}f}" if name in figures else " " * width
                        for name, _, width, digits in shown)
        own = medians[part, count, "sealpost"]
        against = "" if system == "sealpost" else "  ours: " + ", ".join(
            f"{title.split()[0]} {ratio(own, figures, name):.2f} x" for name, title, _, _ in shown
            if ratio(own, figures, name) is not None)
        lines.append(f"  {system:22}{cells}{against}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="the table has their medians (default 5)")
    parser.add_argument("--seconds", type=float, default=1.5, help="of one measurement; a fifth warms up (default 1.5)")
    parser.add_argument("--mebioctets", type=int, default=256, help="of content (default 256)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, metavar="PART",
                        help="of " + ", ".join(PARTS) + "; replay reads what append left (default: all)")
    parser.add_argument("--json", action="store_true", help="print every round and the medians as one JSON object")
    given = parser.parse_args()
    if not (BIN / "bench_bus").exists():
        parser.error(f"{BIN} has no bench_bus; the first lines of --help say how to build it")
    with ExitStack() as started:
        bench = Bench(given, started)
        bench.run()
    medians = bench.medians()
    if given.json:
        named = {" ".join(map(str, row)): values for row, values in medians.items()}
        rounds = {" ".join(map(str, row)): values for row, values in bench.found.items()}
        print(json.dumps({"medians": named, "rounds": rounds, "skipped": bench.skipped}, indent=1))
    else:
        print(table(medians))
        for name, why in bench.skipped.items():
            print(f"SKIP {name}: {why}")


if __name__ == "__main__":
    main()
