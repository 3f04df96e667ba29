"""
Footprints: one of them, and which of a million see a place.

The peer of a question is GEOS's tree of the same outlines (shapely's `STRtree` with a prepared `intersects`); that of a
footprint over level ground is the same rays followed over an elevation model.
"""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import shapely

from groundside.archive.footprints import footprint_of, opened_terrain
from groundside.archive.photographs import read_photos
from groundside.model.place import LonLat
from groundside.produce.imagery.seeing import FootprintIndex, Rings

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.footprints import flown  # noqa: E402 - found only after that

MANY, REDUCED, ASKED = 1_000_000, 100_000, 1000
Row = dict[str, object]


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float], full: bool = False) -> Iterator[Row]:
    yield from asking(MANY if full else REDUCED)
    yield from placing(corpus.parent / "imagery", median_s)


def asking(count: int) -> Iterator[Row]:
    rings, places = flown(count, ASKED)
    began = time.process_time()
    index = FootprintIndex(rings)
    made_s = time.process_time() - began
    ours, found = each_ms(lambda lon, lat: index.seeing(LonLat(lon, lat)), places)
    began = time.process_time()
    tree = geos(rings)
    their_s = time.process_time() - began
    theirs, theirs_found = each_ms(lambda lon, lat: tree.query(shapely.Point(lon, lat), predicate="intersects"), places)
    assert found == theirs_found
    yield {
        "what": f"which of {count} footprints see a point, CPU",
        "median_ms": float(np.median(ours)),
        "p95_ms": float(np.percentile(ours, 95)),
        "target_ms": 50.0,
        "most_photos": max(found),
        "peer": "shapely STRtree",
        "times_peer": float(np.median(theirs) / np.median(ours)),
    }
    yield {
        "what": f"index of {count} footprints, made anew, CPU",
        "median_ms": made_s * 1e3,
        "peer": "shapely STRtree",
        "times_peer": their_s / made_s,
    }


def each_ms(ask: Callable[[float, float], np.ndarray], places: np.ndarray) -> tuple[list[float], list[int]]:
    took: list[float] = []
    found: list[int] = []
    for lon, lat in places.T.tolist():
        began = time.process_time()
        answer = ask(lon, lat)
        took.append((time.process_time() - began) * 1e3)
        found.append(len(answer))
    return took, found


def geos(rings: Rings) -> shapely.STRtree:
    corners = np.column_stack([rings.lon, rings.lat])
    owner = np.repeat(np.arange(rings.count), np.diff(rings.starts))
    return shapely.STRtree(shapely.polygons(shapely.linearrings(corners, indices=owner)))


def placing(imagery: Path, median_s: Callable[[Callable[[], object]], float]) -> Iterator[Row]:
    (read,) = read_photos([imagery / "orthority" / "100_0005_0142.tif"])
    photo = read.photo
    assert photo is not None
    level = median_s(lambda: footprint_of(photo))
    with opened_terrain(imagery / "orthority" / "dsm.tif") as surface:
        over = median_s(lambda: footprint_of(photo, surface))
    yield {
        "what": "footprint of one photo with error ellipses, level ground, CPU",
        "median_ms": level * 1e3,
        "peer": "over an elevation model of 0.8 m",
        "times_peer": over / level,
    }
