"""How far cells are apart, under load and at rest."""

from dataclasses import replace

import numpy as np

from groundside.model.health import Estimate, NotEnough
from groundside.model.recording import TimeBasis
from groundside.model.table import Column
from groundside.model.track import track_of
from groundside.produce.health.cells import cell_spread
from groundside.produce.health.series import PercentBasis, drawn, series_of, slots_of
from tests.health_batteries import flown

SERIES = flown(seconds=300.0)
REST = ~SERIES.working


def with_cells(rest_v: float, load_v: float, weak: int = 2):
    """Six cells, of which one lies below the others by so much."""
    cells = np.tile(SERIES.voltage_v / 6.0, (6, 1))
    cells[weak] -= np.where(SERIES.working, load_v, rest_v)
    return replace(SERIES, cells_v=cells)


def test_the_spread_is_that_of_the_weak_cell_under_load_and_at_rest():
    spread = cell_spread(with_cells(0.01, 0.08))
    assert isinstance(spread.load, Estimate)
    assert isinstance(spread.rest, Estimate)
    assert abs(spread.load.value - 0.08) < 1e-9
    assert abs(spread.rest.value - 0.01) < 1e-9
    assert spread.load.evidence[1] == "cell 3 is the lowest in 100 % of them"


def test_a_battery_that_has_just_been_loaded_is_not_resting():
    series = with_cells(0.01, 0.08)
    still_bent = series.cells_v.copy()
    just_landed = REST & (series.time_s > 200.0) & (series.time_s < 296.5)
    still_bent[2, just_landed] -= 0.5
    spread = cell_spread(replace(series, cells_v=still_bent))
    assert isinstance(spread.rest, Estimate)
    assert spread.rest.high < 0.02


def test_motors_that_turn_on_the_ground_are_no_rest():
    series = with_cells(0.01, 0.08)
    turning = REST & (series.time_s > 200.0)
    bent = series.cells_v.copy()
    bent[2, turning] -= 0.5
    amps = np.where(turning, 8.0, series.current_a)
    spread = cell_spread(replace(series, cells_v=bent, current_a=amps))
    assert isinstance(spread.rest, Estimate)
    assert spread.rest.high < 0.02


def test_rows_in_which_a_cell_is_unknown_do_not_count():
    series = with_cells(0.01, 0.08)
    holes = series.cells_v.copy()
    holes[0, ::2] = np.nan
    holes[1, 1::4] = 0.0
    spread = cell_spread(replace(series, cells_v=holes))
    assert isinstance(spread.load, Estimate)
    assert abs(spread.load.value - 0.08) < 1e-9


def test_without_cells_or_without_rest_it_is_said():
    assert cell_spread(SERIES).load == NotEnough(
        quantity="spread_load_v", why="voltages of single cells are not recorded"
    )
    always = replace(with_cells(0.01, 0.08), working=np.ones(len(SERIES.time_s), np.bool_))
    rest = cell_spread(always).rest
    assert isinstance(rest, NotEnough)
    assert rest.why.startswith("0 samples")


def track(**columns: list[float] | list[bool]):
    known = {name: Column(np.array(values)) for name, values in columns.items()}
    return track_of({"time_us": Column(np.arange(4) * 1_000_000), **known}, TimeBasis.BOOT)


def test_each_slot_of_a_track_is_a_battery_of_its_own():
    both = track(battery_voltage_v=[12.0] * 4, battery_voltage_v_2=[11.0] * 4, in_air=[False, True, True, False])
    assert slots_of(both) == [1, 2]
    second = series_of(both, 2, PercentBasis.GAUGE, (1, 4))
    assert second.voltage_v.tolist() == [11.0] * 3
    assert second.time_s.tolist() == [0.0, 1.0, 2.0]
    assert second.working.tolist() == [True, True, False]


def test_where_flying_is_not_recorded_the_current_stands_for_it():
    series = series_of(track(battery_current_a=[0.5, 20.0, 21.0, 0.5]), 1, PercentBasis.GAUGE)
    assert series.working.tolist() == [False, True, True, False]
    assert series_of(track(battery_voltage_v=[12.0] * 4), 1, PercentBasis.GAUGE).working.all()


def test_over_a_gap_no_charge_is_counted():
    hole = replace(SERIES, current_a=np.where((SERIES.time_s > 100) & (SERIES.time_s < 120), np.nan, SERIES.current_a))
    whole, part = drawn(SERIES), drawn(hole)
    assert whole.share == 1.0
    assert abs(part.known_s - (whole.known_s - 20.0)) < 0.5
    assert np.nanmax(part.charge_ah) < np.nanmax(whole.charge_ah)


def test_cells_that_are_the_pack_divided_are_no_cells():
    spread = cell_spread(with_cells(0.0, 0.0))
    assert isinstance(spread.load, NotEnough)
    assert "not measured" in spread.load.why
    assert isinstance(spread.rest, NotEnough)
