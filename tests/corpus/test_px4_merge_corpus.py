"""
The PX4 flight told twice: the autopilot's log and a ground station's telemetry of it are one flight.

The second log is written here by pymavlink from what pyulog reads of the first, so that nothing of ours takes part.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest

from groundside.archive.archive import Archive
from groundside.archive.reading import read
from groundside.model.caller import Caller
from groundside.model.flight import Flight
from groundside.model.query import FlightQuery
from groundside.model.recording import TimeBasis

pytestmark = pytest.mark.corpus
WHO = Caller("tester", "test")
LOG = "px4_sih_flight1.ulg"
EVERY_S = 0.25


@pytest.fixture(scope="module")
def log(corpus: Path) -> Path:
    return corpus / "flights" / "sitl" / LOG


@pytest.fixture(scope="module")
def start_us(log: Path) -> int:
    """UTC at which the log begins, by its own word."""
    recording = read(log).recording()
    assert recording.start_us is not None
    return recording.start_us


def telemetry(log: Path, start_us: int, *, aside_deg: float = 0.0) -> bytes:
    """Write what a ground station would have recorded, its clock at `start_us` when the log begins."""
    from pymavlink.dialects.v20 import common as mavlink
    from pyulog import ULog

    of = ULog(str(log))
    place, attitude = of.get_dataset("vehicle_global_position").data, of.get_dataset("vehicle_attitude").data
    first = of.start_timestamp
    written = io.BytesIO()
    link = mavlink.MAVLink(written, srcSystem=1, srcComponent=1)
    times = np.arange(place["timestamp"][0], place["timestamp"][-1], EVERY_S * 1e6).astype(np.uint64)
    rows = np.searchsorted(place["timestamp"], times)
    turns = np.minimum(np.searchsorted(attitude["timestamp"], times), len(attitude["timestamp"]) - 1)
    ground = place["alt"][0]
    for number, (row, turn) in enumerate(zip(rows, turns, strict=True)):
        at = int(place["timestamp"][row])
        boot_ms = at // 1000
        messages = [
            link.global_position_int_encode(
                boot_ms, round(float(place["lat"][row]) * 1e7), round((float(place["lon"][row]) + aside_deg) * 1e7),
                round(float(place["alt"][row]) * 1000), round(float(place["alt"][row] - ground) * 1000), 0, 0, 0, 65535,
            ),
            link.attitude_encode(boot_ms, 0.0, 0.0, float(attitude["q[3]"][turn]), 0.0, 0.0, 0.0),
        ]  # fmt: skip
        if number % 4 == 0:
            messages.append(link.heartbeat_encode(mavlink.MAV_TYPE_QUADROTOR, mavlink.MAV_AUTOPILOT_PX4, 129, 0, 4, 3))
        for message in messages:
            written.write(struct.pack(">Q", start_us + at - first))
            link.send(message)
    return written.getvalue()


def ingested(folder: Path, *files: tuple[str, bytes]) -> list[Flight]:
    with Archive.open(folder, create=True) as archive:
        for name, content in files:
            archive.receive(WHO, name, [content])
        return list(archive.flights(WHO, FlightQuery()).flights)


def test_the_log_reads_fully(log: Path):
    reading = read(log)
    assert reading.account.skipped == 0, reading.problems
    assert reading.problems == ()


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("off_s", [0.0, 41.0])
def test_the_autopilots_log_and_telemetry_of_it_are_one_flight(
    log: Path, start_us: int, tmp_path: Path, off_s: float, reverse: bool
):
    """In either order, and also where the ground station's clock is wrong by most of a minute."""
    files = [(LOG, log.read_bytes()), ("station.tlog", telemetry(log, start_us + int(off_s * 1e6)))]
    (flight,) = ingested(tmp_path / "archive", *(reversed(files) if reverse else files))
    assert {s.format for s in flight.sources} == {"px4-ulog", "mavlink-tlog"}
    assert flight.summary.time_basis.is_utc
    assert all(s.why for s in flight.sources)
    moved = [s.clock_offset_s for s in flight.sources if s.clock_offset_s]
    if off_s:
        assert [abs(m) for m in moved] == [pytest.approx(off_s, abs=1.0)]


def test_telemetry_of_another_flight_beside_it_at_the_time_is_not_merged(log: Path, start_us: int, tmp_path: Path):
    aside = telemetry(log, start_us, aside_deg=0.01)
    found = ingested(tmp_path / "archive", (LOG, log.read_bytes()), ("other.tlog", aside))
    assert [len(f.sources) for f in found] == [1, 1]


def test_the_stream_without_any_time_is_one_flight_with_the_log(log: Path, start_us: int, tmp_path: Path):
    """A .raw file has neither UTC nor the station's clock: only the path tells."""
    stamped = telemetry(log, start_us)
    raw = bytearray()
    at = 0
    while at < len(stamped):
        length = 12 + stamped[at + 9] + (13 if stamped[at + 10] & 1 else 0)
        raw += stamped[at + 8 : at + 8 + length]
        at += 8 + length
    (flight,) = ingested(tmp_path / "archive", (LOG, log.read_bytes()), ("stream.raw", bytes(raw)))
    assert {s.format for s in flight.sources} == {"px4-ulog", "mavlink-raw"}
    assert TimeBasis(flight.summary.time_basis).is_utc
