"""Elevation models stay open while somebody drags a corner, and never outlive what their file says."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundside.archive.plan_ground import MOST_KEPT, ground_of
from groundside.errors import Unreadable
from tests.elevation import tiff

HERE = (11.0, 47.0)


def ground(path: Path):
    with ground_of(path) as surface:
        assert surface is not None
        return surface


def test_the_same_file_is_opened_once(tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(tiff())
    assert ground(path) is ground(path)


def test_a_file_that_was_written_again_is_read_again(tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(500.0))
    before = float(ground(path).heights_m(*HERE))
    path.unlink()
    path.write_bytes(tiff(700.0))
    assert float(ground(path).heights_m(*HERE)) == before + 200.0


def test_a_file_that_is_gone_is_not_found_though_it_was_open(tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(tiff())
    ground(path)
    path.unlink()
    with pytest.raises(Unreadable):
        ground(path)


def test_whoever_still_asks_a_model_may_go_on_when_others_took_its_place(tmp_path):
    first = tmp_path / "first.tif"
    first.write_bytes(tiff())
    held = ground(first)
    for number in range(MOST_KEPT + 1):
        other = tmp_path / f"{number}.tif"
        other.write_bytes(tiff(float(number)))
        ground(other)
    assert ground(first) is not held
    assert float(held.heights_m(*HERE)) == float(ground(first).heights_m(*HERE))


def test_no_file_is_no_ground():
    with ground_of(None) as surface:
        assert surface is None
