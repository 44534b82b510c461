"""Strangers at the bus's door: every way to come in without a listed key, and what each of them gets."""

import collections
import contextlib
import socket
import struct
import time
import urllib.parse

import zmq
from zmq.utils.monitor import recv_monitor_message

BATCH = 50
ENDED = (zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL |
         zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_DISCONNECTED | zmq.EVENT_CLOSED)
HELLO = b"SP1" + bytes(32) + struct.pack(">II", 1, 5) + b"hello" + struct.pack(">QI", 1, 0)

# How many tries, how many of them were let in, and how many got an answer.
Outcome = collections.namedtuple("Outcome", "tries entered answered")


def unknown_key(server_key):
    """A key of one's own that nobody has listed."""
    def prepare(knocking):
        knocking.curve_publickey, knocking.curve_secretkey = zmq.curve_keypair()
        knocking.curve_serverkey = server_key.encode()
    return prepare


def stolen_public_key(server_key, listed):
    """The public key of a listed client, without its secret key."""
    def prepare(knocking):
        knocking.curve_publickey, knocking.curve_secretkey = listed.encode(), zmq.curve_keypair()[1]
        knocking.curve_serverkey = server_key.encode()
    return prepare


def wrong_server_key(pair):
    """A listed pair, offered to another server than this one."""
    def prepare(knocking):
        knocking.curve_publickey, knocking.curve_secretkey = (key.encode() for key in pair)
        knocking.curve_serverkey = zmq.curve_keypair()[0]
    return prepare


def listed_key(server_key, pair):
    """No stranger at all: the control."""
    def prepare(knocking):
        knocking.curve_publickey, knocking.curve_secretkey = (key.encode() for key in pair)
        knocking.curve_serverkey = server_key.encode()
    return prepare


def null(_):
    pass


def plain(knocking):
    knocking.plain_username, knocking.plain_password = b"gateway", b"gateway"


def knock(endpoint, prepare, tries):
    """That many ZeroMQ clients say hello, BATCH at a time."""
    total = Outcome(0, 0, 0)
    while total.tries < tries:
        one = knock_together(endpoint, prepare, min(BATCH, tries - total.tries))
        total = Outcome(*map(sum, zip(total, one)))
    return total


def knock_together(endpoint, prepare, count):
    context = zmq.Context()
    strangers, watched = [], zmq.Poller()
    for _ in range(count):
        knocking = context.socket(zmq.DEALER)
        knocking.linger = 0
        knocking.reconnect_ivl = -1
        prepare(knocking)
        watched.register(knocking.get_monitor_socket(ENDED | zmq.EVENT_HANDSHAKE_SUCCEEDED), zmq.POLLIN)
        knocking.connect(endpoint)
        with contextlib.suppress(zmq.Again):  # turned away already
            knocking.send(HELLO, zmq.NOBLOCK)  # waits in the socket until somebody lets it in
        strangers.append(knocking)
    undecided, entered = {monitor for monitor, _ in watched.sockets}, 0
    deadline = time.monotonic() + 60
    while undecided:
        ready = watched.poll(1000)
        for monitor, _ in ready:
            happened = recv_monitor_message(monitor)["event"]
            if happened == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                entered += 1
            undecided.discard(monitor)
        if time.monotonic() > deadline:
            raise AssertionError(f"{len(undecided)} of {count} strangers were neither let in nor turned away")
    patience = 5000 if entered else 0
    answered = sum(1 for knocking in strangers if knocking.poll(patience))
    context.destroy(linger=0)
    return Outcome(count, entered, answered)


# By hand: what libzmq's own client would not send.

def greeting(mechanism):
    """ZMTP 3.1: signature, version, mechanism, as-server, filler."""
    return b"\xff" + bytes(8) + b"\x7f" + b"\x03\x01" + mechanism.ljust(20, b"\0") + b"\0" + bytes(31)


def ready_command():
    properties = b"\x0bSocket-Type" + struct.pack(">I", 6) + b"DEALER" + b"\x08Identity" + struct.pack(">I", 0)
    body = b"\x05READY" + properties
    return bytes([4, len(body)]) + body


def message(frame):
    return bytes([0, len(frame)]) + frame


def message_of_zmtp_1(frame):
    return bytes([len(frame) + 1, 0]) + frame


BY_HAND = {
    "NULL by hand": greeting(b"NULL") + ready_command() + message(HELLO),
    "PLAIN by hand": greeting(b"PLAIN") + b"\x04\x16\x05HELLO\x07gateway\x07gateway" + ready_command() + message(HELLO),
    "CURVE without its handshake": greeting(b"CURVE") + ready_command() + message(HELLO),
    "ZMTP 2.0": b"\xff" + bytes(8) + b"\x7f" + b"\x01\x05" + b"\0\0" + message(HELLO),
    "ZMTP 1.0": b"\x01\0" + message_of_zmtp_1(HELLO),
}


def open_stream(endpoint):
    """A plain connection to that endpoint."""
    if endpoint.startswith("ipc://"):
        stream = socket.socket(socket.AF_UNIX)
        stream.connect(endpoint[len("ipc://"):])  # waits while the queue of connections is full
        stream.settimeout(30)
        return stream
    where = urllib.parse.urlsplit(endpoint)
    return socket.create_connection((where.hostname, where.port), timeout=30)


def knock_by_hand(endpoint, octets, tries):
    entered = answered = 0
    for _ in range(tries):
        with open_stream(endpoint) as stream:
            heard = converse(stream, octets)
        entered += b"READY" in heard
        answered += b"SP1" in heard or b"ok" in heard
    return Outcome(tries, entered, answered)


def converse(stream, octets):
    """Everything that the other side says until it hangs up."""
    heard = b""
    try:
        stream.sendall(octets)
        while more := stream.recv(4096):
            heard += more
    except (ConnectionResetError, BrokenPipeError):
        pass  # it hung up while we spoke
    return heard
