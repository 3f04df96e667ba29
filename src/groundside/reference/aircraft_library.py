"""
What aircraft can do, as their makers publish it, each with its source; what no source that was read says is left out.

Flight times are a maker's best case. Planning takes three quarters of them (`plan/endurance.py`) and keeps a reserve.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundside.errors import NotFound
from groundside.model.source import Source

RESERVE = 0.25
"""Share of a full battery that is planned to be left after landing, where the owner says nothing else."""
CAUTIOUS_CLIMB_M_S, CAUTIOUS_DESCENT_M_S = 3.0, 2.0
"""Assumed where no source says."""
KPH = 1.0 / 3.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Aircraft:
    """
    One kind of aircraft.

    Args:
        name: as its maker calls it; what `--aircraft` takes, in any case of letters.
        flight_time_s: the longest that is claimed, without wind.
        airspeed_m_s: greatest, level, without wind.
        climb_m_s, descent_m_s: greatest; None where no source was read.
        wind_m_s: greatest wind that it withstands; None where no source was read.
        source: where the figures come from.
    """

    name: str
    flight_time_s: float
    airspeed_m_s: float
    climb_m_s: float | None = None
    descent_m_s: float | None = None
    wind_m_s: float | None = None
    source: Source


_OSC = "UAS Operating Safety Case, volume 2: the maker's specifications as told by Dronedesk"
AIRCRAFT: tuple[Aircraft, ...] = (
    Aircraft(
        name="Parrot ANAFI Ai", flight_time_s=32 * 60.0, airspeed_m_s=17.0, climb_m_s=4.0, descent_m_s=3.0,
        wind_m_s=14.0,
        source=Source(
            "ANAFI Ai technical documentation, flight performances",
            "https://www.parrot.com/en/drones/anafi-ai/technical-documentation/flight-performances",
        ),
    ),
    Aircraft(
        name="DJI Matrice 30", flight_time_s=41 * 60.0, airspeed_m_s=23.0,
        source=Source(_OSC, "https://dronespec.dronedesk.io/part2toword?id=27", "CAP722A table 7"),
    ),
    Aircraft(
        name="DJI Phantom 4 RTK", flight_time_s=30 * 60.0, airspeed_m_s=50.0 * KPH,
        source=Source(_OSC, "https://dronespec.dronedesk.io/part2toword?id=16", "CAP722A table 7"),
    ),
)  # fmt: skip


def aircraft_named(name: str) -> Aircraft:
    """
    Find an aircraft by its name, or by a part of it that only one has.

    Raises:
        NotFound: none, or several, are called that.
    """
    wanted = name.strip().casefold()
    exact = [each for each in AIRCRAFT if each.name.casefold() == wanted]
    found = exact or [each for each in AIRCRAFT if wanted and wanted in each.name.casefold()]
    if len(found) != 1:
        what = f"{len(found) or 'No'} aircraft here {'are' if len(found) > 1 else 'is'} called {name[:60]!r}."
        raise NotFound(what, try_this="groundside plan aircraft lists them")
    return found[0]
