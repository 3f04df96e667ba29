from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

class Followed:
    def __init__(self, track: npt.NDArray[np.float64]) -> None: ...

def apart(
    clip: npt.NDArray[np.float64],
    flight: Followed,
    offsets: npt.NDArray[np.float64],
    covered: float,
    work: npt.NDArray[np.float64],
    out: npt.NDArray[np.float64],
) -> None: ...
def lay_out(
    positions: npt.NDArray[np.float64],
    judged: npt.NDArray[np.int64],
    width_ms: float,
    slack_cm: float,
    out: npt.NDArray[np.int32],
) -> bool: ...
def may_lie(
    one: npt.NDArray[np.int32],
    others: Sequence[npt.NDArray[np.int32]],
    most_cm: float,
    of_all: float,
    of_inside: float,
) -> list[int]: ...
