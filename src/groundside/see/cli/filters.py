"""Which flights a command is about: the options that `flights`, `totals` and `heatmap` share."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from groundside.errors import BadRequest
from groundside.model.place import LonLat
from groundside.model.query import FlightQuery, Near
from groundside.see.questions import span_us

FromOption = Annotated[str, typer.Option("--from", help="First UTC day, 2026-05-01.", metavar="DATE")]
ToOption = Annotated[str, typer.Option("--to", help="Last UTC day, inclusive.", metavar="DATE")]
MonthOption = Annotated[str, typer.Option("--month", help="One UTC month, 2026-05.", metavar="YYYY-MM")]
AircraftOption = Annotated[str, typer.Option("--aircraft", help="Text in the aircraft's name, model or serial.")]
NearOption = Annotated[
    str, typer.Option("--near", help="Came near a place: with --within, or LON,LAT,METRES.", metavar="LON,LAT")
]
WithinOption = Annotated[float | None, typer.Option("--within", help="How near, in metres.", metavar="METRES")]
InsideOption = Annotated[
    Path | None, typer.Option("--inside", help="Came into an area: a GeoJSON file.", metavar="AREA.geojson")
]
SearchOption = Annotated[str, typer.Option("--search", help="Text in place, aircraft, file name or notes.")]
_TRY = "write longitude first: --near 8.20,47.46 --within 500"


Command = Callable[..., None]


def asking(command: Command) -> Command:
    """Give a command the options that say which flights it is about; it is handed them as one query, `asked`."""
    own, ours = inspect.signature(command, eval_str=True), inspect.signature(query_of, eval_str=True)
    mine = [each for name, each in own.parameters.items() if name != "asked"]

    @wraps(command)
    def run(**given: Any) -> None:  # noqa: ANN401 - of the kinds that the options are
        command(asked=query_of(**{name: given.pop(name) for name in ours.parameters}), **given)

    shown = [*mine, *ours.parameters.values()]
    run.__signature__ = own.replace(parameters=shown)  # pyright: ignore[reportAttributeAccessIssue]
    run.__annotations__ = {each.name: each.annotation for each in shown}
    return run


def query_of(  # noqa: PLR0913 - one for each option
    *,
    from_day: FromOption = "",
    to_day: ToOption = "",
    month: MonthOption = "",
    aircraft: AircraftOption = "",
    near: NearOption = "",
    within: WithinOption = None,
    inside: InsideOption = None,
    search: SearchOption = "",
) -> FlightQuery:
    """Read what the options ask for."""
    from groundside.see.areas import area_in

    from_us, to_us = span_us(from_day, to_day, month)
    return FlightQuery(
        from_us=from_us,
        to_us=to_us,
        aircraft=aircraft,
        text=search,
        near=near_of(near, within),
        inside=area_in(inside) if inside else None,
    )


def near_of(text: str, within: float | None) -> Near | None:
    """
    Read a place, and how near.

    Raises:
        BadRequest: no place, or no distance, or two of them.
    """
    if not text:
        if within is not None:
            what = "--within says how near, but not to what."
            raise BadRequest(what, try_this=_TRY)
        return None
    numbers = _numbers(text)
    if len(numbers) + (within is not None) != 3:
        what = f"{text[:60]!r} is no place with one distance."
        raise BadRequest(what, try_this=_TRY)
    point, metres = LonLat(numbers[0], numbers[1]), numbers[2] if within is None else within
    if not point.is_position or not 0 <= metres < math.inf:
        what = f"{text[:60]!r} is not on the ground, or the distance is none."
        raise BadRequest(what, try_this=_TRY)
    return Near(point, metres)


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        return []
