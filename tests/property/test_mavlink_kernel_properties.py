"""The MAVLink kernel gives what its twin gives: on logs, on damaged logs, and on any bytes."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.model.recording import Aircraft
from groundside.simulate import places
from groundside.simulate.missions import Area
from groundside.simulate.scenario import Scenario, simulate
from groundside.simulate.writers.mavlink_tlog import Link, write_raw, write_tlog
from tests.mavlink_builder import Stream, frame_of, payload_of
from tests.mavlink_kernel import walk_by_both

CLOCKS = st.booleans()


def log(clock: bool, set_clock: bool = True) -> Stream:
    """A log with both versions, signed frames, several senders, unknown messages and longer ones."""
    stream = Stream(clock, version=1)
    for n in range(5):
        stream.version = 1 + n % 2
        stream.heartbeat(mode=n).position(float(n)).attitude(n / 10).text("Some words", sender=(1, 1 + n % 2))
        stream.add("SMALL_UNKNOWN" if n % 2 == 0 else "BIG_UNKNOWN", n, n % 7)
    stream.version = 2
    for n in range(3):
        stream.add("ATTITUDE", n, 5.0, 0, 0, 0, 0, 1.5, signature=bytes([n] * 13))
        stream.add("BIG_UNKNOWN", n, 3, signature=bytes(13) if n else b"")
    stream.record(frame_of(30, 39, payload_of("ATTITUDE", 1, 7.0, 0, 0, 0, 0, 0) + b"more!"))
    stream.record(frame_of(30, 200, payload_of("ATTITUDE", 1, 7.0, 0, 0, 0, 0, 1)))
    if clock and not set_clock:
        data = bytearray(stream.bytes)
        for n, (start, _) in enumerate(stream.records):
            data[start : start + 8] = (47_000_000 + 100_000 * n).to_bytes(8, "big")
        stream.bytes = bytes(data)
    return stream


LOGS = [log(clock=True).bytes, log(clock=False).bytes, log(clock=True, set_clock=False).bytes]
PIECES = (b"\xfe", b"\xfd\x1c\x00", b"\xfd\x00\x01", bytes(8), b"\xff" * 9, b"\xfe\x09\xfd\x1c" * 9, LOGS[0][:60])


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A log with bytes changed, pieces cut out, doubled and put in; or a heap of pieces."""
    if draw(st.integers(0, 5)) == 0:
        return b"".join(draw(st.lists(st.sampled_from(PIECES) | st.binary(max_size=60), max_size=20)))
    data = bytearray(draw(st.sampled_from(LOGS)))
    for _ in range(draw(st.integers(1, 6))):
        at, size = draw(st.integers(0, len(data))), draw(st.integers(1, 50))
        other = draw(st.integers(0, len(data)))
        match draw(st.integers(0, 3)):
            case 0:
                data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
            case 1:
                del data[at : at + size]
            case 2:
                data[at:at] = data[other : other + 4 * size]
            case _:
                data[at:at] = draw(st.sampled_from(PIECES))
    return bytes(data)


@given(damaged(), CLOCKS)
@settings(max_examples=200, deadline=None)
def test_of_damaged_logs_the_kernel_says_what_its_twin_says(data: bytes, clock: bool):
    walk_by_both(data, 8 * clock)


@given(st.binary(max_size=1500), CLOCKS)
@settings(max_examples=60, deadline=None)
def test_of_any_bytes_the_kernel_says_what_its_twin_says(data: bytes, clock: bool):
    walk_by_both(data, 8 * clock)


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), min_size=1, max_size=400), CLOCKS)
@settings(max_examples=20, deadline=None)
def test_of_very_many_senders_the_kernel_says_what_its_twin_says(senders: list[tuple[int, int]], clock: bool):
    stream = Stream(clock)
    for sender in senders:
        stream.heartbeat(sender=sender)
    walked = walk_by_both(stream.bytes, 8 * clock)
    assert len(walked.keys) == len(set(senders))


@cache
def flown(clock: bool) -> bytes:
    truth = simulate(
        Scenario(
            name="t", field=places.SALT_FLAT, mission="survey", area=Area(width_m=40.0, depth_m=20.0),
            start_us=1_780_000_000_123_000, aircraft=Aircraft(name="SIMULATED", serial="SIM0001", kind="multirotor"),
        ),
        3,
    )  # fmt: skip
    return (write_tlog if clock else write_raw)(truth, 5, Link(protocol="mixed", gimbal=True, private=True))


@given(CLOCKS, st.integers(0, 2**31))
@settings(max_examples=12, deadline=None)
def test_of_a_simulated_flight_whole_and_damaged_the_kernel_says_what_its_twin_says(clock: bool, seed: int):
    data = bytearray(flown(clock))
    random = np.random.default_rng(seed)
    for at in random.integers(0, len(data), seed % 30).tolist():
        data[at] ^= int(random.integers(1, 256))
    walk_by_both(bytes(data), 8 * clock)
