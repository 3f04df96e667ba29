"""Text messages of a log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from groundside.decode.ardupilot.timed import TimedTables
from groundside.model.log import MESSAGES, rows_of

_MESSAGE = "MSG"
_COLUMN = "Message"


def message_rows(log: TimedTables) -> pa.Table:
    """List the text messages, as they were written; the log does not state how severe they are."""
    return rows_of(MESSAGES, [(when, None, text, "") for when, text in texts_of(log)])


def texts_of(log: TimedTables) -> Iterator[tuple[int | None, str]]:
    """Give time (as `TimedTables.when`) and text of each message."""
    for name in log.named(_MESSAGE):
        if log.has_text(name, _COLUMN):
            texts: list[Any] = log.tables[name][_COLUMN].to_pylist()
            yield from zip(log.when(name), texts, strict=True)
