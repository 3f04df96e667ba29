"""Parameters: PARAM_VALUE, whose one float holds whole numbers in one of two ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.series import Stream, Values, once, texts_in
from groundside.decode.mavlink.tables import named, sender_of
from groundside.decode.mavlink.vehicle import PX4
from groundside.model.log import PARAMETERS, rows_of

BYTEWISE, C_CAST = 0x10, 0x20000
"""MAV_PROTOCOL_CAPABILITY_PARAM_ENCODE_BYTEWISE and _C_CAST, of AUTOPILOT_VERSION.capabilities."""
_WHOLE: Mapping[int, str] = {1: "u1", 2: "i1", 3: "<u2", 4: "<i2", 5: "<u4", 6: "<i4"}
"""MAV_PARAM_TYPE of whole numbers that fit into the float; the bytes of smaller ones come first."""


@once
def bytewise(stream: Stream) -> bool:
    """
    Say whether whole numbers are the bytes of the float, and not its value.

    Stated by AUTOPILOT_VERSION.capabilities; where that is not in the log, PX4 is known to send bytes and the others
    the value (MAVLink guide, "Parameter Protocol", parameter encoding).
    """
    stated = stream.raw("AUTOPILOT_VERSION", "capabilities")
    if len(stated) and int(stated[-1]) & (BYTEWISE | C_CAST):
        return bool(int(stated[-1]) & BYTEWISE)
    return stream.vehicle is not None and stream.vehicle.autopilot == PX4


def _values(table: pa.Table, as_bytes: bool) -> Values:
    stored = np.ascontiguousarray(table["param_value"].to_numpy(), np.float32)
    values = stored.astype(np.float64)
    if as_bytes:
        kinds = table["param_type"].to_numpy()
        for kind, of_type in _WHOLE.items():
            first = stored.view(np.uint8).reshape(-1, 4)[:, : np.dtype(of_type).itemsize]
            values = np.where(kinds == kind, np.ascontiguousarray(first).view(of_type)[:, 0], values)
    return values


def parameters_of(stream: Stream) -> dict[str, float]:
    """Give the last value of each parameter of the vehicle."""
    table = stream.table("PARAM_VALUE")
    if table is None:
        return {}
    values = _values(table, bytewise(stream)).tolist()
    return {k: v for k, v in zip(texts_in(table, "param_id"), values, strict=True) if np.isfinite(v)}


def parameter_table(stream: Stream) -> pa.Table:
    """
    List the values that the parameters took: of each the first that was sent, then each change.

    Those of all components of the vehicle; `component` says whose, where there are several.
    """
    system = stream.vehicle.system if stream.vehicle else None
    tables = [t for t in named(stream.tables, "PARAM_VALUE") if (sender_of(t) or (None,))[0] == system]
    rows: list[tuple[int | None, str, float, float, str]] = []
    for table in tables:
        address = "/".join(str(n) for n in sender_of(table) or ()) if len(tables) > 1 else ""
        names, times = texts_in(table, "param_id"), stream.times(table)
        values = _values(table, bytewise(stream))
        chosen = _changed(names, values)
        rows += [(int(times[n]), names[n], float(values[n]), float("nan"), address) for n in chosen]
    return rows_of(PARAMETERS, rows)


def _changed(names: Sequence[str], values: npt.NDArray[np.float64]) -> list[int]:
    latest: dict[str, float] = {}
    chosen: list[int] = []
    for row, (name, value) in enumerate(zip(names, values.tolist(), strict=True)):
        before = latest.get(name)
        if name and (before is None or (before != value and not (before != before and value != value))):
            chosen.append(row)
            latest[name] = value
    return chosen
