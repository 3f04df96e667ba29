"""What columns of text and of states tell: messages, modes and motors at their changes; a home point."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from groundside.decode.clock_jumps import jump_text
from groundside.decode.csv_rows.columns import floats
from groundside.decode.csv_rows.times import Times
from groundside.model import compute as pc
from groundside.model.decoded import Decoded
from groundside.model.place import LonLat

Message = tuple[int, int | None, str, str]
Event = tuple[int, str, str, str]


def messages_at_changes(
    times: Times, words: pa.Array[Any] | None, component: str = "", severity: int | None = None
) -> list[Message]:
    """
    Give a message for each row whose text is there and is not that of the row before.

    Args:
        times: when each row was.
        words: the text of each row, null where there is none; None where there is no such column.
        component: what says so.
        severity: as in `groundside.model.log.MESSAGES`, where the column states one.
    """
    if words is None:
        return []
    return [
        (at, severity, text, component) for at, text in _changed(times, words.take(pa.array(times.rows, pa.int64())))
    ]


def events_at_changes(times: Times, words: pa.Array[Any] | None, kind: str, origin: str) -> list[Event]:
    """Give an event for each row whose text is there and is not the last one that was, the first included."""
    if words is None:
        return []
    filled: Any = pc.fill_null_forward(words.take(pa.array(times.rows, pa.int64())))
    return [(at, kind, text, origin) for at, text in _changed(times, filled)]


def armed_events(times: Times, motors: pa.Array[Any] | None, origin: str) -> list[Event]:
    """Give an event where motors start or stop; a table that begins with running motors tells of no start."""
    if motors is None:
        return []
    words: Any = pc.if_else(motors, pa.scalar("armed", pa.string()), pa.scalar("disarmed", pa.string()))
    states = events_at_changes(times, words, "", origin)
    said = {"armed": "The motors run.", "disarmed": "The motors stand still."}
    return [(at, state, said[state], origin) for at, _, state, _ in states[1:]]


def jump_events(times: Times, origin: str) -> list[Event]:
    """Give an event where the wall clock was set while the counter went on."""
    return [(at, "clock_jump", f"The wall clock jumped {jump_text(by_us)}", origin) for at, by_us in times.jumps]


def first_position(rows: pa.Table, lon: str, lat: str) -> LonLat | None:
    """Give the first pair of two columns that is a position."""
    x, y = floats(rows, lon), floats(rows, lat)
    if x is None or y is None:
        return None
    there = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & ((x != 0) | (y != 0)))
    points = (LonLat(float(x[i]), float(y[i])) for i in there)
    return next((point for point in points if point.is_position), None)


def said_of(decoded: Decoded) -> tuple[str, ...]:
    """Give what was inferred in decoding."""
    said = decoded.facts.get("inferences")
    return tuple(map(str, said)) if isinstance(said, list) else ()


def _changed(times: Times, words: pa.Array[Any]) -> list[tuple[int, str]]:
    codes = np.asarray(words.dictionary_encode().indices.fill_null(-1))
    there = np.flatnonzero((codes >= 0) & (np.diff(codes, prepend=-1) != 0))
    texts: Any = words.take(pa.array(there, pa.int64()))
    return [(int(times.time_us[i]), str(text)) for i, text in zip(there, texts, strict=True)]
