"""Damage the files of a format, read them again and again, and add up what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.damage import KINDS, Damaged, Found, Record, Score, damaged, score
from tests.damage_files import Small
from tests.damage_subjects import Subject

BATCH = 100
"""How many files a peer reads at a time."""


@dataclass(slots=True)
class Tally:
    """
    What was found after one kind of damage.

    Args:
        files: how many were damaged.
        unrecognised: how many of these we did not take for what they are.
        ours, peer: scores, added up.
        behind: seeds after which the peer found more than we: by how many records.
        lost: seeds after which we lost whole records: how many.
        strange: seeds after which we invented rows: how many.
    """

    files: int = 0
    unrecognised: int = 0
    ours: Score = field(default_factory=Score)
    peer: Score | None = None
    behind: dict[int, int] = field(default_factory=dict[int, int])
    lost: dict[int, int] = field(default_factory=dict[int, int])
    strange: dict[int, int] = field(default_factory=dict[int, int])

    def figures(self) -> dict[str, object]:
        """Give the line of the table."""
        theirs = self.peer and {"recovered": self.peer.recovered, "invented": self.peer.invented}
        return {
            "files": self.files, "whole": self.ours.whole, "recovered": self.ours.recovered,
            "invented": self.ours.invented, "unrecognised": self.unrecognised, "peer": theirs,
            "lost": _worst(self.lost), "strange": _worst(self.strange), "behind": _worst(self.behind),
        }  # fmt: skip


def _worst(seeds: dict[int, int]) -> dict[str, int]:
    """Give the few seeds with the most, to look at."""
    return {str(seed): n for seed, n in sorted(seeds.items(), key=lambda item: -item[1])[:8]}


@dataclass(frozen=True, slots=True)
class _Original:
    small: Small
    records: list[Record]
    ours: Found
    peer: Found | None


def run(subject: Subject, seeds: Sequence[int], scratch: Path) -> dict[str, Tally]:
    """Damage once for each seed; kinds of damage take turns, and after each round of them the files do."""
    originals = _originals(subject, scratch)
    tallies = {kind: Tally() for kind in KINDS}
    for begin in range(0, len(seeds), BATCH):
        batch = [(seed, originals[seed // len(KINDS) % len(originals)]) for seed in seeds[begin : begin + BATCH]]
        after = [damaged(original.small.content, seed) for seed, original in batch]
        theirs = subject.peer([d.content for d in after], scratch) if subject.peer else [None] * len(batch)
        for (seed, original), damage, peer in zip(batch, after, theirs, strict=True):
            _count(tallies[damage.kind], subject, (seed, original, damage, peer))
    return tallies


def _originals(subject: Subject, scratch: Path) -> list[_Original]:
    smalls = subject.originals()
    theirs = subject.peer([s.content for s in smalls], scratch) if subject.peer else [None] * len(smalls)
    found = [_Original(s, subject.records(s), subject.read(s)[0], peer) for s, peer in zip(smalls, theirs, strict=True)]
    for original in found:
        keys = Counter(r.key for r in original.records if r.key is not None)
        assert keys and keys <= original.ours.keys, "of an undamaged file we find all"
        assert original.peer is None or keys <= original.peer.keys, "of an undamaged file the other finds all"
    return found


def _count(tally: Tally, subject: Subject, case: tuple[int, _Original, Damaged, Found | None]) -> None:
    seed, original, damage, peer = case
    found, recognised = subject.read(replace(original.small, content=damage.content))
    ours = score(original.records, damage, found, original.ours, subject.spare)
    tally.files += 1
    tally.unrecognised += not recognised
    tally.ours += ours
    if ours.recovered < ours.whole:
        tally.lost[seed] = ours.whole - ours.recovered
    if ours.invented:
        tally.strange[seed] = ours.invented
    if peer is None or original.peer is None:
        return
    theirs = score(original.records, damage, peer, original.peer, subject.spare)
    tally.peer = (tally.peer or Score()) + theirs
    if theirs.recovered > ours.recovered:
        tally.behind[seed] = theirs.recovered - ours.recovered
