"""`sealpost up`: ready when it says so, restarts what dies on the same ports, leaves nothing behind."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from pipeline import BIN, Pipeline, alive, until


def processes(mark):
    """Process ids of those with `mark` in their arguments; zombies have none."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            pass  # it has just ended
    return found


# The start, from its first process to the last moment before the line.
MOMENTS = {
    "the first process": lambda folder: processes(folder),
    "the socket of the bus": lambda folder: list(Path(folder).glob("*/run/bus.sock")),
    "every process": lambda folder: len(processes(folder)) >= 5,
}
UP = f"'{BIN / 'sealpost'}' up --ephemeral --json"


class UpTest(unittest.TestCase):
    def test_the_line_names_everything_and_all_of_it_answers(self):
        with Pipeline() as pipeline:
            for key in ("smtp", "portal", "admin", "admin_token_file", "mailboxes", "bus", "state", "ca", "pids"):
                self.assertIn(key, pipeline.endpoints)
            self.assertLessEqual({"bus", "gateway", "portal", "revocation", "mailboxes"}, set(pipeline.endpoints["pids"]))
            self.assertEqual(pipeline.http("GET", pipeline.endpoints["portal"] + "/readyz").status, 200)
            self.assertEqual(pipeline.http("GET", pipeline.endpoints["admin"] + "/readyz").status, 200)
            self.assertEqual(pipeline.http("GET", pipeline.endpoints["mailboxes"] + "/").status, 200)

    def test_the_digest_stands_on_the_health_pages_alone(self):
        with Pipeline("--portals", "2") as pipeline:
            health = pipeline.endpoints["health"]
            self.assertEqual(set(health), {"bus", "gateway", "portal", "portal-2", "revocation", "mailboxes"})
            for name, base in health.items():
                self.assertEqual(pipeline.http("GET", base + "/readyz").status, 200, name)
            for name in ("gateway", "portal", "portal-2", "revocation"):
                self.assertTrue(health[name].startswith("http://127.0.0.1:"), health[name])
                said = pipeline.http("GET", health[name] + "/digest").json()
                self.assertRegex(said["digest"], "^[0-9a-f]{64}$")
                self.assertEqual(set(pipeline.http("GET", health[name] + "/readyz").json()), {"ready", "applied"})
            for public in (*pipeline.endpoints["portals"], pipeline.endpoints["admin"]):
                self.assertEqual(set(pipeline.http("GET", public + "/readyz").json()), {"ready", "applied"})
                self.assertEqual(pipeline.http("GET", public + "/digest").status, 404)

    def test_a_child_that_dies_comes_back_on_the_same_ports(self):
        with Pipeline() as pipeline:
            before = pipeline.pids()
            for name in before:
                pipeline.kill(name)
            until(lambda: all(pipeline.pids()[n] not in (None, before[n]) for n in before), "restarts")
            until(lambda: pipeline.http("GET", pipeline.endpoints["portal"] + "/readyz").status == 200, "the portal")

    def test_sigterm_stops_and_removes_everything(self):
        pipeline = Pipeline()
        pids = pipeline.pids().values()
        pipeline.stop()
        self.assertEqual(pipeline.process.returncode, 0)
        self.assertFalse(any(alive(pid) for pid in pids))
        self.assertFalse(pipeline.state.exists())

    def test_the_death_of_the_parent_stops_and_removes_everything(self):
        # A shell starts `up`, tells its line, and is killed.
        parent = subprocess.Popen(
            ["sh", "-c", f"'{BIN / 'sealpost'}' up --ephemeral --json & wait"], stdout=subprocess.PIPE, text=True)
        endpoints = json.loads(parent.stdout.readline())
        parent.kill()
        parent.wait()
        parent.stdout.close()
        until(lambda: not any(alive(pid) for pid in endpoints["pids"].values()), "everything to stop")
        until(lambda: not Path(endpoints["state"]).exists(), "the state directory to be removed")

    def assert_nothing_left(self, folder, moment):
        until(lambda: not processes(folder), f"everything to stop: {moment}")
        until(lambda: not os.listdir(folder), f"the state directory to be removed: {moment}")

    def test_sigterm_at_any_moment_of_the_start_stops_everything(self):
        for moment, reached in MOMENTS.items():
            with self.subTest(moment=moment), tempfile.TemporaryDirectory() as folder:
                starting = subprocess.Popen(
                    ["sh", "-c", f"exec {UP}"], env={**os.environ, "TMPDIR": folder},
                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                until(lambda: reached(folder) or starting.poll() is not None, moment)
                starting.terminate()
                _, said = starting.communicate(timeout=60)
                complaints = [line for line in said.splitlines() if "may stay on that disk" not in line]
                self.assertEqual((starting.returncode, complaints), (0, []))
                self.assertEqual(processes(folder), [])
                self.assert_nothing_left(folder, moment)

    def test_the_death_of_the_parent_at_any_moment_of_the_start_stops_everything(self):
        for moment, reached in MOMENTS.items():
            with self.subTest(moment=moment), tempfile.TemporaryDirectory() as folder:
                parent = subprocess.Popen(
                    ["sh", "-c", f"{UP} & wait"], env={**os.environ, "TMPDIR": folder}, stdout=subprocess.DEVNULL)
                until(lambda: reached(folder), moment)
                parent.kill()
                parent.wait()
                self.assert_nothing_left(folder, moment)

    def test_a_taken_port_is_named_with_the_remedy(self):
        with socket.create_server(("127.0.0.1", 0)) as taken, tempfile.TemporaryDirectory() as folder:
            port = taken.getsockname()[1]
            refused = subprocess.run(
                [str(BIN / "sealpost"), "up", "--state", folder, "--accept-unerasable", "--smtp-port", str(port)],
                capture_output=True, text=True)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(f"127.0.0.1:{port} for smtp: Address already in use", refused.stderr)
            self.assertIn("--smtp-port N (0: a free one) or use --ephemeral", refused.stderr)
            self.assertEqual(processes(folder), [])

    def test_a_child_that_keeps_dying_is_started_again_ever_later_and_said_so(self):
        with tempfile.TemporaryDirectory() as folder:
            for program in BIN.glob("sealpost*"):
                (shutil.copy if program.name == "sealpost" else os.symlink)(program, Path(folder, program.name))
            broken, portal = Path(folder, "broken"), Path(folder, "sealpost-portal")
            portal.unlink()
            portal.write_text(f"#!/bin/sh\n[ ! -e '{broken}' ] || exit 7\nexec '{BIN / 'sealpost-portal'}' \"$@\"\n")
            portal.chmod(0o755)
            with Pipeline(binaries=folder) as pipeline:
                broken.touch()
                pipeline.kill("portal")
                said = "portal died (exit code 7) 4 times in a row, it is started again in 300 ms; its log is "
                until(lambda: said + str(pipeline.state / "log/portal.log") in pipeline.said(), "4 deaths")
                self.assertIn("portal died (killed by signal 9 (Killed)), it is started again;", pipeline.said())
                broken.unlink()
                until(lambda: pipeline.http("GET", pipeline.endpoints["portal"] + "/readyz").status == 200, "the portal")

    def test_a_status_file_that_cannot_be_written_stops_nothing(self):
        with Pipeline() as pipeline:
            before = pipeline.pids()
            # What stands in the way of the new file is as good as a full disk.
            Path(pipeline.state, "run/endpoints.json.new/in the way").mkdir(parents=True)
            pipeline.kill("gateway")
            until(lambda: "endpoints.json" in pipeline.said(), "the complaint")
            until(lambda: pipeline.http("GET", pipeline.endpoints["health"]["gateway"] + "/readyz").status == 200,
                  "the gateway")
            self.assertEqual(pipeline.pids(), before, "the old file stands")
            shutil.rmtree(pipeline.state / "run/endpoints.json.new")
            pipeline.kill("portal")
            until(lambda: all(pipeline.pids()[name] != before[name] for name in ("gateway", "portal")), "the new file")

    def test_sigkill_of_up_leaves_no_process_running(self):
        pipeline = Pipeline()
        pids = list(pipeline.pids().values())
        os.kill(pipeline.process.pid, signal.SIGKILL)
        pipeline.process.wait()
        pipeline.process.stdout.close()
        pipeline.diagnostics.close()
        until(lambda: not any(alive(pid) for pid in pids), "the children to stop")
        subprocess.run(["rm", "-rf", str(pipeline.state)], check=True)

    def test_a_second_up_on_the_same_state_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            with Pipeline("--smtp-port", "0", "--portal-port", "0", "--admin-port", "0", "--mailboxes-port", "0",
                          state=folder):
                second = subprocess.run(
                    [str(BIN / "sealpost"), "up", "--json", "--accept-unerasable", "--state", folder],
                    capture_output=True, text=True)
                self.assertNotEqual(second.returncode, 0)
                self.assertIn("already", second.stderr)
            # The state is kept, and a later start finds it again.
            self.assertTrue(Path(folder, "bus/journal.db").exists())
            with Pipeline("--smtp-port", "0", "--portal-port", "0", "--admin-port", "0", "--mailboxes-port", "0",
                          state=folder) as again:
                self.assertGreaterEqual(len(again.events()), 1)


if __name__ == "__main__":
    sys.exit(unittest.main())
