"""Workers are started ahead: as many as there will be work for, and of the kind that the ingest then asks for."""

from pathlib import Path

import pytest

from groundside.archive import hiring
from groundside.archive.archive import Archive
from groundside.archive.errands import run
from groundside.archive.hiring import PARCEL_BYTES, PARCEL_FILES, hire, limits_of
from groundside.arrive.folder import Arrival
from groundside.workers import Limits
from groundside.workers.parcel import name_of


@pytest.mark.parametrize(
    ("files", "size", "named", "started"),
    [
        (0, 0, "4", 0),
        (1, 100, "4", 1),
        (PARCEL_FILES, 100, "4", 1),
        (PARCEL_FILES + 1, 100, "4", 2),
        (3, PARCEL_BYTES, "4", 3),
        (1000, 100, "4", 4),
        (1000, 100, "0", 0),
        (1000, 100, "tls://scheduler:8786", 0),
    ],
)
def test_no_more_are_started_than_will_have_anything_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int, size: int, named: str, started: int
):
    asked: list[tuple[str, Limits, int]] = []
    monkeypatch.setattr(hiring, "start", lambda *told: asked.append(told))
    with Archive.open(tmp_path, create=True) as archive:
        hire(archive, named, [Arrival(Path(str(n)), str(n), size) for n in range(files)])
        assert asked == [(name_of(run), limits_of(archive), started)]
