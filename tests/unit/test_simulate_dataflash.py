"""What the simulator writes as DataFlash is DataFlash: walked by hand here, and read by pymavlink."""

import struct
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from pymavlink.DFReader import DFReader_binary

from groundside.model.recording import Aircraft, Battery
from groundside.simulate import places
from groundside.simulate.missions import Area
from groundside.simulate.scenario import Scenario, simulate
from groundside.simulate.truth import Truth
from groundside.simulate.writers import dataflash

SIZES = {1: "bBM", 2: "hHcC", 4: "iIeELfn", 8: "dqQ", 16: "N", 64: "Za"}
STORAGE = {char: size for size, chars in SIZES.items() for char in chars}
TWO = (Battery(slot=1, serial="SIMB0101"), Battery(slot=2, serial="SIMB0102"))


@cache
def flown(sorties: int = 1) -> Truth:
    area = Area(width_m=90.0, depth_m=50.0)
    return simulate(
        Scenario(
            name="t", field=places.SALT_FLAT, mission="survey", area=area, start_us=1_780_000_000_123_000,
            aircraft=Aircraft(name="SIMULATED Quad 3", serial="SIM0003"), batteries=TWO, sorties=sorties, fix_after_s=4.0,
        ),
        3,
    )  # fmt: skip


def walk(data: bytes):
    """Each record as (name, offset, format, labels, payload), by the chain alone; fails where the chain breaks."""
    formats = {128: ("FMT", 89, "BBnNZ", "Type,Length,Name,Format,Columns")}
    at = 0
    while at < len(data):
        assert data[at : at + 2] == b"\xa3\x95", f"the chain breaks at {at}"
        name, length, chars, labels = formats[data[at + 2]]
        payload = data[at + 3 : at + length]
        assert len(payload) == length - 3 == sum(STORAGE[c] for c in chars)
        if name == "FMT":
            number, size, *texts = struct.unpack("<BB4s16s64s", payload)
            formats[number] = (
                texts[0].rstrip(b"\0").decode(),
                size,
                *(t.rstrip(b"\0").decode() for t in texts[1:]),
            )
        yield name, at, chars, labels, payload
        at += length
    assert at == len(data)


def read(data: bytes, folder: Path, wanted: set[str]) -> dict[str, list]:
    path = folder / "log.bin"
    path.write_bytes(data)
    reader, found = DFReader_binary(str(path)), {name: [] for name in wanted}
    while (message := reader.recv_match(type=list(wanted))) is not None:
        found[message.get_type()].append(message)
    reader.filehandle.close()
    reader.data_map.close()
    return found


@pytest.mark.parametrize("generation", ["4.5", "4.7", "3.1"])
def test_every_byte_is_on_the_chain_and_every_type_is_defined_before_it_comes(generation):
    data = dataflash.write(flown(), dataflash.Recorder(generation))
    counts = Counter(name for name, *_ in walk(data))
    assert counts["ATT"] == len(flown())
    assert counts["GPS"] == -(-len(flown()) // 2) * (1 if generation == "3.1" else 2)
    assert counts["MODE"] >= 4 and counts["EV"] >= 4


@pytest.mark.parametrize("generation", ["4.5", "4.7"])
def test_every_unit_and_multiplier_named_is_defined(generation):
    known, used = {"UNIT": set(), "MULT": set()}, {"UNIT": set(), "MULT": set()}
    lengths = {}
    for name, _, _, labels, payload in walk(dataflash.write(flown(), dataflash.Recorder(generation))):
        if name in known:
            known[name].add(chr(payload[8]))
        if name == "FMT":
            lengths[payload[0]] = labels_of(payload)
        if name == "FMTU":
            units, multipliers = (payload[9 + 16 * i : 25 + 16 * i].rstrip(b"\0").decode() for i in (0, 1))
            assert len(units) == len(multipliers) == lengths[payload[8]]
            used["UNIT"] |= set(units)
            used["MULT"] |= set(multipliers)
        assert labels
    assert used["UNIT"] <= known["UNIT"] and used["MULT"] <= known["MULT"]


def labels_of(payload: bytes) -> int:
    return payload[22:].rstrip(b"\0").count(b",") + 1


def test_a_format_may_come_after_other_data():
    order = [(n, p) for n, _, _, _, p in walk(dataflash.write(flown()))]
    late = next(i for i, (n, p) in enumerate(order) if n == "FMT" and p[2:6] == b"RSSI")
    assert "MSG" in {n for n, _ in order[:late]}


@pytest.mark.parametrize("generation", ["4.5", "4.7"])
def test_pymavlink_reads_the_positions_and_the_times_of_the_truth(generation, tmp_path):
    truth = flown()
    found = read(dataflash.write(truth, dataflash.Recorder(generation)), tmp_path, {"POS", "ATT", "GPS", "BAT"})
    fixed = truth.has_fix
    lon, lat, height, seconds = (
        np.array([getattr(m, k) for m in found["POS"]]) for k in ("Lng", "Lat", "RelHomeAlt", "_timestamp")
    )
    assert np.abs(lon - truth.lon[fixed]).max() <= 1e-7
    assert np.abs(lat - truth.lat[fixed]).max() <= 1e-7
    assert np.abs(height - truth.height_m[fixed]).max() < 1e-4
    assert np.abs(seconds - truth.time_us[fixed] / 1e6).max() < 1e-3
    assert np.abs(np.array([m.Roll for m in found["ATT"]]) - truth.roll_deg).max() < 0.006
    assert np.abs(np.array([m.Yaw for m in found["ATT"]]) - truth.yaw_deg).max() < 0.006
    for battery in (0, 1):
        volts = np.array([m.Volt for m in found["BAT"] if m.Inst == battery])
        assert np.abs(volts - truth.battery_voltage_v[battery][::5]).max() < 1e-4


def test_satellite_time_is_eighteen_seconds_ahead_of_utc(tmp_path):
    truth = flown()
    gps = [m for m in read(dataflash.write(truth), tmp_path, {"GPS"})["GPS"] if m.I == 0 and m.Status >= 3]
    epoch = 315_964_800
    utc = np.array([epoch + m.GWk * 604_800 + m.GMS / 1000.0 - 18.0 for m in gps])
    assert np.abs(utc - truth.time_us[::2][truth.has_fix[::2]] / 1e6).max() < 1e-3


def test_it_says_that_it_is_simulated_and_what_it_is(tmp_path):
    said = [m.Message for m in read(dataflash.write(flown()), tmp_path, {"MSG"})["MSG"]]
    assert said[0].startswith("ArduCopter V4.5") and "SIMULATED by Groundside" in said


def test_arming_take_off_and_landing_are_told_when_they_happen(tmp_path):
    truth, recorder = flown(2), dataflash.Recorder()
    events = read(dataflash.write(truth, recorder), tmp_path, {"EV", "ARM"})
    when = {e: [m.TimeUS - recorder.boot_us + truth.start_us for m in events["EV"] if m.Id == e] for e in (18, 28)}
    assert when[28] == [s.takeoff_us for s in truth.sorties]
    assert when[18] == [s.landing_us + 100_000 for s in truth.sorties]
    assert [m.ArmState for m in events["ARM"]] == [1, 0, 1, 0]


def test_the_old_clock_counts_milliseconds_and_wraps(tmp_path):
    before_wrap_ms = (1 << 32) - 20_000
    data = dataflash.write(flown(), dataflash.Recorder("3.1", boot_us=before_wrap_ms * 1000))
    clock = np.array([struct.unpack_from("<I", p)[0] for n, *_, p in walk(data) if n == "ATT"], dtype=np.int64)
    steps = np.mod(np.diff(clock), 1 << 32)
    assert clock[0] == before_wrap_ms and clock[-1] < 1_000_000
    assert set(steps.tolist()) == {100}
    assert not {n for n, *_ in walk(data)} & {"FMTU", "UNIT", "MULT", "ARM"}


def test_without_a_fix_there_is_no_position_and_no_satellite_time(tmp_path):
    first = read(dataflash.write(flown()), tmp_path, {"GPS"})["GPS"][0]
    assert (first.Status, first.GWk, first.Lat, first.Lng) == (1, 0, 0.0, 0.0)


def test_the_same_truth_gives_the_same_bytes():
    assert dataflash.write(flown()) == dataflash.write(flown())
