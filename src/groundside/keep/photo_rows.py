"""Photos as columns of their table; whoever read them can write them so, without a database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from groundside.keep.canonical import canonical, finite, noun, storable
from groundside.model.kept_photo import JoinedBy, KeptPhoto, PhotoJoin
from groundside.model.place import LonLat

if TYPE_CHECKING:
    from groundside.model.footprint import Footprint, NoFootprint
    from groundside.model.photo import Photo, PhotoTime

THUMBNAIL = "thumbnail"
"""Kind of the object that holds a small image of a photo."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
NOT_LOOKED_FOR = "its flight was not looked for yet"
UNJOINED: Mapping[str, object] = {
    "flight_id": None,
    "join_how": JoinedBy.NONE.value,
    "join_why": NOT_LOOKED_FOR,
    "clock_offset_s": None,
    "clock_error_s": None,
    "away_m": None,
    "joined_us": None,
}
"""What a row says of its flight before one was looked for."""
NO_FOOTPRINT: Mapping[str, object] = {
    **dict.fromkeys(("off_nadir_deg", "west", "south", "east", "north")),
    "footprint": "",
}
"""What a row says of a footprint that is not known, besides why."""


def photo_columns(photo: Photo, footprint: Footprint | NoFootprint | None) -> dict[str, object]:
    """
    Give the columns of the table `photo` that the file alone tells: all but the original and the name it came under.

    Args:
        photo: what the file says.
        footprint: what it shows of the ground; None of a video.
    """
    clock, is_utc = clock_of(photo.time)
    place = photo.position.place if photo.position is not None else None
    camera = storable(f"{photo.camera.make} {photo.camera.model}".strip())
    return {
        "kind": photo.kind,
        "format": photo.format,
        "taken_us": clock if is_utc else None,
        "clock_us": clock,
        "clock_is_utc": is_utc,
        "order_us": clock,
        "placed_by": "file" if place else "",
        "lon": finite(place.lon) if place else None,
        "lat": finite(place.lat) if place else None,
        "camera": camera,
        "camera_folded": camera.casefold(),
        "camera_serial": storable(photo.camera.serial),
        "width_px": photo.width_px,
        "height_px": photo.height_px,
        **shown_columns(footprint),
        **UNJOINED,
    }


def shown_columns(footprint: Footprint | NoFootprint | None) -> dict[str, object]:
    """Give the columns that tell what a photo shows of the ground."""
    from groundside.model.footprint import Footprint  # late, as below: the catalogue is opened without it

    if isinstance(footprint, Footprint):
        off_nadir = finite(footprint.off_nadir_deg)
        told = {"off_nadir_deg": off_nadir, "footprint": canonical(footprint), "why_no_footprint": ""}
        return {**told, **_bounds(footprint.outline)}
    why = "a video has no one footprint" if footprint is None else footprint.why
    return {**NO_FOOTPRINT, "why_no_footprint": why}


def _bounds(outline: Sequence[LonLat]) -> dict[str, object]:
    lons, lats = [place.lon for place in outline], [place.lat for place in outline]
    return {"west": min(lons), "south": min(lats), "east": max(lons), "north": max(lats)}


def clock_of(time: PhotoTime) -> tuple[int | None, bool]:
    """Give what a camera's clock said, in microseconds, and whether that is UTC."""
    if time.utc_us is not None:
        return time.utc_us, True
    try:
        local = datetime.fromisoformat(time.local)
    except ValueError:
        return None, False
    if local.tzinfo is not None:
        return (local - _EPOCH) // _US, True
    return (local.replace(tzinfo=UTC) - _EPOCH) // _US, False


def outline_in(columns: Mapping[str, Any]) -> Sequence[LonLat]:
    """Give the outline of the footprint that a row holds; empty where it holds none."""
    from groundside.model.footprint import Footprint

    return noun(Footprint, columns["footprint"]).outline if columns["footprint"] else ()


def corners_in(footprint: str) -> list[LonLat]:
    """Give the outline of a footprint that a row holds, without reading the rest of it."""
    return [LonLat(corner["lon"], corner["lat"]) for corner in json.loads(footprint)["outline"]] if footprint else []


def kept_photo(row: Any) -> KeptPhoto:  # noqa: ANN401 - a row of the table
    """Read a row of the table `photo`."""
    from groundside.model.footprint import Footprint

    return KeptPhoto(
        id=row.original_id,
        file=row.file_name,
        kind=row.kind,
        format=row.format,
        taken_us=row.taken_us,
        clock_us=row.clock_us,
        clock_is_utc=row.clock_is_utc,
        place=None if row.lon is None else LonLat(row.lon, row.lat),
        placed_by=row.placed_by,
        camera=row.camera,
        width_px=row.width_px,
        height_px=row.height_px,
        footprint=noun(Footprint, row.footprint) if row.footprint else None,
        why_no_footprint=row.why_no_footprint,
        join=PhotoJoin(
            flight_id=row.flight_id,
            how=JoinedBy(row.join_how),
            clock_offset_s=row.clock_offset_s,
            clock_error_s=row.clock_error_s,
            away_m=row.away_m,
            why=row.join_why,
        ),
    )
