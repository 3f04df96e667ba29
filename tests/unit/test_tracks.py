"""Tracks as Parquet objects: deterministic, complete, checked."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundside.errors import NotFound, Tampered
from groundside.keep.tracks import get_track, put_track
from groundside.keep.vault import Vault
from groundside.model.recording import TimeBasis
from groundside.model.table import Column, origin_of
from groundside.model.track import COLUMNS, Track, track_of
from tests.keep_builders import open_vault, track


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return open_vault(tmp_path)


def says_the_same(one: Track, other: Track) -> bool:
    """Whether two tracks hold the same values, unknown ones included."""
    return all(
        np.array_equal(one.floats(name), other.floats(name), equal_nan=True)
        if pa.types.is_floating(kind)
        else one.table.column(name).to_pylist() == other.table.column(name).to_pylist()
        for name, kind in COLUMNS.items()
    )


@pytest.mark.parametrize("basis", [TimeBasis.UTC_GNSS, TimeBasis.BOOT])
@pytest.mark.parametrize("rows", [0, 1, 70_000])
def test_a_track_comes_back_whole_with_its_clock_and_where_each_column_came_from(
    vault: Vault, rows: int, basis: TimeBasis
):
    given = track(rows, basis)
    again = get_track(vault, put_track(vault, given).object_id)
    assert (again.time_basis, again.time_error_s) == (given.time_basis, given.time_error_s)
    assert again.table.schema.equals(given.table.schema, check_metadata=False)
    assert says_the_same(again, given)
    for name in COLUMNS:
        assert origin_of(again.table, name) == origin_of(given.table, name)


def test_the_same_track_gives_the_same_bytes_however_it_lies_in_memory(vault: Vault):
    whole = track(1000)
    pieces = pa.concat_tables([whole.table.slice(0, 333), whole.table.slice(333)])
    kept = {put_track(vault, each).digest for each in (whole, track(1000), Track(pieces, whole.time_basis, 0.2))}
    assert len(kept) == 1
    assert put_track(vault, track(999)).digest not in kept
    assert put_track(vault, Track(whole.table, TimeBasis.UTC_DEVICE, 0.2)).digest not in kept


def test_only_the_columns_asked_for_are_read_and_the_others_are_unknown(vault: Vault):
    kept = put_track(vault, track(10))
    some = get_track(vault, kept.object_id, ["lat"])
    assert some.table.column_names == list(COLUMNS)
    assert some.time_us[0] == track(1).time_us[0]
    assert not np.isnan(some.floats("lat")).any()
    assert np.isnan(some.floats("lon")).all()
    assert some.table.column("mode").null_count == 10
    assert some.table.schema.field("mode").type == pa.string()


def test_a_column_that_no_track_has_is_a_defect_in_the_caller(vault: Vault):
    with pytest.raises(ValueError, match="wings"):
        get_track(vault, put_track(vault, track(1)).object_id, ["wings"])


def test_a_track_that_is_not_there_is_not_found(vault: Vault):
    with pytest.raises(NotFound):
        get_track(vault, "0" * 32)


def test_bytes_that_are_no_track_are_said_to_be_damaged(vault: Vault):
    whole = vault.read(put_track(vault, track(500)).object_id)
    other = pa.BufferOutputStream()
    pq.write_table(pa.table({"lon": [1.0]}), other)
    for content in (b"", b"no parquet", whole[:-10], whole[:200], other.getvalue().to_pybytes()):
        with pytest.raises(Tampered):
            get_track(vault, vault.put([content]).object_id)


def test_a_column_of_which_nothing_is_known_takes_no_room_unless_it_says_where_it_was_looked_for(vault: Vault):
    times = Column(np.arange(5), origin="GPS.TimeUS")
    nothing = np.full(5, np.nan)
    given = track_of(
        {"time_us": times, "lon": Column(nothing), "lat": Column(nothing, "deg", "GPS.Lat")}, TimeBasis.BOOT
    )
    with vault.open(put_track(vault, given).object_id) as file:
        assert pq.ParquetFile(file).schema_arrow.names == ["time_us", "lat"]


def test_ranges_of_time_and_place_are_in_the_footer_so_that_others_need_not_be_read(vault: Vault):
    with vault.open(put_track(vault, track(50)).object_id) as file:
        group = pq.ParquetFile(file).metadata.row_group(0)
        found = {c.path_in_schema: c for c in map(group.column, range(group.num_columns))}
    assert {name for name, c in found.items() if c.is_stats_set and c.statistics.has_min_max} == {
        "time_us",
        "lon",
        "lat",
    }
    assert found["time_us"].statistics.max == track(50).time_us[-1]


def test_a_bit_flipped_anywhere_in_the_columns_is_noticed_on_reading(vault: Vault):
    whole = bytearray(vault.read(put_track(vault, track(2000)).object_id))
    pages = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    rng = np.random.default_rng(5)
    unnoticed = 0
    for place in rng.integers(4, pages, 60):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << int(rng.integers(8))
        try:
            again = get_track(vault, vault.put([bytes(flipped)]).object_id)
        except Tampered:
            continue
        unnoticed += not says_the_same(again, track(2000))
    assert unnoticed == 0
