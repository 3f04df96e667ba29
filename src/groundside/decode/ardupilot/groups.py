"""Records of a log that one definition lays out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundside.decode.ardupilot.layout import Layout

Offsets = npt.NDArray[np.int64]
Places = npt.NDArray[np.uint32 | np.int64]
"""Offsets as they are kept: in 4 bytes each where the file has no more than 4 GiB."""


@dataclass(frozen=True, slots=True)
class Group:
    """All records that one definition lays out, in order of the file."""

    layout: Layout
    places: Places

    def __len__(self) -> int:
        return len(self.places)

    @property
    def offsets(self) -> Offsets:
        """Where each begins."""
        return wide(self.places)


def narrow(offsets: Offsets, size: int) -> Places:
    """Make offsets in a file of `size` bytes as small as can be, to be kept."""
    return offsets.astype(np.uint32) if size <= 1 << 32 else offsets


def wide(places: Places) -> Offsets:
    """Give offsets as numbers that can be reckoned with."""
    return places.astype(np.int64, copy=False)
