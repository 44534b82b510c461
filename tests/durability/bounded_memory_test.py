"""The broker's resident memory stays below a bound, however much is sent to it at once and however slowly it is read."""

import concurrent.futures
import contextlib
import os
import shutil
import struct
import sys
import unittest
from pathlib import Path
from unittest import mock

import running_bus
import zmq_python  # noqa: F401
import zmq
from bus_load import ACCEPTED, ATTEMPTED, PATIENCE, Refused
from progress import Progress, rounds
from running_bus import BIN, RunningBus
from sealpost_bus import text

MOST_MIB = 64
MEBIOCTET = 1024 * 1024
PAYLOAD = b'"' + b"x" * (MEBIOCTET - 4096) + b'"'  # four of them are an append of the largest size
CHUNK = 64 * 1024
SENDERS = 32  # of events, at once
PUTTING = 24  # contents, at once
PUTTING_ALONE = 64  # as many, while nobody does anything else
STUCK = 16  # readers of contents, and as many of events, that take nothing for a while


def sanitized():
    program = (BIN / "sealpost-bus").read_bytes()
    return b"__asan_init" in program or b"__tsan_init" in program


class BusUnderPressure(RunningBus):
    """Many connections at once, each with several requests under way."""

    def __init__(self):
        super().__init__()
        self.threads = concurrent.futures.ThreadPoolExecutor(256)
        self.late_again = True
        self.names = iter(range(1_000_000))

    def __exit__(self, *_):
        self.threads.shutdown()
        super().__exit__()

    @property
    def most_memory(self):
        """MiB, since it was started."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def patiently(self, work, *given):
        """Asked to do it anew under other names where the disk was so slow that the bus took nothing for 2 s."""
        while True:
            try:
                return work(*given)
            except Refused as refusal:
                if refusal.name != "late" or not self.late_again:
                    raise

    def at_once(self, work, count, *given):
        return [self.threads.submit(self.patiently, work, *given) for _ in range(count)]

    def append(self, appends, parts=1):
        """Sends them all before it takes an answer; their seqs."""
        name = next(self.names)
        with self.connect() as client:
            client.hello()
            asked = [client.send_append([(f"event-{name}-{n}-{part}", ATTEMPTED, PAYLOAD) for part in range(parts)])
                     for n in range(appends)]
            return [seq for request in asked for seq in client.read_seqs(client.answer(request))]

    def put(self, chunks, heeds_share=True):
        """A content and the event that names it, with no more under way than the bus says; (content, octets of each chunk)."""
        content, octets = f"content-{next(self.names)}", os.urandom(CHUNK)
        with self.connect() as client:
            client.hello()
            asked, share = [], self.share(client.ask("share", b""))
            for index in range(chunks):
                asked.append(client.send_put(content, index, octets))
                while heeds_share and asked and len(asked) * CHUNK >= share:
                    share = self.share(client.answer(asked.pop(0)))
            for request in asked:
                client.answer(request)
            client.append([(content, ACCEPTED, b"{}")], [(content, chunks)])
        return content, octets

    @staticmethod
    def share(body):
        return struct.unpack(">I", body)[0]

    def stuck_reader(self):
        client = self.connect(read_slowly=True)
        client.hello()
        return client

    def get_all(self, content, chunks, repeats=1):
        """Asks for all of it before it takes an answer; the chunks."""
        with self.connect() as client:
            client.hello()
            asked = [client.send_get(content, index) for index in range(chunks)] * repeats
            return [client.answer(request) for request in asked]


class BoundedMemoryTest(unittest.TestCase):
    def setUp(self):
        if sanitized():
            self.skipTest("SKIP: sanitizers keep freed memory and more of their own")
        self.bus = self.enterContext(BusUnderPressure())

    def check(self, what):
        most = self.bus.most_memory
        print(f"{what}: at most {most:.0f} MiB", flush=True)
        self.assertLessEqual(most, MOST_MIB, what)

    def press(self):
        """Senders of all kinds at once, while readers of contents and events take nothing. Nobody loses anything."""
        bus = self.bus
        bus.start()
        print(f"at the start {bus.most_memory:.0f} MiB", flush=True)
        chunks, events = 50, 12
        content, octets = bus.put(chunks)
        bus.append(events)
        stored = bus.append(1)[0]
        readers = [bus.stuck_reader() for _ in range(STUCK)]
        gets = [[reader.send_get(content, index) for index in range(chunks)] for reader in readers]
        followers = [bus.stuck_reader().subscribe() for _ in range(STUCK)]
        self.assertEqual(bus.get_all(content, chunks), [octets] * chunks, "others are served meanwhile")
        with bus.connect() as client:
            client.hello()
            self.assertEqual(len(list(client.follow())), stored)
        sent = (bus.at_once(bus.append, SENDERS, rounds(4, 100)) + bus.at_once(bus.put, PUTTING, rounds(32, 400)) +
                bus.at_once(bus.append, 8, rounds(3, 100), 4))
        with Progress("senders", len(sent), lambda: f"at most {bus.most_memory:.0f} MiB") as progress:
            for _ in map(concurrent.futures.Future.result, concurrent.futures.as_completed(sent)):
                progress.one()
        for reader, asked in zip(readers, gets):
            with reader:
                self.assertEqual([reader.answer(request) for request in asked], [octets] * chunks)
        for follower in followers:
            with follower.bus:
                while follower.handled < stored:
                    self.assertTrue(follower.take(PATIENCE))
                    follower.credit()
        seqs = [seq for one in sent for seq in one.result() if isinstance(seq, int)]
        self.assertEqual(len(seqs), len(set(seqs)))

    def test_it_is_bounded(self):
        self.press()
        self.check("all at once")

    def test_small_requests_while_the_disk_hangs(self):
        """Of one that sends until nobody takes more, and goes; meanwhile a heartbeat of ZeroMQ's would be due."""
        bus = self.bus
        bus.start()
        if not bus.attach("fdatasync:delay_enter=8000000:when=1"):
            self.skipTest("SKIP: cannot trace a process here")
        with bus.connect() as client, bus.connect() as flood:
            client.hello()
            appended = client.send_append([("event", ATTEMPTED, b"{}")])
            flood.hello()
            flood.socket.setsockopt(zmq.SNDTIMEO, 1000)
            frame = flood.bundle([("discard", 1000 + n, text("content")) for n in range(256)])
            with self.assertRaises(zmq.Again):
                for _ in range(100_000):
                    flood.socket.send(frame)
            flood.close()
            self.assertEqual(client.read_seqs(client.answer(appended)), [1])
            self.assertTrue(bus.alive(), bus.log)
        self.check("small requests")

    def test_a_follower_that_takes_nothing_and_says_that_it_has(self):
        bus = self.bus
        bus.start()
        stored = bus.append(80)[-1]
        with bus.stuck_reader() as liar, bus.connect() as other:
            other.hello()
            subscription = liar.subscribe(window=4096)
            for _ in range(200):
                liar.send("credit", struct.pack(">QI", 2**63, 4096), subscription.request)
                other.head()
            self.assertEqual(len(list(other.follow())), stored, "others are served meanwhile")
        self.check("a follower that lies")

    def put_many(self, heeds_share):
        self.bus.start()
        for one in self.bus.at_once(self.bus.put, PUTTING_ALONE, rounds(64, 400), heeds_share):
            one.result()

    def test_many_contents_at_once(self):
        self.put_many(heeds_share=True)
        self.check(f"{PUTTING_ALONE} contents at once")

    def test_control_many_contents_without_regard_to_the_share(self):
        self.bus.late_again = False
        with contextlib.suppress(Refused):  # what waited for too long in it is late
            self.put_many(heeds_share=False)
        print(f"without regard to the share {self.bus.most_memory:.0f} MiB")
        self.assertGreater(self.bus.most_memory, MOST_MIB, "the control was not noticed")

    def test_control_without_bounds(self):
        with mock.patch.object(running_bus, "BIN", self.bus.folder):
            shutil.copy(BIN / "control-bus-unbounded", self.bus.folder / "sealpost-bus")
            self.bus.late_again = False
            with contextlib.suppress(Refused):  # what waited for too long in it is late
                self.press()
        print(f"without bounds {self.bus.most_memory:.0f} MiB")
        self.assertGreater(self.bus.most_memory, MOST_MIB, "the control was not noticed")


if __name__ == "__main__":
    sys.exit(unittest.main())
