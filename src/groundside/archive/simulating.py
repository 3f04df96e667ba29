"""Simulated flights as files in real formats, without any archive: `groundside simulate`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from groundside.errors import BadRequest
from groundside.simulate.batch import BatchFile, batch
from groundside.simulate.failing import MISHAPS
from groundside.simulate.fleets import VEHICLES, Wish
from groundside.simulate.formats import FORMATS, named
from groundside.simulate.scenario import Vehicle


def simulated_files(
    count: int,
    seed: int,
    *,
    formats: Sequence[str] = (),
    vehicles: Sequence[str] = (),
    faults: Sequence[str] | None = None,
    wind_mps: float | None = None,
) -> Iterator[BatchFile]:
    """
    Write short flights, all different, each labelled simulated and with its truth in a file beside it.

    Args:
        count: how many flights.
        seed: the same seed gives the same bytes.
        formats: names, as `simulations` lists them; each flight is written in all of those that make sense for it. None
            writes each flight in one format, all of them by turns.
        vehicles: kinds of aircraft; empty for any.
        faults: what goes wrong in every flight; None draws something or nothing for each.
        wind_mps: mean wind; None draws it.

    Raises:
        BadRequest: something named is not there, or does not go together.
    """
    known: dict[str, Vehicle] = {v: v for v in VEHICLES}
    strange = [v for v in vehicles if v not in known]
    if strange:
        what = f"There is no vehicle {strange[0]!r}."
        raise BadRequest(what, try_this="one of: " + ", ".join(known))
    wish = Wish(tuple(known[v] for v in vehicles), (), None if faults is None else tuple(faults), wind_mps)
    return batch(seed, count, [named(n) for n in formats], wish)


def simulations() -> dict[str, Any]:
    """List what can be simulated: formats with those who write them, vehicles, and faults with what each does."""
    return {
        "formats": [
            {"name": f.name, "title": f.title, "suffix": f.suffix, "vehicles": list(f.vehicles)} for f in FORMATS
        ],
        "vehicles": list(VEHICLES),
        "faults": dict(MISHAPS),
    }
