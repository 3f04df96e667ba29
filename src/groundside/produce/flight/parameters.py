"""Which parameters were in force on a flight, and how two flights differ in them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from groundside.model.log import Log
from groundside.model.parameters import Parameter, ParameterDifference, is_same

_Stated = tuple[int | None, float, float]


def in_force(logs: Sequence[Log], start_us: int | None) -> dict[str, Parameter]:
    """
    Collect the parameters of a flight from all its logs, by name ("1/1 NAME" where a log tells of several components).

    Args:
        logs: on the flight's clock. Of two that state one parameter, the log that states more of them holds.
        start_us: when the flight began, on that clock; None where that is unknown.
    """
    found: dict[str, Parameter] = {}
    for log in sorted(logs, key=lambda each: each.parameters.num_rows):
        found |= _of_one(log, start_us)
    return dict(sorted(found.items()))


def differences(one: Mapping[str, Parameter], other: Mapping[str, Parameter]) -> list[ParameterDifference]:
    """List by name the parameters whose value at the beginning differs, or that only one of two flights has."""
    pairs = [ParameterDifference(name, one.get(name), other.get(name)) for name in sorted({*one, *other})]
    return [p for p in pairs if p.one is None or p.other is None or not is_same(p.one.value, p.other.value)]


def _of_one(log: Log, start_us: int | None) -> dict[str, Parameter]:
    columns = [log.parameters[name].to_pylist() for name in ("name", "component", "time_us", "value", "default")]
    components = set(columns[1])
    stated: dict[str, list[_Stated]] = {}
    for name, component, time_us, value, default in zip(*columns, strict=True):
        known = math.nan if default is None else default
        called = f"{component} {name}" if len(components) > 1 else name
        stated.setdefault(called, []).append((time_us, math.nan if value is None else value, known))
    return {name: _parameter(rows, start_us) for name, rows in stated.items()}


def _parameter(rows: list[_Stated], start_us: int | None) -> Parameter:
    before = [value for time_us, value, _ in rows if time_us is None or (start_us is not None and time_us <= start_us)]
    value = before[-1] if before else rows[0][1]
    later = [value for _, value, _ in rows[max(len(before), 1) :]]
    defaults = [default for *_, default in rows if not math.isnan(default)]
    return Parameter(value, defaults[-1] if defaults else math.nan, len(later), later[-1] if later else value)
