"""
What messages other than data say, as tables named by the letter of their kind.

`P` parameters, `Q` their defaults, `L` text (tagged text too), `O` dropouts, `M` information of several pieces. A
`timestamp` is boot microseconds; of a parameter and a dropout that of the last data before it, null for what
was set when the log began.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from groundside.decode.formats.ulog.clock import MAX_US, Timeline
from groundside.decode.formats.ulog.parameters import Parameters
from groundside.decode.formats.ulog.stretch import SaidTable
from groundside.decode.formats.ulog.texts import Said
from groundside.model.late import Late
from groundside.model.table import Column, table

PARAMETERS, DEFAULTS, TEXTS, DROPOUTS, PIECES = "P", "Q", "L", "O", "M"
_OF_SYSTEM, _OF_SETUP = 1, 2
_KINDS = {PARAMETERS: b"P", DEFAULTS: b"Q", TEXTS: b"LC", DROPOUTS: b"O", PIECES: b"M"}


def said_tables(counts: Sequence[int], said: Late[Said], times: Late[Timeline]) -> Mapping[str, Callable[[], pa.Table]]:
    """
    Say how each table of those kinds that the file has is made.

    Args:
        counts: messages of each of 256 kinds.
        said: what they say.
        times: when that was said.
    """
    makers: dict[str, Callable[[], pa.Table]] = {
        PARAMETERS: SaidTable(lambda: _parameters(said(), times)),
        DEFAULTS: lambda: _defaults(said().defaults),
        TEXTS: SaidTable(lambda: _texts(said())),
        DROPOUTS: SaidTable(lambda: _dropouts(said(), times())),
        PIECES: lambda: _pieces(said()),
    }
    return {name: maker for name, maker in makers.items() if any(counts[kind] for kind in _KINDS[name])}


def _parameters(said: Said, times: Late[Timeline]) -> pa.Table:
    parameters = said.parameters
    begin = len(parameters) if said.data_from is None else int(np.searchsorted(parameters.offsets, said.data_from))
    later = times().at(parameters.offsets[begin:].tolist()) if begin < len(parameters) else []
    return table(
        {
            "timestamp": Column(pa.array([*[None] * begin, *later], pa.int64()), "us", "time of the data before"),
            "name": Column(pa.array(parameters.names, pa.string())),
            "value": Column(parameters.values),
        }
    )


def _defaults(defaults: Parameters) -> pa.Table:
    return table(
        {
            "name": Column(pa.array(defaults.names, pa.string())),
            "value": Column(defaults.values),
            "system": Column(defaults.groups & _OF_SYSTEM > 0),
            "setup": Column(defaults.groups & _OF_SETUP > 0),
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
            "timestamp": Column(pa.array(times.at([at for at, _ in said.dropouts]), pa.int64()), "us"),
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
