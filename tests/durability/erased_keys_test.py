"""An erased key slot is gone: from the raw disk, from every file, and from the memory of the bus."""

import os
import sys
import unittest

from disk_image import MEBIOCTET, DiskImage, Unavailable, found_in, memory_of
from bus_load import ACCEPTED, SLOT
from failing_disk import FailingDisk
from running_bus import RunningBus
from zmq_python import SKIPPED

KEYS = 1000
CELL = 32


def cells_of(slab):
    octets = slab.read_bytes()
    cells = {octets[at:at + CELL] for at in range(0, len(octets), CELL)}
    return cells - {bytes(CELL)}


class ErasedKeysTest(unittest.TestCase):
    def test_a_thousand_keys_on_ext4(self):
        self.on(["mkfs.ext4", "-q", "-F"], "data=ordered", 128 * MEBIOCTET)

    def test_a_thousand_keys_on_xfs(self):
        self.on(["mkfs.xfs", "-q", "-f"], "", 320 * MEBIOCTET)

    def on(self, make, options, octets):
        try:
            disk = DiskImage(make, options, octets)
        except Unavailable as why:
            self.skipTest(f"SKIP: {why}")
        with disk:
            self.erase_all(disk)

    def test_control_cells_that_stay_in_memory_are_found(self):
        with RunningBus() as bus:
            disk = FailingDisk(bus, "write slab 1 keep")
            bus.start(disk.prefix)
            with bus.connect() as client:
                client.hello()
                self.append_all(client, {f"c{n}": os.urandom(120) for n in range(KEYS)})
                cells = cells_of(bus.data / "slab")
                for n in range(KEYS):
                    client.slot_erase(f"c{n}", [SLOT])
            self.assertEqual(len(cells), KEYS)
            self.assertEqual(cells_of(bus.data / "slab"), set())
            try:
                self.assertEqual(found_in(cells, memory_of(bus.process.pid)), cells)
            except Unavailable as why:
                self.skipTest(f"SKIP: the memory of the bus is not searched: {why}")

    def erase_all(self, disk):
        with RunningBus(disk.folder / "bus", settings="") as bus:
            bus.start()
            with bus.connect() as client:
                client.hello()
                sealed = {f"c{n}": os.urandom(120) for n in range(KEYS)}
                self.append_all(client, sealed)
                cells = cells_of(bus.data / "slab")
                self.control(disk, bus, client, cells, sealed)
                for content in sealed:
                    client.slot_erase(content, [SLOT])
            disk.sync()
            wanted = cells | set(sealed.values())
            self.assertEqual(len(found_in(wanted, disk.raw())), 0, "on the raw disk")
            self.assertEqual(len(found_in(wanted, disk.files())), 0, "in files")
            self.search_memory(bus.process.pid, cells, sealed)

    def search_memory(self, pid, cells, sealed):
        try:
            memory = memory_of(pid)
        except Unavailable as why:
            print(f"SKIP: the memory of the bus is not searched: {why}", flush=True)
            return
        self.assertTrue(found_in([b"event c999"], memory), "the control: the search sees what the process holds")
        self.assertEqual(len(found_in(cells, memory)), 0, "cells in the memory of the bus")
        left = len(found_in(sealed.values(), memory))
        print(f"slots, still sealed to their reader's key, in freed memory of the bus: {left} of {KEYS}", flush=True)

    @staticmethod
    def append_all(client, sealed):
        waiting = []
        for content, octets in sealed.items():
            waiting.append(client.send_put(content, 0, b"sealed content " + content.encode()))
            waiting.append(client.send_append(
                [(content, ACCEPTED, b"event " + content.encode())], [(content, 1)], [(content, SLOT, octets)]))
            while len(waiting) > 100:
                client.answer(waiting.pop(0))
        for request in waiting:
            client.answer(request)

    def control(self, disk, bus, client, cells, sealed):
        """Before: every cell is found, and opens its slot."""
        self.assertEqual(len(cells), KEYS)
        disk.sync()
        self.assertEqual(found_in(cells, disk.raw()), cells)
        self.assertEqual(found_in(cells, disk.files()), cells)
        self.assertTrue(all(client.slot_get(content, SLOT) == octets for content, octets in sealed.items()))


if __name__ == "__main__":
    try:
        DiskImage(["mkfs.ext4", "-q", "-F"]).close()
    except Unavailable as why:
        print(f"SKIP: {why}")
        sys.exit(SKIPPED)
    sys.exit(unittest.main())
