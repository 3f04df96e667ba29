"""Sum up hours in the air by aircraft, from an archive."""

import sys
from collections import defaultdict
from pathlib import Path

from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery

me = Caller(who="me", how="script", why="yearly report")
hours: dict[str, float] = defaultdict(float)
with Archive.open(Path(sys.argv[1])) as archive:
    for flight in archive.flights(me, FlightQuery()).flights:
        aircraft = flight.summary.aircraft
        hours[aircraft.name or aircraft.serial or "unknown"] += (flight.summary.airborne_s or 0.0) / 3600
for name, total in sorted(hours.items()):
    print(f"{total:8.2f} h  {name}")
