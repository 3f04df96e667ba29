"""Real files that look like a Litchi flight log or a DJI CSV and are none."""

import pytest

from groundside.decode.known import recognise

pytestmark = pytest.mark.corpus


def test_a_mission_planned_in_litchi_is_not_read_as_a_flight(corpus):
    files = sorted((corpus / "flights" / "litchi").iterdir())
    assert files
    for path in files:
        kind = recognise(path.read_bytes()[:65536])
        assert kind is None or kind.kind == "mission"


def test_the_new_csv_formats_take_no_file_of_another(corpus):
    for path in sorted((corpus / "flights").rglob("*")):
        if path.is_file() and path.suffix.lower() not in {".mrk"}:
            with path.open("rb") as file:
                kind = recognise(file.read(65536))
            assert kind is None or kind.name not in {"dji-csv", "litchi-csv", "ppk-mrk"}, path.name
