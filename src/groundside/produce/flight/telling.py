"""What one file tells of a flight, and how two tellings compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pyarrow as pa

from groundside.model.flight import Cut
from groundside.model.recording import TimeBasis
from groundside.model.track import Track

STATED = "stated by the recorder"
SUMMED = "summed along the track"
TRUST = tuple(TimeBasis)
"""Kinds of clock, the most trusted first."""
FULL = 0.9
"""A telling as long as this share of the longest is of the whole flight; a shorter one is a clip of it."""


@dataclass(frozen=True, slots=True)
class Telling:
    """
    What one file tells of a flight.

    Args:
        cut: its summary.
        track: the track of its recording, or of the flight alone; None where it has none.
        format: name of the format, for the reasons given.
    """

    cut: Cut
    track: Track | None
    format: str


class Verdict(StrEnum):
    """What to do with two tellings."""

    SAME = "same"
    """They tell of one flight: merge them."""
    OFFER = "offer"
    """They may; a person should say."""
    DIFFERENT = "different"
    """They tell of two flights, or nothing says that it is one."""


@dataclass(frozen=True, slots=True)
class Match:
    """
    How two tellings compare.

    Args:
        verdict: what to do with them.
        why: the evidence, in one sentence.
        clock_offset_s: to be added to one of the clocks to meet the other, as `compare` says; None
            where both are taken as they are.
        clock_error_s: how far that may be off; None where there is no offset, and where it is only offered.
    """

    verdict: Verdict
    why: str
    clock_offset_s: float | None = None
    clock_error_s: float | None = None


def whole(tellings: Sequence[Telling]) -> list[bool]:
    """Say of each telling of one flight whether it is of the whole flight."""
    lengths = [telling.cut.recording_s or 0.0 for telling in tellings]
    enough = FULL * max(lengths)
    return [length >= enough for length in lengths]


def on_fitted_clock(telling: Telling, offset_s: float, error_s: float) -> Telling:
    """
    Put a telling without UTC, or whose UTC is a device's own, on the UTC that its track fits at.

    Args:
        telling: one whose clock is not UTC, with a track.
        offset_s: to be added to the clock of its track, as `Match.clock_offset_s` says.
        error_s: how far that may be off, with the error of the clock it was fitted to.

    Returns:
        The same on the basis `UTC_FITTED`; as it was where it has no track, or UTC from satellites already.
    """
    cut, track = telling.cut, telling.track
    if track is None or cut.time_basis in {TimeBasis.UTC_GNSS, TimeBasis.UTC_FITTED}:
        return telling
    time_us = track.time_us + np.int64(round(offset_s * 1e6))
    column = track.table.schema.get_field_index("time_us")
    table = track.table.set_column(column, track.table.schema.field(column), pa.array(time_us))
    note = f"UTC was found by fitting the track to another source of the same flight, within {error_s:.1f} s"
    start = cut.first_row if cut.first_row < time_us.size and cut.end_row <= time_us.size else 0
    moved = replace(
        cut,
        time_basis=TimeBasis.UTC_FITTED,
        time_error_s=error_s,
        recording_start_us=int(time_us[start]) if time_us.size else None,
        takeoff_us=_later(cut.takeoff_us, offset_s),
        landing_us=_later(cut.landing_us, offset_s),
        inferences=(*cut.inferences, note),
    )
    return replace(telling, cut=moved, track=Track(table, TimeBasis.UTC_FITTED, error_s))


def _later(us: int | None, seconds: float) -> int | None:
    return None if us is None else us + round(seconds * 1e6)


def different(why: str) -> Match:
    """Say that two tellings are of two flights."""
    return Match(Verdict.DIFFERENT, why)


def offer(why: str) -> Match:
    """Say that a person should decide."""
    return Match(Verdict.OFFER, why)


def same(why: str) -> Match:
    """Say that two tellings are of one flight."""
    return Match(Verdict.SAME, why)
