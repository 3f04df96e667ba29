"""Lines into rows: what each message says, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.ardupilot.groups import Group, Offsets
from groundside.decode.ardupilot.layout import Layout
from groundside.decode.formats.dataflash_text.bad import Bad, joined
from groundside.decode.formats.dataflash_text.lines import Lines, lines_of, name_of
from groundside.decode.formats.dataflash_text.values import Texts, column, fields, settled, words_of
from groundside.model import compute as pc

Rows = npt.NDArray[np.int64]
_MOST_STRANGERS = 512
"""No firmware has so many messages: more names that no FMT defines are damage, and not looked at together."""
_BANNER_LINES = 20
_BANNER_BYTES = 200


@dataclass(slots=True)
class Message:
    """
    What was read of the lines of one definition.

    Args:
        layout: what lays them out.
        offsets: of the lines that could be read, part by part.
        columns: for each column its values, part by part.
        bytes: of those lines.
    """

    layout: Layout
    offsets: list[Offsets] = field(default_factory=list[Offsets])
    columns: list[list[pa.Array[Any]]] = field(default_factory=list[Any])
    bytes: int = 0

    def group(self) -> Group:
        """Give the lines as records."""
        return Group(self.layout, joined(self.offsets))

    def arrays(self) -> dict[str, pa.Array[Any]]:
        """Give the columns, each in one piece."""
        return {
            name: settled(pa.concat_arrays([part[index] for part in self.columns]), self.layout.chars[index])
            for index, name in enumerate(self.layout.columns)
        }


@dataclass(slots=True)
class Strangers:
    """Lines of a message that no FMT defines: texts, places and numbers, part by part."""

    texts: list[Texts] = field(default_factory=list[Any])
    offsets: list[Offsets] = field(default_factory=list[Offsets])
    lengths: list[Offsets] = field(default_factory=list[Offsets])
    numbers: list[Offsets] = field(default_factory=list[Offsets])


@dataclass(slots=True)
class Read:
    """
    All lines of a file.

    Args:
        messages: by name and by which of its definitions.
        strangers: by name.
        banner: lines before the first record, as old firmware prints them.
        plain: bytes of lines that say nothing: blank, or the banner.
    """

    bad: Bad = field(default_factory=Bad)
    messages: dict[tuple[str, int], Message] = field(default_factory=dict[tuple[str, int], Message])
    strangers: dict[str, Strangers] = field(default_factory=dict[str, Strangers])
    banner: list[str] = field(default_factory=list[str])
    plain: int = 0


def read(data: memoryview, defined: Mapping[str, list[Layout]]) -> Read:
    """Read all lines of a file."""
    result = Read()
    begun = False
    for lines in lines_of(data):
        result.plain += int(lines.lengths[lines.blank].sum())
        named = np.flatnonzero((lines.names > 0) & ~lines.blank)
        nameless = np.flatnonzero((lines.names == 0) & ~lines.blank)
        if not begun:
            nameless = _banner(lines, nameless, int(named[0]) if len(named) else len(lines), result)
        begun = begun or bool(len(named))
        _skip(result.bad, lines, nameless, "it does not begin with the name of a message.")
        for name, rows in _by_name(lines, named):
            _message(lines, rows, name, defined.get(name, []), result)
    return result


def _banner(lines: Lines, rows: Rows, first: int, result: Read) -> Rows:
    """Take lines of plain text before the first record as what the firmware says of itself; give the others."""
    left: list[int] = []
    for row in rows[rows < first].tolist():
        line = words_of(lines.text.slice(row, 1))[0].as_py() if lines.lengths[row] <= _BANNER_BYTES else ""
        if line.strip().isprintable() and line.strip() and len(result.banner) < _BANNER_LINES:
            result.banner.append(line.strip())
            result.plain += int(lines.lengths[row])
        else:
            left.append(row)
    return np.concatenate([np.array(left, np.int64), rows[rows >= first]])


def _by_name(lines: Lines, rows: Rows) -> Iterator[tuple[str, Rows]]:
    order = rows[np.argsort(lines.names[rows], kind="stable")]
    names, starts = np.unique(lines.names[order], return_index=True)
    if len(names):
        for packed, part in zip(names.tolist(), np.split(order, starts[1:]), strict=True):
            yield name_of(packed), part


def _message(lines: Lines, rows: Rows, name: str, layouts: list[Layout], result: Read) -> None:
    if not layouts:
        if name not in result.strangers and len(result.strangers) >= _MOST_STRANGERS:
            _skip(result.bad, lines, rows, f"no FMT line defines {name}.")
            return
        texts = words_of(lines.text.take(rows))
        stranger = result.strangers.setdefault(name, Strangers())
        stranger.texts.append(texts)
        stranger.offsets.append(lines.starts[rows])
        stranger.lengths.append(lines.lengths[rows])
        stranger.numbers.append(lines.first + rows)
        return
    changes = np.searchsorted(lines.starts[rows], [layout.offset for layout in layouts[1:]])
    for number, part in enumerate(np.split(rows, changes)):
        if len(part):
            message = result.messages.setdefault((name, number), Message(layouts[number]))
            _columns(lines, part, message, result.bad)


def _columns(lines: Lines, rows: Rows, message: Message, bad: Bad) -> None:
    layout = message.layout
    parts, whole = fields(words_of(lines.text.take(rows)), len(layout.chars))
    wanted = f"{layout.name} has {len(layout.chars)} columns"
    _skip(bad, lines, rows[~whole], f"it is cut short: {wanted}.")
    parts, rows = parts.filter(pa.array(whole)), rows[whole]
    good = np.ones(len(rows), bool)
    columns: list[pa.Array[Any]] = []
    for index, char in enumerate(layout.chars):
        values, read_ = column(parts, index + 1, char)
        _skip(bad, lines, rows[good & ~read_], f"{layout.columns[index]} of {layout.name} cannot be read.")
        good &= read_
        columns.append(values)
    message.columns.append([values.filter(pa.array(good)) for values in columns] if not good.all() else columns)
    message.offsets.append(lines.starts[rows[good]])
    message.bytes += int(lines.lengths[rows[good]].sum())


def _skip(bad: Bad, lines: Lines, rows: Rows, why: str) -> None:
    bad.add(lines.starts[rows], lines.lengths[rows], lines.first + rows, why)


def by_instance(values: pa.Array[Any], most: int) -> list[tuple[object, pa.Array[Any]]] | None:
    """Give each distinct value, ascending, with a mask of its rows; None where there are more than `most`."""
    distinct = pc.unique(values).to_pylist()
    if len(distinct) > most:
        return None
    return [(value, pc.equal(values, pa.scalar(value, values.type))) for value in sorted(distinct)]  # pyright: ignore
