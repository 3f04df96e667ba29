"""From tables to facts: what every log of ArduPilot says of itself, however it was written down."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from groundside.decode.ardupilot.clock import Timeline, Utc, fit_utc
from groundside.decode.ardupilot.groups import Group
from groundside.decode.ardupilot.summary import clock_from, facts_of, home_of, inferences_of
from groundside.decode.ardupilot.timed import shared_tables
from groundside.decode.ardupilot.vehicle import vehicle_of
from groundside.model.decoded import Fact, Problem


@dataclass(frozen=True, slots=True)
class Said:
    """Facts of a log, and what is wrong with its clock."""

    facts: dict[str, Fact]
    problems: list[Problem]


def said(tables: Mapping[str, pa.Table], groups: Sequence[Group], times: Timeline, banner: Sequence[str] = ()) -> Said:
    """
    Find out what a log says of its vehicle, its clock and its home.

    Args:
        tables: all of it, by name.
        groups: the same records by their definition.
        times: when they were written.
        banner: what the firmware prints before the first record.
    """
    utc = fit_utc(tables, times.first_us)
    log = shared_tables(tables, clock_from(times, groups, utc))
    parameters = log.parameters()
    vehicle, home = vehicle_of(tables, parameters, banner), home_of(log)
    facts = facts_of(log, vehicle, home, len(parameters))
    inferences: list[Fact] = inferences_of(log, vehicle, home, utc)
    return Said({**facts, "inferences": inferences, **_counts(groups)}, _clock_problems(times, utc))


def free_name(name: str, taken: Container[str]) -> str:
    """Give a second table of the same name a number: the same message, laid out differently."""
    if name not in taken:
        return name
    # Numbers are given out in turn, so that the first free one can be found by halves: there may be thousands.
    high = 2
    while f"{name}~{high}" in taken:
        high *= 2
    numbers = range(high // 2 + 1 if high > 2 else 2, high)
    return f"{name}~{bisect_left(numbers, True, key=lambda number: f'{name}~{number}' not in taken) + numbers.start}"


def _counts(groups: Sequence[Group]) -> dict[str, Fact]:
    messages: dict[str, Fact] = {}
    for group in groups:
        before = messages.get(group.layout.name, 0)
        messages[group.layout.name] = len(group) + (before if isinstance(before, int) else 0)
    return {"messages": messages, "records": sum(len(group) for group in groups)}


def _clock_problems(times: Timeline, utc: Utc | None) -> list[Problem]:
    problems: list[Problem] = []
    if times.damaged:
        problems.append(Problem(None, 0, f"{times.damaged} records state a time that cannot be: it is not used."))
    problems += [Problem(at, 0, "The boot clock goes back by more than a second.") for at in times.restarts]
    if utc is not None and utc.jumps:
        who = f"{utc.jumps} of {utc.rows} fixes of {utc.table}"
        what = f"{who} disagree on the time, by up to {utc.worst_s:.1f} s."
        problems.append(Problem(None, 0, what))
    return problems
