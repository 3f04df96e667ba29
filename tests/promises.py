"""What every decoder promises of whatever bytes it is given; the property tests and the fuzzer hold each to it."""

from __future__ import annotations

import json

import numpy as np

from groundside.decode.format import HEAD_BYTES, Format, Options
from groundside.model.log import EVENT_KINDS
from groundside.produce.flight.cut import cut

MOST_TRACK_ROWS_A_BYTE = 1.0
"""No format of ours states a position in less than a byte."""


def hold(kind: Format, data: bytes, options: Options | None = None) -> None:
    """Decode some bytes, and fail where a promise that every result makes is broken."""
    kind.recognises(data[:HEAD_BYTES])
    decoded = kind.decode(memoryview(data), options or Options())
    account = decoded.account
    assert account.total == len(data) == account.decoded + account.skipped
    placed = [p for p in decoded.problems if p.offset is not None]
    assert all(p.offset >= 0 and p.length >= 0 and p.offset + p.length <= len(data) for p in placed), placed
    assert sum(p.length for p in decoded.problems) == account.skipped, (decoded.problems, account)
    json.dumps(decoded.facts, allow_nan=False)
    assert isinstance(decoded.facts.get("inferences", []), list)
    for name, table in decoded.tables.items():
        table.validate()
        assert name
    recording, track = kind.recording(decoded), kind.track(decoded)
    if track is not None:
        times = track.time_us
        assert (times[1:] > times[:-1]).all()
        assert times.size <= MOST_TRACK_ROWS_A_BYTE * len(data)
        lon, lat = track.floats("lon"), track.floats("lat")
        assert not (np.abs(lon) > 180).any()
        assert not (np.abs(lat) > 90).any()
    assert cut(recording, track)
    if kind.log is not None:
        log = kind.log(decoded)
        assert set(log.events["kind"].to_pylist()) <= set(EVENT_KINDS)
        assert all(isinstance(v, str) for v in log.identity.values())
        log.messages.validate(full=True)
        log.parameters.validate(full=True)
