"""Telemetry that the simulator wrote, against what it flew: neither side knows the other's code."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from groundside.decode.format import HEAD_BYTES, Options
from groundside.decode.formats.mavlink_raw import FORMAT as RAW
from groundside.decode.formats.mavlink_tlog import FORMAT as TLOG
from groundside.decode.known import recognise
from groundside.model.recording import Aircraft, Battery, TimeBasis
from groundside.simulate import places
from groundside.simulate.missions import Area
from groundside.simulate.scenario import Scenario, simulate
from groundside.simulate.truth import Truth
from groundside.simulate.writers.mavlink_tlog import Link, write_raw, write_tlog

BATTERIES = (Battery(slot=1, serial="SIMB0101"), Battery(slot=2, serial="SIMB0102"))
LINKS = {
    "ardupilot": Link(),
    "px4": Link("px4", gimbal=True),
    "version 1": Link(protocol=1, gimbal=True, private=True),
    "signed": Link(signed=True, gimbal=True),
    "mixed": Link(protocol="mixed", gimbal=True, private=True),
    "lossy": Link(loss=0.2),
    "station ahead": Link(station_ahead_s=33.0),
    "no utc": Link(utc=False),
}


@cache
def flown() -> Truth:
    return simulate(
        Scenario(
            name="t", field=places.SALT_FLAT, mission="survey", area=Area(width_m=90.0, depth_m=50.0),
            start_us=1_780_000_000_123_000, batteries=BATTERIES,
            aircraft=Aircraft(name="SIMULATED Quad 3", serial="SIM0003", kind="multirotor"),
        ),
        3,
    )  # fmt: skip


@pytest.mark.parametrize("name", sorted(LINKS))
@pytest.mark.parametrize("clock", [True, False], ids=["tlog", "raw"])
def test_what_was_flown_is_what_is_read(name: str, clock: bool):
    link, truth = LINKS[name], flown()
    data = (write_tlog if clock else write_raw)(truth, 5, link)
    form, other = (TLOG, RAW) if clock else (RAW, TLOG)
    assert form.recognises(data[:HEAD_BYTES]) and not other.recognises(data[:HEAD_BYTES])
    assert form.begins is not None and other.begins is not None
    assert form.begins(data[:HEAD_BYTES]) and not other.begins(data[:HEAD_BYTES])
    result = form.decode(memoryview(data), Options())
    assert result.account.skipped == result.account.unknown
    assert bool(result.account.unknown) == link.private
    recording, track = form.recording(result), form.track(result)
    assert track is not None and form.log is not None
    utc = TimeBasis.UTC_GNSS if link.utc else TimeBasis.UTC_DEVICE if clock else TimeBasis.BOOT
    assert track.time_basis is recording.time_basis is form.log(result).time_basis is utc
    assert recording.aircraft.kind == "multirotor"
    assert len(recording.batteries) == 2

    shift = 0 if utc.is_utc else int(track.time_us[0] - truth.time_us[0])
    at = track.time_us - shift
    tolerance_s = (track.time_error_s or 0.5) + 0.1
    for column, told, per_second in (("lat", truth.lat, 3e-4), ("lon", truth.lon, 3e-4)):
        real = np.interp(at, truth.time_us, told)
        known = np.isfinite(track.floats(column))
        assert known.mean() > 0.8
        assert np.abs(track.floats(column) - real)[known].max() < 2e-7 + per_second * tolerance_s, column

    i = np.clip(np.searchsorted(truth.time_us, at), 0, len(truth.time_us) - 1)
    rough = 4.0 if link.loss else 1.0
    for column, most in QUANTITIES.items():
        if column.startswith("gimbal") and (not link.gimbal or link.protocol == 1):
            continue  # the message has a number that version 1 cannot send
        away = np.abs(track.floats(column) - np.atleast_2d(getattr(truth, column))[0][i])
        away = np.minimum(away, 360 - away) if column == "yaw_deg" else away
        assert np.isfinite(away).mean() > 0.9, column
        assert np.nanpercentile(away, 95) < rough * most, column
    for column in ("armed", "in_air"):
        same = np.array(track.table[column].to_pylist()) == np.asarray(getattr(truth, column))[i]
        assert same.mean() > 0.98, column
    kinds = form.log(result).events["kind"].to_pylist()
    assert [kind for kind in kinds if kind != "mode"] == ["armed", "takeoff", "landing", "disarmed"]
    texts = form.log(result).messages["text"].to_pylist()
    assert link.loss or {said.text for said in truth.messages} <= set(texts)


QUANTITIES = {
    "height_m": 0.5, "altitude_m": 0.5, "vn_mps": 0.5, "ve_mps": 0.5, "vd_mps": 0.5, "roll_deg": 2.0, "pitch_deg": 2.0,
    "yaw_deg": 5.0, "gimbal_pitch_deg": 2.0, "battery_voltage_v": 0.1,
}  # fmt: skip
"""Track column to how far it may be off, at the sample after each row."""


@pytest.mark.parametrize("clock", [True, False], ids=["tlog", "raw"])
def test_what_begins_as_such_a_file_for_certain_is_recognised_as_one_and_needs_no_other_asked(clock: bool):
    data = (write_tlog if clock else write_raw)(flown(), 5, LINKS["mixed"])[:4096]
    form = TLOG if clock else RAW
    random = np.random.default_rng(3)
    certain = 0
    for number in range(300):
        head = bytearray(data[: int(random.integers(1, len(data)))])
        for at in random.integers(0, len(head), number % 4):
            head[at] = int(random.integers(256))
        assert form.begins is not None
        if form.begins(bytes(head)):
            certain += 1
            assert form.recognises(bytes(head)) and recognise(bytes(head)) is form
    assert 100 < certain < 300


def test_a_few_frames_at_the_start_of_another_format_do_not_make_it_telemetry_for_certain():
    """A text that holds what looks like frames, but does not begin with them, is asked of every format."""
    frames = write_raw(flown(), 5, LINKS["ardupilot"])[:2000]
    for form in (TLOG, RAW):
        assert form.begins is not None
        assert not form.begins(b"<?xml version='1.0'?><gpx>" + frames)
        assert not form.begins(b"")
        assert not form.begins(frames[:30])


def test_magic_goes_before_frames_that_follow_it():
    frames = write_tlog(flown(), 5, LINKS["ardupilot"])[8:4096]
    found = recognise(b"ULog\x01\x12\x35\x01" + frames)
    assert found is not None and found.name == "px4-ulog"
