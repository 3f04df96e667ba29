"""
Plans of QGroundControl (`.plan`): simple items, complex items by what is in them, fences and rally points.

Source: QGroundControl Developer Guide, Plan File Format
(https://docs.qgroundcontrol.com/master/en/qgc-dev-guide/file_formats/plan.html).
"""

from __future__ import annotations

from groundside.model.source import Source
from groundside.plan.missions.format import MissionFormat
from groundside.plan.missions.plan_read import read
from groundside.plan.missions.plan_write import write

_URL = "https://docs.qgroundcontrol.com/master/en/qgc-dev-guide/file_formats/plan.html"


def recognises(data: bytes) -> bool:
    """Say whether this is JSON of QGroundControl."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") and b'"fileType"' in data


FORMAT = MissionFormat(
    name="qgc-plan",
    title="QGroundControl plan",
    suffixes=(".plan",),
    recognises=recognises,
    read=read,
    write=write,
    loses=(
        "names of photos",
        "a flight back to the first waypoint as the finish",
        "a survey whose waypoints are not all at one height above home or sea level: it is written as plain items",
        "rally points and fence returns without a height: 0 m above home is written",
        "heights above the ellipsoid: refused",
    ),
    source=Source("QGroundControl Developer Guide, Plan File Format", _URL),
    media_type="application/json",
)
