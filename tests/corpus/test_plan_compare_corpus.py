"""Planned against flown on a flight of a real autopilot, its plan rebuilt from its log; gaps by shapely, independently."""

from math import cos, radians, sin

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from groundside.archive.plan_comparing import compare_track, flown_in, frame_of, plan_in, refly_of
from groundside.archive.reading import read
from groundside.plan.from_log import photos_of
from groundside.plan.photos import Photos, as_photos, planned_photos
from groundside.reference.cameras import camera

pytestmark = pytest.mark.corpus
CAMERA, TRIGGER_M = "Sony a6000 16 mm", 5.0


def rectangles(photos, frame, plane) -> shapely.Geometry:
    shapes = []
    for lon, lat, height, heading in zip(photos.lon, photos.lat, photos.height_m, photos.heading_deg, strict=True):
        east, north = plane.transform(lon, lat)
        a, w, h = radians(heading), frame.across * height / 2.0, frame.along * height / 2.0
        shapes.append(shapely.Polygon([
            (east + u * w * cos(a) + v * h * sin(a), north - u * w * sin(a) + v * h * cos(a)) for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]))  # fmt: skip
    return shapely.union_all(shapes)


def test_gaps_of_the_real_autopilot_s_flight_are_found_and_flown_again(corpus, figure):
    log = corpus / "flights" / "sitl" / "px4_sih_flight1.ulg"
    plan, track = plan_in(log, TRIGGER_M), read(log).track()
    assert len(plan.waypoints) == 11 and plan.finish is not None
    home, frame = plan.home, frame_of(camera(CAMERA))
    plane = Transformer.from_crs(
        "EPSG:4326", f"+proj=tmerc +lon_0={home.lon} +lat_0={home.lat} +ellps=WGS84", always_xy=True
    )
    taken = photos_of(plan, flown_in(track))
    wanted = rectangles(as_photos(planned_photos(plan)), frame, plane)
    whole = compare_track(plan, track, CAMERA)
    assert whole.comparison.covered > 0.98
    assert whole.comparison.flown_photos == pytest.approx(whole.comparison.planned_photos, abs=3)
    worst = 0.0
    for first, count in ((10, 14), (35, 20), (60, 12)):
        kept = np.ones(len(taken), bool)
        kept[first : first + count] = False
        rest = Photos(taken.lon[kept], taken.lat[kept], taken.height_m[kept], taken.heading_deg[kept])
        truth = wanted.difference(rectangles(rest, frame, plane))
        done = compare_track(plan, track, CAMERA, rest)
        assert done.comparison.gap_m2 == pytest.approx(truth.area, rel=0.02)
        worst = max(worst, abs(done.comparison.gap_m2 / truth.area - 1.0))
        again = rectangles(as_photos(planned_photos(refly_of(done))), frame, plane)
        assert truth.difference(again).area <= 0.01 * truth.area
    figure("plan.compare_sitl_gap_area_error", worst)
