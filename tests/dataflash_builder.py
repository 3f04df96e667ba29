"""Builds small DataFlash logs by `struct`, sharing no table with the decoder."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import count
from tempfile import NamedTemporaryFile
from typing import Any

import pyarrow as pa

from groundside.decode.format import Options
from groundside.decode.formats.dataflash import FORMAT
from groundside.decode.formats.dataflash_text import FORMAT as TEXT
from groundside.model.decoded import Decoded

PACKING = {
    "a": "64s", "b": "b", "B": "B", "h": "h", "H": "H", "i": "i", "I": "I", "g": "e", "f": "f", "d": "d",
    "n": "4s", "N": "16s", "Z": "64s", "c": "h", "C": "H", "e": "i", "E": "I", "L": "i", "M": "B", "q": "q", "Q": "Q",
}  # fmt: skip


def fmt_record(kind: int, name: str, chars: str, columns: str, length: int | None = None) -> bytes:
    size = 3 + sum(struct.calcsize("<" + PACKING.get(c, "B")) for c in chars) if length is None else length
    return struct.pack("<3sBB4s16s64s", b"\xa3\x95\x80", kind, size, name.encode(), chars.encode(), columns.encode())


class LogBuilder:
    """`message` writes a record, and its definition before the first of a name; numbers are stored as given."""

    def __init__(self) -> None:
        self.bytes = b""
        self.kinds: dict[str, tuple[int, str]] = {}
        self._free = count(1)
        self.define("FMT", "BBnNZ", "Type,Length,Name,Format,Columns", kind=0x80)

    def define(
        self, name: str, chars: str, columns: str, kind: int | None = None, length: int | None = None
    ) -> LogBuilder:
        number = next(self._free) if kind is None else kind
        self.kinds[name] = (number, chars)
        return self.raw(fmt_record(number, name, chars, columns, length))

    def record(self, name: str, *values: object) -> bytes:
        kind, chars = self.kinds[name]
        stored = [v.encode() if isinstance(v, str) else v for v in values]
        packing = "<" + "".join(PACKING[c] for c in chars)
        return b"\xa3\x95" + bytes([kind]) + struct.pack(packing, *stored)

    def add(self, name: str, *values: object) -> LogBuilder:
        return self.raw(self.record(name, *values))

    def raw(self, some: bytes) -> LogBuilder:
        self.bytes += some
        return self

    def units(self, name: str, unit_ids: str, multiplier_ids: str) -> LogBuilder:
        for table, chars, columns in (
            ("FMTU", "QBNN", "TimeUS,FmtType,UnitIds,MultIds"),
            ("UNIT", "QbZ", "TimeUS,Id,Label"),
            ("MULT", "Qbd", "TimeUS,Id,Mult"),
        ):
            if table not in self.kinds:
                self.define(table, chars, columns)
        for key, label in {
            "s": "s",
            "v": "V",
            "d": "deg",
            "h": "degheading",
            "#": "instance",
            "-": "",
        }.items():
            self.add("UNIT", 0, ord(key), label)
        for key, value in {
            "F": 1e-6,
            "C": 0.0010000000474974513,
            "0": 1.0,
            "-": 0.0,
            "x": 0.25,
            "B": 1e-2,
        }.items():
            self.add("MULT", 0, ord(key), value)
        return self.add("FMTU", 0, self.kinds[name][0], unit_ids, multiplier_ids)


def decoded(some: bytes | LogBuilder) -> Decoded:
    data = some.bytes if isinstance(some, LogBuilder) else some
    return FORMAT.decode(memoryview(data), Options())


def track_table(result: Decoded) -> pa.Table:
    track = FORMAT.track(result)
    if track is None:
        raise AssertionError("no track")
    return track.table


GPS = ("GPS", "QBIHBLLffff", "TimeUS,Status,GMS,GWk,NSats,Lat,Lng,Alt,Spd,GCrs,VZ")


def with_gps(log: LogBuilder, rows: int = 5, step_us: int = 200_000, week: int = 2000, status: int = 3) -> LogBuilder:
    """GPS rows from boot second 10 on, at the start of a GPS week, northwards along the prime meridian plus 1 degree."""
    log.define(*GPS)
    for n in range(rows):
        at = n * step_us
        place = (500_000_000 + n, 10_000_000, 100.0)
        log.add("GPS", 10_000_000 + at, status, at // 1000, week, 12, *place, 5.0, 90.0, -1.0)
    return log


def decoded_text(text: bytes | str) -> Decoded:
    data = text.encode() if isinstance(text, str) else text
    return TEXT.decode(memoryview(data), Options())


def text_of_log(log: bytes | LogBuilder) -> str:
    """Write a log out as text, as pymavlink reads it: what it holds besides, its definitions say."""
    from pymavlink.DFReader import DFReader_binary

    data = log.bytes if isinstance(log, LogBuilder) else log
    with NamedTemporaryFile(suffix=".bin") as file:
        file.write(data)
        file.flush()
        with DFReader_binary(file.name) as reader:
            lines: list[str] = []
            while (message := reader.recv_msg()) is not None:
                lines.append(", ".join([message.get_type(), *_values(message)]) + "\n")
    return "".join(lines)


def _values(message: Any) -> Iterator[str]:
    if message.get_type() != "FMT":
        yield from (str(getattr(message, column)) for column in message.get_fieldnames())
        return
    # Some old logs define FMT itself without its last column.
    for stored in message._elements:
        yield stored.split(b"\0")[0].decode() if isinstance(stored, bytes) else str(stored)
