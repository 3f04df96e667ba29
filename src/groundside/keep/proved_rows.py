"""Rows that are acted on only as they were written: each is compared with its seal as it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, select

from groundside.keep.connection import Changing
from groundside.keep.row_seals import is_as_sealed


def proved_rows(writer: Changing, table: Table, *where: ColumnElement[bool]) -> Sequence[dict[str, Any]] | None:
    """
    Read rows of a table that bears seals.

    Args:
        writer: of a commit; where it has no key, nothing can be compared.
        table: one whose rows are sealed, or the events.
        where: which rows.

    Returns:
        The rows; None where one of them is not as it was written.
    """
    found = writer.connection.execute(select(table).where(*where)).mappings().all()
    rows = [{str(name): value for name, value in row.items()} for row in found]
    key = writer.row_key
    return rows if key is None or all(is_as_sealed(key, table, row) for row in rows) else None
