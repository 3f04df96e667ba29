"""What a flight record says besides the track, from simulated records of every age."""

from __future__ import annotations

from itertools import pairwise

import pytest

from groundside.decode.format import Options
from groundside.decode.formats.dji_record import FORMAT
from groundside.decode.formats.dji_record.names import FLIGHT_MODES
from groundside.model.log import EVENT_KINDS, Log
from groundside.model.recording import TimeBasis
from tests.unit.test_dji_record_damage import keys_of, written

VERSIONS = (4, 6, 11, 12, 14)


def log_of(version: int, *, locked: bool = False) -> Log:
    assert FORMAT.log is not None
    keys = () if locked else keys_of(version)
    return FORMAT.log(FORMAT.decode(memoryview(written(version).content), Options(keys)))


def times_of(log: Log, kind: str) -> list[int]:
    return [row["time_us"] for row in log.events.to_pylist() if row["kind"] == kind]


@pytest.mark.parametrize("version", VERSIONS)
def test_motors_and_flight_are_events_at_the_rows_where_the_track_changes(version: int):
    decoded = FORMAT.decode(memoryview(written(version).content), Options(keys_of(version)))
    track, log = FORMAT.track(decoded), log_of(version)
    assert track is not None
    assert log.time_basis is track.time_basis is TimeBasis.UTC_DEVICE
    for column, on, off in (("armed", "armed", "disarmed"), ("in_air", "takeoff", "landing")):
        states = list(zip(track.time_us.tolist(), track.table.column(column).to_pylist(), strict=True))
        known = [(time, state) for time, state in states if state is not None]
        changes = [(b[0], b[1]) for a, b in pairwise(known) if a[1] != b[1]]
        assert changes, "the simulated aircraft flies"
        assert times_of(log, on) == [time for time, state in changes if state]
        assert times_of(log, off) == [time for time, state in changes if not state]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_event_is_of_a_known_kind_names_its_origin_and_is_in_order(version: int):
    log = log_of(version)
    rows = log.events.to_pylist()
    assert {row["kind"] for row in rows} <= set(EVENT_KINDS)
    assert all(row["origin"] and row["text"] for row in rows)
    assert [row["time_us"] for row in rows] == sorted(row["time_us"] for row in rows)
    assert {row["text"] for row in rows if row["kind"] == "mode"} <= set(FLIGHT_MODES.values())


@pytest.mark.parametrize("version", VERSIONS)
def test_serials_and_versions_are_the_identity(version: int):
    identity = log_of(version).identity
    assert identity["serial"] == "SIM0001"
    assert identity["record_version"] == str(version)


def test_a_locked_record_has_no_events_but_says_who_flew():
    log = log_of(14, locked=True)
    assert log.events.num_rows == 0
    assert log.identity["serial"] == "SIM0001"
