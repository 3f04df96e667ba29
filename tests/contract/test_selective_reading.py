"""Reading some tables, and some time, of a log: the rows are those of the whole, and no others are made."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import groundside
from groundside.decode.known import formats
from groundside.errors import BadRequest
from groundside.simulate.fleets import Wish, flight
from groundside.simulate.formats import FORMATS, named

CUT = [f for f in formats() if f.own_clock_us is not None and f.name in {w.name for w in FORMATS}]
FIRST, LAST = -(1 << 62), 1 << 62


def written(name: str) -> bytes:
    entry = named(name)
    wish = Wish(vehicles=entry.vehicles, autopilots=entry.autopilots)
    return entry.write(flight(7, 3, wish), 1)


@pytest.mark.parametrize("kind", CUT, ids=lambda f: f.name)
def test_two_stretches_that_meet_hold_every_row_once(kind):
    data = written(kind.name)
    whole = groundside.read(data)
    times = whole.track().column("time_us").to_numpy()
    middle = int(times[len(times) // 2])
    before, after = (groundside.read(data, between=b) for b in ((FIRST, middle), (middle, LAST)))
    cut = 0
    for name, table in whole.tables.items():
        parts = [rows_of(before.tables[name]), rows_of(after.tables[name])]
        if parts == [rows_of(table)] * 2:
            continue  # it has no time
        assert sorted([*parts[0], *(row for row in parts[1] if not holds_throughout(row))]) == sorted(rows_of(table))
        cut += bool(parts[0] and parts[1])
    assert cut > 0
    tracks = [before.track(), after.track()]
    assert rows_of(pa.concat_tables(tracks)) == rows_of(whole.track())
    assert tracks[0].num_rows == np.searchsorted(times, middle)


def rows_of(table: pa.Table) -> list[str]:
    """Rows as text, because what is not a number is not equal to itself."""
    return list(map(repr, table.to_pylist()))


def holds_throughout(row: str) -> bool:
    """What was set when the log began has no time, and is in every stretch of it."""
    return row.startswith("{'timestamp': None")


@pytest.mark.parametrize("kind", CUT, ids=lambda f: f.name)
def test_only_the_table_that_was_asked_for_is_made(kind):
    data = written(kind.name)
    whole = groundside.read(data)
    name = max(whole.tables, key=lambda n: whole.tables[n].num_rows)
    some = groundside.read(data, tables=[name])
    assert set(some.tables) >= {name}
    assert rows_of(some.tables[name]) == rows_of(whole.tables[name])
    assert set(some.decoded.tables._made) == {name}
    assert some.facts == whole.facts
    assert some.problems == whole.problems


def test_every_fast_format_can_be_cut_by_time():
    assert {f.name for f in CUT} >= {"ardupilot-dataflash", "px4-ulog", "mavlink-tlog"}


def test_a_name_without_an_instance_stands_for_all_of_them():
    data = written("ardupilot-dataflash")
    every = groundside.read(data).tables
    assert set(groundside.read(data, tables=["GPS"]).tables) == {n for n in every if n.split("[")[0] == "GPS"}


def test_a_table_that_is_not_there_is_refused_by_name():
    with pytest.raises(BadRequest, match="no table 'GPZ'"):
        groundside.read(written("ardupilot-dataflash"), tables=["GPZ"])


def test_a_stretch_is_asked_for_in_utc_and_needs_a_zone(tmp_path: Path):
    file = tmp_path / "a.bin"
    file.write_bytes(written("ardupilot-dataflash"))
    track = groundside.read(file).track()
    begin = datetime.fromtimestamp(track.column("time_us")[track.num_rows // 2].as_py() / 1e6, UTC)
    some = groundside.read(file, between=(begin, begin + timedelta(seconds=2))).track().column("time_us").to_numpy()
    assert 1.5e6 <= some[-1] - some[0] < 2e6
    with pytest.raises(BadRequest, match="no time zone"):
        groundside.read(file, between=(begin.replace(tzinfo=None), begin))
    with pytest.raises(BadRequest, match="nothing between"):
        groundside.read(file, between=(begin, begin))


def test_a_format_that_cannot_be_cut_says_so():
    with pytest.raises(BadRequest, match="cannot be cut by time"):
        groundside.read(written("igc"), between=(0, 1))


def test_a_large_file_is_read_through_a_memory_map(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("groundside.arrive.folder.MAPPED_FROM_BYTES", 1)
    file = tmp_path / "a.bin"
    file.write_bytes(written("ardupilot-dataflash"))
    mapped = groundside.read(file)
    monkeypatch.undo()
    plain = groundside.read(file)
    assert {n: t.num_rows for n, t in mapped.tables.items()} == {n: t.num_rows for n, t in plain.tables.items()}
    assert rows_of(mapped.track()) == rows_of(plain.track())
