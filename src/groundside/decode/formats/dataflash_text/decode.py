"""A text log into tables, facts and problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.decode.ardupilot.clock import Stamps, time_column, timeline
from groundside.decode.ardupilot.facts import free_name, said
from groundside.decode.ardupilot.layout import Layout
from groundside.decode.ardupilot.problems import capped
from groundside.decode.ardupilot.units import MAX_INSTANCES, Units, read_units
from groundside.decode.format import Options
from groundside.decode.formats.dataflash_text.bad import joined
from groundside.decode.formats.dataflash_text.definitions import definitions
from groundside.decode.formats.dataflash_text.lines import BOM
from groundside.decode.formats.dataflash_text.rows import Message, Read, Strangers, by_instance, read
from groundside.decode.formats.dataflash_text.values import fields, guessed
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem
from groundside.model.table import Column, table

_DESCRIBED = frozenset({"FMTU", "UNIT", "MULT"})
_ENOUGH = 2
_ENDS = b"\r\n\0\xff"
_MOST_COLUMNS = 64

Arrays = Mapping[str, "pa.Array[Any]"]


def decode(data: memoryview, options: Options) -> Decoded:
    """Read a text log: a table for each message, or for each instance of it. Options are unused."""
    del options
    if not len(data):
        return Decoded({}, {"inferences": []}, (Problem(0, 0, "The file is empty."),), ByteAccount(0, 0, 0))
    with np.errstate(all="ignore"):
        return _decode(data)


def _decode(data: memoryview) -> Decoded:
    lines = read(data, definitions(data))
    read_ = sorted((m for m in lines.messages.values() if m.columns), key=lambda m: m.layout.offset)
    messages = [(message, message.arrays()) for message in read_]
    tables = _tables(messages)
    groups = [message.group() for message, _ in messages]
    times = timeline([stamp for message, arrays in messages if (stamp := _stamps(message, arrays)) is not None])
    strange, unknown, problems = _strangers(lines, tables)
    says = said(tables, groups, times, lines.banner)
    decoded = sum(message.bytes for message in lines.messages.values()) + lines.plain
    decoded += len(BOM) if bytes(data[: len(BOM)]) == BOM else 0
    if not any(len(group) for group in groups):
        problems.append(Problem(None, 0, "No line could be read as a record of a message that an FMT line defines."))
    if data[-1] not in _ENDS and tables:
        problems.append(Problem(len(data), 0, "The last line has no end: its last value may be cut short."))
    facts: dict[str, Fact] = {**says.facts, "banner": list(lines.banner), "unknown_messages": strange}
    account = ByteAccount(len(data), decoded, len(data) - decoded, unknown)
    return Decoded(tables, facts, capped([*lines.bad.problems(data), *problems, *says.problems]), account)


def _tables(messages: list[tuple[Message, dict[str, pa.Array[Any]]]]) -> dict[str, pa.Table]:
    described = {m.layout.name: arrays for m, arrays in messages if m.layout.name in _DESCRIBED}
    units = read_units(
        {name: {column: values.to_pylist() for column, values in arrays.items()} for name, arrays in described.items()}
    )
    tables: dict[str, pa.Table] = {}
    for message, arrays in messages:
        for name, part in _instances(message.layout, arrays, units):
            if len(next(iter(part.values()), ())):
                tables[free_name(name, tables)] = _table(message.layout, part, units)
    return tables


def _instances(layout: Layout, arrays: Arrays, units: Units) -> Iterator[tuple[str, Arrays]]:
    column = units.instance(layout)
    found = by_instance(arrays[column], MAX_INSTANCES) if column is not None else None
    if found is None:
        yield layout.name, arrays
        return
    for value, mask in found:
        yield f"{layout.name}[{value}]", {name: values.filter(mask) for name, values in arrays.items()}


def _table(layout: Layout, arrays: Arrays, units: Units) -> pa.Table:
    return table({name: Column(arrays[name], units.unit(layout, n)) for n, name in enumerate(layout.columns)})


def _stamps(message: Message, arrays: Arrays) -> Stamps | None:
    column = time_column(message.layout)
    if column is None:
        return None
    return Stamps(joined(message.offsets), arrays[column.name].to_numpy(zero_copy_only=False), column.unit_us)


def _strangers(lines: Read, tables: dict[str, pa.Table]) -> tuple[dict[str, Fact], int, list[Problem]]:
    """Make tables of messages that no FMT defines, where their lines agree on how many columns there are."""
    counts: dict[str, Fact] = {}
    problems: list[Problem] = []
    unknown = 0
    for name, stranger in lines.strangers.items():
        kept = _stranger(name, stranger, lines)
        if kept is None:
            continue
        made, problem = kept
        tables[free_name(name, tables)] = made
        counts[name] = made.num_rows
        unknown += problem.length
        problems.append(problem)
    return counts, unknown, problems


def _stranger(name: str, stranger: Strangers, lines: Read) -> tuple[pa.Table, Problem] | None:
    texts = pa.concat_arrays(stranger.texts)
    offsets, lengths, numbers = (joined(parts) for parts in (stranger.offsets, stranger.lengths, stranger.numbers))
    parts, _ = fields(texts, _MOST_COLUMNS)
    counts = np.asarray(parts.value_lengths())
    usual = int(np.bincount(counts).argmax())
    same = counts == usual
    if same.sum() < _ENOUGH or usual > _MOST_COLUMNS:
        same[:] = False
    lines.bad.add(offsets[~same], lengths[~same], numbers[~same], f"no FMT line defines {name}.")
    if not same.any():
        return None
    values = parts.filter(pa.array(same)).flatten()
    columns = {f"column_{n}": Column(guessed(values.take(np.arange(n, len(values), usual)))) for n in range(1, usual)}
    size = int(lengths[same].sum())
    what = f"{int(same.sum())} lines of {name}, {size} bytes in all, which no FMT defines: columns have no names."
    return table(columns), Problem(int(offsets[same][0]), size, what)
