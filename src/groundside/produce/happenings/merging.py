"""One happening of several that tell of the same thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from groundside.model.happening import Happening, Severity
from groundside.produce.happenings.kinds import ON_THE_GROUND, ONCE
from groundside.produce.happenings.where import Flown

SAME_US = 8_000_000
"""What is told of one kind within so short a time is one: an autopilot acts on it some seconds after it says so."""

_BY_WORDS = frozenset({"error", "emergency"})
"""Kinds of many different things, which are the same only in the same words."""


def merged(found: Iterable[Happening], flight: Flown) -> tuple[Happening, ...]:
    """
    Make one of what is told twice, in order of time; those of unknown time come first.

    The earliest tells what happened, all evidence is kept, the latest end and the graver severity count. What only
    matters in the air is a notice on the ground.
    """
    ordered = sorted(found, key=lambda h: (h.start_us is not None, h.start_us or 0, -h.severity, h.kind))
    kept: list[Happening] = []
    lasting: defaultdict[str, list[int]] = defaultdict(list)
    for one in ordered:
        # In order of time, what is over for one is over for all that follow.
        lasting[one.kind] = [i for i in lasting[one.kind] if not _over(kept[i], one)]
        at = next((i for i in lasting[one.kind] if _same(kept[i], one)), None)
        if at is not None:
            kept[at] = _both(kept[at], one)
        else:
            lasting[one.kind].append(len(kept))
            kept.append(one)
    return tuple(_on_the_ground(one, flight) for one in kept)


def _same(earlier: Happening, later: Happening) -> bool:
    if earlier.kind != later.kind or earlier.kind in ONCE:
        return False
    if earlier.kind in _BY_WORDS and earlier.sentence != later.sentence:
        return False
    if earlier.start_us is None or later.start_us is None:
        return earlier.start_us is later.start_us
    return earlier.end_us is None or later.start_us <= earlier.end_us + SAME_US


def _over(earlier: Happening, later: Happening) -> bool:
    if earlier.kind in ONCE:
        return True
    return None not in {earlier.start_us, earlier.end_us} and (later.start_us or 0) > (earlier.end_us or 0) + SAME_US


def _both(a: Happening, b: Happening) -> Happening:
    end_us = None if a.end_us is None or b.end_us is None else max(a.end_us, b.end_us)
    values = [h.value for h in (a, b) if h.value is not None]
    sources = tuple(dict.fromkeys((*a.sources, *b.sources)))
    return replace(
        a, severity=max(a.severity, b.severity), end_us=end_us, place=a.place or b.place, sources=sources,
        evidence=(*a.evidence, *b.evidence), value=max(values) if values else None,
    )  # fmt: skip


def _on_the_ground(one: Happening, flight: Flown) -> Happening:
    if one.kind not in ON_THE_GROUND or flight.flew(one.start_us, one.end_us):
        return one
    return replace(one, severity=min(one.severity, Severity.NOTICE))
