from array import array

import numpy as np
import numpy.typing as npt

_Offsets = npt.NDArray[np.int64]
_Ids = npt.NDArray[np.uint16]
_Places = npt.NDArray[np.int32]

def follow(
    data: memoryview, start: int, stop: int, sizes: array[int], offsets: _Offsets, ids: _Ids, others: _Offsets
) -> tuple[int, int, int, int, int, int]: ...
def sort(offsets: _Offsets, ids: _Ids, ends: _Offsets, places: _Offsets) -> int: ...
def clock(
    data: memoryview, offsets: _Offsets, ids: _Ids, place: _Places, most: int, jump: int
) -> tuple[int, int, int, int, int]: ...
def latest(
    data: memoryview, offsets: _Offsets, ids: _Ids, place: _Places, recent: int, asked: _Offsets, times: _Offsets
) -> int: ...
def is_text(data: memoryview, places: _Offsets, at: int, width: int) -> int: ...
