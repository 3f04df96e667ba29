"""
Missions as KML: a placemark for each waypoint and the path, for any globe to show, and all the rest as extended data.

Other people's KML is read too, and KMZ: the corners of the first line are waypoints, or else all points in order.

Source: OGC 12-007r2, KML 2.3; ExtendedData in 9.2.
"""

from __future__ import annotations

from groundside.model.source import Source
from groundside.plan.missions.format import MissionFormat
from groundside.plan.missions.kml_read import read, recognises
from groundside.plan.missions.kml_write import write

FORMAT = MissionFormat(
    name="kml",
    title="KML",
    suffixes=(".kml",),
    recognises=recognises,
    read=read,
    write=write,
    loses=(),
    source=Source("OGC KML 2.3", "https://docs.ogc.org/is/12-007r2/12-007r2.html"),
    media_type="application/vnd.google-earth.kml+xml",
)
