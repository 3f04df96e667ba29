"""What a file says, brought into one shape; every quirk that was handled is named."""

from __future__ import annotations

from collections.abc import Mapping

from groundside.decode.photos.found import Found, Value
from groundside.decode.photos.normalise.attitudes import aircraft_attitude_of, camera_attitude_of
from groundside.decode.photos.normalise.bodies import (
    SENSITIVE,
    camera_of,
    exposure_of,
    rig_of,
    rtk_of,
    speed_of,
    target_of,
)
from groundside.decode.photos.normalise.heights import altitudes_of, best_of
from groundside.decode.photos.normalise.lenses import optics_of
from groundside.decode.photos.normalise.moments import time_of
from groundside.decode.photos.normalise.places import position_of
from groundside.decode.photos.normalise.values import Asked
from groundside.model.photo import Above, Camera, Photo

_GDAL = "GDAL-"
_UPRIGHT, _ORIENTATIONS = 1, range(1, 9)


def photo_of(found: Found) -> Photo:
    """
    Bring what one file says into one shape. Never raises; what cannot be is left out and named among the quirks.

    Args:
        found: its tags, by the names of `groundside.decode.photos.found.Tags`.
    """
    asked = Asked(_with_gdal(found.tags))
    for name, what in found.notes:
        asked.quirk(name, what)
    position = position_of(asked)
    altitudes = altitudes_of(asked, void=asked.text("GPS:GPSStatus").upper() == "V")
    aircraft = aircraft_attitude_of(asked)
    size = found.width_px, found.height_px
    camera = camera_of(asked, size)
    orientation = asked.whole("IFD0:Orientation") or _UPRIGHT
    return Photo(
        kind="video" if found.video is not None else "photo",
        format=found.format,
        width_px=found.width_px,
        height_px=found.height_px,
        orientation=orientation if orientation in _ORIENTATIONS else _UPRIGHT,
        time=time_of(asked),
        position=position,
        altitude=best_of(altitudes),
        height_above_takeoff_m=next((each.value_m for each in altitudes if each.above is Above.TAKE_OFF), None),
        altitudes=altitudes,
        camera_attitude=camera_attitude_of(asked, aircraft),
        aircraft_attitude=aircraft,
        speed_mps=speed_of(asked),
        rtk=rtk_of(asked),
        camera=camera,
        optics=optics_of(asked, size),
        exposure=exposure_of(asked),
        rig=rig_of(asked),
        target=target_of(asked),
        thermal=found.thermal,
        frames=found.frames,
        panorama=asked.text("XMP-GPano:ProjectionType"),
        video=found.video,
        quirks=asked.quirks(),
        problems=tuple(found.problems),
        sensitive=_sensitive(camera),
    )


def _sensitive(camera: Camera) -> tuple[str, ...]:
    return tuple([f"camera.{name}" for name in SENSITIVE if getattr(camera, name)])


def _with_gdal(tags: Mapping[str, Value]) -> Mapping[str, Value]:
    """Let EXIF of GDAL's metadata stand where the file has none of its own."""
    if "IFD0:GDALMetadata" not in tags:
        return tags
    own = {key[len(_GDAL) :]: value for key, value in tags.items() if key.startswith(_GDAL)}
    return {**own, **tags}
