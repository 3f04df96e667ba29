"""Pieces of a QGroundControl plan's JSON, checked at the edge."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

from groundside.plan.missions.from_shape import NotAShape


def mapping(said: object, where: str) -> Mapping[str, Any]:
    """
    Take a JSON object.

    Raises:
        NotAShape: it is none.
    """
    if not isinstance(said, dict):
        what = f"{where} is no JSON object"
        raise NotAShape(what)
    return cast("dict[str, Any]", said)


def listed(said: object, where: str) -> list[Any]:
    """
    Take a JSON list; what is missing is an empty one.

    Raises:
        NotAShape: it is none.
    """
    if said is not None and not isinstance(said, list):
        what = f"{where} is no JSON list"
        raise NotAShape(what)
    return cast("list[Any]", said or [])


def finite(said: object) -> float | None:
    """Take a finite number; None where it is none."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    try:
        number = float(said)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def lat_lon(said: object, where: str) -> tuple[float, float]:
    """
    Take a position: latitude first, as QGroundControl writes it.

    Returns:
        Longitude, latitude.

    Raises:
        NotAShape: it is none.
    """
    numbers = [finite(each) for each in cast("list[Any]", said)[:2]] if isinstance(said, list) else []
    if len(numbers) < 2 or numbers[0] is None or numbers[1] is None:
        what = f"{where} is no position: latitude, then longitude"
        raise NotAShape(what)
    if abs(numbers[0]) > 90.0 or abs(numbers[1]) > 360.0:
        what = f"{where}: latitude {numbers[0]}, longitude {numbers[1]} is not on the ground"
        raise NotAShape(what)
    return numbers[1], numbers[0]
