"""Texts that should be numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.model import compute as pc

_NUMBER = r"^[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?$"


def numbers_of(texts: Sequence[str | None]) -> NDArray[np.float64]:
    """Read texts as numbers (XML Schema part 2, decimal and double); NaN where one is none or is not finite."""
    trimmed: Any = pc.utf8_trim_whitespace(pa.array(texts, pa.string()))
    numeric: Any = pc.match_substring_regex(trimmed, _NUMBER)
    plain: Any = pc.utf8_ltrim(pc.if_else(numeric, trimmed, pa.scalar(None, pa.string())), "+")
    values = np.asarray(plain.cast(pa.float64()).fill_null(np.nan))
    return np.where(np.isfinite(values), values, np.nan)
