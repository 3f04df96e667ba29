"""Records of a log that one definition lays out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundside.decode.ardupilot.layout import Layout

Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Group:
    """All records that one definition lays out, in order of the file."""

    layout: Layout
    offsets: Offsets
