"""Read a flight that a person entered; whole, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from groundside.decode.format import Options
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem
from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, Recording, TimeBasis
from groundside.model.track import Track

MAGIC = b'{"groundside_flight":1,'
MOST_BYTES = 65_536
MOST_S = 30 * 86_400.0
MOST_M = 1e7
ENTERED = "entered by a person, not recorded by an aircraft"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = len("2026-05-01")
_AIRCRAFT = ("name", "model", "serial", "kind")


def recognises(head: bytes) -> bool:
    """It begins with the name and version of this format."""
    return head.startswith(MAGIC)


def decode(data: memoryview, options: Options) -> Decoded:
    """Read the entry: no tables, and as facts what was entered, all of it checked."""
    found = _checked(data)
    if isinstance(found, str):
        return Decoded({}, {}, (Problem(0, len(data), found),), ByteAccount(len(data), 0, len(data)))
    facts: dict[str, Fact] = {**found, "inferences": [ENTERED]}
    return Decoded({}, facts, (), ByteAccount(len(data), len(data), 0))


def make_recording(decoded: Decoded) -> Recording:
    """Say of the flight what was entered."""
    facts: Mapping[str, Any] = decoded.facts
    if "seconds" not in facts:
        return Recording(time_basis=TimeBasis.NONE)
    start_us: int | None = facts.get("start_us")
    seconds = float(facts["seconds"])
    wall = str(facts.get("local_start", ""))
    # Of a day alone nothing can be compared with other clocks.
    basis = TimeBasis.UTC_DEVICE if start_us is not None else TimeBasis.LOCAL if len(wall) > _DAY else TimeBasis.NONE
    home = facts.get("home")
    return Recording(
        time_basis=basis,
        start_us=start_us,
        duration_s=seconds,
        time_error_s=float(facts["time_error_s"]) if start_us is not None else None,
        local_start=wall,
        home=LonLat(float(home[0]), float(home[1])) if home else None,
        distance_m=facts.get("distance_m"),
        max_height_m=facts.get("max_height_m"),
        aircraft=Aircraft(**{name: str(facts["aircraft"].get(name, "")) for name in _AIRCRAFT}),
        takeoff_us=start_us,
        landing_us=None if start_us is None else start_us + round(seconds * 1e6),
        airborne_s=seconds,
        inferences=(ENTERED,),
    )


def no_track(decoded: Decoded) -> Track | None:
    """Give None: nobody recorded where it was."""
    return None


def _checked(data: memoryview) -> dict[str, Fact] | str:
    """Give what was entered, or what is wrong with it."""
    if len(data) > MOST_BYTES:
        return "An entry of a flight is never that long."
    try:
        told = json.loads(bytes(data).decode())
    except (ValueError, RecursionError):
        return "The entry of this flight is no JSON."
    if not isinstance(told, dict):
        return "The entry of this flight is no JSON object."
    for name, (needed, check) in _KEYS.items():
        if (name in told or needed) and not check(told.get(name)):  # pyright: ignore[reportUnknownMemberType]
            return f"The entry of this flight has a {name!r} that cannot be."
    if "start_us" not in told and not told.get("local_start"):  # pyright: ignore[reportUnknownMemberType]
        return "The entry of this flight does not say when it was."
    values: dict[str, Fact] = {"time_error_s": 60.0, "aircraft": {}}
    return values | {name: told[name] for name in _KEYS if name in told}


def _number(least: float, most: float) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return least <= value <= most

    return check


def _text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 1000 and value.isprintable()


def _aircraft(value: object) -> bool:
    return isinstance(value, dict) and set(value) <= set(_AIRCRAFT) and all(map(_text, value.values()))  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]


def _home(value: object) -> bool:
    lon, lat = _number(-180.0, 180.0), _number(-90.0, 90.0)
    return isinstance(value, list) and len(value) == 2 and lon(value[0]) and lat(value[1])  # pyright: ignore[reportUnknownArgumentType]


def _local(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is None
    except ValueError:
        return False


def _whole(value: object) -> bool:
    most = (datetime(2200, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
    least = (datetime(1900, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


_KEYS: Mapping[str, tuple[bool, Callable[[object], bool]]] = {
    "start_us": (False, _whole),
    "local_start": (False, _local),
    "seconds": (True, _number(0.0, MOST_S)),
    "time_error_s": (False, _number(0.0, 86_400.0)),
    "aircraft": (False, _aircraft),
    "home": (False, _home),
    "distance_m": (False, _number(0.0, MOST_M)),
    "max_height_m": (False, _number(-MOST_M, MOST_M)),
    "row": (False, _text),
}
"""Key to whether it must be there, and whether a value can be. `row` tells entries of one imported book apart."""
