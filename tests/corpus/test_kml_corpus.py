"""Real KML and KMZ: a path is read as the CSV of the same flight has it, and missions are not taken for flights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from groundside.decode.format import Options
from groundside.decode.formats.airdata_csv import FORMAT as AIRDATA
from groundside.decode.formats.kml import FORMAT

pytestmark = pytest.mark.corpus
NAME = "dji-flight-record-review__Sep-5th-2021-07-48PM-Flight-Airdata"


def places_of(table: pa.Table, lon: str, lat: str) -> list[tuple[float, float]]:
    x, y = (np.round(table.column(name).to_numpy().astype(np.float64), 7).tolist() for name in (lon, lat))
    return list(zip(x, y, strict=True))


def test_every_corner_of_a_real_line_is_a_place_in_the_csv_of_the_same_flight(corpus: Path):
    content = (corpus / "flights" / "track" / f"{NAME}.kml").read_bytes()
    assert FORMAT.recognises(content[:65536])
    decoded = FORMAT.decode(memoryview(content), Options())
    assert decoded.account.skipped == 0
    assert FORMAT.track(decoded) is None
    corners = decoded.tables["line_points"]
    assert corners.num_rows > 2000
    csv = AIRDATA.decode(memoryview((corpus / "flights" / "dji_csv" / f"{NAME}.csv").read_bytes()), Options()).tables[
        "rows"
    ]
    flown, drawn = set(places_of(csv, "longitude", "latitude")), places_of(corners, "lon", "lat")
    assert np.mean([place in flown for place in drawn]) > 0.99


def test_missions_plans_and_all_other_files_are_not_taken_for_a_path(corpus: Path):
    seen = 0
    for path in sorted((corpus / "flights").rglob("*")):
        if path.is_file() and path.parent.name != "track":
            seen += path.suffix in {".kmz", ".kml", ".wpml"}
            with path.open("rb") as stream:
                assert not FORMAT.recognises(stream.read(65536)), path.name
    assert seen >= 7


def test_a_mission_that_is_read_all_the_same_gives_no_track(corpus: Path):
    for path in sorted((corpus / "flights" / "kmz").iterdir()):
        decoded = FORMAT.decode(memoryview(path.read_bytes()), Options())
        assert FORMAT.track(decoded) is None, path.name
        assert decoded.account.decoded + decoded.account.skipped == path.stat().st_size
