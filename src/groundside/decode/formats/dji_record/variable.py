"""
Record types whose content is text or a list.

Source: dji-sdk/FlightRecordParsingLib, `fr_protocol.h` (`DJIFlightRecordRecoverInfoStruct`,
`singleVersionInfo`, `DJIFlightRecordComponentSN`); lvauvillier/dji-log-parser, `record/recover.rs` for the
shorter serials of old versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.decode.formats.dji_record.feature import FEATURE_POINTS
from groundside.decode.formats.dji_record.names import COMPONENTS, PLATFORMS, PRODUCTS, SENDERS
from groundside.decode.formats.dji_record.records import I64, KEY_STORAGE, Content, Records
from groundside.model.late import Late
from groundside.native.dji_rows import texts

Row = tuple[object, ...]
FIRST = (pa.field("record", pa.int64()), pa.field("offset", pa.int64(), metadata={"unit": "bytes"}))
"""The columns that every table begins with."""
FIRMWARE_ENTRY = 6
_NAME_BYTES = 32
_SHORT_SERIAL, _LONG_SERIAL = 10, 16
_RECOVER_FIXED = 1 + 4 + _NAME_BYTES + 8


def text_of(octets: bytes) -> str:
    """Give the text before the first zero byte; damaged bytes become U+FFFD, control characters vanish."""
    text = octets.split(b"\0", 1)[0].decode("utf-8", errors="replace")
    if text.isprintable():
        return text.strip()
    return "".join(c for c in text if c.isprintable() or c in "\n\t").strip()


def serial_of(octets: bytes) -> str:
    """Give a serial number; empty where it is nothing but zeros or is no plain ASCII."""
    text = octets.split(b"\0", 1)[0].decode("ascii", errors="replace")
    return text if text.isprintable() and text.isascii() and text.strip("0 ") else ""


def _message(content: bytes) -> Iterator[Row]:
    text = text_of(content)
    if text:
        yield (text,)


def _recover(content: bytes) -> Iterator[Row]:
    size = _LONG_SERIAL if len(content) >= _RECOVER_FIXED + 4 * _LONG_SERIAL else _SHORT_SERIAL
    if len(content) < _RECOVER_FIXED + 4 * size:
        return
    serial, name, rest = 5, 5 + size, 5 + size + _NAME_BYTES + 8
    serials = [serial_of(content[at : at + size]) for at in (serial, rest, rest + size, rest + 2 * size)]
    product, platform = PRODUCTS.get(content[0], ""), PLATFORMS.get(content[1], "")
    version = ".".join(str(part) for part in content[2:5])
    yield (product, platform, version, text_of(content[name : name + _NAME_BYTES]), *serials)


def _firmware(content: bytes) -> Iterator[Row]:
    for at in range(0, len(content) - FIRMWARE_ENTRY + 1, FIRMWARE_ENTRY):
        yield _version(content[at : at + FIRMWARE_ENTRY])


@lru_cache(1024)
def _version(entry: bytes) -> Row:
    """Read one entry; files of one aircraft all say the same."""
    sender, sub, a, b, c, d = entry
    return SENDERS.get(sender, f"unknown {sender}"), sub, f"{a}.{b}.{c}.{d}"


def _component(content: bytes) -> Iterator[Row]:
    if len(content) >= 3:
        kind, sequence, length = content[:3]
        yield COMPONENTS.get(kind, f"unknown {kind}"), sequence, serial_of(content[3 : 3 + length])


def _key(content: bytes) -> Iterator[Row]:
    if len(content) >= 4:
        point = int.from_bytes(content[:2], "little")
        yield FEATURE_POINTS.get(point, f"unknown {point}"), int.from_bytes(content[2:4], "little")


_MESSAGE = (("message", pa.string()),)
MESSAGES = frozenset({"APP_TIP", "APP_WARN", "APP_SERIOUS_WARN"})
"""Tables of texts that belong to a time."""
VARIABLE: dict[int, tuple[str, Callable[[bytes], Iterator[Row]], tuple[tuple[str, pa.DataType], ...]]] = {
    9: ("APP_TIP", _message, _MESSAGE),
    10: ("APP_WARN", _message, _MESSAGE),
    24: ("APP_SERIOUS_WARN", _message, _MESSAGE),
    13: (
        "RECOVER",
        _recover,
        tuple(
            (name, pa.string())
            for name in (
                "product",
                "platform",
                "app_version",
                "name",
                "serial",
                "camera_serial",
                "rc_serial",
                "battery_serial",
            )
        ),
    ),
    15: (
        "FIRMWARE",
        _firmware,
        (("sender", pa.string()), ("sub_sender", pa.uint8()), ("version", pa.string())),
    ),
    40: (
        "COMPONENT_SERIAL",
        _component,
        (("component", pa.string()), ("sequence", pa.uint8()), ("serial", pa.string())),
    ),
    KEY_STORAGE: ("KEY_STORAGE", _key, (("feature_point", pa.string()), ("sealed_bytes", pa.uint16()))),
}
"""Record type to table name, reader of one record's content into rows, and the columns of those rows."""


def variable_table(kind: int, which: I64, content: Content) -> tuple[Late[pa.Table] | None, I64]:
    """Give the table of one of these types, None where it has no row; and which records held nothing readable."""
    name, read, _ = VARIABLE[kind]
    rows: list[Row] = []
    owners: list[int] = []
    empty: list[int] = []
    known: dict[bytes, list[Row]] = {}  # many are written again and again
    for index, octets in zip(which.tolist(), texts(content.of(which)), strict=True):
        found = known.get(octets)
        if found is None:
            found = known[octets] = list(read(octets))
        rows.extend(found)
        owners.extend([index] * len(found))
        if not found:
            empty.append(index)
    made = Late(lambda: _table(name, rows, owners, content.records)) if rows else None
    return made, np.array(empty, np.int64)


def _table(name: str, rows: list[Row], owners: list[int], records: Records) -> pa.Table:
    """Make a table of rows and the numbers of their records."""
    schema, which = _schema(name), np.array(owners, np.int64)
    values = (which, records.starts[which] - records.head, *zip(*rows, strict=True))
    return pa.Table.from_arrays([_column(*each) for each in zip(values, schema.types, strict=True)], schema=schema)


def _column(values: Sequence[object] | I64, kind: pa.DataType) -> pa.Array[Any]:
    """Make a column of texts or whole numbers; `pa.array` gives the same, for thrice the time where values are few."""
    if not pa.types.is_string(kind):
        numbers = np.ascontiguousarray(values, kind.to_pandas_dtype())
        return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(numbers.data)])
    octets = [str(value).encode() for value in values]
    ends = np.fromiter(accumulate(map(len, octets), initial=0), np.int32, len(octets) + 1)
    return pa.Array.from_buffers(kind, len(octets), [None, pa.py_buffer(ends.data), pa.py_buffer(b"".join(octets))])


@cache
def _schema(name: str) -> pa.Schema:
    columns = next(columns for known, _, columns in VARIABLE.values() if known == name)
    return pa.schema([*FIRST, *(pa.field(column, kind, metadata={"origin": name}) for column, kind in columns)])
