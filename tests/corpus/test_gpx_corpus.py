"""A real GPX against AirData's CSV of the same flight."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from groundside.decode.format import Options
from groundside.decode.formats.airdata_csv import FORMAT as AIRDATA
from groundside.decode.formats.gpx import FORMAT
from groundside.model.recording import TimeBasis
from groundside.model.track import Track

pytestmark = pytest.mark.corpus
NAME = "dji-flight-record-review__Sep-5th-2021-07-48PM-Flight-Airdata"


def twins(corpus: Path) -> tuple[Track, Track]:
    """The GPX and the CSV as tracks."""
    gpx = (corpus / "flights" / "track" / f"{NAME}.gpx").read_bytes()
    csv = (corpus / "flights" / "dji_csv" / f"{NAME}.csv").read_bytes()
    tracks = [f.track(f.decode(memoryview(content), Options())) for f, content in ((FORMAT, gpx), (AIRDATA, csv))]
    assert tracks[0] is not None
    assert tracks[1] is not None
    return tracks[0], tracks[1]


def test_a_real_gpx_is_recognised_and_read_whole(corpus: Path):
    content = (corpus / "flights" / "track" / f"{NAME}.gpx").read_bytes()
    assert FORMAT.recognises(content[:65536])
    decoded = FORMAT.decode(memoryview(content), Options())
    assert decoded.problems == ()
    assert decoded.account.skipped == 0
    assert decoded.tables["track_points"].num_rows == content.count(b"<trkpt")
    assert FORMAT.recording(decoded).time_basis is TimeBasis.UTC_DEVICE


def test_positions_times_altitudes_agree_with_the_csv_of_the_same_flight(corpus: Path):
    gpx, csv = twins(corpus)
    assert gpx.table.num_rows > 10_000
    nearest = np.abs(csv.time_us[:, np.newaxis] - gpx.time_us[np.newaxis, ::50]).argmin(axis=0)
    assert np.abs(csv.time_us[nearest] - gpx.time_us[::50]).max() <= 1_000_000
    offset = float(np.median((csv.time_us[nearest] - gpx.time_us[::50]) / 1e6))
    assert abs(offset) < 1.0
    for name, near in (("lon", 2e-4), ("lat", 2e-4), ("altitude_m", 15.0)):
        difference = np.abs(gpx.floats(name)[::50] - csv.floats(name)[nearest])
        assert np.nanmedian(difference) < near / 20, name
        assert np.nanmax(difference) < near, name


def test_no_other_file_of_the_corpus_is_taken_for_gpx(corpus: Path):
    for path in sorted((corpus / "flights").rglob("*")):
        if path.is_file() and path.suffix != ".gpx":
            with path.open("rb") as stream:
                assert not FORMAT.recognises(stream.read(65536)), path.name
