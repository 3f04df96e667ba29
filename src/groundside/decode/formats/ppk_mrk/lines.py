"""Lines of an MRK file, taken apart all at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.model import compute as pc

_BLANK = "[ \t]{0,16}"
_GAP = "[ \t]{1,16}"
_NUMBER = r"[+-]?\d{1,12}(?:\.\d{1,15})?"
FIELDS = (
    "sequence", "time_of_week", "week", "north", "east", "vertical", "latitude", "longitude", "height",
    "north_std", "east_std", "vertical_std", "quality",
)  # fmt: skip


def _labelled(field: str, label: str) -> str:
    return f"(?P<{field}>{_NUMBER}),{_BLANK}{label}"


LINE = (
    f"^{_BLANK}"
    + _GAP.join(
        (
            r"(?P<sequence>\d{1,9})",
            rf"(?P<time_of_week>\d{{1,6}}(?:\.\d{{1,9}})?)(?:{_GAP}\[(?P<week>\d{{1,4}})\])?",
            _labelled("north", "N"),
            _labelled("east", "E"),
            _labelled("vertical", "V"),
            _labelled("latitude", "Lat"),
            _labelled("longitude", "Lon"),
            _labelled("height", "Ellh"),
            f"(?P<north_std>{_NUMBER}),{_BLANK}(?P<east_std>{_NUMBER}),{_BLANK}(?P<vertical_std>{_NUMBER})",
            rf"(?P<quality>\d{{1,3}}),{_BLANK}Q",
        )
    )
    + rf"{_BLANK}\r?\n?$"
)
"""One exposure, by its labels: P4R White Paper V2, columns 1 to 13."""


def taken_apart(data: bytes | memoryview, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> pa.StructArray:
    """Take every line apart: the text of each of `FIELDS` ("" for a missing week), null where it is none."""
    offsets = pa.array(np.append(begins, ends[-1:] if len(ends) else 0), pa.int64())
    raw = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(begins), [None, offsets.buffers()[1], _buffer(data)])
    ascii_only: Any = pc.match_substring_regex(raw, r"^[\t\r\n -~]*$")
    clean: Any = pc.if_else(ascii_only, raw, pa.scalar(b"", pa.large_binary())).cast(pa.large_string())
    found: Any = pc.extract_regex(clean, LINE)
    return found


def _buffer(data: bytes | memoryview) -> pa.Buffer:
    return pa.py_buffer(data)


def floats(found: pa.StructArray, field: str, which: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give one field of some lines as numbers, NaN where it is empty."""
    texts: Any = found.field(field).take(pa.array(which, pa.int64()))
    filled: Any = pc.if_else(
        pc.equal(texts, pa.scalar("", pa.large_string())), pa.scalar(None, pa.large_string()), texts
    )
    return np.asarray(filled.cast(pa.float64()).fill_null(np.nan))
