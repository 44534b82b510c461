"""Any one process killed with SIGKILL at random moments of the story loses nothing accepted, discloses nothing after
in force, and the story completes.

--seed N (or SEALPOST_SEED) repeats a run, --rounds N (SEALPOST_ROUNDS) says how long it is, --plan 'portal read@0.5
slow' plays that one round only. SEALPOST_CAMPAIGN=1 makes it 200 rounds."""

import argparse
import collections
import os
import random
import sys
import tempfile
import unittest

from kill_plan import BLOCK, PHASES, PROCESSES, Plan, plans
from kill_round import Disclosed, Lost, Round
from killer import deaths
from pipeline import Pipeline, until, with_control
from witnesses import LEFT_IN_KERNEL, Note, disclosures_after

# Always played first. The kernel of a dead portal goes on giving what it had; a bus that is away when the passcode is
# asked for makes the portal answer 503 to the form.
REMEMBERED = ("portal revoke@0 stalled", "bus passcode@0.367 refused@0.684 slow")

OPTIONS = argparse.ArgumentParser(add_help=False)
OPTIONS.add_argument("--seed", type=int, default=int(os.environ.get("SEALPOST_SEED", random.randrange(10**6))))
OPTIONS.add_argument("--rounds", type=int, default=int(os.environ.get(
    "SEALPOST_ROUNDS", "200" if os.environ.get("SEALPOST_CAMPAIGN") == "1" else BLOCK)))
OPTIONS.add_argument("--plan", type=Plan.parse)
WANTED, REST = OPTIONS.parse_known_args()


def say(text):
    print(text, file=sys.stderr, flush=True)


def unfinished_revokes(events):
    """Seqs of revokes that no `revocation.enforced` answers."""
    facts = [(event["seq"], event["event"]) for event in events]
    enforced = {fact["data"]["revoke_seq"] for _, fact in facts if fact["type"] == "sealpost.revocation.enforced"}
    return [seq for seq, fact in facts if fact["type"] == "sealpost.message.revoked" and seq not in enforced]


class KillRoundsTest(unittest.TestCase):
    def test_rounds(self):
        chosen = [WANTED.plan] if WANTED.plan else [*map(Plan.parse, REMEMBERED), *plans(WANTED.seed, WANTED.rounds)]
        say(f"\nseed {WANTED.seed}: {len(chosen)} rounds")
        with Pipeline() as pipeline:
            usual = self.usual_lengths(pipeline)
            kills = []
            for number, plan in enumerate(chosen, 1):
                with self.subTest(round=number, seed=WANTED.seed, plan=str(plan)):
                    self.play(pipeline, f"reader{number}", plan, usual, kills)
            self.judge_kills(pipeline, chosen, kills)
            self.judge_log(pipeline)

    def usual_lengths(self, pipeline):
        undisturbed = Round(pipeline, "undisturbed")
        undisturbed.play()
        usual = undisturbed.killer.lengths
        say("usual lengths: " + ", ".join(f"{name} {length:.3f} s" for name, length in usual.items()))
        return usual

    def play(self, pipeline, name, plan, usual, kills):
        now = Round(pipeline, name, plan, usual)
        try:
            now.play()
        finally:
            kills += [(plan.victim, kill) for kill in now.killer.kills]
            self.shorten(usual, plan, now.killer.lengths)
        self.assertEqual([kill.phase for kill in now.killer.kills], list(plan.moments))
        say(f"{name}: {now.report()}")

    def shorten(self, usual, plan, lengths):
        """The load comes and goes: the shortest undisturbed phase so far is what moments are fractions of."""
        for phase, length in lengths.items():
            if phase not in plan.moments:
                usual[phase] = min(usual[phase], length)

    def judge_kills(self, pipeline, chosen, kills):
        """All that was planned was done, `up` saw the same deaths and no other, each process died in each phase."""
        killed = collections.Counter(victim for victim, _ in kills)
        self.assertEqual(collections.Counter(name for name, _ in deaths(pipeline)), killed)
        self.assertEqual({how for _, how in deaths(pipeline)}, {"killed by signal 9 (Killed)"})
        self.assertEqual(len(kills), sum(len(plan.moments) for plan in chosen))
        inside = sum(kill.inside for _, kill in kills)
        say(f"{len(kills)} kills, {inside} inside their phase and {len(kills) - inside} at its end; {dict(killed)}")
        if len(chosen) >= BLOCK:
            self.assertEqual({(victim, kill.phase) for victim, kill in kills},
                             {(victim, phase) for victim in PROCESSES for phase in PHASES})
            self.assertGreater(inside, len(kills) // 2)

    def judge_log(self, pipeline):
        """Everybody has come to the same state, and every revoke, also one whose answer was cut off, is in force."""
        until(lambda: pipeline.command("digest", check=False).returncode == 0, "one digest everywhere")
        until(lambda: not unfinished_revokes(pipeline.events()), "every revoke in force")


class ControlTest(unittest.TestCase):
    """What breaks a promise is caught by the very same round."""

    def broken(self, program, control):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        return self.enterContext(Pipeline(binaries=with_control(folder, program, control)))

    def test_a_portal_that_does_not_keep_to_its_grants_is_caught(self):
        pipeline = self.broken("sealpost-portal", "control-portal-ungranted")
        with self.assertRaisesRegex(Disclosed, "octets of /attachments/1 arrived after in force"):
            Round(pipeline, "ungranted", Plan.parse("mailboxes read@0.5 slow"), dict.fromkeys(PHASES, 0.1)).play()

    def test_a_gateway_that_answers_before_it_is_on_disk_is_caught(self):
        pipeline = self.broken("sealpost-gateway", "control-gateway-hasty")
        now = Round(pipeline, "hasty", Plan.parse("gateway accept@1 slow"), dict.fromkeys(PHASES, 60), patience=15)
        with self.assertRaisesRegex(Lost, "the wrapper"):
            now.play()
        self.assertNotIn(now.identifier, pipeline.command("events"))

    def test_a_revoke_that_is_never_finished_is_caught(self):
        with Pipeline("--no-restart", patience=15) as pipeline:
            now = Round(pipeline, "unfinished", Plan.parse("revocation revoke@0 slow"), {"revoke": 0}, patience=15)
            with self.assertRaisesRegex(Lost, "in force"):
                now.play()

    def test_a_revoke_without_its_end_in_the_log_is_caught(self):
        revoke = {"seq": 7, "event": {"type": "sealpost.message.revoked"}}
        end = {"seq": 8, "event": {"type": "sealpost.revocation.enforced", "data": {"revoke_seq": 7}}}
        self.assertEqual(unfinished_revokes([revoke]), [7])
        self.assertEqual(unfinished_revokes([revoke, end]), [])

    def test_what_may_arrive_after_in_force(self):
        def note(began, *arrivals, status=200):
            return Note("/x", True, began, status, list(arrivals))
        allowed = [note(1, (2, 10**9)), note(1, (2, 10**9), (6, LEFT_IN_KERNEL)), note(1, (20, 10**9)),
                   note(6, (7, 5000), status=410), note(6, (11, 5000)), note(6, (7, 0), status=0)]
        forbidden = [note(1, (6, LEFT_IN_KERNEL + 1)), note(6, (7, 1)), note(5, (5, 1))]
        self.assertEqual(disclosures_after(allowed, in_force_at=5, restored_at=10), [])
        for each in forbidden:
            self.assertEqual(len(disclosures_after([each], in_force_at=5, restored_at=10)), 1)


if __name__ == "__main__":
    sys.exit(unittest.main(argv=[sys.argv[0], *REST]))
