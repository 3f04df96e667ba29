from array import array

import numpy as np
import numpy.typing as npt

def follow(
    data: memoryview, start: int, stop: int, lengths: array[int], offsets: npt.NDArray[np.int64], taken: int
) -> tuple[int, int]: ...
def sort(
    data: memoryview,
    offsets: npt.NDArray[np.int64],
    at: int,
    keys: npt.NDArray[np.uint8],
    into: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
) -> int: ...
def definition(data: memoryview, start: int) -> int: ...
def joined(data: memoryview, start: int, lengths: array[int]) -> int: ...
def headers(data: memoryview, start: int, places: npt.NDArray[np.int64]) -> tuple[int, int]: ...
def stamps(
    data: memoryview,
    offsets: npt.NDArray[np.int64],
    places: npt.NDArray[np.int32],
    width: int,
    kept: npt.NDArray[np.int64],
    values: npt.NDArray[np.uint64],
) -> int: ...
def between(
    data: memoryview,
    offsets: npt.NDArray[np.int64],
    at: int,
    width: int,
    times: array[int],
    kept: npt.NDArray[np.int64],
) -> int: ...
