"""An independent almanac for tests: Skyfield with the ephemeris DE421 of `skyfield-data`, both only used here."""

from __future__ import annotations

from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

import numpy as np
from skyfield import almanac, api
from skyfield.jpllib import SpiceKernel

LIGHTS = ("night", "twilight", "day")


@cache
def _ephemeris() -> tuple[Any, Any]:
    path = str(resources.files("skyfield_data") / "data" / "de421.bsp")
    return SpiceKernel(path), api.load.timescale(builtin=True)


def close() -> None:
    """Close the ephemeris, which the library leaves open."""
    if _ephemeris.cache_info().currsize:
        _ephemeris()[0].close()
        _ephemeris.cache_clear()


def _time(us: Any) -> Any:
    whole = np.asarray(us, np.int64)
    seconds = (whole % 86_400_000_000) / 1e6
    return _ephemeris()[1].utc(1970, 1, 1 + whole // 86_400_000_000, 0, 0, seconds)


def elevation_deg(lon: float, lat: float, us: Any) -> Any:
    """How high the sun's centre stands, without refraction."""
    kernel, _ = _ephemeris()
    place = kernel["earth"] + api.wgs84.latlon(lat, lon)
    return place.at(_time(us)).observe(kernel["sun"]).apparent().altaz()[0].degrees


def pieces(lon: float, lat: float, span_us: tuple[int, int]) -> list[tuple[int, int, str]]:
    """The span cut where day, civil twilight or night (of 14 CFR 1.1) begins: `(from_us, to_us, light)`."""
    kernel, _ = _ephemeris()
    darkness = almanac.dark_twilight_day(kernel, api.wgs84.latlon(lat, lon))

    def state(time: Any) -> Any:
        return np.maximum(darkness(time) - 2, 0)

    state.step_days = 0.005  # type: ignore[attr-defined]
    times, _ = almanac.find_discrete(_time(span_us[0]), _time(span_us[1]), state, epsilon=1e-7)
    edges = [span_us[0], *(round(t.utc_datetime().timestamp() * 1e6) for t in times), span_us[1]]
    return [(a, b, LIGHTS[int(state(_time((a + b) // 2)))]) for a, b in pairwise(edges)]
