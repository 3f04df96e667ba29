"""
What messages other than data say, as tables named by the letter of their kind.

`P` parameters, `Q` their defaults, `L` text (tagged text too), `O` dropouts, `M` information of several pieces. A
`timestamp` is boot microseconds; of a parameter and a dropout that of the last data before it, null for what
was set when the log began.
"""

from __future__ import annotations

import pyarrow as pa

from groundside.decode.formats.ulog.clock import MAX_US, Timeline
from groundside.decode.formats.ulog.texts import Parameter, Said
from groundside.model.table import Column, table

PARAMETERS, DEFAULTS, TEXTS, DROPOUTS, PIECES = "P", "Q", "L", "O", "M"
_OF_SYSTEM, _OF_SETUP = 1, 2


def tables_of_said(said: Said, times: Timeline) -> dict[str, pa.Table]:
    """Make the tables of those kinds that the file has."""
    found = {
        PARAMETERS: _parameters([p for p in said.parameters if not p.groups], said, times),
        DEFAULTS: _defaults([p for p in said.parameters if p.groups]),
        TEXTS: _texts(said),
        DROPOUTS: _dropouts(said, times),
        PIECES: _pieces(said),
    }
    return {name: made for name, made in found.items() if made.num_rows}


def _parameters(parameters: list[Parameter], said: Said, times: Timeline) -> pa.Table:
    begin = said.data_from
    set_at = [times.at(p.offset) if begin is not None and p.offset > begin else None for p in parameters]
    return table(
        {
            "timestamp": Column(pa.array(set_at, pa.int64()), "us", "time of the data before"),
            "name": Column(pa.array([p.name for p in parameters], pa.string())),
            "value": Column(pa.array([p.value for p in parameters], pa.float64())),
        }
    )


def _defaults(parameters: list[Parameter]) -> pa.Table:
    return table(
        {
            "name": Column(pa.array([p.name for p in parameters], pa.string())),
            "value": Column(pa.array([p.value for p in parameters], pa.float64())),
            "system": Column(pa.array([bool(p.groups & _OF_SYSTEM) for p in parameters], pa.bool_())),
            "setup": Column(pa.array([bool(p.groups & _OF_SETUP) for p in parameters], pa.bool_())),
        }
    )


def _texts(said: Said) -> pa.Table:
    times = [text.time_us if text.time_us <= MAX_US else None for text in said.texts]
    return table(
        {
            "timestamp": Column(pa.array(times, pa.int64()), "us"),
            "severity": Column(pa.array([text.severity for text in said.texts], pa.int16())),
            "tag": Column(pa.array([text.tag for text in said.texts], pa.int32())),
            "text": Column(pa.array([text.text for text in said.texts], pa.string())),
        }
    )


def _dropouts(said: Said, times: Timeline) -> pa.Table:
    return table(
        {
            "timestamp": Column(pa.array([times.at(at) for at, _ in said.dropouts], pa.int64()), "us"),
            "duration": Column(pa.array([lost for _, lost in said.dropouts], pa.int32()), "ms"),
        }
    )


def _pieces(said: Said) -> pa.Table:
    rows = [(key, continued, text) for key, pieces in said.multi.items() for continued, text in pieces]
    return table(
        {
            "key": Column(pa.array([key for key, _, _ in rows], pa.string())),
            "continued": Column(pa.array([continued for _, continued, _ in rows], pa.bool_())),
            "text": Column(pa.array([text for _, _, text in rows], pa.string())),
        }
    )
