"""What a camera sees of a country that is not there: parcels with rows, tracks between them, trees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PARCEL_M = (74.0, 46.0)
TRACK_M = 3.2
TREES_M = 15.0
TREES_SHARE = 0.14
GRAIN_M = 0.35
_TURNED_RAD = 0.35
_CROPS = np.array(
    [[96, 124, 58], [134, 142, 74], [168, 150, 96], [78, 108, 52], [150, 128, 88], [112, 138, 82]], np.float32
)
_TRACK = np.array([176, 160, 132], np.float32)
_TREE = np.array([46, 74, 38], np.float32)


@dataclass(frozen=True, slots=True)
class Ground:
    """
    A flat ground of which every point has one colour, the same from wherever it is seen.

    Args:
        seed: another seed is another country.
    """

    seed: int

    def seen(self, east_m: Floats, north_m: Floats) -> NDArray[np.uint8]:
        """Give the colours at points in metres from any origin; shape (…, 3), red, green, blue."""
        x = (east_m * np.cos(_TURNED_RAD) + north_m * np.sin(_TURNED_RAD)).astype(np.float32)
        y = (north_m * np.cos(_TURNED_RAD) - east_m * np.sin(_TURNED_RAD)).astype(np.float32)
        colour = self._parcels(x, y)
        border = np.minimum(_to_edge(x, PARCEL_M[0]), _to_edge(y, PARCEL_M[1]))
        colour[border < TRACK_M / 2.0] = _TRACK
        colour[self._trees(x, y)] = _TREE
        colour += ((_Cells(x, y, (GRAIN_M, GRAIN_M), self.seed).drawn(3) - 0.5) * 22.0)[..., None]
        return np.clip(colour, 0.0, 255.0).astype(np.uint8)

    def _parcels(self, x: Floats, y: Floats) -> Floats:
        cells = _Cells(x, y, PARCEL_M, self.seed)
        crop = (cells.drawn(1) * len(_CROPS)).astype(np.int8)
        spacing_m = 0.9 + cells.drawn(2) * 1.2
        rows = np.sin(np.float32(2.0 * np.pi) * np.where(crop % 2 == 0, x, y) / spacing_m)
        return (_CROPS[crop] * (1.0 + 0.09 * rows)[..., None]).astype(np.float32)

    def _trees(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        cells = _Cells(x, y, (TREES_M, TREES_M), self.seed)
        radius_m = 1.2 + 2.4 * cells.drawn(4)
        room = TREES_M - 2.0 * radius_m
        from_x = np.mod(x, TREES_M) - radius_m - room * cells.drawn(5)
        from_y = np.mod(y, TREES_M) - radius_m - room * cells.drawn(6)
        return (cells.drawn(7) < TREES_SHARE) & (from_x * from_x + from_y * from_y < radius_m * radius_m)


class _Cells:
    """The cell of a grid that each point lies in; what is drawn for a cell is the same wherever it is seen from."""

    def __init__(self, x: Floats, y: Floats, size_m: tuple[float, float], seed: int) -> None:
        across, along = np.floor(x / size_m[0]).astype(np.int64), np.floor(y / size_m[1]).astype(np.int64)
        self._seed = seed
        self._across = np.arange(across.min(), across.max() + 1)
        self._along = np.arange(along.min(), along.max() + 1)
        self._index = (along - self._along[0]) * len(self._across) + across - self._across[0]

    def drawn(self, what: int) -> Floats:
        """Draw a number from 0 to 1 for the cell of each point and a purpose."""
        number = self._across.astype(np.uint64)[None, :] * np.uint64(0x9E3779B97F4A7C15)
        number = number ^ (self._along.astype(np.uint64)[:, None] * np.uint64(0xC2B2AE3D27D4EB4F))
        number ^= np.uint64((self._seed * 8 + what) * 0x165667B19E3779F9 & 0xFFFF_FFFF_FFFF_FFFF)
        number ^= number >> np.uint64(29)
        number *= np.uint64(0xBF58476D1CE4E5B9)
        return ((number >> np.uint64(40)) / np.float32(1 << 24)).astype(np.float32).ravel()[self._index]


def _to_edge(at: Floats, every_m: float) -> Floats:
    within = np.mod(at, every_m)
    return np.minimum(within, every_m - within)
