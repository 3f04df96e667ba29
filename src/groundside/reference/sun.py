"""
How high the sun stands.

Source of the sun's place: P. Bretagnon and G. Francou 1988, "Planetary theories in rectangular and spherical variables,
VSOP87 solutions", Astronomy and Astrophysics 202, 309-315, of which the greatest terms of the Earth's longitude are
taken, as J. Meeus 1998, "Astronomical Algorithms", 2nd edition, chapter 25 and appendix III, sets out; nutation and
sidereal time are of its chapters 22 and 12. Against the ephemeris DE421 the longitude is right within 3 seconds of arc
from 1990 to 2035: a third of a second of time in a sunrise at middle latitudes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

SUNRISE_DEG = -50.0 / 60.0
"""
Elevation of the sun's centre at sunrise and sunset: 34 minutes of arc of refraction at the horizon and 16 of the sun's
half width. Source: U.S. Naval Observatory 2004, "Rise, Set, and Twilight Definitions".
"""
CIVIL_TWILIGHT_DEG = -6.0
"""Elevation of the sun's centre, without refraction, at either end of civil twilight. Same source."""

_J2000_US = 946_728_000_000_000
_DAY_US = 86_400_000_000
_CENTURY_DAYS = 36_525.0
_TT_AHEAD_DAYS = 69.184 / 86_400.0
"""Terrestrial time less UTC since 2017; ten seconds more or less move the sun by 0.4 seconds of arc."""
_PARALLAX_DEG = 8.794 / 3600.0
_TO_FK5_DEG = -0.09033 / 3600.0
_EARTH = (
    (
        (175_347_046.0, 0.0, 0.0),
        (3_341_656.0, 4.6692568, 6283.07585),
        (34_894.0, 4.6261, 12566.1517),
        (3_497.0, 2.7441, 5753.3849),
        (3_418.0, 2.8289, 3.5231),
        (3_136.0, 3.6277, 77713.7715),
        (2_676.0, 4.4181, 7860.4194),
        (2_343.0, 6.1352, 3930.2097),
        (1_324.0, 0.7425, 11506.7698),
        (1_273.0, 2.0371, 529.691),
        (1_199.0, 1.1096, 1577.3435),
        (990.0, 5.233, 5884.927),
        (902.0, 2.045, 26.298),
        (857.0, 3.508, 398.149),
        (780.0, 1.179, 5223.694),
        (753.0, 2.533, 5507.553),
        (505.0, 4.583, 18849.228),
        (492.0, 4.205, 775.523),
        (357.0, 2.92, 0.067),
        (317.0, 5.849, 11790.629),
        (284.0, 1.899, 796.298),
        (271.0, 0.315, 10977.079),
        (243.0, 0.345, 5486.778),
        (206.0, 4.806, 2544.314),
        (205.0, 1.869, 5573.143),
        (202.0, 2.458, 6069.777),
    ),
    (
        (628_331_966_747.0, 0.0, 0.0),
        (206_059.0, 2.678235, 6283.07585),
        (4_303.0, 2.6351, 12566.1517),
        (425.0, 1.59, 3.523),
        (119.0, 5.796, 26.298),
        (109.0, 2.966, 1577.344),
    ),
    ((52_919.0, 0.0, 0.0), (8_720.0, 1.0721, 6283.0758), (309.0, 0.867, 12566.152)),
)
"""
The Earth's longitude, in 1e-8 radians: by power of the millennia since J2000, the size, phase (radians) and rate
(radians a millennium) of each cosine.
"""


def elevation_deg(lon: ArrayLike, lat: ArrayLike, us: ArrayLike) -> Floats:
    """
    Say how high the centre of the sun stands above the horizon of a level place, without refraction.

    Args:
        lon: degrees of WGS 84, east positive.
        lat: degrees of WGS 84.
        us: UTC microseconds since 1970; UTC is taken for UT1, from which it never differs by a second.

    Returns:
        Degrees, negative below the horizon, in the shape that the three have together; NaN where a position is NaN.
        As seen from the ground at sea level (the sun's parallax is taken off); add the bending of light, about 0.57
        degrees at the horizon, to have what the eye sees.
    """
    east, north = np.radians(np.asarray(lon, np.float64)), np.radians(np.asarray(lat, np.float64))
    days = (np.asarray(us, np.int64) - _J2000_US) / _DAY_US
    right_ascension, declination, sidereal = _equatorial(days)
    hour_angle = sidereal + east - right_ascension
    sine = np.sin(north) * np.sin(declination) + np.cos(north) * np.cos(declination) * np.cos(hour_angle)
    height = np.arcsin(np.clip(sine, -1.0, 1.0))
    return np.degrees(height) - _PARALLAX_DEG * np.cos(height)


def _equatorial(days: Floats) -> tuple[Floats, Floats, Floats]:
    """Give the sun's apparent right ascension and declination, and Greenwich apparent sidereal time, in radians."""
    centuries = (days + _TT_AHEAD_DAYS) / _CENTURY_DAYS
    in_longitude_deg, in_obliquity_deg = _nutation_deg(centuries)
    longitude = _longitude(centuries) + np.radians(in_longitude_deg)
    obliquity = np.radians(23.4392911 - 0.0130042 * centuries + in_obliquity_deg)
    right_ascension = np.arctan2(np.cos(obliquity) * np.sin(longitude), np.cos(longitude))
    declination = np.arcsin(np.sin(obliquity) * np.sin(longitude))
    mean_sidereal_deg = 280.46061837 + 360.98564736629 * days + 0.000387933 * (days / _CENTURY_DAYS) ** 2
    sidereal = np.radians(mean_sidereal_deg + in_longitude_deg * np.cos(obliquity))
    return right_ascension, declination, sidereal


def _longitude(centuries: Floats) -> Floats:
    """Give the sun's longitude with aberration, without nutation, in radians."""
    millennia = centuries / 10.0
    earth = sum((_series(terms, millennia) * millennia**power for power, terms in enumerate(_EARTH)), 0.0 * millennia)
    anomaly = np.radians(357.52911 + 35_999.05029 * centuries)
    aberration_deg = -20.4898 / 3600.0 * (1.0 + 0.0167 * np.cos(anomaly))
    return earth * 1e-8 + np.pi + np.radians(aberration_deg + _TO_FK5_DEG)


def _series(terms: tuple[tuple[float, float, float], ...], millennia: Floats) -> Floats:
    return sum((size * np.cos(phase + rate * millennia) for size, phase, rate in terms), 0.0 * millennia)


def _nutation_deg(t: Floats) -> tuple[Floats, Floats]:
    """Give nutation in longitude and in obliquity, within half a second of arc; `t` in centuries since J2000."""
    node = np.radians(125.04452 - 1934.136261 * t)
    sun, moon = np.radians(280.4665 + 36000.7698 * t), np.radians(218.3165 + 481267.8813 * t)
    longitude = -17.20 * np.sin(node) - 1.32 * np.sin(2 * sun) - 0.23 * np.sin(2 * moon) + 0.21 * np.sin(2 * node)
    obliquity = 9.20 * np.cos(node) + 0.57 * np.cos(2 * sun) + 0.10 * np.cos(2 * moon) - 0.09 * np.cos(2 * node)
    return longitude / 3600.0, obliquity / 3600.0
