"""Words of DJI's WPML and what they are here."""

from __future__ import annotations

from groundside.model.mission import Above, Finish, LostLink, Turn

FINISHES = {
    "goHome": Finish.RETURN,
    "noAction": Finish.HOVER,
    "autoLand": Finish.LAND,
    "gotoFirstWaypoint": Finish.FIRST_WAYPOINT,
}
LOST = {"goBack": LostLink.RETURN, "landing": LostLink.LAND, "hover": LostLink.HOVER}
TURNS = {
    "toPointAndStopWithDiscontinuityCurvature": Turn.STOP,
    "toPointAndStopWithContinuityCurvature": Turn.STOP_CURVED,
    "toPointAndPassWithContinuityCurvature": Turn.PASS_CURVED,
    "coordinateTurn": Turn.CUT,
}
HEIGHTS = {
    "relativeToStartPoint": Above.HOME,
    "WGS84": Above.ELLIPSOID,
    "realTimeFollowSurface": Above.TERRAIN,
    "aboveGroundLevel": Above.TERRAIN,
    "EGM96": Above.SEA,
}
FINISH_WORDS = {finish: word for word, finish in FINISHES.items()}
LOST_WORDS = {lost: word for word, lost in LOST.items()}
TURN_WORDS = {turn: word for word, turn in TURNS.items()}
HEIGHT_WORDS = {
    Above.HOME: "relativeToStartPoint",
    Above.ELLIPSOID: "WGS84",
    Above.TERRAIN: "realTimeFollowSurface",
}
MARK = "groundside "
"""Begins a comment in `template.kml` that says, as JSON, what WPML has no place for."""
UNSAID = "unsaid"
