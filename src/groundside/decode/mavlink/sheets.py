"""The fields of one message of one sender as arrays: what clock, facts and track are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.definitions import plan_of
from groundside.decode.mavlink.records import Group
from groundside.model import compute as pc
from groundside.native.gather import Op
from groundside.native.mavlink import part
from groundside.reference import mavlink

Offsets = npt.NDArray[np.int64]
BOOT = "time_boot_ms"
_KINDS = {
    "int8_t": "i1", "uint8_t": "u1", "int16_t": "<i2", "uint16_t": "<u2", "int32_t": "<i4", "uint32_t": "<u4",
    "int64_t": "<i8", "uint64_t": "<u8", "float": "<f4", "double": "<f8",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moments:
    """
    Where the frames of a table are, and when they were.

    Args:
        at: their start bytes.
        time_us: as in the table; None where nothing tells a time.
        boot_ms: what they say themselves; None where the message has no such field.
    """

    at: Offsets
    time_us: Offsets | None
    boot_ms: npt.NDArray[np.uint32] | None

    def ends(self) -> Moments:
        """Give only the first and the last; the one where there is one only."""
        if len(self.at) < 2:
            return self
        step = slice(None, None, len(self.at) - 1)
        time, boot = self.time_us, self.boot_ms
        return Moments(self.at[step], None if time is None else time[step], None if boot is None else boot[step])


class Sheet(Protocol):
    """The fields of a table."""

    def __len__(self) -> int:
        """Count the rows."""
        ...

    def __contains__(self, field: object) -> bool:
        """Whether the message has a field."""
        ...

    def __getitem__(self, field: str) -> npt.NDArray[Any]:
        """Give a field of numbers; an array in each row is a row of the array."""
        ...

    def texts(self, field: str) -> list[str]:
        """Give a field of text."""
        ...


class PayloadSheet:
    """
    The fields of some frames: views of one copy of their payloads, which is made when the first is asked for.

    Args:
        data: the file.
        group: the frames.
    """

    __slots__ = ("_data", "_rows", "group")

    def __init__(self, data: memoryview, group: Group) -> None:
        self._data = data
        self._rows: npt.NDArray[Any] | None = None
        self.group = group

    def __len__(self) -> int:
        return len(self.group.at)

    def __contains__(self, field: object) -> bool:
        return field in row_of(self.group.definition).fields

    def __getitem__(self, field: str) -> npt.NDArray[Any]:
        if self._rows is None:
            group, row = self.group, row_of(self.group.definition)
            self._rows = part(self._data, group.at, group.form, 0, row.type.itemsize).view(row.type)[:, 0]
        return self._rows[field]

    def texts(self, field: str) -> list[str]:
        """Give a field of text."""
        return [text_of(raw) for raw in self[field].tolist()]

    @property
    def boot_place(self) -> tuple[int, np.dtype[Any]] | None:
        """Where in the payload the boot time is, and its type; None where the message has no such field."""
        return row_of(self.group.definition).fields.get(BOOT)


class ArrowSheet:
    """
    The fields of an Arrow table.

    Args:
        table: of one message and sender.
    """

    __slots__ = ("_table",)

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __len__(self) -> int:
        return self._table.num_rows

    def __contains__(self, field: object) -> bool:
        return field in self._table.column_names

    def __getitem__(self, field: str) -> npt.NDArray[Any]:
        column = self._table[field]
        if pa.types.is_fixed_size_list(column.type):
            return pc.list_flatten(column).to_numpy().reshape(len(column), -1)
        return column.to_numpy()

    def texts(self, field: str) -> list[str]:
        """Give a field of text."""
        return [str(text) for text in self._table[field].to_pylist()]


def boot_at(
    data: memoryview, at: Offsets, form: npt.NDArray[np.uint16], place: tuple[int, np.dtype[Any]] | None
) -> npt.NDArray[np.uint32] | None:
    """Give the boot times that some frames say, which have it at the same place; None where they have none."""
    return None if place is None else part(data, at, form, place[0], place[1].itemsize).view(place[1])[:, 0]


@dataclass(frozen=True, slots=True)
class Row:
    """
    How a payload is laid out.

    Args:
        type: of NumPy, for all of it.
        fields: of each where it begins, and its type.
    """

    type: np.dtype[Any]
    fields: dict[str, tuple[int, np.dtype[Any]]]


@cache
def row_of(definition: int) -> Row:
    """Say how the payload of a message is laid out, with all extensions; text is bytes."""
    message = mavlink.message(definition)
    kinds = {field.name: (_KINDS.get(field.type, ""), field.array) for field in message.fields}
    fields: dict[str, tuple[int, np.dtype[Any]]] = {}
    for field in plan_of(definition).fields:
        kind, array = kinds[field.name]
        of = f"S{field.width}" if field.op is Op.TEXT else (kind, (array,)) if array else kind
        fields[field.name] = field.at, np.dtype(of)
    of_all = {
        "names": list(fields),
        "offsets": [at for at, _ in fields.values()],
        "formats": [kind for _, kind in fields.values()],
        "itemsize": message.size,
    }
    return Row(np.dtype(of_all), fields)  # pyright: ignore[reportArgumentType, reportCallIssue]


def text_of(raw: bytes) -> str:
    """Read text up to its first NUL: UTF-8, or, where it is not, ASCII with U+FFFD for any other byte."""
    word = raw.partition(b"\0")[0]
    try:
        return word.decode()
    except UnicodeDecodeError:
        return word.decode("ascii", errors="replace")
