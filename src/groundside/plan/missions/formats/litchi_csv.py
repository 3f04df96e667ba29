"""
Missions of Litchi (CSV): a row for each waypoint, in metres or in feet.

Source: Litchi Utilities, Litchi CSV Format Description (https://www.litchiutilities.com/docs/litchiCsv.php).
"""

from __future__ import annotations

from groundside.model.source import Source
from groundside.plan.missions.format import MissionFormat
from groundside.plan.missions.litchi_read import read, recognises
from groundside.plan.missions.litchi_write import write

FORMAT = MissionFormat(
    name="litchi-csv",
    title="Litchi mission",
    suffixes=(".csv",),
    recognises=recognises,
    read=read,
    write=write,
    loses=(
        "everything but waypoints: name, home, take-off, finish, lost link, fences, rally, aircraft, camera, surveys",
        "the speed of the mission as such: it is written for each waypoint",
        "actions before the first waypoint",
        "how a waypoint is passed, but for the size of its curve",
        "kinds of waypoints: take-off and landing are flown to like others",
        "where among the actions at a waypoint photos by distance or time, or looking at a place, begin or end",
        "yaws of the camera, names of photos and MAVLink commands",
        "more than 15 actions at a waypoint",
        "heights above sea level or the ellipsoid: refused",
    ),
    source=Source("Litchi CSV Format Description", "https://www.litchiutilities.com/docs/litchiCsv.php"),
    media_type="text/csv",
)
