"""From the bytes of a flight record to tables, facts, problems and an account of every byte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from groundside.decode.format import Options
from groundside.decode.formats.dji_record import facts
from groundside.decode.formats.dji_record.checks import implausible, surely_plausible
from groundside.decode.formats.dji_record.cipher import Opened, open_records
from groundside.decode.formats.dji_record.clock import RowTimes, row_times
from groundside.decode.formats.dji_record.details import details_of
from groundside.decode.formats.dji_record.feature import feature_of_kinds
from groundside.decode.formats.dji_record.layout import Layout, layout_of
from groundside.decode.formats.dji_record.layouts import BATTERY_GROUP, BATTERY_PARTS, FIXED
from groundside.decode.formats.dji_record.names import RECORD_NAMES
from groundside.decode.formats.dji_record.records import I64, KEY_SWITCH, U8, Content, Records
from groundside.decode.formats.dji_record.tables import RecordClock, RecordTable, RecordTables, TextTable, Whence
from groundside.decode.formats.dji_record.variable import MESSAGES, VARIABLE, variable_table
from groundside.decode.formats.dji_record.walk import Walk, walk_over
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem, Said
from groundside.model.late import Late
from groundside.native.dji_columns import Ask, Op, Plan, table
from groundside.native.dji_rows import by_kind, firsts
from groundside.native.pages import let_go

OSD_KIND = 1
LAST_CONTROLLER_WITH_METRES = 7
_MOST_PROBLEMS = 200
_FEW = 64
_ANGLES = Plan((Ask(Op.WHOLE, 0, "f8"), Ask(Op.WHOLE, 8, "f8")))


@dataclass(slots=True)
class Work:
    """What is gathered while a file is decoded; `refused` are records that were not believed."""

    records: Records
    content: Content
    whence: Whence
    details: Late[dict[str, Fact]]
    tables: dict[str, Callable[[], pa.Table]] = field(default_factory=dict[str, Callable[[], pa.Table]])
    problems: list[Problem] = field(default_factory=list[Problem])
    unknown: Counter[int] = field(default_factory=Counter[int])
    unknown_bytes: int = 0
    first_unknown: int | None = None
    refused_bytes: int = 0


def decode(data: memoryview, options: Options) -> Decoded:
    """
    Decode a whole flight record; see `groundside.decode.format.Format.decode`.

    The walk, the account and the texts are done here; every other table is made when it is asked for.
    """
    layout = layout_of(data)
    if layout is None:
        problem = Problem(0, len(data), "This does not begin like a flight record.")
        return Decoded({}, {}, (problem,), ByteAccount(len(data), 0, len(data)))
    walk = walk_over(data, [(span.start, span.end) for span in layout.records], wide=layout.wide)
    records = walk.records()
    opened = _opened(layout, records, np.frombuffer(data, np.uint8), options)
    work = _work(layout, records, opened)
    _tabulate(work, opened)
    let_go(data)
    account = _account(len(data), layout, walk, work, opened)
    return Decoded.late(
        RecordTables(work.tables, work.whence.clock), account, lambda: _said(layout, walk, work, opened)
    )


def _opened(layout: Layout, records: Records, data: U8, options: Options) -> Opened:
    content = Content(data, records, layout.scrambled)
    if layout.encrypted:
        return open_records(records, content, feature_of_kinds(layout), options.keychains)
    none = np.zeros(len(records.kinds), np.bool_)
    return Opened(content, none, none.copy())


def _work(layout: Layout, records: Records, opened: Opened) -> Work:
    tables: dict[str, Callable[[], pa.Table]] = {}
    details = Late(lambda: details_of(layout.details, layout.version) if layout.details else {})
    whence = Whence(
        opened.content,
        Late(lambda: _clock(details(), tables)),
        Late(lambda: _altitude_scale(tables.get("OSD"))),
    )
    return Work(records, opened.content, whence, details, tables)


def _clock(details: Mapping[str, Fact], tables: Mapping[str, Callable[[], pa.Table]]) -> RecordClock | None:
    osd, custom = tables.get("OSD"), tables.get("CUSTOM")
    found: dict[str, pa.Table] = {}
    if isinstance(osd, RecordTable):
        found["OSD"] = osd.some("fly_time_s")
    if isinstance(custom, RecordTable):
        found["CUSTOM"] = custom.some("time_ms")
    times = row_times(found, details)
    return None if times is None else RecordClock(found["OSD"].column("record").to_numpy(), times)


def _said(layout: Layout, walk: Walk, work: Work, opened: Opened) -> Said:
    clock = work.whence.clock()
    times: RowTimes | None = None if clock is None else clock.times
    said = facts.facts_of(layout, walk, times, opened, work.details())
    said["unknown_types"] = {str(kind): count for kind, count in sorted(work.unknown.items())}
    problems = [
        *layout.problems,
        *opened.problems,
        *_gaps(walk),
        *work.problems,
        *_not_described(work),
        *_locked(work.records, opened),
    ]
    return said, tuple(sorted(problems, key=_place))


def _tabulate(work: Work, opened: Opened) -> None:
    """Turn readable records into tables, type by type."""
    hidden = opened.locked | opened.lost
    left_out = hidden if hidden.any() else None
    work.refused_bytes += 0 if left_out is None else work.records.size(opened.lost)
    for kind, which, least in by_kind(work.records.kinds, left_out, work.content.lengths):
        if kind in FIXED:
            name, _, shortest = FIXED[kind]
            _fixed(work, which, least, (name, shortest))
        elif kind == BATTERY_GROUP:
            _battery_group(work, which)
        elif kind in VARIABLE:
            found, empty = variable_table(kind, which, work.content)
            _add_texts(work, VARIABLE[kind][0], found)
            _unknown(work, kind, empty)
        elif kind != KEY_SWITCH:
            _unknown(work, kind, which)


def _fixed(work: Work, which: I64, least: int, kind: tuple[str, int]) -> None:
    """Have a table made of records of one kind: its name and the fewest bytes of one. `least`: of the shortest here."""
    name, shortest = kind
    if least < shortest + work.content.overhead:
        long_enough = work.content.lengths[which] >= shortest + work.content.overhead
        _refuse(work, which[~long_enough], f"are too short for {name}")
        which = which[long_enough]
    if name == RECORD_NAMES[OSD_KIND]:
        which = _believed(work, which)
    if which.size:
        work.tables[name] = RecordTable(name, which, work.whence)


def _believed(work: Work, which: I64) -> I64:
    """Leave of position records those that an aircraft can have written."""
    records = work.content.of(which)
    if surely_plausible(records):
        return which
    bad = implausible(*(column.to_numpy() for column in table(records, _ANGLES).columns))
    if not bad.any():
        return which
    _refuse(work, which[bad], "hold no position an aircraft can have: damaged, or not records at all")
    return which[~bad]


def _altitude_scale(osd: Callable[[], pa.Table] | None) -> float:
    """
    Say by what the altitude of the home point is to be divided.

    Controllers before version 8 wrote metres, later ones tenths (o-gs/dji-firmware-tools quotes the
    application's own test of the version in `dji_java_dupcdefs_to_lua.py`; a real record of version 6
    agrees).
    """
    if not isinstance(osd, RecordTable):
        return 10.0
    few = _greatest_version(replace(osd, which=osd.which[:_FEW]))  # which mostly say it
    if few is not None and few > LAST_CONTROLLER_WITH_METRES:
        return 10.0
    greatest = _greatest_version(osd)
    return 1.0 if greatest is not None and greatest <= LAST_CONTROLLER_WITH_METRES else 10.0


def _greatest_version(osd: RecordTable) -> float | None:
    # Numbers with NaN for null: Arrow's own functions cost a process 8 MB when one is first called.
    versions = osd.some("controller_version").column("controller_version").to_numpy()
    known = versions[np.isfinite(versions)]
    return float(known.max()) if len(known) else None


def _battery_group(work: Work, which: I64) -> None:
    parts = firsts(work.content.of(which))
    for part, those, least in by_kind(parts, None, work.content.lengths[which]):
        if part in BATTERY_PARTS:
            name, _, shortest = BATTERY_PARTS[part]
            _fixed(work, which[those], least, (name, shortest))
        else:
            _unknown(work, BATTERY_GROUP, which[those])


def _add_texts(work: Work, name: str, found: Late[pa.Table] | None) -> None:
    if found is not None:
        work.tables[name] = TextTable(found, work.whence.clock) if name in MESSAGES else found


def _unknown(work: Work, kind: int, which: I64) -> None:
    if which.size:
        work.unknown[kind] += int(which.size)
        work.unknown_bytes += work.records.size(which)
        first = work.records.offset(which[0])
        work.first_unknown = first if work.first_unknown is None else min(first, work.first_unknown)


def _refuse(work: Work, which: I64, why: str) -> None:
    if which.size:
        lost = work.records.size(which)
        work.refused_bytes += lost
        work.problems.append(
            Problem(work.records.offset(which[0]), lost, f"{which.size} records {why}; they were skipped.")
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
    size = records.size(which)
    what = f"{which.size} records ({size} bytes) are encrypted under keys that were not given or do not fit."
    return [Problem(records.offset(which[0]), size, what)]


def _account(total: int, layout: Layout, walk: Walk, work: Work, opened: Opened) -> ByteAccount:
    locked = work.records.size(opened.locked) if opened.locked.any() else 0
    in_records = work.records.size()
    decoded = layout.framing + layout.pictures[0] + walk.picture_bytes
    decoded += in_records - locked - work.unknown_bytes - work.refused_bytes
    return ByteAccount(total, decoded, total - decoded, work.unknown_bytes, locked)


def _place(problem: Problem) -> int:
    return problem.offset if problem.offset is not None else -1
