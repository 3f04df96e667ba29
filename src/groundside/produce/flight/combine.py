"""One summary of a flight out of all that its files tell, with what they do not agree on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from itertools import combinations

from groundside.model.flight import Cut
from groundside.model.recording import Aircraft, Battery
from groundside.produce.flight.telling import STATED, TRUST, Telling, whole
from groundside.reference.geodesy import distance_m

DIFFER = 0.05
"""Totals of two files that differ by more than this share are said to differ."""
_DIFFER_M = 2.0
_HOME_M = 20.0
_MOST_SET_AGAINST = 20
"""Of so many files that tell of one flight it is said where they disagree, each with each."""


def combine(tellings: Sequence[Telling], chosen: int) -> Cut:
    """
    Make one summary: each thing from the file that knows it best.

    Rows come from the file chosen. Start and length come from the most trusted clock, and from a file whose
    recording is of the whole flight; so do totals, where a distance that the recorder stated goes before
    one that was summed. All else is the chosen file's, where it knows it, and else another's.

    Args:
        tellings: one or more, of one flight.
        chosen: index of the one whose track the flight takes.

    Returns:
        The summary; its inferences name the file each is from, and say where files disagree.
    """
    if len(tellings) == 1:
        return tellings[0].cut
    base = tellings[chosen]
    ranked = [base, *(telling for i, telling in enumerate(tellings) if i != chosen)]
    full = [telling for telling, covers in zip(ranked, whole(ranked), strict=True) if covers]
    return replace(
        base.cut,
        **_times(full),
        **_totals(full),
        local_start=next((t.cut.local_start for t in full if t.cut.local_start), ""),
        home=next((t.cut.home for t in ranked if t.cut.home is not None), None),
        aircraft=_aircraft(ranked),
        batteries=_batteries(ranked),
        track_locked=base.track is None and any(t.cut.track_locked for t in ranked),
        bench=all(t.cut.bench for t in ranked),
        inferences=(*_labelled(ranked), *_disagreements(full), *_aircraft_differ(ranked)),
    )


def _clock_order(telling: Telling) -> tuple[int, float]:
    error_s = telling.cut.time_error_s
    return TRUST.index(telling.cut.time_basis), float("inf") if error_s is None else error_s


def _times(full: list[Telling]) -> dict[str, object]:
    by_clock = sorted(full, key=_clock_order)
    clock = by_clock[0].cut
    times: dict[str, object] = {
        "time_basis": clock.time_basis,
        "time_error_s": clock.time_error_s,
        "recording_start_us": clock.recording_start_us,
        "recording_s": _first(by_clock, "recording_s"),
    }
    # Each of these is a reading of one track: the chosen one's where it has it.
    return times | {name: _first(full, name) for name in ("takeoff_us", "landing_us", "airborne_s")}


def _totals(full: list[Telling]) -> dict[str, object]:
    stated = [t for t in full if t.cut.distance_m is not None and t.cut.distance_basis == STATED]
    measured = [t for t in full if t.cut.distance_m is not None]
    distance = (stated or measured or full)[0].cut
    totals: dict[str, object] = {
        "distance_m": distance.distance_m,
        "distance_basis": distance.distance_basis,
    }
    return totals | {name: _first(full, name) for name in ("max_height_m", "max_speed_mps", "max_range_m")}


def _first(tellings: list[Telling], name: str) -> object:
    values = (getattr(telling.cut, name) for telling in tellings)
    return next((value for value in values if value is not None), None)


def _aircraft(ranked: list[Telling]) -> Aircraft:
    said = [telling.cut.aircraft for telling in ranked]
    names = [field.name for field in fields(Aircraft)]
    return Aircraft(**{n: next((text for a in said if (text := getattr(a, n))), "") for n in names})


def _batteries(ranked: list[Telling]) -> tuple[Battery, ...]:
    """Take each battery once; of two that tell of one slot, the one that knows its serial number."""
    slots: dict[int, Battery] = {}
    for battery in (b for telling in ranked for b in telling.cut.batteries):
        known = slots.get(battery.slot)
        if known is None or not known.serial:
            slots[battery.slot] = battery
    return tuple(slots[slot] for slot in sorted(slots))


def _labelled(ranked: list[Telling]) -> list[str]:
    said = [f"{telling.format}: {what}" for telling in ranked for what in telling.cut.inferences]
    return list(dict.fromkeys(said))


def _disagreements(full: list[Telling]) -> Iterator[str]:
    said: dict[object, Telling] = {}
    for telling in full:
        said.setdefault((telling.format, telling.cut.distance_m, telling.cut.max_height_m, telling.cut.home), telling)
    different = list(said.values())
    for a, b in combinations(different[:_MOST_SET_AGAINST], 2):
        for name, word in (("distance_m", "distances"), ("max_height_m", "greatest heights")):
            first, second = getattr(a.cut, name), getattr(b.cut, name)
            if first is not None and second is not None and _differ(first, second):
                yield f"{word} differ: {a.format} {first:.0f} m, {b.format} {second:.0f} m"
        if a.cut.home is None or b.cut.home is None:
            continue
        apart = distance_m(a.cut.home, b.cut.home)
        if apart > _HOME_M:
            yield f"homes differ: those of {a.format} and {b.format} are {apart:.0f} m apart"
    if (more := len(different) - _MOST_SET_AGAINST) > 0:
        yield f"of {more} more that tell otherwise, totals and homes were not set against each other"


def _differ(first: float, second: float) -> bool:
    return abs(first - second) > max(DIFFER * max(abs(first), abs(second)), _DIFFER_M)


def _aircraft_differ(ranked: list[Telling]) -> Iterator[str]:
    for name, word in (("serial", "serial numbers"), ("model", "models")):
        said = {text: t.format for t in reversed(ranked) if (text := getattr(t.cut.aircraft, name))}
        if len(said) > 1:
            yield f"{word} of the aircraft differ: " + ", ".join(f"{f} {text}" for text, f in said.items())
