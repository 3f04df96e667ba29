"""From the bytes of a flight record to tables, facts, problems and an account of every byte."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from groundside.decode.format import Options
from groundside.decode.formats.dji_record import facts
from groundside.decode.formats.dji_record.checks import implausible
from groundside.decode.formats.dji_record.cipher import Opened, open_records
from groundside.decode.formats.dji_record.feature import feature_of_kinds
from groundside.decode.formats.dji_record.fields import Field, columns_of, width_of
from groundside.decode.formats.dji_record.layout import Layout, layout_of
from groundside.decode.formats.dji_record.layouts import BATTERY_GROUP, BATTERY_PARTS, FIXED
from groundside.decode.formats.dji_record.names import RECORD_NAMES
from groundside.decode.formats.dji_record.records import I64, KEY_SWITCH, Content, Records
from groundside.decode.formats.dji_record.scramble import content_of
from groundside.decode.formats.dji_record.variable import VARIABLE, variable_table
from groundside.decode.formats.dji_record.walk import Walk, walk_over
from groundside.model.decoded import ByteAccount, Decoded, Problem
from groundside.model.table import Column, table

OSD_KIND, HOME_KIND = 1, 2
LAST_CONTROLLER_WITH_METRES = 7
_MOST_PROBLEMS = 200


@dataclass(slots=True)
class Work:
    """What is gathered while a file is decoded; `refused` are records that were not believed."""

    records: Records
    content: Content
    tables: dict[str, pa.Table] = field(default_factory=dict[str, pa.Table])
    problems: list[Problem] = field(default_factory=list[Problem])
    unknown: Counter[int] = field(default_factory=Counter[int])
    unknown_bytes: int = 0
    first_unknown: int | None = None
    refused_bytes: int = 0


def decode(data: memoryview, options: Options) -> Decoded:
    """Decode a whole flight record; see `groundside.decode.format.Format.decode`."""
    layout = layout_of(data)
    if layout is None:
        problem = Problem(0, len(data), "This does not begin like a flight record.")
        return Decoded({}, {}, (problem,), ByteAccount(len(data), 0, len(data)))
    walk = walk_over(data, [(span.start, span.end) for span in layout.records], wide=layout.wide)
    records = walk.records()
    content = content_of(np.frombuffer(data, np.uint8), records, scrambled=layout.scrambled)
    opened = _opened(layout, records, content, options)
    work = Work(records, opened.content)
    _tabulate(work, opened)
    said = facts.facts_of(layout, walk, work.tables, opened, records)
    said["unknown_types"] = {str(kind): count for kind, count in sorted(work.unknown.items())}
    problems = [
        *layout.problems,
        *opened.problems,
        *_gaps(walk),
        *work.problems,
        *_not_described(work),
        *_locked(records, opened),
    ]
    account = _account(len(data), layout, walk, work, opened)
    return Decoded(work.tables, said, tuple(sorted(problems, key=_place)), account)


def _opened(layout: Layout, records: Records, content: Content, options: Options) -> Opened:
    if layout.encrypted:
        return open_records(records, content, feature_of_kinds(layout), options.keychains)
    none = np.zeros(len(records.kinds), np.bool_)
    return Opened(content, none, none.copy())


def _tabulate(work: Work, opened: Opened) -> None:
    """Turn readable records into tables, type by type."""
    readable = ~opened.locked & ~opened.lost
    work.refused_bytes += int(work.records.sizes[opened.lost].sum())
    for kind in np.unique(work.records.kinds[readable]).tolist():
        which = np.flatnonzero((work.records.kinds == kind) & readable)
        if kind in FIXED:
            name, fields, shortest = FIXED[kind]
            _fixed(work, which, name, fields, shortest)
        elif kind == BATTERY_GROUP:
            _battery_group(work, which)
        elif kind in VARIABLE:
            found, empty = variable_table(kind, which, work.records, work.content)
            _add(work, VARIABLE[kind][0], found)
            _unknown(work, kind, empty)
        elif kind != KEY_SWITCH:
            _unknown(work, kind, which)


def _fixed(work: Work, which: I64, name: str, fields: tuple[Field, ...], shortest: int) -> None:
    long_enough = work.content.sizes[which] >= shortest
    _refuse(work, which[~long_enough], f"are too short for {name}")
    which = which[long_enough]
    rows = work.content.rows(which, width_of(fields))
    if name == RECORD_NAMES[OSD_KIND]:
        bad = implausible(rows)
        _refuse(work, which[bad], "hold no position an aircraft can have: damaged, or not records at all")
        which, rows = which[~bad], rows[~bad]
    columns = {"record": Column(which), "offset": Column(work.records.offsets[which], "bytes")}
    columns |= columns_of(fields, name, rows, work.content.sizes[which])
    if name == RECORD_NAMES[HOME_KIND]:
        columns["altitude_m"] = _home_altitude(columns.pop("altitude_raw"), work.tables.get("OSD"))
    _add(work, name, table(columns))


def _home_altitude(raw: Column, osd: pa.Table | None) -> Column:
    """
    Scale the altitude of the home point.

    Controllers before version 8 wrote metres, later ones tenths (o-gs/dji-firmware-tools quotes the
    application's own test of the version in `dji_java_dupcdefs_to_lua.py`; a real record of version 6
    agrees).
    """
    versions = osd.column("controller_version").drop_null() if osd is not None else pa.chunked_array([[]], pa.uint8())
    newest = max((int(v) for v in np.unique(versions.to_numpy())), default=LAST_CONTROLLER_WITH_METRES + 1)
    scale = 1.0 if newest <= LAST_CONTROLLER_WITH_METRES else 10.0
    values = raw.values
    metres = np.asarray(values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values) / scale
    return Column(metres, "m", f"HOME byte 16 / {scale:g}; from air pressure, often wrong by tens of metres")


def _battery_group(work: Work, which: I64) -> None:
    parts = work.content.rows(which, 1)[:, 0]
    for part in np.unique(parts).tolist():
        those = which[parts == part]
        if part in BATTERY_PARTS:
            name, fields, shortest = BATTERY_PARTS[part]
            _fixed(work, those, name, fields, shortest)
        else:
            _unknown(work, BATTERY_GROUP, those)


def _add(work: Work, name: str, found: pa.Table) -> None:
    if found.num_rows:
        work.tables[name] = found


def _unknown(work: Work, kind: int, which: I64) -> None:
    if which.size:
        work.unknown[kind] += int(which.size)
        work.unknown_bytes += int(work.records.sizes[which].sum())
        first = int(work.records.offsets[which[0]])
        work.first_unknown = first if work.first_unknown is None else min(first, work.first_unknown)


def _refuse(work: Work, which: I64, why: str) -> None:
    if which.size:
        lost = int(work.records.sizes[which].sum())
        work.refused_bytes += lost
        work.problems.append(
            Problem(int(work.records.offsets[which[0]]), lost, f"{which.size} records {why}; they were skipped.")
        )


def _not_described(work: Work) -> list[Problem]:
    if not work.unknown:
        return []
    kinds = ", ".join(f"{kind} ({RECORD_NAMES.get(kind, 'no name')})" for kind in sorted(work.unknown))
    what = f"{work.unknown.total()} records are of types that nobody describes well enough to read: {kinds}."
    return [Problem(work.first_unknown, work.unknown_bytes, what)]


def _gaps(walk: Walk) -> list[Problem]:
    shown = [
        Problem(
            start,
            end - start,
            "No record begins here; reading went on where records follow each other again.",
        )
        for start, end in walk.gaps
    ]
    if len(shown) <= _MOST_PROBLEMS:
        return shown
    rest = shown[_MOST_PROBLEMS:]
    what = f"{len(rest)} more places where no record begins."
    return [*shown[:_MOST_PROBLEMS], Problem(rest[0].offset, sum(p.length for p in rest), what)]


def _locked(records: Records, opened: Opened) -> list[Problem]:
    which = np.flatnonzero(opened.locked)
    if not which.size:
        return []
    size = int(records.sizes[which].sum())
    what = f"{which.size} records ({size} bytes) are encrypted under keys that were not given or do not fit."
    return [Problem(int(records.offsets[which[0]]), size, what)]


def _account(total: int, layout: Layout, walk: Walk, work: Work, opened: Opened) -> ByteAccount:
    locked = int(work.records.sizes[opened.locked].sum())
    in_records = int(work.records.sizes.sum())
    decoded = layout.framing + layout.pictures[0] + walk.picture_bytes
    decoded += in_records - locked - work.unknown_bytes - work.refused_bytes
    return ByteAccount(total, decoded, total - decoded, work.unknown_bytes, locked)


def _place(problem: Problem) -> int:
    return problem.offset if problem.offset is not None else -1
