"""
Missions of DJI (WPML): a `.kmz` with `wpmz/template.kml`, which Pilot 2 edits, and `wpmz/waylines.wpml`, which flies.

Each of the two is read by itself as well. Source: DJI Cloud API, DJI WPML.
"""

from __future__ import annotations

from groundside.model.source import Source
from groundside.plan.missions.format import MissionFormat
from groundside.plan.missions.wpml_read import read, recognises
from groundside.plan.missions.wpml_write import write

_URL = "https://developer.dji.com/doc/cloud-api-tutorial/en/api-reference/dji-wpml/overview.html"

FORMAT = MissionFormat(
    name="dji-wpml",
    title="DJI mission (WPML)",
    suffixes=(".kmz",),
    recognises=recognises,
    read=read,
    write=write,
    loses=(
        "fences, rally points and what a survey was made from",
        "kinds of waypoints: take-off and landing are flown to like others",
        "MAVLink commands",
        "where among the actions at a waypoint photos by distance or time, or looking at a place, begin or end",
        "headings at waypoints from which a place is looked at",
        "actions before the first waypoint that begin photos or look at a place",
        "waypoints that leave the turn to the controller, where others do not: they stop",
        "corners that are cut by no stated radius: 0.2 m is written",
        "an aircraft or camera that DJI has no number for: the Mavic 3E's are written",
        "heights above sea level, or above different things in one mission: refused",
    ),
    source=Source("DJI Cloud API, DJI WPML", _URL),
    media_type="application/vnd.google-earth.kmz",
)
