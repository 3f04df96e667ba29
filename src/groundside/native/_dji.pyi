import numpy as np
import numpy.typing as npt

_U8 = npt.NDArray[np.uint8]
_I32 = npt.NDArray[np.int32]
_I64 = npt.NDArray[np.int64]
_U64 = npt.NDArray[np.uint64]

def walk(
    data: memoryview, at: int, end: int, wide: bool, kinds: _U8, starts: _I64, lengths: _I32, first: int
) -> tuple[int, int]: ...
def unscramble(
    data: _U8, kinds: _U8, starts: _I64, lengths: _I32, crc: _U64, out: _U8, places: _I64, sizes: _I32
) -> int: ...
def copy(data: _U8, begins: _I64, sizes: _I32, out: _U8, to: _I64) -> int: ...
def group(kinds: _U8, left_out: _U8, order: _I64, ends: _I64) -> None: ...
def columns(
    data: _U8, starts: _I64, sizes: _I32, keys: _U64 | None, described: _U8, arena: _U8, nulls: _I64
) -> int: ...
def words(numbers: _U8, validity: _U8 | None, ends: _I32, texts: _U8, offsets: _I32, out: _U8 | None) -> int: ...
