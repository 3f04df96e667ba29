"""Photos of simulated flights: what their tags say, what their pixels show and where they were taken agree."""

import io
from functools import cache
from itertools import islice

import numpy as np
import pytest
from PIL import Image

from groundside.archive.photographs import read_photos
from groundside.simulate.fleet import demo_photos
from groundside.simulate.ground import Ground

MANY = 6


@cache
def photos():
    return tuple(islice(demo_photos(1), MANY))


def test_the_same_seed_gives_the_same_bytes():
    assert next(demo_photos(1)).content == photos()[0].content
    assert next(demo_photos(2)).content != photos()[0].content


def test_each_says_in_its_name_tags_and_pixels_that_it_is_simulated():
    for each in photos():
        assert each.name.startswith("SIMULATED_")
        assert each.content.count(b"SIMULATED by Groundside") >= 3
        corner = np.asarray(Image.open(io.BytesIO(each.content)).convert("L"))[-34:-12, 12:150]
        assert corner.max() > 240 and corner.min() < 20


def test_a_point_of_the_ground_has_one_colour_wherever_it_is_seen_from():
    ground = Ground(3)
    east, north = np.meshgrid(np.linspace(-80, 90, 70, dtype=np.float32), np.linspace(-60, 70, 50, dtype=np.float32))
    whole = ground.seen(east, north)
    assert (ground.seen(east[10:20, 30:40], north[10:20, 30:40]) == whole[10:20, 30:40]).all()
    assert len(np.unique(whole.reshape(-1, 3) // 32, axis=0)) > 8
    assert (Ground(4).seen(east, north) != whole).any()


def test_what_is_read_of_a_photo_is_where_it_was_taken(tmp_path):
    for each in photos():
        (tmp_path / each.name).write_bytes(each.content)
    for read, each in zip(read_photos([tmp_path]), photos(), strict=True):
        photo, truth = read.photo, each.truth
        assert photo.problems == () and photo.quirks == ()
        at = photo.time.utc_us
        assert photo.position.place.lat == pytest.approx(np.interp(at, truth.time_us, truth.lat), abs=1e-6)
        assert photo.position.place.lon == pytest.approx(np.interp(at, truth.time_us, truth.lon), abs=1e-6)
        assert photo.height_above_takeoff_m == pytest.approx(np.interp(at, truth.time_us, truth.height_m), abs=0.02)
