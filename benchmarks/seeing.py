"""
"Which photos see this point", asked of the archive's own catalogue, against every outline looked at.

The catalogue is filled by its own columns and squares, with the footprint of one photo moved to where each other one
lies; each answer is compared with that of looking at all outlines.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from groundside.archive.footprints import footprint_of
from groundside.archive.photos import found
from groundside.keep import schema
from groundside.keep.canonical import canonical
from groundside.keep.catalogue import Catalogue
from groundside.keep.photo_cells import rows_of
from groundside.keep.photo_rows import photo_columns
from groundside.keep.photo_tables import photo, photo_cell
from groundside.model.caller import EVERYTHING, Caller
from groundside.model.footprint import Footprint
from groundside.model.kept_photo import PhotoQuery
from groundside.model.place import LonLat
from groundside.produce.imagery.seeing import Rings, holding

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.footprints import CORNERS, flown  # noqa: E402 - found only after that
from tests.photographs import photo_at  # noqa: E402

MANY, REDUCED, ASKED, COMPARED, AT_ONCE = 1_000_000, 20_000, 400, 40, 5000
Row = dict[str, object]


def rows(corpus: Path, median_s: object, full: bool = False) -> Iterator[Row]:
    del corpus, median_s
    count = MANY if full else REDUCED
    rings, places = flown(count, ASKED)
    with tempfile.TemporaryDirectory(dir=ROOT.parent, prefix=".bench-seeing-") as folder:
        catalogue = Catalogue.open(f"sqlite:///{folder}/catalogue.sqlite", backup_folder=None)
        with catalogue.commit(Caller("benchmark", "benchmark")) as writer:
            for begin in range(0, count, AT_ONCE):
                fill(writer.connection, rings, begin, min(begin + AT_ONCE, count))
        yield asked(catalogue, rings, places, Path(folder))


def asked(catalogue: Catalogue, rings: Rings, places: np.ndarray, folder: Path) -> Row:
    cpu_ms, wall_ms, most = [], [], 0
    for lon, lat in places.T.tolist():
        cpu, wall = time.process_time(), time.perf_counter()
        with catalogue.read() as reader:
            page = found(reader, PhotoQuery(seeing=LonLat(lon, lat), limit=200), EVERYTHING)
        cpu_ms.append((time.process_time() - cpu) * 1e3)
        wall_ms.append((time.perf_counter() - wall) * 1e3)
        most = max(most, page.total)
    began = time.process_time()
    for lon, lat in places.T.tolist()[:COMPARED]:
        with catalogue.read() as reader:
            page = found(reader, PhotoQuery(seeing=LonLat(lon, lat)), EVERYTHING)
        assert sorted(int(each.photo.id, 16) for each in page.photos) == holding(rings, LonLat(lon, lat)).tolist()
    theirs = (time.process_time() - began) / COMPARED * 1e3 - float(np.mean(cpu_ms))
    return {
        "what": f"which of {rings.count} photos in the archive see a point, CPU",
        "median_ms": float(np.median(cpu_ms)),
        "p95_ms": float(np.percentile(cpu_ms, 95)),
        "p95_wall_ms": float(np.percentile(wall_ms, 95)),
        "target_ms": 50.0,
        "most_photos": most,
        "catalogue_mb": sum(file.stat().st_size for file in folder.iterdir()) / 1e6,
        "peer": "every outline looked at, in memory",
        "times_peer": theirs / float(np.median(cpu_ms)),
    }


def fill(connection: object, rings: Rings, begin: int, end: int) -> None:
    """Put some photos into the catalogue."""
    base = photo_at(LonLat(0.0, 0.0001))
    made = footprint_of(base)
    assert isinstance(made, Footprint)
    columns, written = photo_columns(base, made), json.loads(canonical(made))
    originals, photos, cells = [], [], []
    for number in range(begin, end):
        corners = slice(number * CORNERS, (number + 1) * CORNERS)
        lon, lat, name = rings.lon[corners].tolist(), rings.lat[corners].tolist(), f"{number:032x}"
        outline = [{"lat": y, "lon": x} for x, y in zip(lon, lat, strict=True)]
        at = {"lat": sum(lat) / CORNERS, "lon": sum(lon) / CORNERS}
        text = json.dumps({**written, "outline": outline, "camera": at}, sort_keys=True, separators=(",", ":"))
        bounds = {"west": min(lon), "east": max(lon), "south": min(lat), "north": max(lat)}
        own = {"original_id": name, "file_name": f"{number}.jpg", "order_us": number, "footprint": text, **at, **bounds}
        originals.append(
            {"id": name, "case_name": "general", "object_id": name, "digest": name * 2, "size": 1,
             "fingerprint": name, "received_us": number}
        )  # fmt: skip
        photos.append({**columns, **own, "seal": None})
        cells += rows_of(name, [LonLat(x, y) for x, y in zip(lon, lat, strict=True)])
    for table, some in ((schema.original, originals), (photo, photos), (photo_cell, cells)):
        connection.execute(insert(table), some)  # type: ignore[attr-defined]
