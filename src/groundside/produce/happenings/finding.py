"""All that happened in a flight."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundside.model.happening import Happening, Limits, Series
from groundside.model.log import Log
from groundside.model.recording import TimeBasis
from groundside.model.table import Column
from groundside.model.track import Track, track_of
from groundside.produce.happenings.following import followed
from groundside.produce.happenings.leaning import leaning
from groundside.produce.happenings.levels import levels
from groundside.produce.happenings.merging import merged
from groundside.produce.happenings.said import said
from groundside.produce.happenings.seen import seen
from groundside.produce.happenings.stated import stated
from groundside.produce.happenings.where import flown

NO_LIMITS = Limits()


def happenings(
    track: Track | None,
    log: Log | None = None,
    kind: str = "",
    series: Sequence[Series] = (),
    limits: Limits = NO_LIMITS,
) -> tuple[Happening, ...]:
    """
    Find what happened in a flight.

    Args:
        track: of the flight; None where its file has none, or a locked one.
        log: what its file says besides, on the same clock; None where it says nothing.
        kind: of aircraft, as in `Aircraft.kind`.
        series: what `measured` took out of the decoded tables, on the same clock.
        limits: to compare with.

    Returns:
        In order of time, those of unknown time first; one for each thing that happened, with all that tells of it.
    """
    flight = flown(track if track is not None else _nowhere(log), kind)
    found = [*seen(flight, limits), *levels(series, flight)]
    if log is not None:
        found += [*stated(log, flight), *said(log, flight), *leaning(log, flight)]
    found = merged(found, flight)
    return merged([*found, *followed(found, flight)], flight)


def _nowhere(log: Log | None) -> Track:
    """Give a track without rows, on the clock of a log."""
    basis = TimeBasis.NONE if log is None else log.time_basis
    return track_of({"time_us": Column(np.zeros(0, np.int64))}, basis)
