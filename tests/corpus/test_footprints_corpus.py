"""Footprints of real photos: against a bundle adjustment's poses, and against the flight that took them."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from scipy.spatial.transform import Rotation

from groundside.archive.footprints import footprint_of, opened_terrain, overlap
from groundside.archive.photographs import read_photos
from groundside.decode.surface import RasterSurface
from groundside.model.footprint import Footprint, LensSource, Sight
from groundside.model.photo import Attitude, Photo, PhotoPosition
from groundside.model.place import LonLat
from groundside.reference.geodesy import distance_m
from tests.conftest import Figure

pytestmark = pytest.mark.corpus
WIDTH, HEIGHT = 5472, 3648
BRIGHTON_FOCAL_PX = 2344.0
STEEP_DEG = 20.0


def photo_of(path: Path) -> Photo:
    (read,) = read_photos([path])
    assert read.photo is not None, read.why
    return read.photo


def placed(photo: Photo, surface: RasterSurface | None = None) -> Footprint:
    found = footprint_of(photo, surface)
    assert isinstance(found, Footprint), found
    return found


class Adjusted:
    """The same photos by the poses of a bundle adjustment, on the map's grid: its own rays, its own march."""

    def __init__(self, folder: Path) -> None:
        with (folder / "odm_xyz_opk.csv").open(newline="") as stream:
            rows = [[cell.strip("'") for cell in row] for row in csv.reader(stream, delimiter=" ")]
        self.poses = {row[0]: [float(cell) for cell in row[1:7]] for row in rows[1:]}
        with rasterio.open(folder / "dsm.tif") as raster:
            self.cells, self.inverse, self.cell = raster.read(1), ~raster.transform, raster.res[0]
            self.grid = raster.crs.to_string()
        (found,) = json.loads((folder / "reconstruction.json").read_text())[0]["cameras"].values()
        self.lens = [found[name] for name in ("focal_x", "c_x", "c_y", "k1", "k2", "p1", "p2", "k3")]

    def height(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        a, b, c, d, e, f = self.inverse[:6]
        column, row = a * x + b * y + c - 0.5, d * x + e * y + f - 0.5
        rows, columns = self.cells.shape
        inside = (column >= 0) & (row >= 0) & (column < columns - 1) & (row < rows - 1)
        left, top = np.clip(column, 0, columns - 2).astype(int), np.clip(row, 0, rows - 2).astype(int)
        right, down = column - left, row - top
        upper, lower = (self.cells[at, left] * (1 - right) + self.cells[at, left + 1] * right for at in (top, top + 1))
        return np.where(inside, upper * (1 - down) + lower * down, np.nan)

    def meet(self, name: str, pixel: tuple[float, float]) -> tuple[np.ndarray, float] | None:
        """Where a pixel's ray meets the model, and at what angle; None where it does not."""
        pose = self.poses[name]
        turn = Rotation.from_euler("XYZ", pose[3:], degrees=True).as_matrix() @ np.diag([1.0, -1.0, -1.0])
        ray = turn @ self.looked(pixel)
        along = np.arange(0.0, 600.0, 0.05)
        points = np.array(pose[:3])[:, None] + ray[:, None] * along
        under = np.flatnonzero(points[2] < self.height(points[0], points[1]))
        if not under.size:
            return None
        x, y, _ = met = points[:, under[0]]
        step = np.array([self.cell, -self.cell])
        slope_x, slope_y = (
            float(np.diff(self.height(xs, ys))[0]) / -2.0 / self.cell
            for xs, ys in ((x + step, y + 0 * step), (x + 0 * step, y + step))
        )
        normal = np.array([-slope_x, -slope_y, 1.0]) / np.sqrt(1.0 + slope_x**2 + slope_y**2)
        return met, float(np.degrees(np.arcsin(-ray @ normal)))

    def looked(self, pixel: tuple[float, float]) -> np.ndarray:
        """The direction of a pixel through the adjusted lens, by fixed-point iteration."""
        focal, cx, cy, k1, k2, p1, p2, k3 = self.lens
        seen = np.array([pixel[0] / WIDTH - 0.5 - cx, (pixel[1] - HEIGHT / 2) / WIDTH - cy]) / focal
        x, y = seen
        for _ in range(200):
            square = x * x + y * y
            radial = 1 + square * (k1 + square * (k2 + square * k3))
            x = (seen[0] - 2 * p1 * x * y - p2 * (square + 2 * x * x)) / radial
            y = (seen[1] - p1 * (square + 2 * y * y) - 2 * p2 * x * y) / radial
        return np.array([x, y, 1.0]) / np.sqrt(x * x + y * y + 1.0)


@pytest.fixture(scope="module")
def oblique(corpus: Path) -> Iterator[dict[str, tuple[Footprint, Adjusted]]]:
    folder = corpus / "imagery" / "orthority"
    adjusted = Adjusted(folder)
    with opened_terrain(folder / "dsm.tif") as surface:
        yield {n: (placed(photo_of(folder / f"{n}.tif"), surface), adjusted) for n in sorted(adjusted.poses)}


def off_m(sight: Sight, theirs: np.ndarray, grid: str) -> float:
    assert sight.ground is not None
    place = sight.ground.place
    x, y = Transformer.from_crs("EPSG:4326", grid, always_xy=True).transform(place.lon, place.lat)
    return float(np.hypot(x - theirs[0], y - theirs[1]))


def full_pixel(sight: Sight) -> tuple[float, float]:
    return sight.x_px * WIDTH / 1368, sight.y_px * WIDTH / 1368


def test_the_centres_of_oblique_rtk_photos_lie_within_4_5_m_of_the_adjusted_ones(
    oblique: dict[str, tuple[Footprint, Adjusted]], figure: Figure
) -> None:
    off: list[float] = []
    for name, (found, adjusted) in oblique.items():
        met = adjusted.meet(name, full_pixel(found.centre))
        assert met is not None
        off.append(off_m(found.centre, met[0], adjusted.grid))
        assert found.lens is LensSource.DEWARP
    figure("footprint_centres_off_m", [round(each, 2) for each in off])
    assert len(off) == 4
    assert max(off) <= 4.5


def test_their_corners_lie_within_8_m_where_both_rays_meet_the_surface_at_more_than_20_degrees(
    oblique: dict[str, tuple[Footprint, Adjusted]], figure: Figure
) -> None:
    off: list[float] = []
    for name, (found, adjusted) in oblique.items():
        for corner in found.corners:
            met = adjusted.meet(name, full_pixel(corner))
            if corner.ground and met and min(corner.ground.meets_deg, met[1]) > STEEP_DEG:
                off.append(off_m(corner, met[0], adjusted.grid))
    figure("footprint_corners_off_m", [round(each, 2) for each in off])
    assert len(off) >= 6
    assert max(off) <= 8.0


def test_their_ellipses_hold_what_the_adjustment_says(oblique: dict[str, tuple[Footprint, Adjusted]]) -> None:
    held: list[bool] = []
    for name, (found, adjusted) in oblique.items():
        for sight in (found.centre, *found.corners):
            met = adjusted.meet(name, full_pixel(sight))
            if met and sight.ground and sight.ground.error:
                held.append(off_m(sight, met[0], adjusted.grid) <= sight.ground.error.major_m)
    assert len(held) >= 10
    assert sum(held) / len(held) >= 0.9


def test_a_dewarp_calibration_puts_corners_nearer_than_a_plain_focal_length(corpus: Path) -> None:
    folder = corpus / "imagery" / "orthority"
    photo = photo_of(folder / "100_0005_0142.tif")
    with opened_terrain(folder / "dsm.tif") as surface:
        calibrated = placed(photo, surface)
        plain = placed(replace(photo, optics=replace(photo.optics, dewarp=None)), surface)
    adjusted = Adjusted(folder)
    met = adjusted.meet("100_0005_0142", (WIDTH, HEIGHT))
    assert met is not None
    assert plain.lens is LensSource.CALIBRATED
    ours, theirs = (off_m(each.corners[2], met[0], adjusted.grid) for each in (calibrated, plain))
    assert ours < theirs


@pytest.fixture(scope="module")
def nadir(corpus: Path) -> list[Photo]:
    """All 18 photos of a mapping flight in order: positions and gimbal from their table, the rest from one of them."""
    first = photo_of(corpus / "imagery" / "brighton_beach" / "DJI_0018.JPG")
    with (corpus / "imagery" / "brighton_beach.exif.csv").open(newline="") as stream:
        rows = sorted(csv.DictReader(stream), key=lambda row: row["FileName"])
    return [
        replace(
            first,
            position=PhotoPosition(LonLat(float(row["GPSLongitude"]), float(row["GPSLatitude"])), "table"),
            height_above_takeoff_m=float(row["RelativeAltitude"]),
            camera_attitude=Attitude(float(row["GimbalYawDegree"]) % 360.0, float(row["GimbalPitchDegree"]), 0.0),
        )
        for row in rows
    ]


def along_lines(photos: list[Photo]) -> list[tuple[Footprint, Footprint]]:
    """Neighbours on one line of the flight: those under 15 m apart."""
    pairs = [(placed(a), placed(b)) for a, b in pairwise(photos)]
    return [(a, b) for a, b in pairs if distance_m(a.camera, b.camera) < 15.0]


def test_neighbours_of_a_mapping_flight_overlap_as_their_spacing_says(nadir: list[Photo], figure: Figure) -> None:
    pairs = along_lines(nadir)
    shared = [overlap(a, b) for a, b in pairs]
    figure("brighton_overlap", [round(min(shared), 3), round(max(shared), 3)])
    assert len(pairs) == 15
    for (a, b), share in zip(pairs, shared, strict=True):
        expected = 1.0 - distance_m(a.camera, b.camera) / (a.camera_height_m * 2250 / BRIGHTON_FOCAL_PX)
        assert share == pytest.approx(expected, abs=0.03)


def test_of_the_whole_sensor_the_flight_was_planned_with_they_overlap_by_70_to_80_percent(nadir: list[Photo]) -> None:
    """The photos are 16:9 strips of a 4:3 sensor; what a planner counts is the sensor."""
    whole = [
        replace(each, height_px=3000, optics=replace(each.optics, calibrated_for_px=(4000, 3000))) for each in nadir
    ]
    shared = [overlap(a, b) for a, b in along_lines(whole)]
    assert 0.70 <= min(shared) <= max(shared) <= 0.80


def test_every_real_nadir_photo_says_how_its_ground_was_taken(corpus: Path) -> None:
    for read in read_photos([corpus / "imagery" / "brighton_beach"]):
        assert read.photo is not None
        found = placed(read.photo)
        assert found.ground.what == "plane at take-off height"
        assert found.ground.error_m == pytest.approx(4.0, abs=0.1)
        assert found.lens is LensSource.TABLE
        assert found.gsd_m == pytest.approx((0.017, 0.017), abs=0.0005)
