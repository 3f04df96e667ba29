"""What the simulator writes as a text log is read by pymavlink, as what the binary log of the same flight says."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pymavlink.DFReader import DFReader_binary, DFReader_text

from groundside.simulate import places
from groundside.simulate.truth import Truth
from groundside.simulate.writers import dataflash, dataflash_text
from groundside.simulate.writers.dataflash_text import Conversion
from tests.surveyed import LOST, TIP, WARNING, flown


def lines(data: bytes) -> list[str]:
    text = data.decode("ascii")
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    return text.split("\r\n")[:-1]


def read(data: bytes, folder: Path) -> dict[str, list]:
    path = folder / ("log.log" if data.startswith(b"FMT") else "log.bin")
    path.write_bytes(data)
    reader = (DFReader_text if data.startswith(b"FMT") else DFReader_binary)(str(path))
    found: dict[str, list] = {}
    while (message := reader.recv_msg()) is not None:
        found.setdefault(message.get_type(), []).append(message)
    reader.filehandle.close()
    reader.data_map.close()
    return found


def column(messages: list, name: str) -> np.ndarray:
    return np.array([getattr(m, name) for m in messages])


@pytest.mark.parametrize("field", [places.SALT_FLAT, places.PLAIN])
@pytest.mark.parametrize("options", [Conversion("4.5"), Conversion("4.7"), Conversion(delimiter=",")])
def test_pymavlink_reads_the_values_and_times_of_the_truth(field, options, tmp_path):
    truth = flown(field)
    found = read(dataflash_text.write(truth, 0, options), tmp_path)
    fixed = truth.has_fix
    for name, values, error in (
        ("Lng", truth.lon, 1e-7),
        ("Lat", truth.lat, 1e-7),
        ("RelHomeAlt", truth.height_m, 1e-4),
    ):
        assert np.abs(column(found["POS"], name) - values[fixed]).max() <= error
    assert np.abs(column(found["POS"], "_timestamp") - truth.time_us[fixed] / 1e6).max() < 1e-3
    assert np.abs(column(found["ATT"], "Roll") - truth.roll_deg).max() < 0.006
    assert np.abs(column(found["CTUN"], "Alt") - truth.height_m).max() < 1e-4
    assert np.abs(column(found["CTUN"], "CRt") + 100.0 * truth.vd_mps).max() <= 0.5
    for battery in (0, 1):
        volts = [m.Volt for m in found["BAT"] if m.Inst == battery]
        assert np.abs(np.array(volts) - truth.battery_voltage_v[battery][::5]).max() < 1e-5


@pytest.mark.parametrize("generation", ["4.5", "4.7", "3.1"])
def test_it_says_what_the_binary_log_says_to_seven_digits_and_nothing_less(generation, tmp_path):
    truth = flown(loses_fix=True)
    options = Conversion(generation, mode_names=False, left_out=frozenset())
    text = read(dataflash_text.write(truth, 0, options), tmp_path)
    binary = read(dataflash.write(truth, dataflash.Recorder(generation)), tmp_path)
    assert set(text) - {"CTUN"} == set(binary) - {"CTUN"}
    for name in set(binary) - {"FMT"}:
        # Mission Planner loses what has an empty text.
        said = [m for m in binary[name] if name != "UNIT" or m.Label]
        assert len(text[name]) == len(said)
        for label in said[0].get_fieldnames():
            ours, theirs = column(text[name], label), column(said, label)
            if theirs.dtype.kind in "US" or label == "Mode":
                # pymavlink parts a text at its commas, and keeps what stands before the first.
                assert [str(x) for x in ours] == [str(x).split(", ")[0] for x in theirs]
            else:
                np.testing.assert_allclose(ours.astype(float), theirs.astype(float), rtol=6e-7, atol=1e-12)


def test_each_line_has_as_many_values_as_its_format_and_formats_come_first():
    known: dict[str, tuple[str, str]] = {}
    said = lines(dataflash_text.write(flown()))
    assert said[0] == "FMT, 128, 89, FMT, BBnNZ, Type,Length,Name,Format,Columns"
    for line in said:
        assert not line.endswith(" ")
        name, *values = line.split(", ")
        if name == "FMT":
            known[values[2]] = values[3], values[4]
        chars, labels = known[name]
        assert len(values) == len(chars) == len(labels.split(","))
        for char, value in zip(chars, values, strict=True):
            if char not in "nNZM":
                assert re.fullmatch(r"-?\d+(\.\d+)?(E-\d+)?", value), line


def test_messages_are_in_the_order_of_the_clock():
    clock = [
        int(line.split(", ")[1])
        for line in lines(dataflash_text.write(flown()))
        if re.match(r"[A-Z0-9]+, \d{8,}", line)
    ]
    assert clock == sorted(clock) and len(clock) > 5000


def test_modes_have_the_names_of_the_vehicle_or_their_numbers():
    truth = flown()
    wing = replace(truth, aircraft=replace(truth.aircraft, kind="plane"))
    said = [[x.split(", ")[2] for x in lines(dataflash_text.write(t)) if x.startswith("MODE")] for t in (truth, wing)]
    assert {"Auto", "RTL", "Land"} <= set(said[0]) and {"Manual", "TAKEOFF", "Auto", "RTL"} <= set(said[1])
    plain = lines(dataflash_text.write(truth, 0, Conversion(mode_names=False)))
    assert all(x.split(", ")[2] == x.split(", ")[3] for x in plain if x.startswith("MODE"))


def test_faults_are_errors_and_messages_are_said_when_they_came(tmp_path):
    truth = flown(loses_fix=True)
    found = read(dataflash_text.write(truth), tmp_path)
    said, before_comma = {m.Message: m._timestamp for m in found["MSG"]}, WARNING.split(", ")[0]
    assert "SIMULATED by Groundside" in said
    assert said[TIP] - said[before_comma] == pytest.approx(2.0, abs=0.11)
    assert said[before_comma] == pytest.approx(truth.time_us[LOST][0] / 1e6, abs=1e-3)
    assert [x for x in lines(dataflash_text.write(truth)) if x.endswith(f", {WARNING}")]
    assert (found["ERR"][0].Subsys, found["ERR"][0].ECode) == (11, 2)
    lost = {m._timestamp for m in found["GPS"] if m.Status < 3 and m._timestamp > truth.time_us[100] / 1e6}
    assert min(lost) == pytest.approx(truth.time_us[LOST][0] / 1e6, abs=0.11) and max(lost) - min(
        lost
    ) == pytest.approx(6.0)


def test_what_is_left_out_is_still_defined():
    truth: Truth = flown()
    some = lines(dataflash_text.write(truth))
    every = lines(dataflash_text.write(truth, 0, Conversion(left_out=frozenset())))
    names = {line.split(", ")[0] for line in every}
    assert names - {line.split(", ")[0] for line in some} == {"XKF1", "MNT"}
    assert [x for x in some if x.startswith("FMT")] == [x for x in every if x.startswith("FMT")]


def test_the_same_truth_gives_the_same_bytes():
    assert dataflash_text.write(flown(), 1) == dataflash_text.write(flown(), 2)
