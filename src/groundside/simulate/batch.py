"""Many flights as files: in any format, each with its truth beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from groundside.errors import BadRequest
from groundside.simulate.failing import MISHAPS
from groundside.simulate.fleets import AUTOPILOTS, Wish, flight
from groundside.simulate.formats import FORMATS, LogFormat, files_of
from groundside.simulate.telling import Fact, facts_of
from groundside.simulate.truth import Truth

STRONGEST_MPS = 11.0
"""With more wind than this a slow aircraft would not come home."""


@dataclass(frozen=True, slots=True)
class BatchFile:
    """
    One file of a batch.

    Args:
        name: begins with SIMULATED.
        content: its bytes.
        format: its name; empty where it is not a log: keys, or the truth about one.
        flight: number of the flight, from 1.
        facts: the truth about the flight; empty where the file is no log.
    """

    name: str
    content: bytes
    format: str
    flight: int
    facts: dict[str, Fact]


def batch(seed: int, count: int, formats: Sequence[LogFormat], wish: Wish) -> Iterator[BatchFile]:
    """
    Write flights, one after another; the same arguments give the same bytes.

    Args:
        seed: of the fleet.
        count: of flights.
        formats: each flight is drawn so that it makes sense in one of them, by turns, and is written in all in which
            it makes sense; none for a single one of all there are.
        wish: what flights should be like.

    Raises:
        BadRequest: no aircraft asked for could write any of the formats, a fault is unknown, or the wind too strong.
    """
    _check(wish)
    turns = [f for f in formats or FORMATS if _able(f, wish)]
    if not turns or count < 0:
        what = "None of the aircraft that were asked for writes any of these formats."
        raise BadRequest(what, try_this="groundside simulate --list says which aircraft write what")
    numbers = ((number, turns[number % len(turns)]) for number in range(count))
    return (
        file for number, turn in numbers for file in _flight(seed, number, turn, turns if formats else (turn,), wish)
    )


def _flight(seed: int, number: int, turn: LogFormat, formats: Sequence[LogFormat], wish: Wish) -> Iterator[BatchFile]:
    truth = flight(seed, number, _narrowed(wish, turn))
    drawn = int(np.random.default_rng([seed, number, 1]).integers(1 << 31))
    return _files(truth, number + 1, [f for f in formats if f.fits(truth)], drawn)


def _check(wish: Wish) -> None:
    strange = [k for k in wish.faults or () if k not in MISHAPS]
    if strange:
        what = f"There is no fault {strange[0]!r}."
        raise BadRequest(what, try_this="one of: " + ", ".join(MISHAPS))
    if wish.wind_mps is not None and not 0.0 <= wish.wind_mps <= STRONGEST_MPS:
        what = f"No flight comes home in a wind of {wish.wind_mps:g} m/s."
        raise BadRequest(what, try_this=f"0 to {STRONGEST_MPS:g} m/s")


def _able(entry: LogFormat, wish: Wish) -> bool:
    narrowed = _narrowed(wish, entry)
    return any(set(AUTOPILOTS[v]) & set(narrowed.autopilots) for v in narrowed.vehicles)


def _narrowed(wish: Wish, entry: LogFormat) -> Wish:
    vehicles = tuple(v for v in entry.vehicles if not wish.vehicles or v in wish.vehicles)
    autopilots = tuple(a for a in entry.autopilots if not wish.autopilots or a in wish.autopilots)
    return replace(wish, vehicles=vehicles, autopilots=autopilots)


def _files(truth: Truth, number: int, formats: Sequence[LogFormat], seed: int) -> Iterator[BatchFile]:
    kind = truth.aircraft.kind or "multirotor"
    for entry in formats:
        first, *beside = files_of(entry, truth, seed)
        name = f"{truth.name}_{kind}{first.ending}"
        facts: dict[str, Fact] = {"file": name, "format": entry.name, **facts_of(truth)}
        yield BatchFile(name, first.content, entry.name, number, facts)
        for other in beside:
            yield BatchFile(f"{truth.name}_{kind}{other.ending}", other.content, "", number, {})
        yield BatchFile(f"{name}.truth.json", json.dumps(facts, indent=1, allow_nan=False).encode(), "", number, {})
