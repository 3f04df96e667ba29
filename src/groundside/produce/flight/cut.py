"""Flights out of a recording: from each take-off to the landing after it, with the ground time around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from groundside.model.flight import Cut
from groundside.model.place import LonLat
from groundside.model.recording import Recording
from groundside.model.track import Track
from groundside.produce.flight.air import Air, Span, air_of, duration_s
from groundside.produce.flight.ends import late_s
from groundside.produce.flight.signals import Signals, signals_of
from groundside.produce.flight.telling import STATED, SUMMED
from groundside.produce.flight.totals import distance_m, max_height_m, max_range_m, max_speed_mps

_STOOD_M = 10.0
_STOOD_HEIGHT_M = 1.0


def cut(recording: Recording, track: Track | None) -> tuple[Cut, ...]:
    """
    Cut a recording into flights.

    Args:
        recording: what the file says of itself as a whole.
        track: its track; None where it has none, or a locked one.

    Returns:
        One `Cut` a flight in order of time, and at least one: where nothing flew the whole recording as a
        bench run, and where there is no track what the recording says of itself. Together the rows of the
        cuts are the rows of the track. Of several flights each has the start and length of its own rows.
    """
    if track is None or track.table.num_rows == 0:
        return (_from_header(recording),)
    signals = signals_of(track)
    air = air_of(signals, recording.aircraft.kind)
    whole = _Whole(recording, track, signals, air)
    if not air.spans:
        return (_without_flight(whole),)
    return tuple(_flight(whole, ordinal, bounds) for ordinal, bounds in enumerate(_bounds(air.spans, signals)))


@dataclass(frozen=True, slots=True)
class _Whole:
    """A recording with all that was made of it."""

    recording: Recording
    track: Track
    signals: Signals
    air: Air

    @property
    def alone(self) -> bool:
        return len(self.air.spans) <= 1


def _bounds(spans: tuple[Span, ...], s: Signals) -> list[tuple[int, int]]:
    """Share the rows out: each flight has the ground time around it, up to the middle between two."""
    inner: list[int] = []
    for before, after in pairwise(spans):
        middle_s = (s.t_s[before.end] + s.t_s[after.first]) / 2.0
        row = int(np.searchsorted(s.t_s, middle_s, side="right"))
        inner.append(min(max(row, before.end), after.first))
    return list(zip([0, *inner], [*inner, s.rows], strict=True))


def _base(recording: Recording) -> Cut:
    """Say of a flight what the recording says of itself."""
    return Cut(
        ordinal=0,
        first_row=0,
        end_row=0,
        time_basis=recording.time_basis,
        time_error_s=recording.time_error_s if recording.time_basis.is_utc else None,
        recording_start_us=recording.start_us if recording.time_basis.is_utc else None,
        recording_s=recording.duration_s,
        local_start=recording.local_start,
        distance_m=recording.distance_m,
        distance_basis=STATED if recording.distance_m is not None else "",
        max_height_m=recording.max_height_m,
        max_speed_mps=recording.max_speed_mps,
        home=_home(recording),
        aircraft=recording.aircraft,
        batteries=recording.batteries,
        track_locked=recording.track_locked,
        track_rows=(recording.rows_expected or 0) if recording.track_locked else 0,
        inferences=recording.inferences,
    )


def _home(recording: Recording) -> LonLat | None:
    return recording.home if recording.home is not None and recording.home.is_position else None


def _from_header(recording: Recording) -> Cut:
    stated = {name: getattr(recording, name) for name in ("takeoff_us", "landing_us", "airborne_s")}
    found = replace(_base(recording), **stated)
    height, distance = recording.max_height_m, recording.distance_m
    if height is None or distance is None or height >= _STOOD_HEIGHT_M or distance >= _STOOD_M:
        return found
    note = f"the recorder counted {distance:.1f} m of path and {height:.1f} m of height: held to be a bench run"
    return replace(found, bench=True, airborne_s=0.0, inferences=(*found.inferences, note))


def _with_track(whole: _Whole, ordinal: int, first_row: int, end_row: int) -> Cut:
    """Fill in what needs the track but no flight: rows, start and length."""
    recording, track = whole.recording, whole.track
    stated = recording.time_basis.is_utc or not track.time_basis.is_utc
    basis, error_s = (
        (recording.time_basis, recording.time_error_s) if stated else (track.time_basis, track.time_error_s)
    )
    found = replace(
        _base(recording),
        ordinal=ordinal,
        first_row=first_row,
        end_row=end_row,
        track_rows=end_row - first_row,
        time_basis=basis,
        time_error_s=error_s if basis.is_utc else None,
        inferences=(*recording.inferences, *whole.air.notes),
    )
    start_us, length_s = _extent(whole, first_row, end_row)
    if not whole.alone:
        count = len(whole.air.spans)
        note = f"flight {ordinal + 1} of {count} in this recording: start, length and totals are of its rows"
        return replace(
            found,
            recording_start_us=start_us,
            recording_s=length_s,
            local_start=_later(recording.local_start, float(whole.signals.t_s[first_row])),
            inferences=(*found.inferences, note),
        )
    return replace(
        found,
        recording_start_us=start_us if found.recording_start_us is None else found.recording_start_us,
        recording_s=length_s if found.recording_s is None else found.recording_s,
    )


def _later(wall: str, seconds: float) -> str:
    """Move a wall clock on; what is no ISO 8601 time becomes empty."""
    try:
        return (datetime.fromisoformat(wall) + timedelta(seconds=seconds)).isoformat()
    except (ValueError, OverflowError):
        return ""


def _extent(whole: _Whole, first_row: int, end_row: int) -> tuple[int | None, float]:
    s = whole.signals
    start_us = int(s.time_us[first_row]) if whole.track.time_basis.is_utc else None
    return start_us, float(s.t_s[end_row - 1] - s.t_s[first_row])


def _without_flight(whole: _Whole) -> Cut:
    """Sum up a recording in which nothing flew, or of which that cannot be told."""
    s = whole.signals
    found = _with_track(whole, 0, 0, s.rows)
    if whole.air.known:
        note = "never left the ground: listed as a bench run"
        home = found.home or _position_near(s, 0)
        return replace(found, bench=True, airborne_s=0.0, home=home, inferences=(*found.inferences, note))
    return _with_totals(whole, found, Span(0, s.rows, takeoff=False, landing=False))


def _flight(whole: _Whole, ordinal: int, bounds: tuple[int, int]) -> Cut:
    s, span = whole.signals, whole.air.spans[ordinal]
    found = _with_track(whole, ordinal, *bounds)
    utc = whole.track.time_basis.is_utc
    end = min(span.end, s.rows - 1)
    found = replace(
        found,
        takeoff_us=int(s.time_us[span.first]) if utc and span.takeoff else None,
        landing_us=int(s.time_us[end]) + round(late_s(s, span.end) * 1e6) if utc and span.landing else None,
        airborne_s=duration_s(span, s),
        inferences=(*found.inferences, *span.notes, *_missing_ends(span)),
    )
    return _with_totals(whole, found, span)


def _missing_ends(span: Span) -> list[str]:
    notes = []
    if not span.takeoff:
        notes.append("the recording begins in the air: the take-off is not in it")
    if not span.landing:
        notes.append("the recording ends in the air: the landing is not in it")
    return notes


def _with_totals(whole: _Whole, found: Cut, span: Span) -> Cut:
    s, alone = whole.signals, whole.alone
    home, home_note = _home_of(whole, span)
    length, basis, length_note = found.distance_m, found.distance_basis, ""
    if not alone or length is None:
        length, length_note = distance_m(s, span)
        basis = SUMMED if length is not None else ""
    height, height_note = _height(whole, found.ordinal, span)
    speed = max_speed_mps(s, span)
    notes = [note for note in (home_note, length_note, height_note) if note]
    return replace(
        found,
        home=home,
        distance_m=length,
        distance_basis=basis,
        max_height_m=found.max_height_m if height is None and alone else height,
        max_speed_mps=found.max_speed_mps if speed is None and alone else speed,
        max_range_m=max_range_m(s, span, home),
        inferences=(*found.inferences, *notes),
    )


def _home_of(whole: _Whole, span: Span) -> tuple[LonLat | None, str]:
    """Find home: the recorder's, but of several flights each has its own take-off."""
    stated = _home(whole.recording)
    if whole.alone and stated is not None:
        return stated, ""
    found = _position_near(whole.signals, span.first) if span.takeoff else None
    return (found, "home is the position at take-off") if found is not None else (stated, "")


def _position_near(s: Signals, row: int) -> LonLat | None:
    """Give the last position known at a row, else the first one after it."""
    known = np.flatnonzero(np.isfinite(s.lon))
    if not known.size:
        return None
    at = known[max(int(np.searchsorted(known, row, side="right")) - 1, 0)]
    return LonLat(float(s.lon[at]), float(s.lat[at]))


def _height(whole: _Whole, ordinal: int, span: Span) -> tuple[float | None, str]:
    s = whole.signals
    if s.above_takeoff and ordinal == 0:
        return max_height_m(s, span, 0.0), ""
    level = _level_at_takeoff(s, span)
    if level is None:
        return None, ""
    what = "height" if s.above_takeoff else "altitude"
    return max_height_m(s, span, level), f"the greatest height is above the {what} at this flight's take-off"


def _level_at_takeoff(s: Signals, span: Span) -> float | None:
    if not span.takeoff:
        return None
    before = s.height_m[: max(span.first, 1)]
    known = np.flatnonzero(np.isfinite(before))
    return float(before[known[-1]]) if known.size else None
