"""DJI's numbers of aircraft and cameras, as its mission files write them; sources stand in `data/dji_devices.json`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Sort = Literal["aircraft", "cameras"]
_PLAIN = re.compile(r"[^a-z0-9]")
_UNKNOWN = re.compile(r"DJI (?:aircraft|cameras) (\d{1,9})-(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Device:
    """
    One kind of aircraft or camera.

    Args:
        name: in full.
        short: as people call it.
        type, sub: DJI's numbers.
        camera: the name of the one that an aircraft comes with; empty where there is none, or it is not known.
    """

    name: str
    short: str
    type: int
    sub: int
    camera: str = ""


@cache
def devices(sort: Sort) -> tuple[Device, ...]:
    """Give all that are known."""
    table: Any = json.loads(files("groundside.reference").joinpath("data", "dji_devices.json").read_text("utf-8"))
    return tuple(Device(**each) for each in table[sort])


def device_named(sort: Sort, name: str) -> Device | None:
    """Find a device by its name or its short name, in any spelling; or by the numbers in the name of an unknown one."""
    if numbers := _UNKNOWN.fullmatch(name):
        return Device(name, name, int(numbers[1]), int(numbers[2]))
    plain = _plain(name)
    return next((each for each in devices(sort) if plain in (_plain(each.name), _plain(each.short))), None)


def device_numbered(sort: Sort, number: int, sub: int) -> str:
    """
    Name the device of these numbers; one that is not known is named by them: "DJI aircraft 999-0".

    A camera whose second number is not known is taken by its first alone, as DJI's own files differ in it.
    """
    same = [each for each in devices(sort) if each.type == number]
    exact = next((each for each in same if each.sub == sub), None)
    if exact is None and sort == "cameras" and same:
        exact = same[0]
    return exact.name if exact else f"DJI {sort} {number}-{sub}"


def _plain(name: str) -> str:
    return _PLAIN.sub("", name.lower()).removeprefix("dji").removesuffix("rtk")
