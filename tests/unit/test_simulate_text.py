"""What the simulator writes as subtitles and as AirData CSV, read here with nothing but `re` and `csv`."""

import csv
import io
import re
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from groundside.model.recording import Aircraft
from groundside.simulate import places
from groundside.simulate.missions import Area
from groundside.simulate.scenario import Scenario, simulate
from groundside.simulate.truth import Truth
from groundside.simulate.writers import airdata_csv, dji_srt
from groundside.simulate.writers.dji_srt import Dialect, Video

ARROW = re.compile(r"(\d\d):(\d\d):(\d\d),(\d{3}) --> (\d\d):(\d\d):(\d\d),(\d{3})")
NAMED = re.compile(r"\[latitude ?: (-?[\d.]+)\] \[longt?itude ?: (-?[\d.]+)\]")
LON_FIRST = re.compile(r"GPS ?\((-?[\d.]+), ?(-?[\d.]+), ?(\d+)\)")
OLD = (Dialect.MAVIC_PRO, Dialect.PHANTOM_4, Dialect.PHANTOM_4_RTK)


@cache
def flown(fix_after_s: float = 0.0) -> Truth:
    area = Area(width_m=90.0, depth_m=50.0)
    return simulate(
        Scenario(
            name="t", field=places.PLAIN, mission="survey", area=area, start_us=1_780_000_000_123_000,
            aircraft=Aircraft(name="SIMULATED Quad 1"), fix_after_s=fix_after_s,
        ),
        9,
    )  # fmt: skip


@cache
def filmed(dialect: Dialect, begin_s: float = 20.0, fix_after_s: float = 0.0) -> dji_srt.Subtitles:
    rate = 1.0 if dialect in OLD else 30.0
    return dji_srt.write(flown(fix_after_s), Video(dialect, begin_s, 60.0, rate))


def cues(subtitles: dji_srt.Subtitles) -> list[str]:
    return subtitles.content.decode().strip().split("\n\n")


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def column(data: bytes, name: str) -> np.ndarray:
    return np.array([float(r[name]) for r in rows(data)])


@pytest.mark.parametrize("dialect", list(Dialect))
def test_cues_are_numbered_follow_each_other_and_are_as_many_as_the_truth_says(dialect):
    subtitles = filmed(dialect)
    texts = cues(subtitles)
    assert len(texts) == len(subtitles.time_us) == (60 if dialect in OLD else 1800)
    assert [int(t.split("\n")[0]) for t in texts] == list(range(1, len(texts) + 1))
    times = [[int(x) for x in ARROW.search(t).groups()] for t in texts]
    seconds = [[h * 3600 + m * 60 + s + ms / 1000 for h, m, s, ms in (t[:4], t[4:])] for t in times]
    assert all(a[1] == b[0] for a, b in pairwise(seconds))
    assert seconds[0][0] == 0.0


@pytest.mark.parametrize("dialect", list(Dialect))
def test_each_cue_says_where_the_aircraft_was(dialect):
    subtitles = filmed(dialect)
    pattern = LON_FIRST if dialect in OLD else NAMED
    found = np.array([[float(x) for x in pattern.search(t).groups()[:2]] for t in cues(subtitles)])
    lon, lat = (found[:, 0], found[:, 1]) if dialect in OLD else (found[:, 1], found[:, 0])
    decimals = 4 if dialect in (Dialect.MAVIC_PRO, Dialect.PHANTOM_4) else 6
    assert np.abs(lon - subtitles.lon).max() <= 0.51 * 10**-decimals
    assert np.abs(lat - subtitles.lat).max() <= 0.51 * 10**-decimals


def test_the_wall_clock_is_local_and_nine_and_a_half_hours_ahead():
    subtitles = filmed(Dialect.MAVIC_3)
    assert subtitles.utc_offset_s == 9.5 * 3600
    text = re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", cues(subtitles)[0]).group()
    wall = datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC).timestamp()
    assert wall - 9.5 * 3600 == pytest.approx(subtitles.time_us[0] / 1e6, abs=0.001)


def test_the_truth_of_a_cue_lies_between_those_of_the_samples_around_it():
    truth, subtitles = flown(), filmed(Dialect.MAVIC_3)
    assert subtitles.time_us[0] == truth.start_us + 20_000_000
    assert subtitles.height_m[::3] == pytest.approx(truth.height_m[200:800], abs=1e-3)


def test_before_the_first_fix_the_camera_writes_zeros():
    subtitles = filmed(Dialect.MAVIC_3, 0.0, 5.0)
    assert "[latitude: 0.000000] [longitude: 0.000000]" in cues(subtitles)[0]
    assert np.isnan(subtitles.lon[0]) and np.isfinite(subtitles.lon[-1])


@pytest.mark.parametrize("dialect", list(Dialect))
def test_the_first_cue_says_that_it_is_simulated(dialect):
    texts = cues(filmed(dialect))
    assert texts[0].endswith("\nSIMULATED by Groundside") and "SIMULATED" not in texts[1]


@pytest.mark.parametrize(("metric", "unit", "metres"), [(False, "feet", 0.3048), (True, "meters", 1.0)])
def test_the_export_says_what_happened_in_the_units_of_its_column_names(metric, unit, metres):
    truth = flown()
    data = airdata_csv.write(truth, airdata_csv.Export(metric))
    speed = ("(m/s)", 1.0) if metric else ("(mph)", 0.44704)
    assert np.abs(column(data, "longitude") - truth.lon).max() < 1e-9
    assert np.abs(column(data, "latitude") - truth.lat).max() < 1e-9
    assert np.abs(column(data, f"height_above_takeoff({unit})") * metres - truth.height_m).max() < 0.051
    assert np.abs(column(data, f" xSpeed{speed[0]}") * speed[1] - truth.vn_mps).max() < 0.051
    assert np.abs(column(data, f" zSpeed{speed[0]}") * speed[1] - truth.vd_mps).max() < 0.051
    temperature = column(data, "battery_temperature(c)" if metric else "battery_temperature(f)")
    celsius = temperature if metric else (temperature - 32.0) / 1.8
    assert np.abs(celsius - truth.battery_temperature_c[0]).max() < 0.01
    assert column(data, f"mileage({unit})")[-1] * metres == pytest.approx(truth.distance_m, rel=0.01)


def test_the_export_has_one_row_a_sample_and_may_begin_at_any_millisecond():
    truth = flown()
    ms = column(airdata_csv.write(truth, airdata_csv.Export(first_ms=143_400)), "time(millisecond)")
    assert ms[0] == 143_400 and len(ms) == len(truth)
    assert set(np.diff(ms)) == {100}


def test_the_exports_date_is_utc_rounded_to_the_nearest_second():
    truth = flown()
    said = [r["datetime(utc)"] for r in rows(airdata_csv.write(truth))]
    at = np.array([datetime.strptime(t, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp() for t in said])
    assert np.abs(at - truth.time_us / 1e6).max() <= 0.5
    assert len(set(said)) == pytest.approx(truth.duration_s, abs=2)


def test_the_exports_first_message_says_that_it_is_simulated():
    said = [r["message"] for r in rows(airdata_csv.write(flown()))]
    assert said[0] == "SIMULATED by Groundside" and not any(said[1:])


def test_the_same_truth_gives_the_same_text():
    assert airdata_csv.write(flown()) == airdata_csv.write(flown())
    assert filmed(Dialect.AIR_2S).content == dji_srt.write(flown(), Video(Dialect.AIR_2S, 20.0, 60.0, 30.0)).content


@pytest.mark.corpus
def test_the_exports_columns_are_those_of_real_ones(corpus):
    real = {
        p.read_text(errors="replace").split("\n", 1)[0].rstrip("\r") for p in (corpus / "flights/dji_csv").glob("*.csv")
    }
    assert real
    assert airdata_csv.write(flown()).decode().split("\n", 1)[0] in real
