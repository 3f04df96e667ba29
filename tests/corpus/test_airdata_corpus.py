"""Real AirData exports: every number, and the aircraft's own record of the same flight."""

import csv
from pathlib import Path

import numpy as np
import pytest

from groundside.decode.csv_rows.names import read_names
from groundside.decode.format import Options
from groundside.decode.formats.airdata_csv import FORMAT
from groundside.decode.known import named
from groundside.model.recording import TimeBasis

pytestmark = pytest.mark.corpus
TWINS = 10


def exports(corpus: Path) -> list[Path]:
    return sorted((corpus / "flights" / "dji_csv").glob("*.csv"))


def read(path: Path):
    return FORMAT.decode(memoryview(path.read_bytes()), Options())


def test_every_number_of_every_export_equals_the_files_own_converted(corpus):
    for path in exports(corpus):
        with path.open(newline="", encoding="utf-8-sig") as lines:
            header, *rows = list(csv.reader(lines))
        ours = read(path).tables["rows"]
        assert ours.num_rows == len(rows)
        for place, name in enumerate(read_names(tuple(header))):
            if name.name.startswith("datetime") or name.name in {"flyc_state", "message"}:
                continue
            cells = [row[place].strip() for row in rows]
            plain = np.array([float(c) if c and c[0] in "+-.0123456789" else np.nan for c in cells])
            scale, zero = (name.unit.scale, name.unit.zero) if name.unit else (1.0, 0.0)
            values = np.asarray(ours.column(name.name).to_numpy(zero_copy_only=False), np.float64)
            np.testing.assert_allclose(values, (plain - zero) * scale, rtol=1e-12, err_msg=f"{path.name}: {name.raw}")


def test_every_byte_of_every_export_is_read_and_nothing_is_a_problem(corpus):
    for path in exports(corpus):
        raw = path.read_bytes()
        assert FORMAT.recognises(raw[:65536])
        decoded = FORMAT.decode(memoryview(raw), Options())
        assert decoded.account.decoded == len(raw) and not decoded.problems


def test_the_track_has_a_row_for_each_row_of_the_export(corpus):
    for path in exports(corpus):
        decoded = read(path)
        track = FORMAT.track(decoded)
        assert track.table.num_rows == decoded.tables["rows"].num_rows
        assert track.time_basis is TimeBasis.UTC_DEVICE and track.time_error_s <= 0.1


def test_velocities_are_north_east_down(corpus):
    """Over one second, the mean of the velocity is the difference of the positions."""
    path = next(p for p in exports(corpus) if "2021" in p.name)
    track = FORMAT.track(read(path))
    time = track.time_us / 1e6
    lat, lon, height = (track.floats(n) for n in ("lat", "lon", "height_m"))
    north, east = lat * 111_195.0, lon * 111_195.0 * np.cos(np.radians(np.nanmedian(lat)))
    step = 10
    near = np.isfinite(lat[step:]) & np.isfinite(lat[:-step]) & (time[step:] - time[:-step] < 1.2)
    for name, way in (("vn_mps", north), ("ve_mps", east), ("vd_mps", -height)):
        moved = ((way[step:] - way[:-step]) / (time[step:] - time[:-step]))[near]
        said = np.convolve(track.floats(name), np.ones(step + 1) / (step + 1), "valid")[near]
        assert np.polyfit(moved, said, 1)[0] == pytest.approx(1.0, abs=0.05), name
        assert np.corrcoef(moved, said)[0, 1] > 0.99, name


def test_ten_exports_are_the_flights_of_ten_of_the_aircrafts_own_records(corpus):
    record = named("dji-flight-record")
    if record is None:
        pytest.skip("there is no decoder of DJI flight records")
    own = []
    for path in sorted((corpus / "flights" / "dji_txt").glob("dji-flight-log__*.txt")):
        own.append(record.recording(record.decode(memoryview(path.read_bytes()), Options())))
    matched = 0
    for path in exports(corpus):
        ours = FORMAT.recording(read(path))
        twin = min(own, key=lambda r: abs(r.start_us - ours.start_us))
        if abs(twin.start_us - ours.start_us) > 60_000_000:
            continue
        matched += 1
        assert abs(twin.start_us - ours.start_us) <= 100_000
        assert abs(twin.duration_s - ours.duration_s) <= 0.15
        assert abs(twin.distance_m - ours.distance_m) <= 0.1
        assert int(ours.max_height_m) == twin.max_height_m
        assert ours.home == pytest.approx(twin.home) or abs(ours.home.lat - twin.home.lat) < 1e-9
        assert ours.rows_expected == twin.rows_expected
    assert matched == TWINS


def test_rows_of_a_damaged_export_that_are_whole_all_come_back(corpus):
    path = min(exports(corpus), key=lambda p: p.stat().st_size)
    raw = path.read_bytes()
    before = read(path).tables["rows"].column("time_ms").to_pylist()
    for place in range(2000, len(raw), len(raw) // 12):
        for damaged in (raw[:place] + b'"' + raw[place:], raw[:place] + raw[place + 777 :], raw[: place + 1]):
            decoded = FORMAT.decode(memoryview(damaged), Options())
            whole = [
                t for t, line in zip(before, raw.split(b"\n")[1:], strict=False) if b"\n" + line + b"\n" in damaged
            ]
            found = set(decoded.tables["rows"].column("time_ms").to_pylist())
            assert set(whole) <= found and len(found) <= len(before)


def test_messages_and_modes_are_told_on_the_clock_of_the_track(corpus):
    for path in exports(corpus):
        decoded = read(path)
        log, times = FORMAT.log(decoded), FORMAT.track(decoded).time_us
        told = [*log.messages.column("time_us").to_pylist(), *log.events.column("time_us").to_pylist()]
        assert log.messages.num_rows and log.events.num_rows and set(told) <= set(times.tolist())
        assert len(log.messages) <= sum(bool(m) for m in decoded.tables["rows"].column("message").to_pylist())
