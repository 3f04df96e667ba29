"""Text as every database holds it, compares it and sorts it: by its characters' numbers, whatever the language."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from groundside.keep.canonical import storable


class Text(TypeDecorator[str]):
    """
    Text of any length.

    SQLite compares bytes; PostgreSQL is told to, or it would sort as people do in the language of its database.
    What no database can hold (NUL, lone surrogates) is written with backslashes, in rows and in questions alike.
    """

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Give the type of one database."""
        return sa.Text(collation="C" if dialect.name == "postgresql" else None)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Give what is sent for a value."""
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return storable(value)
