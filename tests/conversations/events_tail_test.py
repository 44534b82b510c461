"""`sealpost events tail -f`: follows across a restart of the bus, in colours where it is asked to, until Ctrl-C."""

import os
import pty
import re
import signal
import subprocess
import sys
import threading
import unittest

from pipeline import BIN, GMAIL, Pipeline, network_id, sample_mail, until


class Tail:
    """A running `events tail`, and the lines it has said so far."""

    def __init__(self, pipeline, *options, terminal=False, environment=None):
        self.lines, self.terminal = [], None
        output = subprocess.PIPE
        if terminal:
            self.terminal, output = pty.openpty()
        self.process = subprocess.Popen(
            [str(BIN / "sealpost"), "--state", str(pipeline.state), "events", "tail", *options],
            stdout=output, env={**os.environ, **(environment or {})})
        if terminal:
            os.close(output)
        self.reading = threading.Thread(target=self.read)
        self.reading.start()

    def read(self):
        stream = os.fdopen(self.terminal, "rb") if self.terminal else self.process.stdout
        with stream:
            try:
                for line in stream:
                    self.lines.append(line.decode())
            except OSError:
                pass  # a terminal whose other side is gone

    def line(self, *parts):
        return until(lambda: next((l for l in self.lines if all(p in l for p in parts)), None), f"a line with {parts}")

    def end(self, signal_number=signal.SIGINT):
        self.process.send_signal(signal_number)
        code = self.process.wait(30)
        self.reading.join()
        return code


class EventsTailTest(unittest.TestCase):
    def test_it_follows_across_a_restart_of_the_bus_until_ctrl_c(self):
        with Pipeline() as pipeline:
            tail = Tail(pipeline, "-f", "-n", "100")
            first = network_id(pipeline.submit(sample_mail("First", [GMAIL]), [GMAIL])[1])
            tail.line("message.accepted", first, GMAIL, '"First", 1 link')
            tail.line("delivery.attempted", first, "delivered: 250")
            old = pipeline.pids()["bus"]
            pipeline.kill("bus")
            until(lambda: pipeline.pids()["bus"] != old, "another bus")
            answer = until(lambda: accepted(pipeline, "Second"), "a mail accepted again")
            tail.line("message.accepted", network_id(answer))
            self.assertEqual(tail.end(), 0)
            seqs = [int(line.split()[0]) for line in tail.lines]
            self.assertEqual(seqs, list(range(1, len(seqs) + 1)), "each event once, in order")
            self.assertNotIn("\033", "".join(tail.lines), "no colours into a pipe")

    def test_colours_are_for_terminals_and_for_who_asks(self):
        with Pipeline() as pipeline:
            pipeline.submit(sample_mail("First", [GMAIL]), [GMAIL])
            pipeline.wait(f"delivered to {GMAIL}")
            for options, terminal, environment, colours in (
                    ((), True, {"NO_COLOR": ""}, True), ((), True, {"NO_COLOR": "1"}, False),
                    (("--color", "never"), True, {"NO_COLOR": ""}, False),
                    (("--color", "always"), False, {"NO_COLOR": "1"}, True)):
                tail = Tail(pipeline, "-f", *options, terminal=terminal, environment=environment)
                line = tail.line("delivered")
                self.assertEqual("\033[32m" in line, colours, (options, terminal, environment, line))
                self.assertEqual(tail.end(signal.SIGTERM), 0)

    def test_it_ends_with_whoever_reads_it(self):
        """As in `| head -1`: no further event comes that would tell it."""
        with Pipeline() as pipeline:
            for command in (("events", "tail", "-f"), ("events", "--follow")):
                with subprocess.Popen([str(BIN / "sealpost"), "--state", str(pipeline.state), *command],
                                      stdout=subprocess.PIPE) as process:
                    self.assertTrue(process.stdout.readline())
                    process.stdout.close()
                    self.assertEqual(process.wait(30), 0, command)

    def test_a_bar_never_gets_into_what_is_printed(self):
        with Pipeline() as pipeline:
            done = pipeline.command("events", "export", check=False)
            self.assertEqual(done.stderr, "")
            ours, theirs = pty.openpty()
            export = subprocess.Popen(
                [str(BIN / "sealpost"), "--state", str(pipeline.state), "events", "export"],
                stdout=subprocess.PIPE, stderr=theirs)
            text = export.communicate(timeout=60)[0].decode()
            os.close(theirs)
            os.close(ours)
            self.assertEqual(text, done.stdout)
            self.assertEqual(re.findall("\033", text), [])


def accepted(pipeline, subject):
    """The reply to a mail, once the gateway takes mail again."""
    code, lines = pipeline.submit(sample_mail(subject, [GMAIL]), [GMAIL])
    return lines if code == 250 else None


if __name__ == "__main__":
    sys.exit(unittest.main())
