"""ArduPilot DataFlash logs, `.bin`: the log on the vehicle's own card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from groundside.decode.ardupilot.clock import fit_utc, timeline
from groundside.decode.ardupilot.facts import free_name, said
from groundside.decode.ardupilot.groups import Group
from groundside.decode.ardupilot.layout import FMT, FMT_BYTES, text_of
from groundside.decode.ardupilot.log import log
from groundside.decode.ardupilot.problems import capped
from groundside.decode.ardupilot.summary import recording
from groundside.decode.ardupilot.timed import TimedLater, clock_of
from groundside.decode.ardupilot.track import track
from groundside.decode.ardupilot.units import DESCRIBING, read_units
from groundside.decode.format import Coverage, Format, Options
from groundside.decode.formats.dataflash.columns import Rows, first_ms, rows_of
from groundside.decode.formats.dataflash.definitions import HEADER, MAGIC, definitions, is_meant
from groundside.decode.formats.dataflash.problems import account_of, findings
from groundside.decode.formats.dataflash.records import Groups, grouped, stamps, stored
from groundside.decode.formats.dataflash.walk import Walk, walk, written
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem, Said
from groundside.model.late import LateTables
from groundside.model.source import Source

_FILLERS = b"\x00\xff"
_DAMAGED_START = 2 * FMT_BYTES
_DESCRIBED = frozenset({"FMTU", "UNIT", "MULT"})
_ARCHIVES = (b"PK", b"\x1f\x8b", b"BZ", b"\xfd7z", b"7z")


def recognises(head: bytes) -> bool:
    """
    A definition that can be believed at the start, or after a record, filler, or one damaged definition.

    An archive that holds such a log uncompressed is not one.
    """
    at = head.find(HEADER + bytes([FMT]))
    while at >= 0 and not is_meant(head[at : at + FMT_BYTES]):
        at = head.find(HEADER + bytes([FMT]), at + 1)
    if at < 0 or head.startswith(_ARCHIVES):
        return False
    return at <= _DAMAGED_START or head.startswith(HEADER) or not head[:at].strip(_FILLERS)


def decode(data: memoryview, options: Options) -> Decoded:
    """
    Read a log: a table for each message, or for each instance of it. Options are unused.

    Tables, facts and problems are worked out when they are asked for.
    """
    del options
    if not len(data):
        return Decoded({}, {"inferences": []}, (Problem(0, 0, "The file is empty."),), ByteAccount(0, 0, 0))
    whole, data = data, data[: written(data)]
    candidates = definitions(data)
    walked = walk(data, candidates)
    groups = grouped(data, walked, candidates)
    breaks = walked.breaks().with_filler(len(data), len(whole))
    tables = _tables(data, groups.groups)
    return Decoded.late(tables, account_of(whole, breaks, groups), partial(_said, whole, breaks, groups, tables))


class LogTables(TimedLater):
    """Tables of a log, with the first time of its clock of milliseconds; None where it has none."""

    __slots__ = ("first_ms",)

    def __init__(self, makers: Mapping[str, Rows], first_ms: int | None) -> None:
        super().__init__(makers)
        self.first_ms = first_ms


def own_clock_us(decoded: Decoded) -> int:
    """
    Say what is added to the boot time that tables count, to get the time of the track: 0 where UTC is unknown.

    The tables of the receivers say it, without a look at all others.
    """
    if not isinstance(decoded.tables, LogTables):
        return clock_of(decoded).utc_offset_us or 0
    first = decoded.tables.first_ms
    with np.errstate(all="ignore"):
        utc = fit_utc(decoded.tables, None if first is None else first * 1000)
    return utc.offset_us if utc else 0


def _said(data: memoryview, breaks: Walk, groups: Groups, tables: LateTables) -> Said:
    """Find out what the log says of itself, and what is wrong with it."""
    found = findings(data, breaks, groups)
    with np.errstate(all="ignore"):
        says = said(tables, groups.groups, timeline(stamps(data, groups.groups)))
    unknown: dict[str, Fact] = {str(kind): count for kind, count in sorted(found.unknown_types.items())}
    return {**says.facts, "unknown_types": unknown}, capped([*found.problems, *says.problems])


def _tables(data: memoryview, groups: Sequence[Group]) -> LogTables:
    units = read_units({g.layout.name: _rows(data, g) for g in groups if g.layout.name in _DESCRIBED})
    first = first_ms(data, groups)
    tables: dict[str, Rows] = {}
    for group in groups:
        if group.layout.readable:
            for name, rows in rows_of(data, group, units, first):
                tables[free_name(name, tables)] = rows
    return LogTables(tables, first)


def _rows(data: memoryview, group: Group) -> dict[str, list[object]]:
    records = stored(data, group.offsets, group.layout.dtype)
    return {
        name: [text_of(v) if isinstance(v, bytes) else v for v in records[name].tolist()]
        for name in group.layout.columns
        if name in DESCRIBING
    }


FORMAT = Format(
    name="ardupilot-dataflash",
    title="ArduPilot DataFlash log",
    kind="log",
    suffixes=(".bin",),
    recognises=recognises,
    decode=decode,
    recording=recording,
    track=track,
    log=log,
    own_clock_us=own_clock_us,
    magic=MAGIC,
    version=4,
    source=Source(
        "ArduPilot: AP_Logger, its record structures and README",
        "https://github.com/ArduPilot/ardupilot/tree/master/libraries/AP_Logger",
        "LogStructure.h, README.md",
    ),
    coverage=Coverage(
        reads=(
            "every message that an FMT record defines, of every vehicle and firmware, wherever its FMT stands",
            "clocks in milliseconds (before ArduPilot 3.3) and in microseconds; UTC from the GPS week",
            "parameters (PARM) with their defaults, text messages (MSG), events (EV), errors (ERR), modes (MODE),"
            " arming (ARM, STAT), fixes lost (GPS.Status), low batteries (as MSG says it), writes rejected (DSF.Dp)",
            "firmware, its git commit, operating system, board, processor number and frame",
        ),
        infers=(
            "the length of records whose FMT was lost, from how far they are from the next: they are passed over",
            "the length of records, where FMT counts it without the header",
            "UTC of boot time from the receiver with the most fixes; home where no record states it; height above"
            " take-off where only altitude is recorded; charge left from charge used and the capacity set",
            "the time of records that have no clock, from the record before",
        ),
        leaves=(
            "what columns mean whose names are lost: they are read and called column_1, column_2 and so on",
            "event and error numbers that ArduPilot's AP_Logger.h does not list: shown as numbers",
            "why a mode was changed (MODE.Rsn), and how severe a message was, which is not recorded",
            "long messages cut into pieces: shown piece by piece",
        ),
        checked_on=(
            "9 real logs of copters and planes, 2014 to 2025, every value against pymavlink 2.4.50",
            "log171 of dronekit-la-testdata, against what the DroneKit log analyser found in it",
            "damaged logs, simulated and real, record by record against pymavlink 2.4.50",
        ),
    ),
)
