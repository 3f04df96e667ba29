"""What one commit leaves to the next about flights at a place is what the catalogue says of it."""

from pathlib import Path

import pytest

from groundside.archive import bringing, squares
from groundside.archive.archive import Archive
from groundside.archive.squares import Squares
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from tests.simulated import craft_files

WHO = Caller("tester", "test")


@pytest.mark.parametrize("most", [3, squares.MOST_AROUND])
def test_what_is_known_of_places_is_what_the_catalogue_says_commit_after_commit(
    most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    files = craft_files(range(27))
    for half in (0, 1):
        (tmp_path / str(half)).mkdir()
        for name, data in files[half::2]:
            (tmp_path / str(half) / name).write_bytes(data)
    checked: list[int] = []
    carried: list[int] = []
    begin, keep = Squares.__init__, Squares.keep

    def begun(self: Squares, *args: object) -> None:
        begin(self, *args)
        carried.append(len(self._found))

    def compared(self: Squares) -> None:
        for square, found in self._found.items():
            around, scope = squares._bounds(square), self._writer.caller.scope
            there = self._writer.candidates_by_place(around, scope, without_utc=square[4], most=most)
            assert found == there
            checked.append(len(found))
        keep(self)

    monkeypatch.setattr(squares, "MOST_AROUND", most)
    monkeypatch.setattr(bringing, "COMMIT_FILES", 5)
    monkeypatch.setattr(Squares, "__init__", begun)
    monkeypatch.setattr(Squares, "keep", compared)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archive.ingest(WHO, [tmp_path / "0"], workers="0")
        one, other, *_ = archive.flights(WHO, FlightQuery()).flights
        archive.merge(WHO, one.id, other.id)  # which no ingest knows of
        archive.ingest(WHO, [tmp_path / "1"], workers="0")
    assert max(checked) > 1
    assert max(carried) > 0
