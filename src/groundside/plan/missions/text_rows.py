"""Rows of numbers in text files: cells, and the byte at which each row begins."""

from __future__ import annotations

import re
from dataclasses import dataclass

from groundside.plan.missions.format import no_mission

_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_LINE_END = re.compile(rb"\r\n|\n|\r")
LARGEST = 1e15
"""No number in a mission is larger; what is, is damage."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file: its number from 1, the byte that it begins at, and its cells, split at white space."""

    line: int
    offset: int
    cells: list[str]


def lines_in(data: bytes, kind: str) -> list[tuple[int, int, str]]:
    """
    Give number, offset and text of every line that is not empty; a byte order mark is passed over.

    Raises:
        NotUnderstood: it is no text.
    """
    if b"\0" in data[:4096]:
        raise no_mission(kind, "it holds binary data")
    found: list[tuple[int, int, str]] = []
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    for line, raw in enumerate(_LINE_END.split(data[at:]), 1):
        text = raw.decode("utf-8", "replace").strip()
        if text:
            found.append((line, at, text))
        at += len(raw) + (2 if data[at + len(raw) : at + len(raw) + 2] == b"\r\n" else 1)
    return found


def rows_in(data: bytes, kind: str) -> list[Row]:
    """
    Split the lines of a file at white space; empty lines and those that begin with # are passed over.

    Raises:
        NotUnderstood: it is no text.
    """
    return [Row(line, at, text.split()) for line, at, text in lines_in(data, kind) if not text.startswith("#")]


def number(text: str) -> float | None:
    """Read a number with a decimal point; NaN where it says so; None where it is none."""
    clean = text.strip()
    if clean.lower() == "nan":
        return float("nan")
    value = float(clean) if _NUMBER.fullmatch(clean) else None
    return value if value is not None and abs(value) <= LARGEST else None


def whole(text: str) -> int | None:
    """Read a whole number, which may be written with a decimal point; None where it is none."""
    value = number(text)
    return int(value) if value is not None and value.is_integer() else None
