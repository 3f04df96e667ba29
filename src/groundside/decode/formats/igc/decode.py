"""Read an IGC file: a table for each type of record, facts, and an account of every byte."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from groundside.decode.format import Options
from groundside.decode.formats.igc.fixes import Extension, Fixes, extensions_of, fixes_of
from groundside.decode.formats.igc.headers import Headers, headers_of
from groundside.decode.formats.igc.lines import BOM, I64, Lines, lines_of
from groundside.decode.formats.igc.times import DAY_S, clock_of
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem
from groundside.model.table import Column, table

FIXES = "fixes"
_KNOWN = "ABCDEFGHIJKL"
_TEXTS = {
    "C": "task",
    "D": "differential",
    "E": "events",
    "F": "satellites",
    "G": "signature",
    "K": "data",
    "L": "comments",
}
_TIMED = "EFK"
_UNITS = {
    "FXA": ("fxa_m", "m"),
    "VXA": ("vxa_m", "m"),
    "GSP": ("gsp_kmh", "km/h"),
    "IAS": ("ias_kmh", "km/h"),
    "WSP": ("wsp_kmh", "km/h"),
    "TRT": ("trt_deg", "deg"),
    "TRM": ("trm_deg", "deg"),
    "HDT": ("hdt_deg", "deg"),
    "HDM": ("hdm_deg", "deg"),
    "WDI": ("wdi_deg", "deg"),
}
"""Source: appendix A, 7. True airspeed (TAS) has no unit there: it is kept as it stands."""
_MOST_PROBLEMS = 200
_SIMULATED = "SIMULATED"
_DATE_LINE = re.compile(rb"\nH[A-Z]DTE")
_RECORDER = re.compile(rb"A[A-Z0-9]{3}")
_BOTH = 2
_FIX_LINE = re.compile(rb"\nB\d{13}[NS]\d{8}[EW][AV]")


@dataclass(slots=True)
class _Damage:
    """Bytes that could not be read, and those of types that nobody here knows."""

    problems: list[Problem] = field(default_factory=list[Problem])
    unknown: Counter[str] = field(default_factory=Counter[str])
    unknown_bytes: int = 0


def recognises(head: bytes) -> bool:
    """Begin with a record of the recorder's number, and have a date or a fix; or have both."""
    begins = _RECORDER.match(head.removeprefix(BOM).lstrip()[:4]) is not None
    if not begins and b"DTE" not in head:
        return False
    lines = b"\n" + head  # so that every record begins with the same byte
    signs = (_DATE_LINE.search(lines) is not None) + (_FIX_LINE.search(lines) is not None)
    return signs == _BOTH or (begins and signs > 0)


def decode(data: memoryview, options: Options) -> Decoded:
    """
    Read all records of an IGC file.

    Table `fixes` (B records with their extensions), and for other types the lines as they stand, those of events,
    satellites and further data with their times. The signature (G records) is kept and not verified.
    """
    del options
    lines = lines_of(data)
    headers = headers_of(lines.text(row) for row in lines.rows("H").tolist())
    extensions = _extensions(lines)
    fixes = fixes_of(lines, extensions)
    clock = clock_of(fixes.second)
    tables = {FIXES: _fix_table(fixes, clock, headers)} if len(fixes.offsets) else {}
    tables |= {name: _text_table(lines, letter, fixes, clock, headers) for letter, name in _TEXTS.items()}
    damage = _damage(lines, fixes)
    lost = sum(problem.length for problem in damage.problems)
    account = ByteAccount(len(data), len(data) - lost, lost, damage.unknown_bytes)
    facts = _facts(lines, headers, extensions, fixes)
    general = _general(fixes, headers)
    return Decoded({n: t for n, t in tables.items() if t.num_rows}, facts, (*general, *damage.problems), account)


def _extensions(lines: Lines) -> tuple[Extension, ...]:
    """Take the first I record that can be read: there is but one."""
    found = (extensions_of(lines.text(row)) for row in lines.rows("I").tolist())
    unique: dict[str, Extension] = {}
    for extension in next((e for e in found if e), ()):
        unique.setdefault(extension.code, extension)
    return tuple(unique.values())


def _fix_table(fixes: Fixes, clock: I64, headers: Headers) -> pa.Table:
    start = (headers.days or 0) * DAY_S * 1_000_000
    columns = {
        "offset": Column(fixes.offsets, "bytes"),
        "time_us": Column(clock + start, "us", "B bytes 1 to 6, TDS and HFDTE: since 1970, else since midnight"),
        "lon": Column(fixes.lon, "deg", "B bytes 15 to 23, LOD"),
        "lat": Column(fixes.lat, "deg", "B bytes 7 to 14, LAD"),
        "valid": Column(pa.array(fixes.valid), "", "B byte 24 is A"),
        "pressure_altitude_m": Column(fixes.pressure_m, "m", "B bytes 25 to 29, ICAO standard atmosphere, 1013.25 hPa"),
        "gnss_altitude_m": Column(fixes.gnss_m, "m", "B bytes 30 to 34"),
    }
    for code, values in fixes.extensions.items():
        name, unit = _UNITS.get(code, (code.lower(), ""))
        columns[name] = Column(values, unit, f"B extension {code}")
    return table(columns)


def _text_table(lines: Lines, letter: str, fixes: Fixes, clock: I64, headers: Headers) -> pa.Table:
    rows = lines.rows(letter)
    texts = [lines.text(row)[1:] for row in rows.tolist()]
    columns = {
        "offset": Column(lines.starts[rows], "bytes"),
        "text": Column(pa.array(texts, pa.string()), "", f"{letter} record"),
    }
    if letter in _TIMED:
        times = _times_of(texts, lines.starts[rows], fixes, clock, (headers.days or 0) * DAY_S * 1_000_000)
        columns["time_us"] = Column(pa.array(times, pa.int64()), "us", f"{letter} bytes 1 to 6")
    return table(columns)


def _times_of(texts: list[str], offsets: I64, fixes: Fixes, clock: I64, start: int) -> list[int | None]:
    """Say when events were: on the day that brings them nearest to the fix before them."""
    found: list[int | None] = []
    before = np.maximum(np.searchsorted(fixes.offsets, offsets) - 1, 0)
    for text, at in zip(texts, before.tolist(), strict=True):
        digits = text[:6]
        if len(digits) < 6 or not (digits.isascii() and digits.isdigit()):
            found.append(None)
            continue
        second = int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:])
        near = int(clock[at]) / 1e6 if len(clock) else second
        found.append(start + (second + round((near - second) / DAY_S) * DAY_S) * 1_000_000)
    return found


def _damage(lines: Lines, fixes: Fixes) -> _Damage:
    damage = _Damage()
    kept: dict[int, list[tuple[int, int]]] = {}
    for row, start, stop in fixes.spans:
        kept.setdefault(row, []).append((start, stop))
    refused = set(fixes.refused.tolist())
    known = np.isin(lines.kinds, np.frombuffer(_KNOWN.encode("ascii"), np.uint8))
    lost: list[tuple[int, int, str]] = []
    for row in sorted({*refused, *np.flatnonzero(~known).tolist()}):
        at, stop = int(lines.starts[row]), int(lines.nexts[row])
        letter = chr(int(lines.kinds[row]))
        if row not in refused and row not in kept and letter.isascii() and letter.isupper():
            damage.unknown[letter] += 1
            damage.unknown_bytes += stop - at
            lost.append((at, stop - at, f"A record of type {letter}, which is not described."))
            continue
        for start, end in kept.get(row, []):
            if start > at:
                lost.append((at, start - at, "Damaged: this is no whole record."))
            at = stop if end == int(lines.ends[row]) else end
        if stop > at:
            lost.append((at, stop - at, "Damaged: this is no whole record."))
    damage.problems = _shown(lost)
    return damage


def _shown(lost: list[tuple[int, int, str]]) -> list[Problem]:
    problems = [Problem(at, size, what) for at, size, what in lost[:_MOST_PROBLEMS]]
    rest = lost[_MOST_PROBLEMS:]
    if rest:
        problems.append(
            Problem(rest[0][0], sum(r[1] for r in rest), f"{len(rest)} more lines from here on were skipped.")
        )
    return problems


def _general(fixes: Fixes, headers: Headers) -> list[Problem]:
    found: list[Problem] = []
    if not len(fixes.offsets):
        found.append(Problem(None, 0, "There is no fix in the file."))
    if headers.days is None:
        found.append(Problem(None, 0, "There is no date in the file: times are since midnight of an unknown day."))
    return found


def _facts(lines: Lines, headers: Headers, extensions: tuple[Extension, ...], fixes: Fixes) -> dict[str, Fact]:
    recorder = next((lines.text(row)[1:] for row in lines.rows("A").tolist()), "")
    kinds, counts = np.unique(lines.kinds, return_counts=True)
    records: dict[str, Fact] = {
        chr(k): n for k, n in zip(kinds.tolist(), counts.tolist(), strict=True) if chr(k) in _KNOWN
    }
    said: dict[str, Fact] = {**headers.said}
    inferences: list[Fact] = []
    if headers.dates > 1:
        inferences.append(f"The file states {headers.dates} dates: the first holds, and midnight is seen by the times.")
    if records.get("G"):
        inferences.append("The file is signed; the signature was not verified, as only the maker's program can.")
    return {
        "recorder_id": recorder[:200],
        "date_days": headers.days,
        **said,
        "extensions": [e.code for e in extensions],
        "records": records,
        "fixes": len(fixes.offsets),
        "signed": bool(records.get("G")),
        "simulated": _SIMULATED in recorder
        or any(_SIMULATED in str(v) for v in headers.said.values())
        or _marked(lines),
        "inferences": inferences,
    }


def _marked(lines: Lines) -> bool:
    return any(_SIMULATED in lines.text(row) for row in lines.rows("L")[:100].tolist())
