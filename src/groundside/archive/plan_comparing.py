"""Compare a plan with the flight that was to fly it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from groundside.archive.missions import read_mission
from groundside.archive.reading import read
from groundside.errors import BadRequest, NotUnderstood
from groundside.model.mission import Mission
from groundside.plan.camera import footprint
from groundside.plan.compare import Comparison, compared
from groundside.plan.flight_path import home_of
from groundside.plan.from_log import Flown, from_events, mission_of_items, photos_of
from groundside.plan.photos import Frame, Photos
from groundside.plan.refly import refly
from groundside.reference.cameras import Camera
from groundside.reference.cameras import camera as camera_named

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]

EVENTS = ("camera_capture", "camera_trigger", "CAM", "CAMERA_FEEDBACK")
"""Tables in which logs say where photos were taken, best first: PX4, ArduPilot, MAVLink."""
_LON, _LAT = ("lon", "Lng", "lng"), ("lat", "Lat")


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison, where its photos come from, and what it was made of."""

    comparison: Comparison
    photos_from: str
    mission: Mission
    flown: Photos
    frame: Frame


def frame_of(camera: Camera) -> Frame:
    """Say what a photo of a camera shows from a metre above, looking straight down."""
    seen = footprint(camera, 1.0)
    return Frame(across=seen.across_m, along=seen.along_m, pixels_across=camera.width_px)


def plan_in(path: Path, trigger_m: float | None) -> Mission:
    """
    Read a plan, or rebuild it from a PX4 log that holds its items.

    Args:
        path: of either.
        trigger_m: distance between photos, which such a log does not hold.

    Raises:
        NotUnderstood: it is neither.
        BadRequest: the log's items need the distance.
    """
    try:
        return read_mission(path).mission
    except NotUnderstood:
        tables = read(path).tables
        rows = next((tables[name] for name in tables if name.startswith("navigator_mission_item")), None)
        if rows is None:
            raise
    if trigger_m is None:
        raise BadRequest("A log does not say how far apart photos were planned.", try_this="add --trigger M")
    return mission_of_items(rows.to_pylist(), trigger_m)


def compare_track(
    mission: Mission, track: pa.Table | None, camera: str | Camera, events: Photos | None = None, lag: str = ""
) -> Compared:
    """
    Compare a plan with a track.

    Args:
        mission: the plan.
        track: columns of `groundside.model.track`.
        camera: of the library, or one that its owner described; empty takes the plan's own.
        events: photos as the log tells them; None reckons them from plan and track.
        lag: where they come from, in words.

    Raises:
        BadRequest: there is no track, or no camera is named.
    """
    name = camera or mission.camera
    if not name:
        raise BadRequest("Footprints need a camera.", try_this="add --camera NAME; groundside plan cameras lists them")
    if track is None:
        raise BadRequest("This flight has no track.")
    frame = frame_of(name if isinstance(name, Camera) else camera_named(name))
    photos = events if events is not None else photos_of(mission, flown_in(track))
    told = lag or "reckoned from the plan and the track"
    return Compared(compared(mission, photos, frame), told, mission, photos, frame)


def compare_log(mission: Mission, log: Path, camera: str | Camera) -> Compared:
    """
    Compare a plan with a flight log.

    Raises:
        NotUnderstood: nothing here reads the log.
        BadRequest: as `compare_track`.
    """
    reading = read(log)
    if reading.format is None:
        what = f"{log.name}: {reading.problems[0].what}."
        raise NotUnderstood(what, try_this="groundside formats lists what can be read")
    track = reading.track()
    for name in EVENTS:
        table = reading.tables.get(name)
        if table is not None and table.num_rows and track is not None:
            at = _places(table)
            if at is not None:
                photos = from_events(*at, flown_in(track), home_of(mission))
                return compare_track(mission, track, camera, photos, f"the log's {name}")
    return compare_track(mission, track, camera)


def _places(table: pa.Table) -> tuple[Floats, Floats] | None:
    names = table.schema.names
    lon, lat = (next((n for n in wanted if n in names), None) for wanted in (_LON, _LAT))
    if lon is None or lat is None:
        return None
    x, y = _column(table, lon), _column(table, lat)
    if np.nanmax(np.abs(x), initial=0.0) > 360.0:
        x, y = x * 1e-7, y * 1e-7
    known = np.isfinite(x) & np.isfinite(y) & ~((x == 0.0) & (y == 0.0))
    return (x[known], y[known]) if known.any() else None


def flown_in(track: pa.Table) -> Flown:
    """Give where an aircraft was in the air, from a track's columns."""
    air = _column(track, "in_air")
    rows = np.flatnonzero(air > 0.0) if (air > 0.0).any() else np.arange(len(air))
    lon, lat, height, yaw = (_column(track, name)[rows] for name in ("lon", "lat", "height_m", "yaw_deg"))
    return Flown(lon, lat, height, _heading(lon, lat, yaw))


def _heading(lon: Floats, lat: Floats, yaw: Floats) -> Floats:
    """Fill in the course where the nose's direction is not known."""
    if np.isfinite(yaw).all():
        return yaw
    course = np.degrees(np.arctan2(np.gradient(lon) * np.cos(np.radians(lat)), np.gradient(lat)))
    return np.where(np.isfinite(yaw), yaw, course)


def _column(table: pa.Table, name: str) -> Floats:
    return table.column(name).to_numpy(zero_copy_only=False).astype(np.float64)


def refly_of(done: Compared) -> Mission:
    """
    Plan the gaps again.

    Raises:
        BadRequest: there is none.
    """
    return refly(done.mission, done.flown, done.frame)


def gap_shapes(done: Compared) -> Sequence[dict[str, object]]:
    """Tell the gaps as GeoJSON features."""
    return [
        {
            "type": "Feature",
            "properties": {"area_m2": round(gap.area_m2, 1)},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[at.lon, at.lat] for at in (*gap.outline, gap.outline[0])]],
            },
        }
        for gap in done.comparison.gaps
    ]
