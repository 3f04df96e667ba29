"""A question about flights, and a page of answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundside.model.flight import Flight
from groundside.model.place import LonLat


class FlightOrder(StrEnum):
    """What a list of flights is sorted by."""

    START = "recording_start"
    AIRBORNE = "airborne_s"
    DISTANCE = "distance_m"
    HEIGHT = "max_height_m"
    PLACE = "place"
    AIRCRAFT = "aircraft"


@dataclass(frozen=True, slots=True)
class Near:
    """Within `metres` of `point`, measured to the track, or to the home point where there is no track."""

    point: LonLat
    metres: float


Ring = tuple[LonLat, ...]
"""A closed line: the last position is the first again. Longitudes may go beyond 180, on over the antimeridian."""


@dataclass(frozen=True, slots=True)
class Area:
    """
    A region of the ground.

    Args:
        polygons: each an outer ring and then its holes, whichever way round; edges are straight in longitude and
            latitude, as RFC 7946 has them.
    """

    polygons: tuple[tuple[Ring, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightQuery:
    """
    Which flights, in which order.

    Args:
        from_us, to_us: UTC of the recording's start, half open; given either, flights of unknown UTC are left out.
        aircraft: text that the aircraft's name, model or serial contains, in any case.
        text: text that place, aircraft, file name or notes contain, in any case.
        near: a place.
        inside: an area that some part of the track lies in or touches, or the home point where there is no track.
        bench: also recordings in which nothing flew.
        order, descending: flights without the value come last either way.
        limit, offset: the page; limit None is all.
    """

    from_us: int | None = None
    to_us: int | None = None
    aircraft: str = ""
    text: str = ""
    near: Near | None = None
    inside: Area | None = None
    bench: bool = False
    order: FlightOrder = FlightOrder.START
    descending: bool = True
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class FlightPage:
    """
    One page of flights, and what all flights asked for come to.

    Args:
        total: how many there are in all.
        airborne_s, distance_m: sums over all of them, whatever the page; bench runs and unknown values left out.
    """

    flights: tuple[Flight, ...]
    total: int
    airborne_s: float = 0.0
    distance_m: float = 0.0


class TotalsBy(StrEnum):
    """What totals are given by."""

    MONTH = "month"
    """The UTC month in which the recording began: "2026-05"; empty where UTC is unknown."""
    AIRCRAFT = "aircraft"
    """Name, model and serial, folded to one case; empty where none is known."""


@dataclass(frozen=True, slots=True)
class FlightTotal:
    """What some flights come to; unknown values left out. Sums are exact to a microsecond and a millimetre a flight."""

    flights: int
    airborne_s: float
    distance_m: float


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A square of longitude and latitude, in degrees, and how many flights came into it."""

    west: float
    south: float
    size_deg: float
    flights: int
