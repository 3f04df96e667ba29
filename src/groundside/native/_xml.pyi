import numpy as np
import numpy.typing as npt

def count(data: bytes | memoryview) -> tuple[int, int]: ...
def walk(
    data: bytes | memoryview,
    at: int,
    nodes: npt.NDArray[np.uint8],
    attributes: npt.NDArray[np.uint8],
    names: npt.NDArray[np.uint8],
) -> tuple[int, int, int] | None: ...
def instants(data: bytes | memoryview, spans: npt.NDArray[np.uint8], us: npt.NDArray[np.int64]) -> int: ...
def words(
    data: bytes | memoryview, spans: npt.NDArray[np.uint8], sign: int, out: npt.NDArray[np.uint8]
) -> int: ...
