"""Records into Arrow tables: one for each message, or for each instance of it; made when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import numpy as np
import pyarrow as pa

from groundside.decode.ardupilot.clock import MAX_US, time_column
from groundside.decode.ardupilot.groups import Group, Offsets, Places, narrow, wide
from groundside.decode.ardupilot.layout import CHARS, HEADER_BYTES, SIZES, Layout, text_of
from groundside.decode.ardupilot.units import MAX_INSTANCES, Units
from groundside.decode.formats.dataflash.records import stored
from groundside.native.dataflash import Clock, between, by_byte
from groundside.native.gather import Field, Op, Plan, gathered

_SCALED = {"<i2": Op.SCALE_I2, "<u2": Op.SCALE_U2, "<i4": Op.SCALE_I4, "<u4": Op.SCALE_U4}
_LIST_OF, _LIST_BYTES = 32, 2
_SIGNED, _LISTS = "b", "a"
_MOST_TEXT_BYTES = 2**31 - 1
"""Of one column of text, whose offsets are 32 bits wide."""
_LONGEST_TEXT = 64


@dataclass(frozen=True, slots=True)
class Rows:
    """
    The table of some records, made when it is asked for: a `groundside.model.late.TimedTable`.

    Args:
        data: the file.
        layout: of the records.
        places: where each begins.
        units: of the log.
        first_ms: where the clock counts milliseconds, the first time of the file; from there on wraps are undone.
    """

    data: memoryview
    layout: Layout
    places: Places
    units: Units
    first_ms: int | None

    def __call__(self) -> pa.Table:
        """Make the whole table."""
        return self._of(wide(self.places))

    def between(self, from_us: int, to_us: int) -> pa.Table:
        """Make the rows from one boot time to another, half open; all where the records have no clock."""
        column = time_column(self.layout)
        if column is None:
            return self()
        clock = Clock(column.at, 8, 0) if column.unit_us == 1 else Clock(column.at, 4, self.first_ms or 0)
        # Rounded up: a time counts where it begins. Later than `MAX_US` is damage.
        start, stop = (-(-min(max(us, 0), MAX_US + 1) // column.unit_us) for us in (from_us, to_us))
        return self._of(between(self.data, wide(self.places), clock, start, stop))

    def _of(self, offsets: Offsets) -> pa.Table:
        plan = _plan(self.layout, self.units)
        most = _MOST_TEXT_BYTES // _LONGEST_TEXT if plan.text else max(len(offsets), 1)
        parts = [gathered(self.data, offsets[n : n + most], plan) for n in range(0, max(len(offsets), 1), most)]
        return pa.Table.from_batches(parts, plan.schema)


def rows_of(data: memoryview, group: Group, units: Units, first_ms: int | None) -> Iterator[tuple[str, Rows]]:
    """
    Give the tables of one message.

    Yields:
        "NAME" and its table; or, where the log marks an instance column, "NAME[i]" for each value i of it, in
        ascending order. More than `MAX_INSTANCES` values are no instances: then it is one table.
    """
    layout = group.layout
    for value, places in _instances(data, group, units.instance(layout)):
        name = layout.name if value is None else f"{layout.name}[{value}]"
        yield name, Rows(data, layout, places, units, first_ms)


def _instances(data: memoryview, group: Group, column: str | None) -> list[tuple[str | None, Places]]:
    place = None if column is None else group.layout.position(column)
    if place is None or place[1] == _LISTS:
        return [(None, group.places)]
    at, char = place
    if SIZES[char] == 1:
        parts = by_byte(data, group.offsets, at)
        signed = {(value ^ 0x80) - 0x80 if char == _SIGNED else value: part for value, part in parts.items()}
        return [(str(value), narrow(signed[value], len(data))) for value in sorted(signed)]
    raw = stored(data, group.offsets + at, np.dtype([("value", CHARS[char][0])]))["value"]
    values, rows = np.unique(raw, return_inverse=True)
    if len(values) > MAX_INSTANCES:
        return [(None, group.places)]
    return [(_word(value), group.places[rows == row]) for row, value in enumerate(values.tolist())]


def _word(value: object) -> str:
    return text_of(value) if isinstance(value, bytes) else str(value)


def first_ms(data: memoryview, groups: Sequence[Group]) -> int | None:
    """Give the first time of a file whose clock counts milliseconds; None where none does."""
    found = [(int(g.places[0]), c.at) for g in groups if (c := time_column(g.layout)) and c.unit_us != 1]
    offset, at = min(found, default=(0, 0))
    return int.from_bytes(data[offset + at : offset + at + 4], "little") if found else None


def _plan(layout: Layout, units: Units) -> Plan:
    columns = layout.columns
    chars = layout.chars[: len(columns)]
    return _made(chars, columns, tuple(units.of(layout)), layout.name == "FILE")


@lru_cache(maxsize=4096)
def _made(chars: str, columns: tuple[str, ...], units: tuple[str, ...], is_file: bool) -> Plan:
    """Say how records are gathered; logs of one firmware all need the same plans."""
    places = accumulate((SIZES[char] for char in chars), initial=HEADER_BYTES)
    return Plan([_field(*each, is_file) for each in zip(columns, chars, places, units, strict=False)])


def _field(name: str, char: str, at: int, unit: str, is_file: bool) -> Field:
    """Scale as the format character says."""
    kind, divisor = CHARS[char]
    metadata = (("unit", unit),) if unit else ()
    if divisor is not None:
        return Field(name, pa.float64(), _SCALED[kind], at, divisor=divisor, metadata=metadata)
    what, op, count = _kind(char, kind, is_file)
    return Field(name, what, op, at, _LIST_BYTES if op is Op.LIST else SIZES[char], count, metadata=metadata)


def _kind(char: str, kind: str, is_file: bool) -> tuple[pa.DataType, Op, int]:
    if char == "g":
        return pa.float32(), Op.HALF, 0
    if char == _LISTS:
        return pa.list_(pa.int16(), _LIST_OF), Op.LIST, _LIST_OF
    if kind.startswith("S"):
        # FILE carries pieces of files, not text.
        return (pa.binary(SIZES[char]), Op.BYTES, 0) if is_file and char == "Z" else (pa.string(), Op.TEXT, 0)
    return pa.from_numpy_dtype(np.dtype(kind)), Op.COPY, 0
