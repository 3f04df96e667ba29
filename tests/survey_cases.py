"""Random surveys: areas of every kind, with the options that change where photos must be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod

from groundside.model.place import LonLat
from groundside.plan.survey.motion import Motion
from groundside.plan.survey.planned import SurveyOrder, SurveyPath
from groundside.reference.cameras import Camera, camera
from tests.coverage_checker import Flown, Optics
from tests.survey_maps import concave_with_holes, convex_around

ORIGIN = (11.0, 47.0)
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Case:
    """An order, and the same shapes in metres around `ORIGIN`."""

    order: SurveyOrder
    area: shapely.Geometry
    barred: shapely.Geometry
    limits: shapely.Geometry | None
    demanded: int


def placed(shape: shapely.Geometry) -> shapely.Geometry:
    """Turn metres around the origin into longitude and latitude, along geodesics."""

    def turned(xy: np.ndarray) -> np.ndarray:
        azimuth, distance = np.degrees(np.arctan2(xy[:, 0], xy[:, 1])), np.hypot(xy[:, 0], xy[:, 1])
        lon, lat, _ = _GEOD.fwd(np.full(len(xy), ORIGIN[0]), np.full(len(xy), ORIGIN[1]), azimuth, distance)
        return np.column_stack([lon, lat])

    return shapely.transform(shape, turned)


def case(number: int) -> Case:
    """Draw a survey: concave, 0 to 15 holes; some with keep-outs, limits, wind, tilt, crosshatch or turn-arounds."""
    chance = np.random.default_rng([2026, number])
    area = concave_with_holes(number % 16, number, float(chance.uniform(350, 600)))
    outs = [] if number % 4 else [convex_around(chance, chance.uniform(-150, 150, 2), chance.uniform(10, 40))]
    buffer = float(chance.uniform(2, 8)) if outs else 0.0
    limits = area.buffer(float(chance.uniform(10, 40)), join_style="mitre") if number % 3 == 0 else None
    limits = shapely.Polygon(limits.exterior) if limits is not None else None
    tilt = 20.0 if number % 10 == 7 else 0.0
    frontlap, sidelap = float(chance.choice([0.6, 0.75, 0.8])), float(chance.choice([0.2, 0.5, 0.6, 0.7]))
    crosshatch = number % 10 == 3
    order = SurveyOrder(
        area=placed(area), camera=camera("DJI Phantom 4 RTK"), height_m=float(chance.uniform(18, 30)), frontlap=frontlap,
        sidelap=sidelap, keep_outs=tuple(placed(each) for each in outs), buffer_m=buffer,
        limits=None if limits is None else placed(limits), crosshatch=crosshatch, tilt_deg=tilt,
        turnaround_m=12.0 if number % 5 == 2 else 0.0, home=LonLat(*ORIGIN) if number % 8 == 5 and not outs else None,
        motion=Motion(speed_m_s=8.0, acceleration_m_s2=2.0, wind_east_m_s=4.0 if number % 6 == 1 else 0.0),
    )  # fmt: skip
    solid = shapely.union_all([shapely.Polygon(ring) for ring in area.interiors])
    barred = shapely.union_all([solid, *[each.buffer(buffer) for each in outs]])
    # The aircraft comes from where nothing may be, when a hole lies over home: then there is none.
    if order.home is not None and barred.buffer(1.0).contains(shapely.Point(0, 0)):
        order = without_home(order)
    demanded = int(1 / (1 - frontlap) + 1e-6) * int(1 / (1 - sidelap) + 1e-6) * (2 if crosshatch else 1)
    return Case(order, area, barred, limits, demanded)


def without_home(order: SurveyOrder) -> SurveyOrder:
    from dataclasses import replace

    return replace(order, home=None)


def legs_of(path: SurveyPath) -> list[Flown]:
    return [Flown((leg.start.lon, leg.start.lat), (leg.end.lon, leg.end.lat), leg.photographs) for leg in path.legs]


def optics_of(taken: Camera, height_m: float, tilt_deg: float) -> Optics:
    return Optics((taken.sensor_width_mm, taken.sensor_height_mm), taken.focal_mm, height_m, tilt_deg)
