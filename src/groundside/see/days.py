"""Days as people and requests write them."""

from __future__ import annotations

from datetime import date

from groundside.errors import BadRequest


def day_of(text: str) -> date | None:
    """
    Read a day; None where nothing was said.

    Raises:
        BadRequest: it is none.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        what = f"{text[:40]!r} is no date."
        raise BadRequest(what, try_this="write it as 2026-05-01") from error
