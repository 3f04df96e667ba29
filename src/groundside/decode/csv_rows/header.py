"""The first line: what separates cells, what the columns are called, and how a damaged header is mended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache

from groundside.decode.csv_rows.dialect import Dialect
from groundside.decode.csv_rows.lines import SEPARATORS, split
from groundside.decode.csv_rows.plain_text import plain_text

_STATED = re.compile(rb'\s*"?sep=([,;\t])"?[ \t]*\r?(?:\n|\Z)', re.IGNORECASE)
"""Spreadsheets and those who write for them state the separator in a first line of its own."""
_BLANK = re.compile(rb"[ \t]*\r?\n")
_UNIT = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\Z")
_LONGEST_LINE = 1 << 17
_MOST_MENDED = 8
_LONGEST_NAME = 80
_ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Header:
    """
    The names of the columns.

    Args:
        names: as they stand, without spaces around them.
        separator: what stands between cells.
        lines: how many lines of the file it takes.
        mended: what was done to a damaged header, in one sentence; empty where nothing was.
    """

    names: tuple[str, ...]
    separator: str
    lines: int = 1
    mended: str = ""


def read_header(data: bytes | memoryview) -> Header:
    """Read the header from the start of a text."""
    head = bytes(data[:_LONGEST_LINE])
    stated = _STATED.match(head)
    lines, begin = (1, stated.end()) if stated else (0, 0)
    while (blank := _BLANK.match(head, begin)) is not None:
        lines, begin = lines + 1, blank.end()
    line = head[begin:].split(b"\n" if b"\n" in head else b"\r", maxsplit=1)[0].rstrip(b"\r")
    separator = separator_of(line, stated[1].decode("ascii") if stated else "")
    return Header(header_names(line, separator), separator, lines + 1)


@lru_cache(maxsize=1)  # several formats are asked about the same head, one after the other
def names_at_head(head: bytes) -> tuple[str, ...]:
    """Read the names from the first bytes of a file, in lower case; none where that is no header."""
    return tuple(name.lower() for name in read_header(plain_text(head).data).names)


def separator_of(line: bytes, stated: str = "") -> str:
    """Say what separates the names of the header: whichever gives most of them, the stated or the comma in doubt."""
    first = (stated, *SEPARATORS) if stated else SEPARATORS
    return max(first, key=lambda sign: line.count(sign.encode("ascii")))


def header_names(line: bytes, separator: str) -> tuple[str, ...]:
    """Read the header line; names are stripped, as some begin with a space."""
    return tuple(name.strip() for name in split(line.replace(b"\0", b""), separator)) if line else ()


def fitted(header: Header, width: int, dialect: Dialect) -> Header:
    """Make a header of `width` names, and mend names that damage made unlike any; see `Dialect.is_name`."""
    names, why = list(header.names), ""
    if len(names) != width:
        spread = _spread(names, width, dialect)
        why = f"The header has {len(names)} names where rows have {width} cells: it is damaged."
        why += "" if spread else " Nothing tells which name is missing: the columns are without names."
        names = spread or [f"unnamed {i + 1}" for i in range(width)]
    said = [*([why] if why else []), *_mend(names, dialect)]
    return replace(header, names=tuple(names), mended=" ".join(said))


def _spread(names: Sequence[str], width: int, dialect: Dialect) -> list[str] | None:
    """Names before the first damaged one count from the left, those behind the last damaged one from the right."""
    damaged = [i for i, name in enumerate(names) if not dialect.is_name(name)]
    if not damaged:
        return None
    left, right = names[: damaged[0]], names[damaged[-1] + 1 :]
    between = width - len(left) - len(right)
    if between < 0 or not left:
        return None
    return [*left, *(f"unnamed {len(left) + i + 1}" for i in range(between)), *right]


def _mend(names: list[str], dialect: Dialect) -> list[str]:
    bases = {_base(name).lower() for name in names}
    missing = {name.lower(): name for name in dialect.names if name.lower() not in bases}
    odd = [i for i, name in enumerate(names) if not dialect.is_name(name) and len(name) <= _LONGEST_NAME]
    said: list[str] = []
    for place in odd if len(odd) <= _MOST_MENDED else []:
        base = _base(names[place])
        like = get_close_matches(base.lower(), missing, n=1, cutoff=_ALIKE)
        if like and not names[place].startswith("unnamed "):
            mended = missing.pop(like[0]) + names[place][len(base) :]
            said.append(f"The column called {names[place]!r} is taken to be {mended!r}: its name is damaged.")
            names[place] = mended
    return said


def _base(name: str) -> str:
    return _UNIT.sub("", name)
