"""Photos of the archive as JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from groundside.model.kept_photo import KeptPhoto, ListedPhoto, PhotoPage, PhotoTimes
from groundside.see.exports.photos.shapes import footprint_shape, polygons
from groundside.see.photo_schema import KeptPhotoShape, PhotoBarShape, PhotoDetailShape, PhotosShape, PhotoTimesShape
from groundside.see.photo_shapes import said_shape
from groundside.see.text import iso, shown_text

if TYPE_CHECKING:
    from groundside.archive.photos import PhotoDetail


def photos_shape(page: PhotoPage) -> PhotosShape:
    """One page."""
    return {"photos": [listed_shape(each) for each in page.photos], "total": page.total}


def photo_times_shape(of: PhotoTimes) -> PhotoTimesShape:
    """When photos were taken."""
    bars: list[PhotoBarShape] = [{"utc": iso(at), "photos": count} for at, count in of.bars]
    return {"step_s": of.step_us / 1e6, "bars": bars, "undated": of.undated}


def listed_shape(listed: ListedPhoto) -> KeptPhotoShape:
    """One photo of a list."""
    of, join = listed.photo, listed.photo.join
    made = of.footprint
    return {
        "id": of.id,
        "file": shown_text(of.file),
        "kind": of.kind,
        "format": of.format,
        "utc": iso(of.taken_us),
        "camera_clock": camera_clock(of),
        "position": None if of.place is None else [_rounded(of.place.lon, 9), _rounded(of.place.lat, 9)],
        "placed_by": of.placed_by,
        "camera": shown_text(of.camera),
        "width_px": of.width_px,
        "height_px": of.height_px,
        "off_nadir_deg": None if made is None else _rounded(made.off_nadir_deg, 2),
        "gsd_m": None if made is None or made.gsd_m is None else _rounded(math.sqrt(math.prod(made.gsd_m)), 5),
        "outline": None if made is None else polygons(made),
        "why_no_footprint": of.why_no_footprint or None,
        "join": {
            "flight": join.flight_id,
            "how": join.how.value,
            "clock_offset_s": _maybe(join.clock_offset_s, 3),
            "clock_error_s": _maybe(join.clock_error_s, 3),
            "away_m": _maybe(join.away_m, 2),
            "why": join.why,
        },
        "away_m": _maybe(listed.away_m, 2),
        "seen_off_nadir_deg": _maybe(listed.off_nadir_deg, 2),
    }


def camera_clock(of: KeptPhoto) -> str | None:
    """Write what a camera's clock of unknown zone said; None where it was UTC, or there is none."""
    return None if of.clock_is_utc or of.clock_us is None else (iso(of.clock_us) or "").rstrip("Z") or None


def photo_detail_shape(detail: PhotoDetail) -> PhotoDetailShape:
    """One photo with all that its file says."""
    made = detail.kept.footprint
    return {
        "photo": listed_shape(ListedPhoto(detail.kept)),
        "said": said_shape(detail.photo),
        "footprint": None if made is None else footprint_shape(made),
    }


def _maybe(value: float | None, digits: int) -> float | None:
    return None if value is None else _rounded(value, digits)


def _rounded(value: float, digits: int) -> float:
    return round(value, digits)
