"""Clocks that no recorder has, and vehicles that start without end."""

from __future__ import annotations

import pytest

from groundside.decode.formats.mavlink_tlog import FORMAT as TLOG
from groundside.model.decoded import Decoded
from groundside.model.recording import TimeBasis
from tests.mavlink_builder import BOOT_AT_START_MS, START_US, Stream
from tests.promises import hold

ABSURD = pytest.mark.parametrize("clock_us", [0, 1 << 63, (1 << 63) - 1, (1 << 64) - 1])


def times_of(result: Decoded) -> list[int]:
    track = TLOG.track(result)
    assert track is not None
    return track.time_us.tolist()


def stuck(clock_us: int) -> Stream:
    """A log whose recorder says the same absurd time of every record."""
    stream = Stream()
    for _ in range(8):
        for write in (stream.heartbeat, stream.position):
            start = len(stream.bytes)
            write()
            stream.bytes = stream.bytes[:start] + clock_us.to_bytes(8, "big") + stream.bytes[start + 8 :]
    return stream


@ABSURD
def test_where_the_recorder_says_what_no_clock_can_the_track_is_timed_by_the_vehicle(clock_us: int):
    result = stuck(clock_us).decoded()
    recording, times = TLOG.recording(result), times_of(result)
    assert recording.time_basis is TimeBasis.BOOT
    assert [t - times[0] for t in times] == [200_000 * n for n in range(8)]
    assert times[0] == (BOOT_AT_START_MS + 100) * 1000


@ABSURD
def test_one_record_with_an_absurd_clock_does_not_move_the_others(clock_us: int):
    stream = Stream()
    for n in range(9):
        start = len(stream.bytes)
        stream.heartbeat().position()
        if n == 4:
            stream.bytes = stream.bytes[:start] + clock_us.to_bytes(8, "big") + stream.bytes[start + 8 :]
    times = times_of(stream.decoded())
    assert [t - START_US for t in times] == [100_000 + 200_000 * n for n in range(9)]
    hold(TLOG, stream.bytes)


class Restarting(Stream):
    """A log of two records a second; `restart` starts the vehicle anew, at once."""

    def __init__(self) -> None:
        super().__init__(step_us=500_000)
        self.from_us = START_US

    @property
    def boot_ms(self) -> int:
        return 1000 + (self.now_us - self.from_us) // 1000

    def restart(self) -> Stream:
        self.from_us = self.now_us
        return self


def test_of_very_many_starts_of_the_vehicle_each_has_its_own_time():
    stream = Restarting()
    stream.heartbeat()
    for _ in range(2100):
        stream.restart()
        for _ in range(14):
            stream.position()
    times = times_of(stream.decoded())
    assert [t - START_US for t in times] == [500_000 * (n + 1) for n in range(2100 * 14)]


def test_starts_without_satellite_time_are_placed_by_the_nearest_that_has_it():
    stream = Restarting()
    for ahead_us in (5_000_000, None, None, 1_000_000):
        stream.restart().heartbeat().position()
        for _ in range(14):
            stream.position()
            if ahead_us is not None:
                stream.gps().utc(ahead_us)
    result = stream.decoded()
    recorded = result.tables["GLOBAL_POSITION_INT"]["time_us"].to_numpy().tolist()
    ahead = [(a - b) / 1e6 for a, b in zip(recorded, times_of(result), strict=True)]
    assert ahead == pytest.approx([5.0] * 30 + [1.0] * 30, abs=0.01)
