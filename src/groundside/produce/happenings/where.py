"""Where an aircraft was at a time, and whether it flew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.model.place import LonLat
from groundside.model.track import Track
from groundside.produce.flight.air import Air, air_of
from groundside.produce.flight.signals import Signals, signals_of

NEAR_US = 5_000_000
"""A position that is older or later than this is not the place."""
END_US = 3_000_000
"""What happens so soon after a landing is of that landing."""


@dataclass(frozen=True, slots=True)
class Flown:
    """
    A track with what was made of it.

    Args:
        track: as it is.
        signals: of it.
        air: its times in the air.
        kind: of aircraft.
    """

    track: Track
    signals: Signals
    air: Air
    kind: str

    def place(self, time_us: int | None) -> LonLat | None:
        """Give the nearest known position to a time; None where none is near."""
        s = self.signals
        known = np.flatnonzero(np.isfinite(s.lon))
        if time_us is None or not known.size:
            return None
        times = s.time_us[known]
        after = int(np.searchsorted(times, time_us))
        near = min((max(after - 1, 0), min(after, known.size - 1)), key=lambda i: abs(int(times[i]) - time_us))
        row = known[near]
        return LonLat(float(s.lon[row]), float(s.lat[row])) if abs(int(times[near]) - time_us) <= NEAR_US else None

    def flew(self, start_us: int | None, end_us: int | None = None) -> bool:
        """Whether it was in the air at a time, or at any of a span; True where that is not known."""
        if start_us is None or not self.air.known or not self.signals.rows:
            return True
        end_us = start_us if end_us is None else end_us
        return any(a <= end_us and start_us <= b + END_US for a, b in self.flights_us())

    def flew_at(self, times_us: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say of each time whether it was in the air; True where that is not known."""
        flew = np.full(times_us.size, not self.air.known)
        for a, b in self.flights_us():
            flew |= (times_us >= a) & (times_us <= b + END_US)
        return flew

    def flights_us(self) -> list[tuple[int, int]]:
        """List the times in the air on the clock of the track."""
        times = self.signals.time_us
        return [(int(times[x.first]), int(times[min(x.end, len(times) - 1)])) for x in self.air.spans]

    def in_air(self) -> NDArray[np.bool_]:
        """Say of each row whether it is in the air; all where that is not known."""
        rows = np.full(self.signals.rows, not self.air.known)
        for span in self.air.spans:
            rows[span.first : span.end] = True
        return rows


def flown(track: Track, kind: str = "") -> Flown:
    """Work out of a track what happenings are compared with."""
    signals = signals_of(track)
    return Flown(track, signals, air_of(signals, kind), kind)
