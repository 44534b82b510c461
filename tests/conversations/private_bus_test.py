"""The bus is private: who has no listed key gets nothing, who has one gets what its role lists, on ipc and on tcp."""

import contextlib
import json
import os
import queue
import sys
import threading
import time
import unittest

from bus_access import (
    ROLES, Refused, StandingBus, connector, differences, documented_rights, documented_types, found_rights,
    is_refused, keys_of, resident_octets, roles_of)
from intruders import (
    BY_HAND, Outcome, converse, knock, knock_by_hand, listed_key, null, open_stream, plain, stolen_public_key,
    unknown_key, wrong_server_key)
from pipeline import GMAIL, OFFICE_365, Pipeline, network_id, sample_mail, sanitized, until

TRIES = 1000
MEBIOCTET = 1024 * 1024
ATTEMPTED = "sealpost.delivery.attempted"


class Worker(threading.Thread):
    """A listed client that goes on with its work; how long each answer took, and what went wrong."""

    def __init__(self, connect, work):
        super().__init__(daemon=True)
        self.connect, self.work = connect, work
        self.seconds, self.stopping, self.failed = [], threading.Event(), queue.SimpleQueue()
        self.start()

    def run(self):
        try:
            with self.connect("gateway") as bus:
                bus.hello()
                while not self.stopping.wait(0.005):
                    begin = time.monotonic()
                    self.work(bus)
                    self.seconds.append(time.monotonic() - begin)
        except Exception as failure:  # told to the test by finish()
            self.failed.put(failure)

    def finish(self):
        self.stopping.set()
        self.join(60)
        if not self.failed.empty():
            raise AssertionError("a listed client was disturbed") from self.failed.get()
        return self.seconds


def append_something(bus):
    bus.append([(os.urandom(12).hex(), ATTEMPTED, b"{}")])


class PrivateBusTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pipeline = Pipeline("--no-restart")
        cls.addClassCleanup(cls.pipeline.stop)
        cls.roles = roles_of(cls.pipeline.state)

    # Without a listed key

    def test_a_stranger_gets_nothing_on_ipc(self):
        endpoint, state = self.pipeline.endpoints["bus"], self.pipeline.state
        connect = connector(self.pipeline.endpoints)
        pairs = {role: keys_of(state, role) for role in ("bus", *ROLES)}
        self.besiege(endpoint, pairs, connect, lambda bus: bus.head(), self.pipeline.pids()["bus"])
        code, lines = self.pipeline.submit(sample_mail("After the siege", [GMAIL]), [GMAIL])
        self.assertEqual(code, 250, lines)

    def test_a_stranger_gets_nothing_on_tcp(self):
        with StandingBus(self.roles, "tcp://127.0.0.1:0") as bus:
            bus.start()
            self.besiege(bus.endpoint, bus.pairs, bus.connect, append_something, bus.process.pid)
            with bus.connect("operator") as reader:
                head = reader.hello()[0]
                self.assertEqual(len(list(reader.follow())), head)

    def besiege(self, endpoint, pairs, connect, work, pid):
        server, listed = pairs["bus"][0], pairs["gateway"]
        control = knock(endpoint, listed_key(server, listed), 10)
        self.assertEqual(control, Outcome(10, 10, 10), "the control: a listed key is let in and answered")
        worker = Worker(connect, work)
        kinds = {
            "an unknown key": unknown_key(server), "a stolen public key": stolen_public_key(server, listed[0]),
            "another server's key": wrong_server_key(listed), "NULL": null, "PLAIN": plain}
        before = resident_octets(pid)
        for kind, prepare in kinds.items():
            with self.subTest(kind):
                self.assertEqual(knock(endpoint, prepare, TRIES), Outcome(TRIES, 0, 0))
        for kind, octets in BY_HAND.items():
            with self.subTest(kind):
                self.assertEqual(knock_by_hand(endpoint, octets, TRIES), Outcome(TRIES, 0, 0))
        self.knock_and_say_nothing(endpoint, connect)
        seconds = sorted(worker.finish())
        grown = resident_octets(pid) - before
        median = seconds[len(seconds) // 2]
        print(f"{len(seconds)} answers to a listed client meanwhile: median {median * 1000:.1f} ms, "
              f"longest {seconds[-1] * 1000:.0f} ms; the broker grew by {grown / MEBIOCTET:.1f} MiB", flush=True)
        self.assertGreater(len(seconds), 100)
        self.assertLess(seconds[-1], 5.0)
        if not sanitized():
            self.assertLess(grown, 32 * MEBIOCTET)

    def knock_and_say_nothing(self, endpoint, connect):
        """A thousand connections stay open and silent: who is listed is served, and they are hung up on."""
        with contextlib.ExitStack() as open_ones:
            silent = [open_ones.enter_context(open_stream(endpoint)) for _ in range(TRIES)]
            with connect("operator") as bus:
                bus.hello()
            for stream in silent:
                self.assertNotIn(b"SP1", converse(stream, b""))

    # With a listed key

    def test_each_role_may_exactly_what_the_documents_say(self):
        self.assertGreaterEqual(len(documented_types()), 13)
        kinds = [*documented_types(), "sealpost.message.invented", "", "sealpost"]
        with StandingBus(self.roles, "tcp://127.0.0.1:0") as alone:
            alone.start()
            for connect in (connector(self.pipeline.endpoints), alone.connect):
                with connect("operator") as bus:
                    before = bus.hello()
                refusals = 0
                while refusals < TRIES:
                    found, refused = found_rights(connect, kinds)
                    refusals += refused
                    self.assertEqual(differences(documented_rights(), found), [])
                with connect("operator") as bus:
                    self.assertEqual(bus.hello()[:2], before)

    def test_control_a_wider_role_is_reported(self):
        kinds = documented_types()
        for key, value, said in (
                ("append", "sealpost.message.revoked", "portal may append sealpost.message.revoked, and must not"),
                ("slots_read", "gateway", "portal may read gateway, and must not")):
            roles = [dict(role) for role in self.roles]
            portal = next(role for role in roles if role["name"] == "portal")
            portal[key] = [*portal[key], value]
            with StandingBus(roles, "tcp://127.0.0.1:0") as bus, self.subTest(said):
                bus.start()
                found, _ = found_rights(bus.connect, kinds)
                self.assertEqual(differences(documented_rights(), found), [said])

    def test_the_portal_cannot_revoke(self):
        """Not even with the very event that the revocation service would append."""
        connect = connector(self.pipeline.endpoints)
        message = network_id(self.submit("Revoked by the service", [GMAIL]))
        self.assertEqual(self.pipeline.revoke(message).status, 200)
        with connect("operator") as bus:
            bus.hello()
            genuine = next(e for e in bus.follow() if e.type == "sealpost.message.revoked")
        victim = network_id(self.submit("Not revoked by the portal", [GMAIL]))
        forged = genuine.payload.replace(message.encode(), victim.encode()).replace(
            genuine.id.encode(), b"01890000-0000-7000-8000-000000000001")
        for role in ("portal", "gateway", "operator"):
            with connect(role) as bus:
                bus.hello()
                attempt = ("01890000-0000-7000-8000-000000000001", "sealpost.message.revoked", forged)
                self.assertTrue(is_refused(lambda: bus.append([attempt])), role)
        self.assertFalse(self.pipeline.status(victim)["revoked"])

    def test_the_gateway_cannot_read_what_it_has_delivered(self):
        connect = connector(self.pipeline.endpoints)
        fault = [{"address": GMAIL, "stage": "rcpt", "code": 451, "count": 1000},
                 {"address": OFFICE_365, "stage": "rcpt", "code": 451, "count": 1000}]
        faults = self.pipeline.endpoints["mailboxes"] + "/api/faults"
        self.put_json(faults, fault)
        message = network_id(self.submit("Waits, then goes", [GMAIL, OFFICE_365]))
        with connect("gateway") as bus:
            bus.hello()
            content = self.content_of(bus, message)
            for recipient in (GMAIL, OFFICE_365):
                self.assertGreater(len(bus.slot_get(content, "gateway/" + recipient)), 0, "the control: still queued")
                self.assertTrue(is_refused(lambda: bus.slot_get(content, "link/" + recipient)))
            self.put_json(faults, [])
            for recipient in (GMAIL, OFFICE_365):
                self.pipeline.wait(f"delivered to {recipient} of {message}")
                until(lambda: self.is_gone(bus, content, "gateway/" + recipient), "the slot to be erased")
                self.assertTrue(is_refused(lambda: bus.slot_get(content, "link/" + recipient)))
        with connect("portal") as bus:
            bus.hello()
            self.assertGreater(len(bus.slot_get(content, "link/" + GMAIL)), 0)
            self.assertTrue(is_refused(lambda: bus.slot_erase(content, ["link/" + GMAIL])))

    def submit(self, subject, recipients):
        code, lines = self.pipeline.submit(sample_mail(subject, recipients), recipients)
        self.assertEqual(code, 250, lines)
        return lines

    def put_json(self, url, value):
        answer = self.pipeline.http("PUT", url, {"Content-Type": "application/json"}, json.dumps(value))
        self.assertLess(answer.status, 300, answer.text)

    @staticmethod
    def content_of(bus, message):
        return next(json.loads(e.payload)["data"]["content"] for e in bus.follow()
                    if e.type == "sealpost.message.accepted" and message.encode() in e.payload)

    @staticmethod
    def is_gone(bus, content, name):
        try:
            bus.slot_get(content, name)
        except Refused as refusal:
            return refusal.name == "not found"
        return False


if __name__ == "__main__":
    sys.exit(unittest.main())
