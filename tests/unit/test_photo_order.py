"""Which photos see a place, in which order, and how much two of them share."""

from dataclasses import replace

import numpy as np
import pytest

from groundside.archive.footprints import footprint_of, near, overlap, seeing
from groundside.model.footprint import Footprint, PlacedPhoto
from groundside.model.photo import Photo
from groundside.model.place import LonLat
from groundside.produce.imagery.seeing import photo_order
from tests.photographs import HERE, photo_at

DEGREES_PER_M = 1.0 / 76_200.0


def east_of_here(metres: float) -> LonLat:
    return LonLat(HERE.lon + metres * DEGREES_PER_M, HERE.lat)


def placed(name: str, photo: Photo) -> PlacedPhoto:
    return PlacedPhoto(name, name, photo, footprint_of(photo))


def test_the_nearest_and_most_nadir_come_first() -> None:
    lon = np.array([east_of_here(m).lon for m in (80.0, 0.0, 0.0, 10.0)])
    views = photo_order(HERE, lon, np.full(4, HERE.lat), np.array([60.0, 120.0, 50.0, 50.0]))
    assert views.order.tolist() == [2, 3, 1, 0]
    assert views.range_m == pytest.approx([50.0, 51.0, 120.0, 100.0], abs=0.1)
    assert views.off_nadir_deg == pytest.approx([0.0, 11.3, 0.0, 53.1], abs=0.1)


def test_a_camera_below_the_ground_comes_last() -> None:
    views = photo_order(HERE, np.full(2, HERE.lon), np.full(2, HERE.lat), np.array([-1.0, 500.0]))
    assert views.order.tolist() == [1, 0]


def test_photos_that_see_a_place_are_found_and_those_beside_it_are_not() -> None:
    photos = [
        placed("far", photo_at(east_of_here(500.0))),
        placed("beside", photo_at(east_of_here(60.0))),
        placed("above", photo_at(east_of_here(5.0))),
        placed("blind", replace(photo_at(), camera_attitude=None)),
        placed("oblique", photo_at(east_of_here(150.0), look=(270.0, -40.0, 0.0))),
    ]
    found, views = seeing(photos, HERE)
    assert [each.id for each in found] == ["above", "beside", "oblique"]
    assert views.off_nadir_deg[0] == pytest.approx(2.9, abs=0.1)


def test_photos_are_found_by_where_their_camera_was() -> None:
    photos = [placed(f"{m}", photo_at(east_of_here(m))) for m in (300.0, 20.0, 90.0)]
    found = near([*photos, placed("nowhere", replace(photo_at(), position=None))], HERE, 100.0)
    assert [each.id for each, _ in found] == ["20.0", "90.0"]
    assert [away for _, away in found] == pytest.approx([20.0, 90.0], rel=1e-3)
    assert near([], HERE, 100.0) == []


def test_overlap_is_what_the_spacing_leaves() -> None:
    width = 100.0 * 5472 / 3657
    one, other = (footprint_of(photo_at(east_of_here(m))) for m in (0.0, 0.3 * width))
    assert isinstance(one, Footprint)
    assert isinstance(other, Footprint)
    assert overlap(one, other) == pytest.approx(0.7, abs=0.003)
    assert overlap(one, one) == pytest.approx(1.0)
    apart = footprint_of(photo_at(east_of_here(1000.0)))
    assert isinstance(apart, Footprint)
    assert overlap(one, apart) == 0.0


def test_of_two_footprints_the_smaller_one_is_what_counts() -> None:
    high, low = footprint_of(photo_at(relative_m=100.0)), footprint_of(photo_at(relative_m=20.0))
    assert isinstance(high, Footprint)
    assert isinstance(low, Footprint)
    assert overlap(high, low) == pytest.approx(1.0)
