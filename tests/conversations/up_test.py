"""`sealpost up`: ready when it says so, restarts what dies on the same ports, leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from pipeline import BIN, Pipeline, alive, until


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
