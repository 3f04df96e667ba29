"""Flights side by side, as JSON values and as rows: what a flight does not have is null, and is never a zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from groundside.model.happening import Severity
from groundside.model.parameters import Parameter, is_same
from groundside.see.text import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groundside.archive.happened import Happened
    from groundside.model.flight import Flight
    from groundside.model.track import Track

Shape = dict[str, Any]
LEAST, MOST = 2, 4
"""How many flights are compared at once; as in `web/src/compare/ids.ts`."""
_BATTERIES = {1: "", 2: "_2"}


@dataclass(frozen=True, slots=True)
class Compared:
    """One flight with what its own page shows; `track` is None where it has none or is locked, `pilot` where unsaid."""

    flight: Flight
    happened: Happened
    track: Track | None
    pilot: str | None
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])


def comparison_shape(flights: Sequence[Compared]) -> Shape:
    """All flights in the order given, and the parameters in which those that state them differ."""
    differing, alike = differing_parameters([each.parameters for each in flights])
    return {
        "flights": [compared_shape(each) for each in flights],
        "parameters": {
            "stated_by": [len(each.parameters) for each in flights],
            "alike": alike,
            "differing": [
                {"name": name, "values": [None if one is None else _number(one.value) for one in values]}
                for name, values in differing
            ],
        },
    }


def compared_shape(of: Compared) -> Shape:
    """One flight: SI units, times in UTC, null where it is not recorded."""
    cut, place, told = of.flight.summary, of.flight.place, of.happened
    craft, wind = cut.aircraft, told.wind
    return {
        "id": of.flight.id,
        "simulated": of.flight.simulated,
        "place": place.name if place else None,
        "start": iso(cut.recording_start_us),
        "time_zone": (place.time_zone or None) if place else None,
        "local_start": cut.local_start or None,
        "aircraft": craft.name or craft.model or craft.serial or craft.kind or None,
        "pilot": of.pilot,
        "airborne_s": _number(cut.airborne_s),
        "distance_m": _number(cut.distance_m),
        "max_height_m": _number(cut.max_height_m),
        "max_speed_mps": _number(cut.max_speed_mps),
        "mean_speed_mps": mean_speed(of.flight),
        "batteries": batteries(of.track),
        "wind": None if wind is None else {
            "speed_mps": _number(wind.speed_mps), "error_mps": _number(wind.error_mps),
            "from_deg": _number(wind.from_deg), "basis": wind.basis,
        },
        "events": events(told),
        "phases": phases(told),
    }  # fmt: skip


def mean_speed(flight: Flight) -> float | None:
    """Metres per second: distance by time in the air; None where either is not recorded."""
    distance_m, airborne_s = flight.summary.distance_m, flight.summary.airborne_s
    return None if distance_m is None or not airborne_s else distance_m / airborne_s


def batteries(track: Track | None) -> list[Shape]:
    """
    Give what each battery stated first and last, in percent and volts, and what of its charge was used.

    `used_percent` is null where no charge is stated, and where the last is greater than the first.
    """
    found: list[Shape] = []
    if track is None:
        return found
    for number, suffix in _BATTERIES.items():
        charge, volts = (_ends(track, f"battery_{name}{suffix}") for name in ("percent", "voltage_v"))
        if charge is None and volts is None:
            continue
        used = None if charge is None or charge[1] > charge[0] else charge[0] - charge[1]
        found.append({"battery": number, "used_percent": used, "percent": charge, "volts": volts})
    return found


def events(told: Happened) -> dict[str, int] | None:
    """Count events by severity, the gravest first; None where neither track nor log tells of anything."""
    if not told.phases and not told.happenings:
        return None
    counts = {each: sum(h.severity is each for h in told.happenings) for each in sorted(Severity, reverse=True)}
    return {severity.name.lower(): count for severity, count in counts.items() if count}


def phases(told: Happened) -> dict[str, float] | None:
    """Sum up the seconds of each phase, the longest first; None where none is told."""
    sums: dict[str, float] = {}
    for span in told.phases:
        sums[span.phase.value] = sums.get(span.phase.value, 0) + span.seconds
    return dict(sorted(sums.items(), key=lambda item: -item[1])) or None


def differing_parameters(
    stated: Sequence[Mapping[str, Parameter]],
) -> tuple[list[tuple[str, tuple[Parameter | None, ...]]], int]:
    """
    Find the parameters that at least two flights state and whose value at the beginning differs among them.

    Returns:
        (name, one for each flight or None where it does not state it), by name; and how many are alike.
    """
    differing: list[tuple[str, tuple[Parameter | None, ...]]] = []
    alike = 0
    for name in sorted(set().union(*stated)):
        values = tuple(each.get(name) for each in stated)
        there = [each for each in values if each is not None]
        if len(there) < LEAST:
            continue
        if all(is_same(there[0].value, other.value) for other in there[1:]):
            alike += 1
        else:
            differing.append((name, values))
    return differing, alike


def _ends(track: Track, column: str) -> tuple[float, float] | None:
    values = track.floats(column)
    known = values[np.isfinite(values)]
    return (float(known[0]), float(known[-1])) if known.size else None


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
