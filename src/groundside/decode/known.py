"""Which formats are known, and which of them a file is."""

from __future__ import annotations

from functools import cache

from groundside.decode.format import HEAD_BYTES, Format
from groundside.plugins import found


@cache
def formats() -> tuple[Format, ...]:
    """Give every known format, in order of module name; loaded on first use."""
    return found("groundside.decode.formats", "FORMAT", Format)


def recognise(head: bytes) -> Format | None:
    """
    Say what kind of file begins like this, by content alone.

    Args:
        head: the first `HEAD_BYTES` of the file, or all of it where it is shorter.

    Returns:
        The format as which it begins for certain, or else the first that recognises it; None where none does.
    """
    head = head[:HEAD_BYTES]
    certain = next((f for f in formats() if f.magic and head.startswith(f.magic)), None)
    certain = certain or next((f for f in formats() if f.begins is not None and f.begins(head)), None)
    return certain or next((f for f in formats() if f.recognises(head)), None)


def named(name: str) -> Format | None:
    """Find a format by its permanent name."""
    return next((f for f in formats() if f.name == name), None)
