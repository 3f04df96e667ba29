"""Positions that a worker sends along are those that the track's object would give."""

from pathlib import Path

import numpy as np
import pytest

from groundside.archive import compared
from groundside.archive.lately import forget_all
from groundside.keep import positions
from groundside.keep.positions import MOST_ROWS, POSITIONS, are_positions, positions_bytes, positions_in
from groundside.keep.tracks import get_track, put_track
from groundside.model.recording import TimeBasis
from groundside.model.table import Column
from groundside.model.track import Track, track_of
from tests.keep_builders import open_vault

ROWS = 40


def some_track(known: tuple[str, ...], basis: TimeBasis, error_s: float | None, rows: int = ROWS) -> Track:
    """A track of which some columns are known, each with gaps."""
    rng = np.random.default_rng(len(known))
    columns = {"time_us": Column(np.cumsum(rng.integers(0, 300_000, rows)), "us", "")}
    for name in known:
        values = rng.uniform(1.0, 60.0, rows)
        values[rng.random(rows) < 0.2] = np.nan
        columns[name] = Column(values, "", "")
    return track_of(columns, basis, error_s)


@pytest.mark.parametrize("known", [(), ("lon", "lat"), ("lon", "lat", "altitude_m", "roll_deg"), POSITIONS])
@pytest.mark.parametrize(
    ("basis", "error_s"), [(TimeBasis.UTC_GNSS, 0.0), (TimeBasis.UTC_DEVICE, 1.5), (TimeBasis.NONE, None)]
)
@pytest.mark.parametrize("rows", [0, 1, ROWS])
def test_they_come_back_as_they_would_from_the_object(
    tmp_path: Path, known: tuple[str, ...], basis: TimeBasis, error_s: float | None, rows: int
):
    track = some_track(known, basis, error_s, rows)
    sent = positions_bytes(track)
    assert sent is not None
    again, vault = positions_in(sent), open_vault(tmp_path)
    kept = get_track(vault, put_track(vault, track).object_id, POSITIONS)
    assert (again.time_basis, again.time_error_s) == (kept.time_basis, kept.time_error_s)
    assert again.table.schema.equals(kept.table.schema, check_metadata=False)
    assert np.array_equal(again.time_us, kept.time_us)
    for name in (*POSITIONS, "roll_deg"):
        assert np.array_equal(again.floats(name), kept.floats(name), equal_nan=True), name


def test_of_a_track_with_very_many_rows_none_are_sent(monkeypatch: pytest.MonkeyPatch):
    track = some_track(POSITIONS, TimeBasis.BOOT, None)
    monkeypatch.setattr(positions, "MOST_ROWS", ROWS - 1)
    assert MOST_ROWS > ROWS
    assert positions_bytes(track) is None


def test_what_a_worker_could_not_have_written_is_no_positions_and_is_not_kept():
    sent = positions_bytes(some_track(POSITIONS, TimeBasis.BOOT, None))
    assert sent is not None
    assert are_positions(sent)
    heads = (b"\xff" * 24, bytes([99]) + sent[1:], sent[:1] + b"\x10" + sent[2:], sent[:8] + b"\xff" * 8 + sent[16:])
    for bad in (b"", sent[:20], sent[:-1], sent + b"\0", *heads):
        assert not are_positions(bad)
        compared.learn("some object", bad)
        assert compared._TOLD.get("some object") is None


def test_after_an_erasure_nothing_is_kept_in_memory():
    sent = positions_bytes(some_track(POSITIONS, TimeBasis.BOOT, None))
    assert sent is not None
    compared.learn("some object", sent)
    assert compared._TOLD.get("some object") == sent
    forget_all()
    assert compared._TOLD.get("some object") is None
