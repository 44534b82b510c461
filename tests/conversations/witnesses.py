"""Readers in threads of their own, who note on one host clock when octets arrive, and the judgement on their notes."""

import itertools
import socket
import ssl
import threading
import time
import urllib.parse
from dataclasses import dataclass, field

LEFT_IN_KERNEL = 64 * 1024  # handed over before the revoke was in force, and still on its way
RECEIVE_BUFFER = 4096       # what the reader's own kernel may hold counts against the portal: keep it small
RECORD = 16 * 1024          # the longest record of TLS; no plaintext waits unnoted in the library
PAUSE = 0.08                # between two records of the slow reader: about 200 KiB/s


@dataclass
class Note:
    """One request: what was asked for and when, what came and when."""

    path: str
    signed_in: bool
    began: float
    status: int = 0  # 0: no answer
    arrivals: list = field(default_factory=list)  # (moment, octets), the head included
    text: bytearray = field(default_factory=bytearray)  # as it came, as far as it was kept
    over: bool = False

    def arrived(self, since, until=float("inf")):
        return sum(octets for moment, octets in self.arrivals if since <= moment < until)

    def add(self, octets, keep):
        self.arrivals.append((time.monotonic(), len(octets)))
        if len(self.text) < keep:
            self.text += octets
        if not self.status and len(self.text) >= 12:
            self.status = int(self.text[9:12])


def disclosures_after(notes, in_force_at, restored_at):
    """What must not be, in words: octets of a 200 that arrived while the revoke was in force. What began after in
    force may bring none; what was under way at most what the kernel had."""
    found = []
    for note in notes:
        octets = note.arrived(in_force_at, restored_at)
        allowed = LEFT_IN_KERNEL if note.began < in_force_at else 0
        if note.status == 200 and octets > allowed:
            found.append(f"{octets} octets of {note.path} arrived after in force, at most {allowed} may; "
                         f"asked for {note.began - in_force_at:+.3f} s from in force")
    return found


class Witness(threading.Thread):
    """Asks for `paths` below the link in turn, until stopped."""

    keep = 256 * 1024  # octets of each answer

    def __init__(self, pipeline, link, paths, cookie=None):
        super().__init__(daemon=True)
        self.tls, self.link, self.paths, self.cookie = pipeline.tls, urllib.parse.urlsplit(link), paths, cookie
        self.notes, self.socket, self.stopping = [], None, threading.Event()

    def run(self):
        for path in itertools.cycle(self.paths):
            if self.stopping.is_set():
                return
            note = Note(path, self.cookie is not None, time.monotonic())
            self.notes.append(note)
            try:
                self.fetch(note)
            except (OSError, ssl.SSLError):
                self.stopping.wait(0.02)  # nobody there, or it died: both are judged by what had arrived
            note.over = True

    def fetch(self, note):
        with socket.socket() as plain:
            plain.settimeout(60)
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            self.socket = plain
            plain.connect((self.link.hostname, self.link.port))
            with self.tls.wrap_socket(plain, server_hostname=self.link.hostname) as peer:
                self.socket = peer
                cookie = f"Cookie: {self.cookie}\r\n" if note.signed_in else ""
                peer.sendall(f"GET {self.link.path}{note.path} HTTP/1.1\r\nHost: {self.link.netloc}\r\n{cookie}"
                             "Connection: close\r\n\r\n".encode())
                while not self.stopping.is_set():
                    octets = peer.recv(RECORD)
                    if not octets:
                        return
                    note.add(octets, self.keep)
                    self.pause()

    def pause(self):
        """Between two records."""

    def stop(self):
        self.stopping.set()
        if self.is_alive():
            try:
                self.socket.shutdown(socket.SHUT_RDWR)
            except (OSError, AttributeError):
                pass  # between two requests
        self.join(70)

    def answered_since(self, moment, path):
        return any(note.over and note.status and note.began >= moment and note.path == path
                   for note in self.notes[-50:])


class SlowReader(Witness):
    """Downloads a large attachment slowly, again and again. `stall` stops taking octets altogether, `hurry` takes
    without pause what is still to come."""

    keep = 12

    def __init__(self, pipeline, link, path, cookie):
        super().__init__(pipeline, link, [path], cookie)
        self.stalled, self.hurrying = threading.Event(), threading.Event()

    def pause(self):
        self.hurrying.wait(None if self.stalled.is_set() else PAUSE)

    def under_way(self):
        note = self.notes[-1] if self.notes else None
        return note and note.status == 200 and not note.over

    def stall(self):
        self.stalled.set()

    def hurry(self):
        self.hurrying.set()

    def stop(self):
        self.hurry()
        super().stop()
