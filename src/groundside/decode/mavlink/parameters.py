"""Parameters: PARAM_VALUE, whose one float holds whole numbers in one of two ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.series import Stream, Values, once
from groundside.decode.mavlink.sheets import Sheet
from groundside.decode.mavlink.tables import names_of, sender_in, sheet_in
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


def _values(sheet: Sheet, as_bytes: bool) -> Values:
    stored = np.ascontiguousarray(sheet["param_value"], np.float32)
    values = stored.astype(np.float64)
    if as_bytes:
        kinds = sheet["param_type"]
        for kind, of_type in _WHOLE.items():
            first = stored.view(np.uint8).reshape(-1, 4)[:, : np.dtype(of_type).itemsize]
            values = np.where(kinds == kind, np.ascontiguousarray(first).view(of_type)[:, 0], values)
    return values


def parameters_of(stream: Stream) -> dict[str, float]:
    """Give the last value of each parameter of the vehicle."""
    sheet = stream.sheet("PARAM_VALUE")
    if sheet is None:
        return {}
    values = _values(sheet, bytewise(stream)).tolist()
    return {k: v for k, v in zip(sheet.texts("param_id"), values, strict=True) if isfinite(v)}


def parameter_table(stream: Stream) -> pa.Table:
    """
    List the values that the parameters took: of each the first that was sent, then each change.

    Those of all components of the vehicle; `component` says whose, where there are several.
    """
    system = stream.vehicle.system if stream.vehicle else None
    senders = {name: sender_in(stream.tables, name) or () for name in names_of(stream.tables, "PARAM_VALUE")}
    tables = {name: sender for name, sender in senders.items() if sender and sender[0] == system}
    rows: list[tuple[int | None, str, float, float, str]] = []
    for table, sender in tables.items():
        address = "/".join(str(n) for n in sender) if len(tables) > 1 else ""
        sheet, times = sheet_in(stream.tables, table), stream.times(table)
        names, values = sheet.texts("param_id"), _values(sheet, bytewise(stream))
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
