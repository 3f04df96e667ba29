"""ArduPilot DataFlash logs, `.bin`: the log on the vehicle's own card."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from groundside.decode.format import Format, Options
from groundside.decode.formats.dataflash.clock import Timeline, Utc, fit_utc, timeline
from groundside.decode.formats.dataflash.columns import tables_of
from groundside.decode.formats.dataflash.layout import FMT, FMT_BYTES, HEADER, definitions, layout_of
from groundside.decode.formats.dataflash.log import Log
from groundside.decode.formats.dataflash.problems import Findings, capped, findings
from groundside.decode.formats.dataflash.records import Group, gather, grouped
from groundside.decode.formats.dataflash.summary import (
    clock_from,
    facts_of,
    home_of,
    inferences_of,
    recording,
)
from groundside.decode.formats.dataflash.track import track
from groundside.decode.formats.dataflash.units import read_units
from groundside.decode.formats.dataflash.vehicle import parameters_of, vehicle_of
from groundside.decode.formats.dataflash.walk import walk, written
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem
from groundside.model.source import Source

_FILLERS = b"\x00\xff"
_DAMAGED_START = 2 * FMT_BYTES
_ARCHIVES = (b"PK", b"\x1f\x8b", b"BZ", b"\xfd7z", b"7z")


def recognises(head: bytes) -> bool:
    """
    A definition that can be believed at the start, or after a record, filler, or one damaged definition.

    An archive that holds such a log uncompressed is not one.
    """
    at = head.find(HEADER + bytes([FMT]))
    while at >= 0 and layout_of(head[at : at + FMT_BYTES], at) is None:
        at = head.find(HEADER + bytes([FMT]), at + 1)
    if at < 0 or head.startswith(_ARCHIVES):
        return False
    return at <= _DAMAGED_START or head.startswith(HEADER) or not head[:at].strip(_FILLERS)


def decode(data: memoryview, options: Options) -> Decoded:
    """Read a log: a table for each message, or for each instance of it. Options are unused."""
    del options
    if not len(data):
        return Decoded({}, {"inferences": []}, (Problem(0, 0, "The file is empty."),), ByteAccount(0, 0, 0))
    whole, data = data, data[: written(data)]
    candidates = list(definitions(data))
    walked = walk(data, candidates)
    groups = grouped(data, walked, candidates)
    found = findings(whole, walked.with_filler(len(data), len(whole)), groups)
    with np.errstate(all="ignore"):
        tables = _tables(data, groups.groups)
        times = timeline(data, groups.groups)
        utc = fit_utc(tables, times.first_us)
        log = Log(tables, clock_from(times, groups.groups, utc))
        facts = {**_summary(log, utc), **_counts(groups.groups, found)}
    return Decoded(tables, facts, capped([*found.problems, *_clock_problems(times, utc)]), found.account)


def _tables(data: memoryview, groups: Sequence[Group]) -> dict[str, pa.Table]:
    described = {"FMTU", "UNIT", "MULT"}
    units = read_units(
        {g.layout.name: gather(data, g.offsets, g.layout.dtype) for g in groups if g.layout.name in described}
    )
    tables: dict[str, pa.Table] = {}
    for group in groups:
        if not group.layout.readable:
            continue
        records = gather(data, group.offsets, group.layout.dtype)
        for name, table in tables_of(records, group.layout, units):
            tables[_free(name, tables)] = table
    return tables


def _free(name: str, taken: dict[str, pa.Table]) -> str:
    """Give a second table of the same name a number: the same message, laid out differently."""
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name}~{number}"
    return free


def _summary(log: Log, utc: Utc | None) -> dict[str, Fact]:
    parameters = parameters_of(log.tables)
    vehicle, home = vehicle_of(log.tables, parameters), home_of(log)
    facts = facts_of(log, vehicle, home, len(parameters))
    return {**facts, "inferences": inferences_of(log, vehicle, home, utc)}


def _counts(groups: Sequence[Group], found: Findings) -> dict[str, Fact]:
    messages: dict[str, Fact] = {}
    for group in groups:
        before = messages.get(group.layout.name, 0)
        messages[group.layout.name] = len(group.offsets) + (before if isinstance(before, int) else 0)
    unknown: dict[str, Fact] = {str(kind): count for kind, count in sorted(found.unknown_types.items())}
    records = int(np.sum([len(group.offsets) for group in groups])) if groups else 0
    return {"messages": messages, "records": records, "unknown_types": unknown}


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


FORMAT = Format(
    name="ardupilot-dataflash",
    title="ArduPilot DataFlash log",
    kind="log",
    suffixes=(".bin",),
    recognises=recognises,
    decode=decode,
    recording=recording,
    track=track,
    version=2,
    source=Source(
        "ArduPilot: AP_Logger, its record structures and README",
        "https://github.com/ArduPilot/ardupilot/tree/master/libraries/AP_Logger",
        "LogStructure.h, README.md",
    ),
)
