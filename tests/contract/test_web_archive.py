"""The API over a real archive: what comes in by the one end is what goes out by the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.see.web.app import PREFIX, create_app
from groundside.see.web.session import new_token
from tests.simulated import craft_files

HOST = "127.0.0.1:8321"
TOKEN = new_token()
TESTER = Caller("tester", "test")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("web") / "archive", create=True) as it:
        yield it


@pytest.fixture(scope="module")
def api(archive: Archive) -> Iterator[TestClient]:
    app = create_app(archive, TOKEN, frozenset({HOST}), None, 1 << 30)
    headers = {"authorization": f"Bearer {TOKEN}", "x-groundside": "1"}
    with TestClient(app, base_url=f"http://{HOST}{PREFIX}", headers=headers) as client:
        yield client


@pytest.fixture(scope="module")
def uploaded(api: TestClient) -> dict[str, dict[str, object]]:
    """What became of each simulated file, by its name."""
    return {name: api.post("/upload", params={"name": name}, content=data).json() for name, data in craft_files()}


def test_every_file_that_is_uploaded_is_listed_with_its_flights(
    api: TestClient, uploaded: dict[str, dict[str, object]]
) -> None:
    listed = {row["file"]: row for row in api.get("/files").json()["files"]}
    assert set(listed) == set(uploaded)
    sizes = {name: len(data) for name, data in craft_files()}
    assert {name: row["size"] for name, row in listed.items()} == sizes
    flights = {flight["id"] for flight in api.get("/flights").json()["flights"]}
    assert {flight for row in listed.values() for flight in row["flights"]} == flights != set()
    said = api.get("/about").json()["archive"]
    assert (said["files"], said["flights"]) == (len(listed), len(flights))


def test_the_same_file_again_changes_nothing(api: TestClient, uploaded: dict[str, dict[str, object]]) -> None:
    before = api.get("/flights").json()
    name, data = craft_files()[0]
    again = api.post("/upload", params={"name": name}, content=data).json()
    assert (again["duplicate"], again["flights"]) == (True, uploaded[name]["flights"])
    assert api.get("/flights").json() == before


@pytest.mark.usefixtures("uploaded")
def test_what_the_list_says_of_a_track_is_what_the_track_says(api: TestClient) -> None:
    shown = 0
    for flight in api.get("/flights").json()["flights"]:
        answer = api.get(f"/flights/{flight['id']}/track", params={"rows": 50})
        if flight["track_locked"]:
            assert answer.status_code == 409
            continue
        said = answer.json()
        assert said["rows_total"] == flight["track_rows"]
        assert said["time_basis"] == flight["time_basis"]
        assert 2 <= said["rows"] <= 50
        shown += 1
    assert shown > 1


@pytest.mark.usefixtures("uploaded")
def test_the_map_shows_the_flights_that_have_a_track(api: TestClient) -> None:
    with_track = {flight["id"] for flight in api.get("/flights").json()["flights"] if not flight["track_locked"]}
    said = api.get("/lines").json()
    assert {line["id"] for line in said["lines"]} == with_track
    assert not said["truncated"]
    for line in said["lines"]:
        assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for part in line["parts"] for lon, lat in part)


@pytest.mark.usefixtures("uploaded")
def test_a_note_is_shown_and_found_again(api: TestClient) -> None:
    flight = api.get("/flights").json()["flights"][0]["id"]
    api.post(f"/flights/{flight}/notes", json={"text": "<b>rotor</b> hummed"})
    assert [note["text"] for note in api.get(f"/flights/{flight}").json()["notes"]] == ["<b>rotor</b> hummed"]
    assert [each["id"] for each in api.get("/flights", params={"q": "rotor"}).json()["flights"]] == [flight]


@pytest.mark.usefixtures("uploaded")
def test_a_merge_is_undone_and_the_old_address_still_leads_to_the_flight(api: TestClient) -> None:
    one, other = (flight["id"] for flight in api.get("/flights").json()["flights"][:2])
    before = api.get("/flights").json()["total"]
    assert api.post(f"/flights/{one}/merge", json={"other": other}).json()["aliases"] == [other]
    assert api.get(f"/flights/{other}").json()["id"] == one
    assert api.get("/flights").json()["total"] == before - 1
    assert api.post(f"/flights/{one}/unmerge", json={"alias": other}).json()["id"] == other
    assert api.get("/flights").json()["total"] == before


@pytest.mark.usefixtures("uploaded")
def test_the_archive_says_which_event_was_the_last(api: TestClient, archive: Archive) -> None:
    events = archive.events(TESTER, 0, 100_000)
    assert api.get("/about").json()["archive"]["last_event"] == events[-1].seq > 0


def test_an_id_that_is_unknown_is_not_found(api: TestClient) -> None:
    for path in (f"/flights/{'0' * 32}", f"/flights/{'0' * 32}/track", f"/flights/{'0' * 32}/export?to=gpx"):
        assert api.get(path).status_code == 404
    assert api.post("/jobs/none/cancel").status_code == 404
    assert api.post(f"/flights/{'0' * 32}/notes", json={"text": "t"}).status_code == 404
