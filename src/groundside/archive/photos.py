"""Verbs about photos in the archive: which there are, which see a place, their images, and which flight each is of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from groundside.archive import photo_joining
from groundside.archive.photo_facts import photo_in
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, NotFound
from groundside.keep.catalogue import Reader
from groundside.model.caller import Caller, Scope
from groundside.model.footprint import Footprint, NoFootprint, PlacedPhoto
from groundside.model.kept_photo import KeptPhoto, ListedPhoto, PhotoExtent, PhotoPage, PhotoQuery
from groundside.model.photo import Photo, PhotoPosition, PhotoTime
from groundside.model.place import LonLat
from groundside.produce.imagery.seeing import holding, photo_order, rings_of
from groundside.reference.cells import Bounds
from groundside.reference.geodesy import distances_m

MOST_THUMBNAILS = 200
"""Of one question: more than a screen shows."""
CHUNK_BYTES = 1 << 20
_HREF = "photos/{}/original"


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """
    The bytes of an image.

    Args:
        name: of the file.
        media_type: as its format says.
        size: how many bytes.
        pieces: the bytes, in order.
    """

    name: str
    media_type: str
    size: int
    pieces: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class PhotoDetail:
    """One photo of the archive, and what its file says."""

    kept: KeptPhoto
    photo: Photo


@verb(Effect.REVEALS)
def photos(store: Store, caller: Caller, asked: PhotoQuery) -> PhotoPage:
    """
    Give one page of the photos asked for.

    What sees a place is decided by footprints, exactly as edges straight in longitude and latitude have it; "near" by
    the ellipsoidal distance to where the camera was.

    Raises:
        NotFound: there is no such flight in the caller's scope.
    """
    with store.catalogue.read() as reader:
        return found(reader, asked, caller.scope)


@verb(Effect.REVEALS)
def photo(store: Store, caller: Caller, photo_id: str) -> PhotoDetail:
    """
    Give one photo with all that its file says.

    Raises:
        NotFound: no such photo in the caller's scope.
    """
    with store.catalogue.read() as reader:
        kept = _kept(reader, photo_id, caller.scope)
        said = reader.facts_of_photos([kept.id], caller.scope).get(kept.id)
    return PhotoDetail(kept, _said(said))


@verb(Effect.REVEALS)
def photo_thumbnails(store: Store, caller: Caller, photo_ids: Sequence[str]) -> list[bytes | None]:
    """
    Give small images of photos, as JPEGs without metadata, in the order asked; all of them are one entry in the ledger.

    Returns:
        None for one that has none: a video, an image that cannot be decoded, an id that is no photo's.

    Raises:
        BadRequest: more than `MOST_THUMBNAILS`.
    """
    if len(photo_ids) > MOST_THUMBNAILS:
        what = f"At most {MOST_THUMBNAILS} small images are given at once."
        raise BadRequest(what, try_this="ask for fewer")
    with store.catalogue.read() as reader:
        where = reader.thumbnails(photo_ids, caller.scope)
    return [store.vault.read(where[each].object_id) if each in where else None for each in photo_ids]


@verb(Effect.REVEALS)
def photo_thumbnail(store: Store, caller: Caller, photo_id: str) -> bytes:
    """
    Give a small image of one photo.

    Raises:
        NotFound: no such photo in the caller's scope, or it has no small image.
    """
    with store.catalogue.read() as reader:
        where = reader.thumbnail(photo_id, caller.scope)
    if where is None:
        what = "There is no small image of that."
        raise NotFound(what, try_this="groundside photos")
    return store.vault.read(where.object_id)


@verb(Effect.REVEALS)
def photo_original(store: Store, caller: Caller, photo_id: str) -> PhotoFile:
    """
    Give a photo as it came, byte for byte: with its position and serials, which tell who was where.

    Raises:
        NotFound: no such photo in the caller's scope.
    """
    with store.catalogue.read() as reader:
        kept = _kept(reader, photo_id, caller.scope)
        original = reader.original(photo_id, caller.scope)
    return PhotoFile(
        kept.file, _MEDIA.get(kept.format, "image/jpeg"), original.size, _pieces(store, original.object_id)
    )


@verb(Effect.REVEALS)
def placed_photos(store: Store, caller: Caller, asked: PhotoQuery) -> list[PlacedPhoto]:
    """
    Give photos as catalogues take them: with what the file says, the footprint, and a link.

    The place is the track's where the file has none, and the time the flight's where the camera's zone is unknown.
    Serials and names of people are left out.

    Raises:
        NotFound: there is no such flight in the caller's scope.
    """
    with store.catalogue.read() as reader:
        listed = found(reader, asked, caller.scope).photos
        facts = reader.facts_of_photos([each.photo.id for each in listed], caller.scope)
    return [_placed(each.photo, facts.get(each.photo.id)) for each in listed]


@verb(Effect.REVEALS)
def photo_extent(store: Store, caller: Caller) -> PhotoExtent:
    """Say where and when the photos of the archive were taken."""
    with store.catalogue.read() as reader:
        return reader.photo_extent(caller.scope)


@verb(Effect.CHANGES)
def join_photos(store: Store, caller: Caller) -> int:
    """
    Look for the flight of every photo for which that was not done yet; `ingest` does it at its end.

    Returns:
        How many photos were looked at: others of the same camera and day come along.
    """
    looked_at = photo_joining.join_photos(store, caller)
    if not looked_at:
        with store.catalogue.commit(caller) as writer:
            writer.event(photo_joining.JOINED, about="", details=json.dumps({"photos": 0}), at_us=store.now_us())
    return looked_at


def found(reader: Reader, asked: PhotoQuery, scope: Scope) -> PhotoPage:
    """Find photos; see `photos`."""
    if asked.flight:
        asked = replace(asked, flight=reader.resolve(asked.flight, scope))
    if asked.seeing is not None:
        return _page(_seeing(reader, asked, asked.seeing, scope), asked)
    if asked.near is not None:
        return _page(_near(reader, asked, scope), asked)
    if asked.box is not None:
        return _overlapping(reader, asked, asked.box, scope)
    listed = tuple(ListedPhoto(each) for each in reader.photos(asked, scope))
    return PhotoPage(listed, reader.count_photos(asked, scope))


def _overlapping(reader: Reader, asked: PhotoQuery, box: tuple[float, float, float, float], scope: Scope) -> PhotoPage:
    """List what meets a box, the latest first; only outlines that lie partly outside are looked at one by one."""
    rows = reader.photos_overlapping(box, asked, scope)
    unsure = [each for each, bounds in rows if not _inside(bounds, box)]
    outlines = {n: each.footprint for n, each in reader.photos_named(unsure, scope).items()}
    out = {n for n, made in outlines.items() if made is None or not _meets(made, box)}
    ids = [each for each, _ in rows if each not in out]
    end = None if asked.limit is None else asked.offset + asked.limit
    shown = reader.photos_named(ids[asked.offset : end], scope)
    return PhotoPage(tuple(ListedPhoto(shown[each]) for each in ids[asked.offset : end]), len(ids))


def _inside(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _meets(made: Footprint, box: tuple[float, float, float, float]) -> bool:
    import shapely

    west, south, east, north = box
    outline = shapely.Polygon([(place.lon, place.lat) for place in made.outline])
    return any(
        shapely.intersects(outline, shapely.box(west + turn, south, east + turn, north))
        for turn in (0.0, 360.0, -360.0)
    )


def _page(listed: list[ListedPhoto], asked: PhotoQuery) -> PhotoPage:
    end = None if asked.limit is None else asked.offset + asked.limit
    return PhotoPage(tuple(listed[asked.offset : end]), len(listed))


def _seeing(reader: Reader, asked: PhotoQuery, place: LonLat, scope: Scope) -> list[ListedPhoto]:
    """List what sees a place, the best view first; where a circle is asked too, only cameras within it."""
    may = reader.outlines_around(place, asked, scope)
    ids = list(may)
    kept = reader.photos_named([ids[row] for row in holding(rings_of(list(may.values())), place).tolist()], scope)
    seen = [kept[each] for each in ids if each in kept]
    if asked.near is not None and seen:
        away = _away_m(asked.near.point, seen)
        seen = [each for each, far in zip(seen, away.tolist(), strict=True) if far <= asked.near.metres]
    prints = [each.footprint for each in seen if each.footprint is not None]
    lon, lat = (np.array([getattr(each.camera, axis) for each in prints], np.float64) for axis in ("lon", "lat"))
    views = photo_order(place, lon, lat, np.array([_over_ground_m(each) for each in prints], np.float64))
    rows = zip(views.order.tolist(), views.range_m.tolist(), views.off_nadir_deg.tolist(), strict=True)
    return [ListedPhoto(seen[row], far, off) for row, far, off in rows]


def _over_ground_m(of: Footprint) -> float:
    sights = [sight.ground.height_m for sight in (of.centre, *of.corners) if sight.ground is not None]
    return of.camera_height_m - (sights[0] if sights else of.ground.height_m or 0.0)


def _near(reader: Reader, asked: PhotoQuery, scope: Scope) -> list[ListedPhoto]:
    assert asked.near is not None
    at = asked.near.point
    here = reader.photos_within(Bounds(at.lon, at.lat, at.lon, at.lat).grown(asked.near.metres), asked, scope)
    away = _away_m(at, here)
    order = np.argsort(away, kind="stable").tolist()
    return [ListedPhoto(here[row], float(away[row])) for row in order if away[row] <= asked.near.metres]


def _away_m(point: LonLat, kept: Sequence[KeptPhoto]) -> np.ndarray:
    places = [each.place or LonLat(float("nan"), float("nan")) for each in kept]
    if not places:
        return np.empty(0)
    away = distances_m(point, [each.lon for each in places], [each.lat for each in places])
    return np.where(np.isfinite(away), away, np.inf)


def _kept(reader: Reader, photo_id: str, scope: Scope) -> KeptPhoto:
    kept = reader.photo(photo_id, scope)
    if kept is None:
        what = f"There is no photo {photo_id[:40]!r}."
        raise NotFound(what, try_this="groundside photos")
    return kept


def _said(facts: str | None) -> Photo:
    return (photo_in(json.loads(facts)) if facts else None) or Photo()


def _placed(kept: KeptPhoto, facts: str | None) -> PlacedPhoto:
    said = _said(facts)
    camera = replace(said.camera, serial="", aircraft_serial="", lens_serial="", owner="")
    position = said.position
    if position is None and kept.place is not None:
        position = PhotoPosition(kept.place, "track")
    local = kept.taken_us is None and kept.clock_us is not None
    time = said.time if local else PhotoTime(utc_us=kept.taken_us, local=said.time.local)
    shown = replace(said, camera=camera, position=position, time=time)
    made = kept.footprint or NoFootprint(kept.why_no_footprint)
    return PlacedPhoto(kept.id, kept.file, shown, made, _HREF.format(kept.id))


def _pieces(store: Store, object_id: str) -> Iterator[bytes]:
    with store.vault.open(object_id) as stream:
        while piece := stream.read(CHUNK_BYTES):
            yield piece


_MEDIA = {
    "jpeg": "image/jpeg",
    "r-jpeg": "image/jpeg",
    "tiff": "image/tiff",
    "dng": "image/x-adobe-dng",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
}
