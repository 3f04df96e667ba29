"""Resistance and capacity of batteries of known values come out within 10 %, with noise, and say how sure they are."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from groundside.decode.format import HEAD_BYTES, Options
from groundside.decode.known import recognise
from groundside.model.health import Estimate, Finding, NotEnough, OpenCircuit
from groundside.model.recording import Battery
from groundside.produce.health.capacity import capacity
from groundside.produce.health.open_circuit import by_voltage
from groundside.produce.health.resistance import resistance
from groundside.produce.health.series import BatterySeries, PercentBasis, percent_basis, series_of, slots_of
from groundside.simulate import power
from groundside.simulate.formats import FORMATS
from groundside.simulate.power import Pack
from tests.conftest import Figure
from tests.flown import flown as flown_truth
from tests.health_batteries import HERE, QUIET, Cell, Noise, flown

WITHIN = 0.10
KINDS = (
    Cell(6, 5.9, 0.030), Cell(4, 5.0, 0.015), Cell(3, 2.25, 0.040), Cell(12, 16.0, 0.050), Cell(6, 22.0, 0.008),
)  # fmt: skip
PACK = Pack(4, 1.3, 0.04, 260.0, 1.8)


def off(finding: Finding, truth: float) -> float:
    assert isinstance(finding, Estimate), finding
    assert finding.low <= finding.value <= finding.high
    return finding.value / truth - 1.0


def width(finding: Finding) -> float:
    assert isinstance(finding, Estimate), finding
    return (finding.high - finding.low) / finding.value


@pytest.mark.parametrize("cell", KINDS)
@pytest.mark.parametrize("rate_hz", [1.0, 5.0, 10.0])
def test_resistance_and_capacity_of_a_noisy_battery_come_out_within_a_tenth(cell: Cell, rate_hz: float):
    series = flown(cell, rate_hz=rate_hz)
    assert abs(off(resistance(series), cell.resistance_ohm)) < WITHIN
    assert abs(off(capacity(series), cell.capacity_ah)) < WITHIN


def test_a_thousand_batteries_come_out_within_a_tenth_and_nearly_all_within_their_intervals(full: bool, figure: Figure):
    rng, count = np.random.default_rng(6), 1000 if full else 40
    worst = {"resistance": 0.0, "capacity": 0.0}
    held = {"resistance": 0, "capacity": 0}
    for seed in range(count):
        cell = Cell(int(rng.integers(3, 13)), float(rng.uniform(2, 22)), 0.0)
        cell = replace(cell, resistance_ohm=float(cell.cells * rng.uniform(0.01, 0.05) / cell.capacity_ah))
        series = flown(cell, seconds=float(rng.uniform(500, 1100)), rate_hz=float(rng.choice([1, 5, 10])), seed=seed)
        truths = {"resistance": cell.resistance_ohm, "capacity": cell.capacity_ah}
        for name, result in (("resistance", resistance(series)), ("capacity", capacity(series))):
            worst[name] = max(worst[name], abs(off(result, truths[name])))
            held[name] += isinstance(result, Estimate) and result.low <= truths[name] <= result.high
    figure("battery_health", {"batteries": count, "worst_error": worst, "inside_interval": held})
    assert max(worst.values()) < WITHIN
    assert min(held.values()) >= 0.93 * count


def test_the_interval_of_the_resistance_widens_when_there_are_fewer_windows():
    widths = [width(resistance(flown(seconds=s, noise=Noise(0.06, 0.5)))) for s in (1200.0, 300.0, 110.0)]
    assert widths[0] < widths[1] < widths[2]


def test_the_interval_of_the_capacity_widens_when_less_was_drawn():
    widths = [width(capacity(flown(seconds=s))) for s in (1200.0, 500.0, 230.0)]
    assert widths[0] < widths[1] < widths[2]
    assert isinstance(capacity(flown(seconds=100.0)), NotEnough)


def test_a_noisier_voltage_widens_the_interval_until_nothing_is_said():
    quiet, noisy = resistance(flown(noise=Noise(0.01, 0.1))), resistance(flown(noise=Noise(0.06, 0.1), rate_hz=1.0))
    assert width(quiet) < width(noisy)
    nothing = resistance(flown(Cell(resistance_ohm=0.004), noise=Noise(1.0, 0.1), rate_hz=1.0))
    assert isinstance(nothing, NotEnough)
    assert "explain" in nothing.why


def test_a_noisy_current_makes_the_upper_end_reach_the_truth():
    finding = resistance(flown(noise=Noise(0.0, 3.0), rate_hz=1.0))
    assert isinstance(finding, Estimate)
    assert finding.value < 0.9 * 0.03 < 0.03 <= finding.high


def test_a_steady_load_tells_no_resistance():
    steady = resistance(flown(swing=0.0, noise=Noise(0.02, 0.0)))
    assert isinstance(steady, NotEnough)
    assert isinstance(resistance(flown(swing=0.0, noise=QUIET)), NotEnough)


def test_slow_polarisation_counts_for_a_part():
    finding = resistance(flown(Cell(slow_ohm=0.02), QUIET))
    assert isinstance(finding, Estimate)
    assert 0.03 < finding.value < 0.05


def test_the_sinking_of_the_open_circuit_voltage_is_no_resistance():
    small = Cell(4, 1.2, 0.04)
    assert abs(off(resistance(flown(small, QUIET, seconds=170.0, hover_c=12.0, swing=0.2)), 0.04)) < 0.02


@pytest.mark.parametrize("basis", [PercentBasis.COUNTED, PercentBasis.UNKNOWN])
def test_a_percentage_that_an_autopilot_counted_is_no_evidence_of_capacity(basis: PercentBasis):
    finding = capacity(replace(flown(), percent_basis=basis))
    assert isinstance(finding, NotEnough)
    assert "capacity that" in finding.why


def test_a_battery_changed_on_the_way_tells_no_capacity():
    series = flown()
    swapped = np.where(series.time_s > 450.0, series.percent + 40.0, series.percent)
    finding = capacity(replace(series, percent=swapped))
    assert isinstance(finding, NotEnough)
    assert "rises by" in finding.why


def test_a_gauge_that_wavers_between_two_percentages_counts_each_step_once():
    series = flown()
    waver = np.where(np.arange(len(series.time_s)) % 7 == 0, series.percent + 1.0, series.percent)
    steady, wavering = capacity(series), capacity(replace(series, percent=waver))
    assert isinstance(steady, Estimate)
    assert isinstance(wavering, Estimate)
    assert abs(wavering.count - steady.count) <= 1
    assert wavering.value == pytest.approx(steady.value, rel=0.01)


def test_gaps_in_the_current_tell_no_capacity():
    series = flown()
    amps = np.where((series.time_s > 300.0) & (series.time_s < 400.0), np.nan, series.current_a)
    finding = capacity(replace(series, current_a=amps))
    assert isinstance(finding, NotEnough)
    assert "% of the time" in finding.why


def test_what_was_drawn_in_a_gap_is_not_taken_for_a_step_of_load():
    series = flown()
    late = series.time_s > 111.0
    kept = late | (series.time_s < 100.0)
    volts = np.where(late, series.voltage_v - 3.0, series.voltage_v)
    cut = [
        a[kept] for a in (series.time_s, volts, series.current_a, series.percent, series.temperature_c, series.working)
    ]
    finding = resistance(BatterySeries(*cut))
    assert abs(off(finding, 0.03)) < 0.05
    assert width(finding) < 2.0 * width(resistance(series))


def test_one_window_that_outweighs_all_others_is_not_enough():
    series = flown(seconds=300.0, noise=QUIET)
    early = series.time_s < 30.0
    amps = np.where(early, 1e12 * series.current_a, 1e-6 * series.current_a)
    finding = resistance(replace(series, current_a=amps, voltage_v=-0.03 * amps))
    assert isinstance(finding, NotEnough)
    assert finding.why.endswith("windows of load disagree by more than the resistance itself")


def test_what_is_not_recorded_is_said():
    nothing = np.full(len(flown().time_s), np.nan)
    assert resistance(replace(flown(), voltage_v=nothing)) == NotEnough(
        quantity="resistance_ohm", why="voltage is not recorded"
    )
    assert resistance(replace(flown(), current_a=nothing)) == NotEnough(
        quantity="resistance_ohm", why="current is not recorded"
    )
    assert capacity(replace(flown(), percent=nothing)) == NotEnough(
        quantity="capacity_ah", why="the state of charge is not recorded"
    )


@cache
def simulated(ambient_c: float = 25.0, batteries: int = 1):
    many = {"batteries": slots(batteries)} if batteries > 1 else {}
    return flown_truth(pack=PACK, ambient_c=ambient_c, autopilot="ardupilot", worn=0.2, **many)


def slots(count: int) -> tuple[Battery, ...]:
    return tuple(Battery(slot=i + 1, serial=f"SIMB010{i + 1}") for i in range(count))


@pytest.mark.parametrize("ambient_c", [25.0, 0.0, -15.0])
def test_a_simulated_battery_comes_out_within_a_tenth_of_what_the_cold_leaves_of_it(ambient_c: float):
    truth, pack, rng = simulated(ambient_c), PACK.in_air_of(ambient_c), np.random.default_rng(5)
    count = len(truth)
    series = replace(
        flown(),
        time_s=(truth.time_us - truth.time_us[0]) / 1e6,
        voltage_v=truth.battery_voltage_v[0] + rng.normal(0, 0.02, count),
        current_a=truth.battery_current_a[0] + rng.normal(0, 0.3, count),
        percent=truth.battery_percent[0],
        temperature_c=truth.battery_temperature_c[0],
        working=truth.in_air,
    )
    assert abs(off(resistance(series), pack.resistance_ohm)) < WITHIN
    assert abs(off(capacity(series), pack.capacity_ah)) < WITHIN


FILES = [
    f
    for f in FORMATS
    if f.name in {"ardupilot-dataflash", "px4-ulog", "mavlink-tlog", "dji-csv", "dji-flight-record", "airdata-csv"}
]


@pytest.mark.parametrize("kind", FILES, ids=lambda f: f.name)
def test_a_simulated_battery_comes_out_of_the_files_that_tell_of_it(kind):
    autopilot = kind.autopilots[-1] if len(kind.autopilots) < 3 else "ardupilot"
    truth = flown_truth(pack=PACK, ambient_c=25.0, autopilot=autopilot)
    data = memoryview(kind.write(truth, 1))
    decoder = recognise(bytes(data[:HEAD_BYTES]))
    assert decoder is not None
    track = decoder.track(decoder.decode(data, Options()))
    assert track is not None
    series = series_of(track, 1, percent_basis(decoder.name))
    assert abs(off(resistance(series), PACK.resistance_ohm)) < WITHIN
    told = capacity(series)
    if series.percent_basis is not PercentBasis.GAUGE:
        assert isinstance(told, NotEnough)
        curve = OpenCircuit(
            percent=tuple(100 * c for c in power._CHARGE), cell_v=power._CELL_V, error_percent=2.0, source=HERE
        )
        told = capacity(by_voltage(series, curve, PACK.cells, resistance(series)))
    assert abs(off(told, PACK.capacity_ah)) < WITHIN


def test_two_batteries_of_one_aircraft_are_told_apart():
    truth = simulated(25.0, 2)
    kind = next(f for f in FORMATS if f.name == "ardupilot-dataflash")
    data = kind.write(truth, 1)
    decoder = recognise(data[:HEAD_BYTES])
    assert decoder is not None
    track = decoder.track(decoder.decode(memoryview(data), Options()))
    assert track is not None
    assert slots_of(track) == [1, 2]
    first, second = (resistance(series_of(track, slot, PercentBasis.UNKNOWN)) for slot in (1, 2))
    assert abs(off(first, PACK.resistance_ohm)) < WITHIN
    assert abs(off(second, PACK.aged(0.2).resistance_ohm)) < WITHIN
