"""Text into the values of a column."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.ardupilot.layout import CHARS, text_of
from groundside.model import compute as pc

TEXT = frozenset("nNZaM")
"""
Format characters of columns that are read as text: `M` may be the name of a flight mode, and of `a` nobody here
knows how it is written.
"""
_TYPES = {char: np.dtype(CHARS[char][0]) for char in "bBhHiIqQf"} | {"g": np.dtype(np.float32)}
_NUMBER = re.compile(
    r"[+-]?(?:(?:[0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?|nan|inf(?:inity)?)", re.IGNORECASE
)
_WHOLE = re.compile(r"-?[0-9]{1,20}")
_CONTROL = "[\\x00-\\x08\\x0a-\\x1f]"

Texts: TypeAlias = "pa.Array[Any]"
Parts: TypeAlias = "pa.ListArray[Any]"
Values: TypeAlias = "pa.Array[Any]"
Good = npt.NDArray[np.bool_]


def words_of(lines: Values) -> Texts:
    """Read lines as UTF-8, or as Latin-1 those that are not; without their ends."""
    try:
        texts: Any = lines.cast(pa.string())
    except pa.ArrowInvalid:
        texts = pa.array([_word(line or b"") for line in lines.to_pylist()], pa.string())
    return pc.utf8_rtrim(texts, characters="\r\n")


def _word(line: bytes) -> str:
    return text_of(line) if b"\0" not in line else line.decode("latin-1")


def fields(texts: Texts, columns: int) -> tuple[Parts, Good]:
    """
    Split lines at their commas.

    Args:
        texts: whole lines, that begin with the name of the message.
        columns: after the name; whatever commas come after belong to the last.

    Returns:
        Name and columns of each line, and whether there are as many as there should be.
    """
    parts: Any = pc.split_pattern(texts, ",", max_splits=columns)
    return parts, np.asarray(parts.value_lengths()) == columns + 1


@cache
def _index(number: int) -> Any:  # noqa: ANN401 - the stubs of pyarrow name no type for it
    return pa.scalar(number, pa.int32())


def column(parts: Parts, index: int, char: str) -> tuple[Values, Good]:
    """
    Read one column of many lines.

    Args:
        parts: name and columns of each line; at least `index + 1` of them.
        index: of the column; 0 is the name.
        char: its format character. Those that scale in a binary log do not here: text says the value itself.

    Returns:
        The values, and whether each could be read; one that could not is null.
    """
    texts: Any = pc.list_element(parts, _index(index))
    if char in TEXT:
        texts = pc.replace_substring_regex(texts, "^ ", "")
        return texts, ~np.asarray(pc.match_substring_regex(texts, _CONTROL))
    return numbers(pc.utf8_trim_whitespace(texts), _TYPES.get(char, np.dtype(np.float64)))


def numbers(texts: Texts, kind: np.dtype[Any]) -> tuple[Values, Good]:
    """Read numbers; null where one is none, or is not of this type."""
    arrow = pa.from_numpy_dtype(kind)
    try:
        return texts.cast(arrow), np.ones(len(texts), bool)
    except pa.ArrowInvalid:
        values: Any = pa.array([_number(text or "", kind) for text in texts.to_pylist()], arrow)
    return values, ~np.asarray(values.is_null())


def _number(text: str, kind: np.dtype[Any]) -> float | int | None:
    if not _NUMBER.fullmatch(text):
        return None
    if kind.kind == "f":
        return float(text)
    limits = np.iinfo(kind)
    value = int(text) if _WHOLE.fullmatch(text) else None
    return value if value is not None and int(limits.min) <= value <= int(limits.max) else None


def settled(values: Values, char: str) -> Values:
    """Make flight modes numbers again where all of them are."""
    if char != "M":
        return values
    trimmed: Any = pc.utf8_trim_whitespace(values)
    try:
        return trimmed.cast(pa.uint8())
    except pa.ArrowInvalid:
        return values


def guessed(values: Texts) -> Values:
    """Give a column that nothing describes the narrowest type that holds it: whole numbers, numbers, or text."""
    trimmed: Any = pc.utf8_trim_whitespace(values)
    for kind in (pa.int64(), pa.float64()):
        try:
            return trimmed.cast(kind)
        except pa.ArrowInvalid:
            continue
    return trimmed
