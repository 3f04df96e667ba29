"""
Text formats: documents and tables to columns against the standard library, and what a small log costs all in all.

A small log is recognised, read, and cut into flights, as ingest does it; its peer there is this program with the plain
twins in place of its kernels (GROUNDSIDE_KERNELS=plain), in the same process.
"""

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import groundside
from groundside import native
from groundside.archive.deriving import derive
from groundside.archive.simulating import simulated_files

REAL = "dji-flight-record-review__Sep-5th-2021-07-48PM-Flight-Airdata"
SMALL = ("gpx", "kml", "airdata-csv", "litchi-csv", "dji-csv", "dji-srt", "igc", "ppk-mrk")
SEED = 11
LIMIT = 1 << 30
Median = Callable[[Callable[[], object]], float]


def our_columns(data: bytes) -> int:
    """Every table made, every column there; gives how many values."""
    tables = groundside.read(data).tables
    return sum(tables[name].num_rows * tables[name].num_columns for name in tables)


def tree_points(data: bytes) -> int:
    """The tree of a GPX, and of each point in it position, height and time."""
    points = [
        (float(p.attrib["lat"]), float(p.attrib["lon"]), [_value(child.tag, child.text or "") for child in p])
        for p in ET.fromstring(data).iter()
        if p.tag.endswith("}trkpt")
    ]
    return len(points)


def tree_places(data: bytes) -> int:
    """The tree of a KML, and its times and places."""
    found = 0
    for element in ET.fromstring(data).iter():
        if element.tag.endswith("}when"):
            found += datetime.fromisoformat(element.text or "") is not None
        elif element.tag.endswith("}coord"):
            found += len([*map(float, (element.text or "").split())])
    return found


def rows_of_floats(data: bytes) -> int:
    """The rows of a CSV, their cells as numbers where they are."""
    return sum(len([_number(cell) for cell in row]) for row in csv.reader(io.StringIO(data.decode(errors="replace"))))


def _value(tag: str, text: str) -> object:
    return datetime.fromisoformat(text) if tag.endswith("}time") else _number(text)


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def small_log(name: str) -> bytes:
    """One simulated log of the format, of some 20 to 900 kB (IGC and MRK are smaller)."""
    return next(file.content for file in simulated_files(40, SEED, formats=(name,)) if file.format)


def row(what: str, size: int, ours_s: float, peer: str, peer_s: float) -> dict[str, object]:
    return {
        "what": what,
        "bytes": size,
        "seconds": ours_s,
        "MB_per_s": size / ours_s / 1e6,
        "peer": peer,
        "peer_seconds": peer_s,
        "times_peer": peer_s / ours_s,
    }


def rows(corpus: Path, median_s: Median) -> Iterator[dict[str, object]]:
    small = {name: small_log(name) for name in SMALL}
    real_gpx = (corpus / "track" / f"{REAL}.gpx").read_bytes()
    real_csv = (corpus / "dji_csv" / f"{REAL}.csv").read_bytes()
    against = (
        ("GPX to columns, real", real_gpx, "ElementTree", tree_points),
        ("GPX to columns, simulated", small["gpx"], "ElementTree", tree_points),
        ("KML to columns, simulated", small["kml"], "ElementTree", tree_places),
        ("AirData CSV to columns, real", real_csv, "csv.reader and float", rows_of_floats),
    )
    for what, data, peer, work in against:
        our_columns(data)
        ours = median_s(lambda data=data: our_columns(data))
        yield row(what, len(data), ours, peer, median_s(lambda data=data, work=work: work(data)))
    for name, data in small.items():
        view = memoryview(data)
        derive(view, None, LIMIT)
        ours = median_s(lambda view=view: derive(view, None, LIMIT))
        with patch.object(native, "PLAIN", True):
            plain = median_s(lambda view=view: derive(view, None, LIMIT))
        what = f"one {name} of {len(data) / 1000:.0f} kB: recognised, read and cut"
        yield {**row(what, len(data), ours, "the plain twins", plain), "median_ms": ours * 1000}
