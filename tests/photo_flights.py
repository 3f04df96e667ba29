"""Photos of a simulated flight: real JPEGs with the places and times of its track, and a camera clock that is wrong."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from PIL import Image

from groundside.archive.reading import read
from tests.photo_builders import MAKE, MODEL, ORIENTATION, TAKEN, jpeg, nadir, place, segment, tiff
from tests.simulated import files_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SIZE = (400, 300)
LOG = "SIMULATED_03_00000003.BIN"


@dataclass(frozen=True)
class Shot:
    """A photo, and the truth about it."""

    name: str
    content: bytes
    at_us: int
    lon: float
    lat: float


def log_of_flight() -> bytes:
    return next(f.content for f in files_of((0, 2, 6, 17)) if f.name == LOG)


def pixels(seed: int, size: tuple[int, int] = SIZE) -> bytes:
    """A JPEG that can be decoded: a few flat squares."""
    rng = np.random.default_rng(seed)
    squares = rng.integers(0, 255, (6, 8, 3), np.uint8)
    image = Image.fromarray(squares).resize(size, Image.Resampling.NEAREST)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def with_tags(picture: bytes, block: bytes, packet: str) -> bytes:
    """Put EXIF and XMP into a JPEG that has none."""
    tagged = jpeg(block, packet)
    inserted = tagged[2 : tagged.index(b"\xff\xc0")]
    return picture[:2] + inserted + picture[2:]


def photo(
    number: int,
    clock_us: int,
    where: tuple[float, float] | None,
    *,
    model: str = "FC6310R",
    orientation: int = 1,
    **tags: object,
) -> bytes:
    """One JPEG as a DJI camera writes it: the wall clock without a zone."""
    wall = EPOCH + timedelta(microseconds=clock_us)
    image = {MAKE: "DJI", MODEL: model, ORIENTATION: (3, [orientation])}
    exif = {TAKEN: f"{wall:%Y:%m:%d %H:%M:%S}", 0x920A: 8.8, 0xA405: (3, [24])}
    block = tiff(image, exif, place(where[1], where[0], 150.0) if where else None)
    return with_tags(pixels(number), block, nadir(**tags))


def shots(
    offset_s: float, every_s: float = 4.0, count: int = 20, *, unplaced: Sequence[int] = (), first: int = 0
) -> list[Shot]:
    """Photos taken along the flight of `LOG` by a camera whose clock is ahead of UTC by `offset_s`."""
    track = read(log_of_flight()).timed_track()
    assert track is not None
    times, lon, lat = track.time_us, track.floats("lon"), track.floats("lat")
    known = np.isfinite(lon)
    start, end = int(times[known][0]), int(times[known][-1])
    moments = (
        np.linspace(start, end, count + 2)[1:-1] if every_s <= 0 else start + 5e6 + np.arange(count) * every_s * 1e6
    )
    made: list[Shot] = []
    for number, at in enumerate(moments.astype(np.int64).tolist()):
        x, y = (float(np.interp(at, times[known], each[known])) for each in (lon, lat))
        where = None if number in unplaced else (x, y)
        content = photo(first + number, at + round(offset_s * 1e6), where)
        made.append(Shot(f"DJI_{first + number:04}.JPG", content, at, x, y))
    return made


__all__ = ["LOG", "Shot", "log_of_flight", "photo", "pixels", "segment", "shots", "with_tags"]
