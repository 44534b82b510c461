"""Who is killed in which phase of the story, and when: drawn from a seed, written so that it can be given again."""

import random
from dataclasses import dataclass

PROCESSES = ("bus", "gateway", "portal", "revocation", "mailboxes")
PHASES = ("accept", "deliver", "passcode", "read", "revoke", "refused", "restore")
BLOCK = 20  # rounds in which each process is killed in each phase
EACH = BLOCK // len(PROCESSES)
KILLS = 2  # a round


@dataclass(frozen=True)
class Plan:
    """`moments`: {phase: fraction of its usual length}. `stalled`: the slow reader takes nothing while the revoke is
    under way, else it goes on slowly."""

    victim: str
    moments: dict
    stalled: bool

    def __str__(self):
        moments = " ".join(f"{phase}@{fraction:.3f}" for phase, fraction in self.moments.items())
        return f"{self.victim} {moments} {'stalled' if self.stalled else 'slow'}"

    @classmethod
    def parse(cls, text):
        """The reverse: 'portal read@0.5 revoke@0.1 stalled'."""
        victim, *moments, pace = text.split()
        pairs = [moment.split("@") for moment in moments]
        if victim not in PROCESSES or pace not in ("slow", "stalled") or any(p[0] not in PHASES for p in pairs):
            raise ValueError(f"no plan of a round: {text!r}")
        return cls(victim, {phase: float(fraction) for phase, fraction in pairs}, pace == "stalled")


def phases_for(chance):
    """Two phases for each of a process's rounds in a block, so that every phase comes up."""
    while True:
        dealt = chance.sample(PHASES, len(PHASES)) + chance.sample(PHASES, EACH * KILLS - len(PHASES))
        rounds = [set(dealt[at::EACH]) for at in range(EACH)]
        if all(len(phases) == KILLS for phases in rounds):
            return [[phase for phase in PHASES if phase in phases] for phases in rounds]


def turns(chance):
    """Who is killed in which round of a block: everybody in turn, and nobody twice running, for `up` waits the longer
    before a restart the more often one dies."""
    found = []
    while len(found) < BLOCK:
        order = chance.sample(PROCESSES, len(PROCESSES))
        if found[-1:] != order[:1]:
            found += order
    return found


def plans(seed, count):
    """`count` rounds; every whole block kills each process in each phase."""
    chance = random.Random(seed)
    found = []
    while len(found) < count:
        phases = {process: phases_for(chance) for process in PROCESSES}
        for victim in turns(chance):
            moments = {phase: round(chance.random(), 3) for phase in phases[victim].pop()}
            found.append(Plan(victim, moments, chance.random() < 0.5))
    return found[:count]
