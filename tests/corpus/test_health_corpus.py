"""Batteries of real flights: no number without its evidence, and where there is none, why."""

from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from groundside.decode.format import HEAD_BYTES, Options
from groundside.decode.known import recognise
from groundside.model.health import BatteryFlight, Estimate, NotEnough
from groundside.produce.health.battery import battery_flight, battery_key
from groundside.produce.health.history import battery_health
from groundside.produce.health.series import PercentBasis, percent_basis, series_of, slots_of

pytestmark = pytest.mark.corpus
FOLDERS = ("bin", "ulog", "sitl", "tlog", "dji_txt", "dji_csv")
LONG = "dji-flight-record-review__Sep-5th-2021-07-48PM-Flight-Airdata.csv"
SAME_KIND = (
    "dji-flight-log__Oct-1st-2023-04-31PM",
    "dji-flight-log__Oct-1st-2023-04-42PM",
    "dji-flight-log__Oct-1st-2023-05-01PM",
)
SIMULATED_POWER = ("autonomous-soaring", "uav-sysid", "px4_sih")


@cache
def told(folder: Path) -> dict[str, list[tuple[PercentBasis, BatteryFlight]]]:
    """Sum up every battery of every file in a folder."""
    found: dict[str, list[tuple[PercentBasis, BatteryFlight]]] = {}
    for path in sorted(folder.iterdir()):
        data = memoryview(path.read_bytes())
        kind = recognise(bytes(data[:HEAD_BYTES]))
        decoded = kind.decode(data, Options()) if kind else None
        track = kind.track(decoded) if kind and decoded else None
        if kind is None or decoded is None or track is None:
            continue
        basis, rows = percent_basis(kind.name), decoded.tables.get("rows")
        for slot in slots_of(track):
            series = series_of(track, slot, basis, cells_v=cells(rows) if slot == 1 else None)
            key = battery_key("", path.name, slot)
            found.setdefault(path.name, []).append((basis, battery_flight(key, path.name, series, None, None)))
    return found


def cells(rows) -> np.ndarray | None:
    names = [n for n in rows.column_names if n.startswith("voltage_cell")] if rows is not None else []
    each = [rows[n].to_numpy().astype(np.float64) for n in names]
    known = [values for values in each if np.nan_to_num(values).any()]
    return np.stack(known) if known else None


def findings(flight: BatteryFlight):
    return flight.resistance, flight.capacity, flight.drawn_ah, flight.spread_load, flight.spread_rest


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_number_has_its_evidence_and_every_other_a_reason(corpus: Path, folder: str):
    flights = [flight for each in told(corpus / "flights" / folder).values() for _, flight in each]
    assert flights
    for finding in (f for flight in flights for f in findings(flight)):
        if isinstance(finding, Estimate):
            assert 0 <= finding.low <= finding.value <= finding.high
            assert finding.evidence
            assert finding.count > 0
        else:
            assert finding.why


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_capacity_is_told_only_where_the_battery_itself_gauges(corpus: Path, folder: str):
    for each in told(corpus / "flights" / folder).values():
        for basis, flight in each:
            if basis is not PercentBasis.GAUGE:
                assert isinstance(flight.capacity, NotEnough)


@pytest.mark.parametrize("folder", ["bin", "tlog", "sitl"])
def test_a_battery_that_is_only_simulated_tells_nothing(corpus: Path, folder: str):
    for name, each in told(corpus / "flights" / folder).items():
        if name.startswith(SIMULATED_POWER):
            for _, flight in each:
                assert all(isinstance(f, NotEnough) for f in findings(flight)), name


def test_resistances_are_those_that_packs_of_drones_have(corpus: Path):
    found = [
        flight.resistance
        for folder in FOLDERS
        for each in told(corpus / "flights" / folder).values()
        for _, flight in each
        if isinstance(flight.resistance, Estimate)
    ]
    assert len(found) >= 12
    for estimate in found:
        assert 0.01 < estimate.value < 0.1
        assert estimate.high - estimate.low > 0.1 * estimate.value


def test_three_discharges_of_one_kind_of_battery_agree_within_their_intervals(corpus: Path):
    flights = told(corpus / "flights" / "dji_csv")
    found = [each[0][1].capacity for name, each in flights.items() if name.startswith(SAME_KIND)]
    assert len(found) == 3
    for one, other in combinations(found, 2):
        assert isinstance(one, Estimate)
        assert isinstance(other, Estimate)
        assert one.low < other.high
        assert other.low < one.high


def test_a_long_discharge_tells_more_than_a_short_one(corpus: Path):
    flights = told(corpus / "flights" / "dji_csv")
    widths = {}
    for name, each in flights.items():
        capacity = each[0][1].capacity
        if isinstance(capacity, Estimate):
            widths[name] = (capacity.high - capacity.low) / capacity.value
        else:
            assert "% are needed" in capacity.why
    assert len(widths) == 4
    assert min(widths, key=widths.__getitem__) == LONG
    assert widths[LONG] < 0.1


def test_cells_are_told_where_the_file_has_them(corpus: Path):
    flights = told(corpus / "flights" / "dji_csv")
    spreads = [each[0][1].spread_load for each in flights.values()]
    known = [s for s in spreads if isinstance(s, Estimate)]
    assert known
    assert all(s.value < 0.2 for s in known)


def test_the_health_of_a_real_battery_without_a_rated_capacity_advises_nothing(corpus: Path):
    flights = told(corpus / "flights" / "dji_csv")
    health = battery_health([flights[LONG][0][1]])
    assert isinstance(health.capacity, Estimate)
    assert isinstance(health.full_cycles, NotEnough)
    assert health.advice.verdict.value == "not enough evidence"
