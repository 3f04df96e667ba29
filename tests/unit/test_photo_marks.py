"""Photos beside an exposure file (.MRK) are placed by the mark that is theirs. No real pair was at hand: experimental."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundside.archive.footprints import footprint_of
from groundside.archive.photo_marks import QUIRK, marks_in
from groundside.archive.photographs import read_photos
from groundside.model.footprint import Footprint
from groundside.model.photo import Photo
from groundside.model.place import LonLat
from groundside.produce.imagery.marks import Mark, Shot, matched
from groundside.simulate.writers import mrk
from tests.filmed import truth_of_flight
from tests.photo_flights import photo

FIRST = 118
"""Number of the first photo on the card: the marks begin at 1."""
OFF_DEG = 0.00002
"""How far the photos' own positions are off: two metres."""


def marks() -> list[Mark]:
    return marks_in(mrk.write(truth_of_flight(), 3))


def card(folder: Path, *, name: Callable[[int], str] = "DJI_{:04}.JPG".format, count: int = 99) -> dict[str, Mark]:
    """A card of photos of a simulated flight that do not know where they were as well as their marks do."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "100_0003_Timestamp.MRK").write_bytes(mrk.write(truth_of_flight(), 3))
    truth = {}
    for number, mark in enumerate(marks()[:count]):
        file = name(FIRST + number)
        where = (mark.place.lon + OFF_DEG, mark.place.lat - OFF_DEG)
        (folder / file).write_bytes(photo(number, mark.utc_us or 0, where, RelativeAltitude="+60.00"))
        truth[file] = mark
    return truth


def read(folder: Path) -> dict[str, Photo]:
    return {each.path.name: each.photo for each in read_photos([folder]) if each.photo is not None}


@pytest.mark.parametrize("name", ["DJI_{:04}.JPG", "100_0003_{:04}.JPG", "DJI_20310506101500_{:04}_V.JPG"])
def test_each_photo_is_placed_by_its_mark_though_numbers_do_not_begin_alike(tmp_path: Path, name: str):
    truth = card(tmp_path / "card", name=name.format)
    placed = read(tmp_path / "card")
    assert len(truth) > 4 and placed.keys() == truth.keys()
    for file, mark in truth.items():
        of = placed[file]
        assert of.position is not None and of.position.place == mark.place
        assert of.position.tag == f"MRK:{mark.sequence}"
        assert of.position.error_m == pytest.approx(float(np.sqrt((0.011**2 + 0.010**2) / 2)))
        assert of.rtk is not None and (of.rtk.state, of.rtk.std_lat_m, of.rtk.std_height_m) == ("fixed", 0.011, 0.022)
        assert of.altitudes[-1].value_m == pytest.approx(mark.ellipsoid_m)
        said = next(each.what for each in of.quirks if each.name == QUIRK)
        assert f"mark {mark.sequence} of 100_0003_Timestamp.MRK (fixed)" in said
        assert "192 mm down" in said and "Experimental" in said


def test_the_footprint_is_that_of_the_mark(tmp_path: Path):
    truth = card(tmp_path / "card")
    alone = next(iter(read_photos([tmp_path / "card" / next(iter(truth))]))).photo
    placed = read(tmp_path / "card")[next(iter(truth))]
    assert alone is not None
    before, after = footprint_of(alone), footprint_of(placed)
    assert isinstance(before, Footprint) and isinstance(after, Footprint)
    assert after.camera == next(iter(truth.values())).place
    moved = np.array([[b.lon - a.lon, b.lat - a.lat] for a, b in zip(before.outline, after.outline, strict=True)])
    assert moved == pytest.approx(np.tile([-OFF_DEG, OFF_DEG], (len(moved), 1)), abs=1e-8)


def test_a_folder_without_marks_or_with_a_file_of_nonsense_is_read_as_ever(tmp_path: Path):
    card(tmp_path / "card")
    (tmp_path / "card" / "100_0003_Timestamp.MRK").write_bytes(b"\x00nothing of the kind\n" * 50)
    assert all(QUIRK not in {each.name for each in of.quirks} for of in read(tmp_path / "card").values())


def test_two_files_of_marks_that_would_both_place_a_photo_place_none(tmp_path: Path):
    card(tmp_path / "card")
    (tmp_path / "card" / "again.mrk").write_bytes(mrk.write(truth_of_flight(), 3))
    assert all(QUIRK not in {each.name for each in of.quirks} for of in read(tmp_path / "card").values())


def test_two_photos_are_no_evidence(tmp_path: Path):
    card(tmp_path / "card", count=2)
    assert all(QUIRK not in {each.name for each in of.quirks} for of in read(tmp_path / "card").values())


def shots(of: list[Mark]) -> list[Shot]:
    return [Shot(f"DJI_{mark.sequence + 7:04}.JPG", mark.utc_us, mark.place) for mark in of]


def test_photos_without_a_place_are_matched_by_their_time_and_those_with_neither_not_at_all():
    known = marks()
    timed = [replace(each, place=None) for each in shots(known)]
    assert {i: mark.sequence for i, mark in matched(timed, known).items()} == {
        i: mark.sequence for i, mark in enumerate(known)
    }
    assert matched([replace(each, utc_us=None) for each in timed], known) == {}


def test_a_photo_that_was_deleted_or_has_no_mark_does_not_shift_the_others():
    known = marks()
    some = [each for i, each in enumerate(shots(known)) if i != 1]
    given = [mark for i, mark in enumerate(known) if i != 3]
    found = matched(some, given)
    assert len(found) == len(known) - 2
    assert all(some[i].name == f"DJI_{mark.sequence + 7:04}.JPG" for i, mark in found.items())


def test_exposures_of_an_aircraft_that_stood_still_leave_it_open_and_place_nothing():
    still = [replace(each, place=LonLat(11.5, 48.25), utc_us=None) for each in marks()]
    assert matched(shots(still), still) == {}
