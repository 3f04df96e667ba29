from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

def aloft(
    height: npt.NDArray[np.float64],
    flags: Sequence[npt.NDArray[np.uint8]],
    limits: tuple[float, float, float, float],
    first: tuple[bool, float],
    in_air: npt.NDArray[np.uint8],
    levels: npt.NDArray[np.float64],
) -> None: ...
def anchors(
    east: npt.NDArray[np.float64], north: npt.NDArray[np.float64], square: float, rows: npt.NDArray[np.int64]
) -> int: ...
def jumps(
    t: npt.NDArray[np.float64],
    east: npt.NDArray[np.float64],
    north: npt.NDArray[np.float64],
    top_mps: float,
    slack_m: float,
    jumped: npt.NDArray[np.uint8],
) -> int: ...
def rate(
    row: npt.NDArray[np.int64],
    t: npt.NDArray[np.float64],
    v: npt.NDArray[np.float64],
    jumps: npt.NDArray[np.int64] | None,
    limits: tuple[float, float, float],
    out: npt.NDArray[np.float64],
) -> None: ...
def runs_of_time(t: npt.NDArray[np.float64], width: float, first: npt.NDArray[np.int64]) -> int: ...
def medians(
    values: npt.NDArray[np.float64],
    first: npt.NDArray[np.int64],
    work: npt.NDArray[np.float64],
    out: npt.NDArray[np.float64],
) -> None: ...
def means(values: npt.NDArray[np.float64], first: npt.NDArray[np.int64], out: npt.NDArray[np.float64]) -> None: ...
def path(
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
    time_us: npt.NDArray[np.int64],
    gap_us: float,
    out: npt.NDArray[np.float64],
    starts: npt.NDArray[np.int64],
) -> tuple[int, int]: ...
def later(
    t: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
    rows: npt.NDArray[np.int64],
) -> int: ...
def off(
    outline: npt.NDArray[np.float64],
    scale: tuple[float, float],
    t: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
    off_m: npt.NDArray[np.float64],
) -> None: ...
