"""Verbs about many flights at once: what they come to, and how often which ground was flown over."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from groundside.archive.looking import path_in
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery, FlightTotal, HeatCell, TotalsBy
from groundside.reference.cells import Bounds


@verb(Effect.REVEALS)
def totals(store: Store, caller: Caller, query: FlightQuery, by: TotalsBy) -> Mapping[str, FlightTotal]:
    """
    Sum up the flights asked for by UTC month or by aircraft; bench runs are never counted.

    Returns:
        By "2026-05", or by the aircraft's name, model and serial in small letters, in order; empty text where that
        is not known.
    """
    with store.catalogue.read() as reader:
        return reader.totals(query, caller.scope, by, partial(path_in, store))


@verb(Effect.REVEALS)
def heat(store: Store, caller: Caller, query: FlightQuery, bounds: Bounds | None, most: int) -> list[HeatCell]:
    """
    Count the flights asked for in squares of the ground, as small as may be with no more than `most` of them.

    A flight counts once in each square that it came into; one without a track counts at its home point. Where some
    thousands of flights are looked at together, squares are no finer than 1.2 km.

    Args:
        query: which flights; its page does not matter.
        bounds: only squares that touch these; None for those of the places asked for.
        most: no more squares than this, if there is any size of which there are so few.
    """
    with store.catalogue.read() as reader:
        return reader.heat(query, caller.scope, bounds, most, partial(path_in, store))
