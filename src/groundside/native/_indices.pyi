from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

def index(
    which: int,
    addresses: Sequence[int],
    kinds: Sequence[int],
    numbers: npt.NDArray[np.float64],
    valid: npt.NDArray[np.uint8] | None,
    limits: tuple[float, float, float],
    out: npt.NDArray[np.int16],
    histogram: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
) -> None: ...
def undo(data: npt.NDArray[np.uint8], rows: int, apart: int, width: int) -> None: ...
def differences(data: npt.NDArray[np.int16], out: npt.NDArray[np.int16]) -> None: ...
