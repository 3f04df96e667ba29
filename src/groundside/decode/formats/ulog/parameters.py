"""Parameters and their defaults, all of one kind read together: a log has about a thousand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundside.decode.formats.ulog.messages import HEADER_BYTES
from groundside.decode.formats.ulog.search import Offsets

_VALUE_BYTES = 4
_FLOAT = ord("f")


@dataclass(frozen=True, slots=True)
class Parameters:
    """
    Parameters, in order of the file.

    Args:
        offsets: of their messages.
        names: of each.
        values: of each.
        groups: of a default a bit for each kind of default it is; 0 for a value in force.
    """

    offsets: Offsets
    names: list[str]
    values: npt.NDArray[np.float64]
    groups: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.names)


def parameters_in(data: memoryview, offsets: Offsets, *, defaults: bool) -> Parameters:
    """
    Read messages that state a parameter.

    Args:
        data: the file.
        offsets: of messages all of whose keys are "int32_t name" or "float name", and have a value of four bytes.
        defaults: they are of kind Q, where a byte comes before the key.
    """
    view = np.frombuffer(data, np.uint8)
    first = offsets + HEADER_BYTES + defaults
    type_at = first + 1
    value_at = type_at + view[first]
    is_float = view[type_at] == _FLOAT
    stored = view[value_at[:, None] + np.arange(_VALUE_BYTES)]
    with np.errstate(invalid="ignore"):
        values = np.where(is_float, _as(stored, "<f4"), _as(stored, "<i4"))
    # Behind the type and a space; both types are ASCII.
    name_at = type_at + np.where(is_float, len("float "), len("int32_t "))
    names = [str(data[at:end], "ascii") for at, end in zip(name_at.tolist(), value_at.tolist(), strict=True)]
    groups = view[first - 1] if defaults else np.zeros(len(offsets), np.uint8)
    return Parameters(offsets, names, values, groups)


def _as(stored: npt.NDArray[np.uint8], kind: str) -> npt.NDArray[np.float64]:
    return np.ascontiguousarray(stored).view(kind).reshape(-1).astype(np.float64)
