"""Names and time zones of places, offline."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from groundside.model.place import LonLat
from groundside.reference import towns as towns_module
from groundside.reference.geodesy import distances_m
from groundside.reference.places import (
    ATTRIBUTION,
    local_time,
    place_of,
    time_zone_of,
    use_cache,
    utc_of_local,
)
from groundside.reference.towns import Towns, towns

CITY, VILLAGE, FAR = LonLat(10.0, 50.0), LonLat(10.05, 50.0), LonLat(179.9, -17.0)


def _rows() -> list[tuple[float, float, int, str, str, str]]:
    return [
        (CITY.lat, CITY.lon, 400_000, "DE", "02", "Großstadt"),
        (VILLAGE.lat, VILLAGE.lon, 1_200, "DE", "02", "Kleindorf"),
        (FAR.lat, FAR.lon, 30_000, "FJ", "01", "Far Harbour"),
        (40.0, -100.0, 9_000, "US", "NE", "Prairie"),
        (51.0, -1.0, 9_000, "GB", "ENG", "Ham"),
    ]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Five made-up towns in place of all real ones."""
    countries = {"DE": "Germany", "FJ": "Fiji", "US": "United States", "GB": "United Kingdom"}
    made = towns_module._arrays(_rows(), countries, {"NE": "Nebraska"})
    monkeypatch.setattr(towns_module, "_loaded", made)
    yield


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("lon", "lat", "name"),
    [
        (10.01, 50.01, "Großstadt, Germany"),
        (10.052, 50.001, "Kleindorf, Germany"),
        (-100.0, 40.01, "Prairie, Nebraska, US"),
        (-1.0, 51.0, "Ham, UK"),
        (-99.9, 40.0, "9 km E of Prairie, Nebraska, US"),
        (-100.1, 40.1, "14 km NW of Prairie, Nebraska, US"),
        (-179.9, -17.0, "21 km E of Far Harbour, Fiji"),
        (0.0, 89.0, "4238 km N of Ham, UK"),
    ],
)
def test_a_position_is_named_by_the_town_it_is_in_or_near(lon: float, lat: float, name: str):
    assert place_of(LonLat(lon, lat)).name == name


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("nowhere", [LonLat(0, 0), LonLat(float("nan"), 1), LonLat(500, 1), LonLat(1, -91)])
def test_what_is_no_position_has_no_name_and_no_time_zone(nowhere: LonLat):
    assert place_of(nowhere).name == ""
    assert place_of(nowhere).time_zone == ""
    assert time_zone_of(nowhere) == ""


@pytest.mark.parametrize(
    ("lon", "lat", "zone"),
    [
        (13.4, 52.5, "Europe/Berlin"),
        (-74.0, 40.7, "America/New_York"),
        (85.3, 27.7, "Asia/Kathmandu"),
        (-30, 20, "Etc/GMT+2"),
    ],
)
def test_the_time_zone_is_that_of_the_position(lon: float, lat: float, zone: str):
    assert time_zone_of(LonLat(lon, lat)) == zone


def test_the_real_towns_name_great_cities():
    assert place_of(LonLat(2.35, 48.855)).name == "Paris, France"
    assert place_of(LonLat(-87.63, 41.88)).name == "Chicago, Illinois, US"


@pytest.mark.parametrize("reach", [0.1, 3.0])
def test_the_town_chosen_is_the_best_of_all(reach: float):
    known, random = towns(), np.random.default_rng(5)
    for row in random.integers(0, len(known.lon), 8):
        moved = random.uniform(-reach, reach, 2)
        point = LonLat(
            float(np.clip(known.lon[row] + moved[0], -180, 180)), float(np.clip(known.lat[row] + moved[1], -89, 89))
        )
        away = distances_m(point, known.lon, known.lat)
        inside = away <= known.radius_m
        score = np.where(inside, away / known.radius_m, np.inf) if inside.any() else away - known.radius_m
        assert place_of(point).name.endswith(known.name(int(score.argmin())))


def test_local_time_follows_summer_time():
    assert local_time(1_719_835_200_000_000, "Europe/Berlin").isoformat() == "2024-07-01T14:00:00+02:00"
    assert local_time(1_704_110_400_000_000, "Europe/Berlin").isoformat() == "2024-01-01T13:00:00+01:00"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime"])
def test_local_time_in_an_unknown_zone_is_utc_and_says_so(zone: str):
    assert local_time(0, zone).isoformat() == "1970-01-01T00:00:00+00:00"


def test_a_wall_clock_means_two_times_in_the_hour_that_is_repeated():
    first, second = utc_of_local("2024-10-27T02:30:00", "Europe/Berlin")
    assert second - first == 3_600_000_000


def test_a_wall_clock_means_one_time_otherwise():
    assert utc_of_local("2024-07-01T14:00:00", "Europe/Berlin") == (1_719_835_200_000_000,)
    assert utc_of_local("2024-07-01T12:00:00", "UTC") == (1_719_835_200_000_000,)


@pytest.mark.parametrize(
    ("wall", "zone"), [("", "Europe/Berlin"), ("yesterday", "Europe/Berlin"), ("2024-07-01T14:00:00", "")]
)
def test_what_is_no_wall_clock_means_no_time(wall: str, zone: str):
    assert utc_of_local(wall, zone) == ()


def test_those_who_gave_the_data_are_named():
    assert "GeoNames" in ATTRIBUTION
    assert "CC BY 4.0" in ATTRIBUTION
    assert "OpenStreetMap" in ATTRIBUTION


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache folder, nothing loaded, and a small list in place of the JSON; counts in `made.json` how often it is read."""
    count = tmp_path / "made.json"

    def make() -> Towns:
        times = json.loads(count.read_text()) if count.exists() else 0
        count.write_text(json.dumps(times + 1))
        return towns_module._arrays(_rows(), {"DE": "Germany"}, {})

    monkeypatch.setattr(towns_module, "_loaded", None)
    monkeypatch.setattr(towns_module, "_folder", None)
    monkeypatch.setattr(towns_module, "MADE", tmp_path / "setup")
    monkeypatch.setattr(towns_module, "_from_json", make)
    return tmp_path


def _again(monkeypatch: pytest.MonkeyPatch) -> Towns:
    monkeypatch.setattr(towns_module, "_loaded", None)
    return towns()


def test_the_cache_is_made_once_and_then_read(unloaded: Path, monkeypatch: pytest.MonkeyPatch):
    use_cache(unloaded / "cache")
    first = towns()
    second = _again(monkeypatch)
    assert (unloaded / "made.json").read_text() == "1"
    assert [second.name(i) for i in range(5)] == [first.name(i) for i in range(5)]
    assert np.array_equal(first.lat, second.lat)


@pytest.mark.parametrize("damage", ["empty", "cut short", "random", "another archive"])
def test_a_damaged_cache_is_made_again(unloaded: Path, monkeypatch: pytest.MonkeyPatch, damage: str):
    use_cache(unloaded / "cache")
    towns()
    (kept,) = (unloaded / "cache").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes({"empty": b"", "cut short": whole[: len(whole) // 2]}.get(damage, b"\x00random" * 99))
    if damage == "another archive":
        with zipfile.ZipFile(kept, "w") as other:
            other.writestr("something.txt", "else")
    assert _again(monkeypatch).name(0)
    assert kept.read_bytes() == whole


def test_a_folder_that_cannot_be_written_to_is_done_without(unloaded: Path):
    (unloaded / "file").write_text("")
    use_cache(unloaded / "file" / "cache")
    assert towns().lat.size == 5


def test_what_the_set_up_made_serves_every_archive(unloaded: Path, monkeypatch: pytest.MonkeyPatch):
    towns_module.make()
    use_cache(unloaded / "cache")
    assert _again(monkeypatch).name(0)
    assert (unloaded / "made.json").read_text() == "1"
    assert not (unloaded / "cache").exists()
    (made,) = (unloaded / "setup").iterdir()
    assert made.stat().st_mode & 0o777 == 0o644


def test_without_a_cache_nothing_is_written(unloaded: Path):
    assert towns().lat.size == 5
    assert [path.name for path in unloaded.iterdir()] == ["made.json"]
