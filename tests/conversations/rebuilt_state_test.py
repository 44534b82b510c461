"""State is what follows from the log: delete it, and it comes back equal."""

import json
import shutil
import sys
import unittest

from pipeline import GMAIL, OFFICE_365, Pipeline, Reader, sample_mail, until


class RebuiltStateTest(unittest.TestCase):
    def test_the_digest_is_the_same_after_the_state_is_deleted(self):
        with Pipeline() as pipeline:
            subject = "To be remembered"
            mail = sample_mail(subject, [OFFICE_365, GMAIL])
            self.assertEqual(pipeline.submit(mail, [OFFICE_365, GMAIL])[0], 250)
            reader = Reader(pipeline, GMAIL, pipeline.link(GMAIL, subject)).sign_in()
            self.assertEqual(reader.read().status, 200)
            pipeline.wait(f"delivered to {OFFICE_365}")
            self.assertEqual(pipeline.revoke(mail["Message-ID"]).status, 200)
            before = until(lambda: self.quiet_digest(pipeline), "all processes at one digest")

            old = pipeline.pids()
            for name in ("gateway", "portal", "revocation"):
                pipeline.kill(name)
                # Whatever these processes may keep on disk; the bus and the keys are not theirs.
                shutil.rmtree(pipeline.state / name, ignore_errors=True)
            until(lambda: all(pipeline.pids()[n] != old[n] for n in ("gateway", "portal", "revocation")), "restarts")
            after = until(lambda: self.quiet_digest(pipeline), "all processes at one digest again")
            self.assertEqual(after, before)
            self.assertEqual(reader.read().status, 410)

    @staticmethod
    def quiet_digest(pipeline):
        """What `sealpost digest` says when all agree, else None."""
        done = pipeline.command("digest", "--json", check=False)
        return json.loads(done.stdout)["digest"] if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(unittest.main())
