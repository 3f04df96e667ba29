"""The unit that stands in a column's name, in round or square brackets, and what to do to reach SI."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NAME = re.compile(r"(?P<base>[^()\[\]]*?)\s*(?:[(\[](?P<unit>[^()\[\]]*)[)\]])?\s*\Z")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """SI value = (`value` - `zero`) x `scale`; `suffix` is what the column's name ends in."""

    symbol: str
    suffix: str
    scale: float = 1.0
    zero: float = 0.0


_M, _MPS, _DEG_C = ("m", "_m"), ("m/s", "_mps"), ("degC", "_degc")
# Foot, mile and nautical mile are exact: NIST Special Publication 811 (2008), Appendix B.8.
_FOOT = Unit(*_M, scale=0.3048)
_METRE = Unit(*_M)
_MPH = Unit(*_MPS, scale=1609.344 / 3600)
_KMH = Unit(*_MPS, scale=1 / 3.6)
_KNOT = Unit(*_MPS, scale=1852 / 3600)
_METRE_PER_SECOND = Unit(*_MPS)
_FAHRENHEIT = Unit(*_DEG_C, scale=5 / 9, zero=32.0)
_CELSIUS = Unit(*_DEG_C)
_MILLISECOND = Unit("ms", "_ms")
_SECOND = Unit("ms", "_ms", scale=1000.0)
_DEGREE = Unit("deg", "_deg")
_PERCENT = Unit("%", "_percent")

UNITS = {
    "feet": _FOOT,
    "foot": _FOOT,
    "ft": _FOOT,
    "meters": _METRE,
    "metres": _METRE,
    "meter": _METRE,
    "m": _METRE,
    "mph": _MPH,
    "km/h": _KMH,
    "kmh": _KMH,
    "kph": _KMH,
    "m/s": _METRE_PER_SECOND,
    "mps": _METRE_PER_SECOND,
    "knots": _KNOT,
    "kts": _KNOT,
    "f": _FAHRENHEIT,
    "°f": _FAHRENHEIT,
    "fahrenheit": _FAHRENHEIT,
    "c": _CELSIUS,
    "°c": _CELSIUS,
    "celsius": _CELSIUS,
    "millisecond": _MILLISECOND,
    "milliseconds": _MILLISECOND,
    "ms": _MILLISECOND,
    "second": _SECOND,
    "seconds": _SECOND,
    "s": _SECOND,
    "degrees": _DEGREE,
    "deg": _DEGREE,
    "°": _DEGREE,
    "percent": _PERCENT,
    "%": _PERCENT,
    "v": Unit("V", "_v"),
    "mv": Unit("V", "_v", scale=0.001),
    "a": Unit("A", "_a"),
    "ma": Unit("A", "_a", scale=0.001),
    "mah": Unit("mAh", "_mah"),
    "w": Unit("W", "_w"),
    "mb": Unit("MB", "_mb"),
    "pa": Unit("Pa", "_pa"),
}

NO_UNITS = frozenset({"", "utc", "local", "epoch", "360"})
"""What stands in brackets and is no unit: on which clock, from where an angle counts."""


@dataclass(frozen=True, slots=True)
class ColumnName:
    """
    A column's name taken apart.

    Args:
        name: as it is called here, unit included: "height_above_takeoff_m".
        raw: as it stands in the file, without spaces around it.
        unit: how to reach SI; None where the name has no unit, or one that nobody here knows.
        unit_text: the unit as it stands; empty where there is none.
    """

    name: str
    raw: str
    unit: Unit | None
    unit_text: str


_NONE: Mapping[str, str] = {}


def read_name(raw: str, units: Mapping[str, str] = _NONE, spelled: Mapping[str, str] = _NONE) -> ColumnName:
    """
    Take a name apart: ` xSpeed(mph)` is `x_speed_mps`, to be multiplied by 0.44704.

    Args:
        raw: as it stands.
        units: for names without a unit (as they are called here), the unit by `UNITS` that they are known to have.
        spelled: names (as they are called here) that are known to be misspelt, to the right ones.
    """
    match = _NAME.match(raw.strip())
    base, unit_text = (match["base"], match["unit"] or "") if match else (raw, "")
    plain = _OTHER.sub("_", _HUMP.sub("_", base).lower()).strip("_") or "unnamed"
    plain = spelled.get(plain, plain)
    if not unit_text and plain in units:
        known = UNITS[units[plain]]
        return ColumnName(plain if plain.endswith(known.suffix) else plain + known.suffix, raw.strip(), known, "")
    unit = UNITS.get(unit_text.strip().lower()) if unit_text else _NOT_SAID.get(plain)
    suffix = unit.suffix if unit else _OTHER.sub("_", f"_{unit_text.lower()}").rstrip("_")
    return ColumnName(plain + suffix, raw.strip(), unit, unit_text)


_NOT_SAID = {
    "latitude": Unit("deg", ""),
    "longitude": Unit("deg", ""),
    "battery_percent": Unit("%", ""),
    **{f"voltage_cell{n}": Unit("V", "_v") for n in range(1, 25)},
}


def read_names(
    raw: tuple[str, ...], units: Mapping[str, str] = _NONE, spelled: Mapping[str, str] = _NONE
) -> tuple[ColumnName, ...]:
    """Take all names apart, see `read_name`; a name that comes again gets a number."""
    seen: dict[str, int] = {}
    taken: set[str] = set()
    names: list[ColumnName] = []
    for text in raw:
        column = read_name(text, units, spelled)
        again = seen.get(column.name, 0) + 1
        name = column.name if again == 1 else f"{column.name}_again_{again}"
        while name in taken:
            again += 1
            name = f"{column.name}_again_{again}"
        seen[column.name] = again
        taken.add(name)
        names.append(ColumnName(name, column.raw, column.unit, column.unit_text))
    return tuple(names)
