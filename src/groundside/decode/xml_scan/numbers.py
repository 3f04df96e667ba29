"""Texts that should be numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.xml_scan.texts import Texts, joined, strings_of
from groundside.model import compute as pc
from groundside.native import decimals

_FEW = 200
_NUMBER = r"^[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?$"

_ONE = re.compile(_NUMBER, re.ASCII)


def numbers_of(texts: Texts | Sequence[str | None]) -> NDArray[np.float64]:
    """Read texts as numbers (XML Schema part 2, decimal and double); NaN where one is none or is not finite."""
    whole = texts if isinstance(texts, Texts) else joined(texts)
    return _plainly(cast("Sequence[str | None]", texts)) if whole is None else _in_document(whole)[0]


def _plainly(texts: Sequence[str | None]) -> NDArray[np.float64]:
    trimmed: Any = pc.utf8_trim_whitespace(pa.array(texts, pa.string()))
    numeric: Any = pc.match_substring_regex(trimmed, _NUMBER)
    plain: Any = pc.utf8_ltrim(pc.if_else(numeric, trimmed, pa.scalar(None, pa.string())), "+")
    values = np.asarray(plain.cast(pa.float64()).fill_null(np.nan))
    return np.where(np.isfinite(values), values, np.nan)


def given_numbers(texts: Texts | list[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read texts as numbers, see `numbers_of`, and say which are more than white space."""
    whole = texts if isinstance(texts, Texts) else joined(texts)
    if whole is None:
        return _plainly(strings_of(texts)), _given(strings_of(texts))
    return _in_document(whole)


def _in_document(texts: Texts) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    read = decimals.numbers(texts.data, texts.spans)
    values, given = read.values, read.plain
    rest = np.flatnonzero(~given & (texts.spans["length"] > 0))
    if len(rest):
        strings = texts.taken(rest).strings
        read_rest = _one_by_one if len(rest) <= _FEW else _plainly
        values[rest], given[rest] = read_rest(strings), _given(strings)
    return values, given


def _one_by_one(texts: Sequence[str]) -> NDArray[np.float64]:
    """Do the same as `_plainly`, whose pattern takes as long to make as hundreds of texts to read."""
    stripped = [text.strip() for text in texts]
    values = np.array([float(text) if _ONE.fullmatch(text) else np.nan for text in stripped], np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def _given(texts: list[str]) -> NDArray[np.bool_]:
    trimmed: Any = pc.utf8_trim_whitespace(pa.array(texts, pa.string()))
    return np.asarray(pc.not_equal(trimmed, pa.scalar("", pa.string())))
