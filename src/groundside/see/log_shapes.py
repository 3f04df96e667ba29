"""What the logs of a flight say, as JSON values (see `shapes`): parameters, messages, events, hardware."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from groundside.model.log import Log
from groundside.model.parameters import Parameter, ParameterDifference
from groundside.model.results import FlightLog, ParametersCompared, SourceLog
from groundside.see import log_schema as schema
from groundside.see.text import iso, shown_name

MOST_ROWS = 20_000
"""So many messages, and as many events, of one file at most; `messages_total` says how many there are."""


def flight_log_shape(of: FlightLog) -> schema.FlightLogShape:
    """What all files of a flight say, file by file, and the parameters in force when it began."""
    return {
        "flight": of.flight.id,
        "sources": [source_log_shape(each) for each in of.sources],
        "parameters": parameters_shape(of.parameters),
    }


def source_log_shape(of: SourceLog) -> schema.SourceLogShape:
    """What one file says; `at` is null where it does not say when, or has no UTC (then `clock_s` counts)."""
    log = of.log
    return {
        "file": shown_name(of.file),
        "format": of.format,
        "time_basis": str(log.time_basis),
        "identity": dict(log.identity),
        "messages": _messages(log),
        "messages_total": log.messages.num_rows,
        "events": _events(log),
        "events_total": log.events.num_rows,
        "parameter_changes": [
            {**_when(log, t), "name": name, "value": _number(value), "component": component or ""}
            for t, name, value, _, component in _rows(log.parameters)
            if t is not None
        ],
    }


def parameters_shape(of: Mapping[str, Parameter]) -> list[schema.ParameterShape]:
    """Every parameter by name."""
    return [{"name": name, **_values(each)} for name, each in of.items()]


def compared_shape(of: ParametersCompared) -> schema.ParametersComparedShape:
    """How two flights differ in their parameters."""
    return {
        "one": of.one.id,
        "other": of.other.id,
        "alike": of.alike,
        "differences": [_difference(each) for each in of.differences],
    }


def _difference(of: ParameterDifference) -> schema.ParameterDifferenceShape:
    return {
        "name": of.name,
        "one": _values(of.one) if of.one else None,
        "other": _values(of.other) if of.other else None,
    }


def _values(of: Parameter) -> schema.ParameterValuesShape:
    return {
        "value": _number(of.value),
        "default": _number(of.default),
        "changed": of.changes,
        "last": _number(of.last if of.changes else of.value),
    }


def _messages(log: Log) -> list[schema.MessageShape]:
    rows = _rows(log.messages.slice(0, MOST_ROWS))
    return [
        {**_when(log, t), "severity": severity, "text": text or "", "component": component or ""}
        for t, severity, text, component in rows
    ]


def _events(log: Log) -> list[schema.LogEventShape]:
    rows = _rows(log.events.slice(0, MOST_ROWS))
    return [
        {**_when(log, t), "kind": kind, "text": text or "", "origin": origin or ""} for t, kind, text, origin in rows
    ]


def _rows(table: pa.Table) -> Iterable[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


def _when(log: Log, time_us: int | None) -> schema.WhenShape:
    if time_us is None:
        return {"at": None, "clock_s": None}
    return {"at": iso(time_us) if log.time_basis.is_utc else None, "clock_s": time_us / 1e6}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
