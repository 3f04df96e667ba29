import numpy as np
import numpy.typing as npt

def gather(
    data: memoryview,
    offsets: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int32] | None,
    columns: bytes,
    not_ascii: bytearray,
    given: tuple[npt.NDArray[np.integer], ...],
    out: int,
) -> int: ...

class Handed:
    address: int
