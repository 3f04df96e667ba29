"""The columns of Litchi's CSV, and what their numbers mean."""

from __future__ import annotations

ACTIONS = 15
"""So many actions a waypoint has room for."""
NO_ACTION = -1
STAY, PHOTO, START_VIDEO, STOP_VIDEO, ROTATE, TILT = range(6)
GIMBAL_FREE, GIMBAL_ON_PLACE = 0, 1
ABOVE_HOME, ABOVE_GROUND = 0, 1
OFF = -1.0
"""Of photos by time or by distance."""
FOOT_M = 0.3048
MILE_PER_HOUR_M_S = 0.44704
COLUMNS = (
    *("latitude", "longitude", "altitude(m)", "heading(deg)", "curvesize(m)", "rotationdir", "gimbalmode"),
    "gimbalpitchangle",
    *(f"action{what}{nth}" for nth in range(1, ACTIONS + 1) for what in ("type", "param")),
    *("altitudemode", "speed(m/s)", "poi_latitude", "poi_longitude", "poi_altitude(m)", "poi_altitudemode"),
    *("photo_timeinterval", "photo_distinterval"),
)
