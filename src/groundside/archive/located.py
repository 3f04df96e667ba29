"""Where a track lies: its bounds, and the name of its home. Loads no database, for workers ask it."""

from __future__ import annotations

from groundside.keep.rows import Box
from groundside.model.flight import Place
from groundside.model.place import LonLat
from groundside.model.track import Track
from groundside.reference.places import place_of


def place_at(home: LonLat | None) -> Place | None:
    """Name the place of a home point, if it is one."""
    return place_of(home) if home and home.is_position else None


def box_of(track: Track | None) -> Box | None:
    """Bound a track; None where it has no position."""
    if track is None:
        return None
    lon, lat = track.floats("lon"), track.floats("lat")
    known = lon == lon
    if not known.all():
        lon, lat = lon[known], lat[known]
    if not lon.size:
        return None
    return Box(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
