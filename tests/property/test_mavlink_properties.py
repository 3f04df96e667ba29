"""Whatever the bytes are, decoding gives a result, and every byte of it is accounted for."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.decode.formats.mavlink_raw import FORMAT as RAW
from groundside.decode.formats.mavlink_tlog import FORMAT as TLOG
from groundside.model.decoded import Decoded
from groundside.native.mavlink import clocks_before
from groundside.reference.mavlink import messages
from tests.mavlink_builder import START_US, Stream, decoded, flight, frame_of

CLOCKS = st.booleans()


def mixed(clock: bool) -> Stream:
    """A log of both versions with several senders, an unknown message and a signed frame."""
    stream = Stream(clock, version=1)
    for n in range(6):
        stream.version = 1 + n % 2
        stream.heartbeat(mode=n).position(float(n)).attitude(n / 10).utc().gps()
        stream.heartbeat(kind=6, autopilot=8, sender=(255, 190)).text("Some words", sender=(1, 1 + n % 2))
        stream.parameter(f"P{n}", n / 2)
    stream.version = 2
    stream.add("BIG_UNKNOWN", 1, 2).add("BIG_UNKNOWN", 2, 2)
    return stream.add("ATTITUDE", 1, 5.0, 0, 0, 0, 0, 0, signature=bytes(13)).position()


LOGS = {clock: mixed(clock) for clock in (True, False)}
WHOLE = {clock: log.decoded() for clock, log in LOGS.items()}


def rows(result: Decoded) -> set[str]:
    """Give every row of every table but its place in the file, as text."""
    found: set[str] = set()
    for name, table in result.tables.items():
        for number, row in enumerate(table.drop_columns(["frame_offset"]).to_pylist()):
            found.add(f"{name.split('[')[0]} {row} {number if not row else ''}")
    return found


def hold(result: Decoded, size: int, clock: bool) -> None:
    """Fail where a promise that every result makes is broken."""
    account, form = result.account, TLOG if clock else RAW
    assert account.total == size == account.decoded + account.skipped
    assert all(p.offset is None or 0 <= p.offset <= size for p in result.problems)
    offsets = [p.offset for p in result.problems if p.offset is not None]
    assert offsets == sorted(offsets)
    assert sum(p.length for p in result.problems) == account.skipped
    assert account.decoded or result.problems
    json.dumps(result.facts, allow_nan=False)
    form.recording(result)
    assert form.log is not None
    form.log(result)
    track = form.track(result)
    if track is not None:
        assert (track.time_us[1:] > track.time_us[:-1]).all()


@given(st.binary(max_size=2000), CLOCKS)
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_a_result(data: bytes, clock: bool):
    TLOG.recognises(data)
    RAW.recognises(data)
    hold(decoded(data, clock), len(data), clock)


@given(
    st.lists(
        st.sampled_from(
            [b"\xfe", b"\xfd\x1c\x00", LOGS[True].bytes[:60], LOGS[False].bytes[:90], bytes(8), b"\xff" * 9]
        ),
        max_size=30,
    ),
    CLOCKS,
)
@settings(max_examples=50, deadline=None)
def test_any_heap_of_pieces_of_a_log_gives_a_result(pieces: list[bytes], clock: bool):
    data = b"".join(pieces)
    hold(decoded(data, clock), len(data), clock)


@given(CLOCKS, st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_changed_bytes_cost_the_records_they_are_in_and_no_other(clock: bool, changes: list[tuple[int, int]]):
    log = LOGS[clock]
    data = bytearray(log.bytes)
    for at, value in changes:
        data[at % len(data)] = value
    result = decoded(bytes(data), clock)
    hold(result, len(data), clock)
    touched = {at % len(data) for at, value in changes if log.bytes[at % len(data)] != value}
    kept = {a + 8 * clock for a, b in log.records if not any(a <= at < b for at in touched)}
    found = {at for name, t in result.tables.items() if name != "UNKNOWN" for at in t["frame_offset"].to_pylist()}
    known = {at for name, t in WHOLE[clock].tables.items() if name != "UNKNOWN" for at in t["frame_offset"].to_pylist()}
    assert kept & known <= found <= known


@given(CLOCKS, st.integers(0, 1 << 16), st.integers(0, 60), st.binary(max_size=60))
@settings(max_examples=60, deadline=None)
def test_a_piece_replaced_costs_what_it_covered_and_invents_nothing(
    clock: bool, at: int, removed: int, inserted: bytes
):
    log = LOGS[clock]
    at %= len(log.bytes) + 1
    data = log.bytes[:at] + inserted + log.bytes[at + removed :]
    result = decoded(data, clock)
    hold(result, len(data), clock)
    moved = len(inserted) - removed
    known = {at for name, t in WHOLE[clock].tables.items() if name != "UNKNOWN" for at in t["frame_offset"].to_pylist()}
    before = {a + 8 * clock for a, b in log.records if b <= at} & known
    behind = {a + 8 * clock for a, _ in log.records if a >= at + removed} & known
    found = {at for name, t in result.tables.items() if name != "UNKNOWN" for at in t["frame_offset"].to_pylist()}
    assert before | {a + moved for a in behind} <= found


@given(st.data(), CLOCKS)
@settings(max_examples=60, deadline=None)
def test_any_values_in_familiar_messages_give_a_result(data: st.DataObject, clock: bool):
    wanted = {
        "HEARTBEAT", "SYSTEM_TIME", "GLOBAL_POSITION_INT", "GPS_RAW_INT", "ATTITUDE", "SYS_STATUS", "BATTERY_STATUS",
        "STATUSTEXT", "PARAM_VALUE", "AUTOPILOT_VERSION", "HOME_POSITION", "MISSION_ITEM_INT", "EXTENDED_SYS_STATE",
        "FENCE_STATUS", "MOUNT_ORIENTATION", "BATTERY2", "VFR_HUD",
    }  # fmt: skip
    known = [m for m in messages() if m.name in wanted]
    stream = Stream(clock).heartbeat()
    for _ in range(data.draw(st.integers(1, 12))):
        message = data.draw(st.sampled_from(known))
        payload = data.draw(st.binary(min_size=1, max_size=message.size)).ljust(message.size, b"\xff")
        sender = data.draw(st.sampled_from([(1, 1), (1, 1), (2, 1)]))
        stream.now_us = data.draw(st.sampled_from([START_US, stream.now_us, (1 << 64) - 1, 5]))
        stream.step_us = 0
        stream.record(frame_of(message.id, message.crc_extra, payload, sender, version=2))
    hold(stream.decoded(), len(stream.bytes), clock)


@given(st.lists(st.integers(0, (1 << 64) - 1), min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_a_clock_is_eight_bytes_the_greatest_first(times: list[int]):
    data = memoryview(b"".join(t.to_bytes(8, "big") for t in times))
    at = np.arange(1, len(times) + 1) * 8
    assert clocks_before(data, at).tolist() == [t if t < 1 << 63 else t - (1 << 64) for t in times]


def test_records_that_change_places_are_all_kept():
    log = flight(seconds=4)
    (_, a), (_, b), (_, c) = log.records[10], log.records[30], log.records[50]
    data = log.bytes[:a] + log.bytes[b:c] + log.bytes[a:b] + log.bytes[c:]
    assert rows(decoded(data)) == rows(log.decoded())
    hold(decoded(data), len(data), clock=True)
