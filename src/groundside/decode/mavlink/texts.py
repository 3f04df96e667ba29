"""Text messages: STATUSTEXT, whose long ones come in pieces."""

from __future__ import annotations

import pyarrow as pa

from groundside.decode.mavlink.series import Stream
from groundside.decode.mavlink.tables import names_of, sender_in, sheet_in
from groundside.model.log import MESSAGES, rows_of

_TEXT_BYTES = 50
_DEBUG = 7
"""The least of the severities; numbers above it mean nothing."""
_JOINED_WITHIN_US = 5_000_000
"""Numbers of long messages are used again; a piece that comes later than this belongs to another."""


def message_table(stream: Stream) -> pa.Table:
    """List the texts of all senders, long ones joined; `component` says whose, where there are several."""
    names = names_of(stream.tables, "STATUSTEXT")
    rows: list[tuple[int | None, int | None, str, str]] = []
    for name in names:
        address = "/".join(str(n) for n in sender_in(stream.tables, name) or ()) if len(names) > 1 else ""
        rows += [(t, grade if grade <= _DEBUG else None, text, address) for t, grade, text in texts(stream, name)]
    return rows_of(MESSAGES, rows)


def texts(stream: Stream, table: str) -> list[tuple[int, int, str]]:
    """
    Give time, severity and text of the messages of one sender, whose table has a name.

    Pieces of a long one share an `id` that is not 0 and are numbered by `chunk_seq`; all but the last are full. A piece
    that is missing is marked by "…" (definition of STATUSTEXT).
    """
    found: list[tuple[int, int, str]] = []
    open_at: dict[int, tuple[int, int]] = {}
    sheet = sheet_in(stream.tables, table)
    grades, numbers, order = (sheet[field].tolist() for field in ("severity", "id", "chunk_seq"))
    pieces = zip(stream.times(table).tolist(), grades, sheet.texts("text"), numbers, order, strict=True)
    for time, severity, text, number, piece in pieces:
        index, following = open_at.get(number, (-1, 0))
        if index >= 0 and piece >= following and abs(time - found[index][0]) < _JOINED_WITHIN_US:
            first, worst, before = found[index]
            found[index] = (first, worst, before + ("…" if piece > following else "") + text)
        else:
            index = len(found)
            found.append((time, severity, ("…" if piece and number else "") + text))
        open_at.pop(number, None)
        if number and len(text.encode()) >= _TEXT_BYTES:
            open_at[number] = (index, piece + 1)
    return [row for row in found if row[2]]
