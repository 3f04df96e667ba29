"""
Irradiance on a level surface, from a light sensor that was tilted.

Source: MicaSense 2018, "DLS sensor basic usage", https://micasense.github.io/imageprocessing: transmission through
polycarbonate and a diffuser of teflon by Fresnel's equations, and a clear sky with six times as much direct as diffuse
light, which is an assumption and belongs to the uncertainty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from groundside.model.capture import Band, Light
from groundside.produce.crop.radiometry.sunlight import sun_of

AIR, POLYCARBONATE, TEFLON = 1.000277, 1.6, 1.38
"""Refractive indices of what light passes on its way into the sensor."""
DIFFUSE_TO_DIRECT = 1.0 / 6.0
LOWEST_SUN_DEG = 5.0
"""Below it, levelling by the direct beam is worth nothing."""


@dataclass(frozen=True, slots=True)
class Level:
    """
    Irradiance on a level surface.

    Args:
        irradiance: in the unit of the sensor.
        how: `sensor` (the camera says it), `parts` (its direct and diffuse parts), `levelled` (from the tilt) or
            `tilted` (as measured, for want of the tilt, the place or the time).
        sun_elevation_deg: where it was needed.
    """

    irradiance: float
    how: str
    sun_elevation_deg: float | None = None


def level_irradiance(band: Band) -> Level | None:
    """Give irradiance on a level surface at this band's moment; None where there is no light sensor."""
    light = band.light
    if light is None:
        return None
    if light.horizontal is not None and light.horizontal > 0:
        return Level(light.horizontal, "sensor")
    if not light.absolute or band.taken_us is None or band.position is None:
        return Level(light.measured, "tilted") if light.measured > 0 else None
    elevation, azimuth = sun_of(*band.position, band.taken_us)
    return _levelled(light, elevation, azimuth)


def _levelled(light: Light, elevation_deg: float, azimuth_deg: float) -> Level | None:
    height = math.radians(elevation_deg)
    if light.direct is not None and light.scattered is not None:
        return Level(light.direct * math.sin(height) + light.scattered, "parts", elevation_deg)
    if light.measured <= 0:
        return None
    if light.pose_rad is None or elevation_deg < LOWEST_SUN_DEG:
        return Level(light.measured, "tilted", elevation_deg)
    angle = sun_sensor_angle(height, math.radians(azimuth_deg), light.pose_rad)
    seen = DIFFUSE_TO_DIRECT + math.cos(angle)
    through = transmission(angle)
    if seen <= 0 or through <= 0:
        return Level(light.measured, "tilted", elevation_deg)
    direct = light.measured / through / seen
    return Level(direct * (math.sin(height) + DIFFUSE_TO_DIRECT), "levelled", elevation_deg)


def sun_sensor_angle(height: float, azimuth: float, pose: tuple[float, float, float]) -> float:
    """
    Give the angle between the sun and the sensor's axis, all in radians.

    Args:
        height, azimuth: of the sun, azimuth from north over east.
        pose: yaw, pitch, roll of the sensor, north-east-down, applied in that order; at 0 it looks straight up.
    """
    sun = np.array([math.cos(azimuth) * math.cos(height), math.sin(azimuth) * math.cos(height), -math.sin(height)])
    yaw, pitch, roll = pose
    about_z = np.array([[math.cos(yaw), -math.sin(yaw), 0], [math.sin(yaw), math.cos(yaw), 0], [0, 0, 1]])
    about_y = np.array([[math.cos(pitch), 0, math.sin(pitch)], [0, 1, 0], [-math.sin(pitch), 0, math.cos(pitch)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(roll), -math.sin(roll)], [0, math.sin(roll), math.cos(roll)]])
    axis = about_z @ about_y @ about_x @ np.array([0.0, 0.0, -1.0])
    return float(np.arccos(np.clip(sun @ axis, -1.0, 1.0)))


def transmission(angle: float) -> float:
    """
    Give the share of unpolarised light that reaches the sensor at an angle from its axis, 0 where none does.

    MicaSense refracts by the index of the layer that light comes from, not by the ratio of both; that is kept, for the
    sensor's factory calibration was made with it.
    """
    share, inside = 1.0, angle
    for before, after in ((AIR, POLYCARBONATE), (POLYCARBONATE, TEFLON)):
        inside = math.asin(min(1.0, max(-1.0, math.sin(inside) / before)))
        share *= _through(inside, before, after)
    return share


def _through(angle: float, before: float, after: float) -> float:
    """Fresnel: 1 less the mean of what is reflected of both polarisations."""
    inside = 1.0 - (before / after * math.sin(angle)) ** 2
    if inside < 0:
        return 0.0
    a, b = math.cos(angle), math.sqrt(inside)
    across = ((before * a - after * b) / (before * a + after * b)) ** 2
    along = ((before * b - after * a) / (before * b + after * a)) ** 2
    return min(1.0, max(0.0, 1.0 - (across + along) / 2.0))
