"""Parameters of a log: the values it states, and how they changed."""

from __future__ import annotations

import math

import pyarrow as pa

from groundside.decode.ardupilot.timed import TimedTables
from groundside.model.log import PARAMETERS, rows_of

_MESSAGE = "PARM"


def parameter_rows(log: TimedTables) -> pa.Table:
    """
    List each value that a parameter took: the first that the log states, then each change.

    An autopilot writes all of them when a log begins, so that the first of each was in force then and has no time.
    """
    table = log.tables.get(_MESSAGE)
    if table is None or not log.has(_MESSAGE, "Value") or not log.has_text(_MESSAGE, "Name"):
        return rows_of(PARAMETERS, ())
    defaults = log.raw(_MESSAGE, "Default") if log.has(_MESSAGE, "Default") else [math.nan] * table.num_rows
    rows: list[tuple[int | None, str, float, float, str]] = []
    current: dict[str, float] = {}
    for when, name, value, default in zip(
        log.when(_MESSAGE),
        table["Name"].to_pylist(),
        log.raw(_MESSAGE, "Value").tolist(),
        defaults,
        strict=True,
    ):
        if not name or not math.isfinite(value) or current.get(name) == value:
            continue
        rows.append((when if name in current else None, name, value, float(default), ""))
        current[name] = value
    return rows_of(PARAMETERS, rows)
