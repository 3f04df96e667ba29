import numpy as np
import numpy.typing as npt

_U8 = npt.NDArray[np.uint8]
_F64 = npt.NDArray[np.float64]

def decimals(data: bytes | memoryview, spans: _U8, skip: bytes, values: _F64, below: _F64 | None, how: _U8) -> int: ...
