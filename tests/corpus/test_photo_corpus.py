"""Every tag of the real photos against ExifTool, value by value, and what each photo says against known answers."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundside.archive.photographs import read_photos
from groundside.decode.photos.reading import tags_of
from tests.corpus import exiftool

pytestmark = pytest.mark.corpus
CORPUS = Path(os.environ.get("GROUNDSIDE_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
FOLDERS = ("imagery", "crop", "flights/photo")


def photos() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted(p for p in (CORPUS / folder).rglob("*") if p.suffix.lower() in (".jpg", ".tif"))


def explained(name: str) -> bool:
    return any(name.startswith(part) or part in name for part in exiftool.HERE_TOO)


@pytest.fixture(scope="module")
def paths() -> list[Path]:
    found = list(photos())
    if not found:
        pytest.skip(f"no real photos at {CORPUS}")
    return found


@pytest.mark.peer
def test_every_value_is_exiftools_or_the_difference_is_in_the_table(paths: list[Path]):
    if exiftool.command() is None:
        pytest.skip("no exiftool: run tests/install_tools.sh")
    ways: Counter[str] = Counter()
    for path, theirs in zip(paths, exiftool.tags_of(paths), strict=True):
        ours = tags_of(path.read_bytes())
        for name, value in theirs.items():
            if name in ours:
                way = exiftool.why_equal(name, ours[name], value)
                assert way is not None, f"{path.name}: {name} is {ours[name]!r} here, {value!r} there"
                ways[way] += 1
            else:
                assert explained(name), f"{path.name}: {name} is read by ExifTool alone"
    assert sum(ways.values()) > 3000
    assert set(ways) - {"the same value"}, "the table of differences is used"


def test_every_real_photo_is_read_without_a_problem(paths: list[Path]):
    reads = list(read_photos(paths))
    assert [read.path.name for read in reads if read.photo is None or read.photo.problems] == []


def test_real_quirks_are_named(paths: list[Path]):
    named = {read.path.name: {each.name for each in read.photo.quirks} for read in read_photos(paths) if read.photo}
    assert {"resized", "misspelt-longitude", "exif-in-gdal", "xmp-prefixed"} <= named["100_0005_0018.tif"]
    assert "gps-void" in named["IMG_180413_080658_0000_GRE.TIF"]
    assert {"negative-subsecond", "micasense-utc"} <= named["flight_IMG_0007_1.tif"]
    assert "focal-unit-missing" in named["panel_IMG_0000_1.tif"]


def test_a_focal_length_in_pixels_is_near_the_lens_in_millimetres(paths: list[Path]):
    for read in read_photos(p for p in paths if p.parent.name == "rededge2017"):
        assert read.photo is not None and read.photo.optics.lens_model is not None
        assert read.photo.optics.lens_model.focal_mm == pytest.approx(5.5, abs=0.2)


def test_the_rtk_photos_say_what_orthority_reads(paths: list[Path]):
    for read in read_photos(p for p in paths if p.name.startswith("100_0005_")):
        photo = read.photo
        assert photo is not None and photo.rtk is not None and photo.optics.dewarp is not None
        assert photo.camera_attitude is not None
        assert (photo.rtk.state, photo.camera_attitude.pitch_deg, photo.optics.calibrated_for_px) == (
            "fixed", -60.0, (5472, 3648),
        )  # fmt: skip
