"""The API of the logbook, of people and of the fleet over a real archive: it says what the verbs say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from groundside.archive.archive import Archive
from groundside.archive.logbook import LogbookQuery
from groundside.model.caller import Caller
from groundside.see import logbook_schema as schema
from groundside.see.web.app import PREFIX, create_app
from groundside.see.web.session import new_token
from tests.simulated import craft_files

HOST = "127.0.0.1:8321"
TOKEN = new_token()
TESTER = Caller("tester", "test")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("web") / "archive", create=True) as it:
        for name, content in craft_files():
            it.receive(TESTER, name, [content])
        yield it


@pytest.fixture(scope="module")
def api(archive: Archive) -> Iterator[TestClient]:
    app = create_app(archive, TOKEN, frozenset({HOST}), None, 1 << 30)
    headers = {"authorization": f"Bearer {TOKEN}", "x-groundside": "1"}
    with TestClient(app, base_url=f"http://{HOST}{PREFIX}", headers=headers) as client:
        yield client


@pytest.fixture(scope="module")
def flights(archive: Archive) -> list[str]:
    return [entry.line.flight.id for entry in archive.logbook(TESTER, LogbookQuery()).entries]


@pytest.fixture(scope="module")
def ann(api: TestClient) -> dict[str, object]:
    held = {"kind": "medical", "obtained": "2026-01-10", "expires": "2027-01-31", "number": "M1"}
    return api.post("/people", json={"name": "Ann", "zone": "Europe/Zurich", "add": [held]}).json()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/logbook", schema.LogbookShape),
        ("/logbook?by=light&from=2026-01-01&to=2026-12-31", schema.LogbookShape),
        ("/logbook?pilot=Ann", schema.LogbookShape),
        ("/logbook/overview", schema.OverviewShape),
        ("/people", schema.PeopleShape),
        ("/currency?within=400", schema.CurrencyShape),
        ("/fleet", schema.FleetShape),
        ("/fleet?look=false", schema.FleetShape),
        ("/assign/changes", schema.AssignChangesShape),
        ("/flights/{flight}/assignments", schema.AssignmentsShape),
        ("/flights/{flight}/happened", schema.HappenedShape),
    ],
)
@pytest.mark.usefixtures("ann")
def test_every_answer_has_the_shape_that_the_document_promises(
    api: TestClient, flights: list[str], path: str, kind: type
) -> None:
    said = api.get(path.format(flight=flights[0])).json()
    assert TypeAdapter(kind).validate_python(said, strict=True) == said


@pytest.mark.usefixtures("ann")
def test_flights_are_assigned_at_once_and_taken_back(api: TestClient, archive: Archive, flights: list[str]) -> None:
    done = api.post("/assign", json={"flights": flights, "fields": {"pic": "Ann", "purpose": "survey"}}).json()
    assert TypeAdapter(schema.AssignDoneShape).validate_python(done, strict=True) == done
    assert done["flights"] == len(flights) == len(archive.logbook(TESTER, LogbookQuery(pilot="Ann")).entries)
    assert {each["field"] for each in api.get(f"/flights/{flights[0]}/assignments").json()["assignments"]} == {
        "pic",
        "purpose",
    }
    assert "Ann" in api.get("/logbook.csv", params={"pilot": "Ann"}).text
    assert api.post("/assign/undo", json={"change": done["id"]}).json()["left"] == 0
    assert archive.logbook(TESTER, LogbookQuery(pilot="Ann")).entries == ()


def test_a_person_is_changed_and_what_they_hold_is_in_the_calendar(api: TestClient, ann: dict[str, object]) -> None:
    changed = api.post(f"/people/{ann['id']}", json={"zone": "UTC"}).json()
    assert TypeAdapter(schema.PersonShape).validate_python(changed, strict=True) == {**ann, "zone": "UTC"}
    assert "DTSTART;VALUE=DATE:20270131" in api.get("/currency.ics").text


@pytest.mark.usefixtures("ann")
def test_a_month_is_signed_and_a_month_that_is_none_is_refused(api: TestClient, flights: list[str]) -> None:
    api.post("/assign", json={"flights": flights, "fields": {"pic": "Ann"}})
    signed = api.post("/logbook/sign", json={"pilot": "Ann", "month": "2026-05"}).json()
    assert signed["month"] == "2026-05"
    (state,) = api.get("/logbook", params={"pilot": "Ann"}).json()["signed"]
    assert (state["sha256"], state["changed"]) == (signed["sha256"], [])
    assert api.post("/logbook/sign", json={"pilot": "Ann", "month": "2026-13"}).status_code == 400


def test_an_aircraft_is_grounded_and_released(api: TestClient) -> None:
    name = api.get("/fleet?look=false").json()["aircraft"][0]["name"]
    api.post("/fleet/ground", json={"aircraft": name, "why": "cracked arm"})
    assert [each["aircraft"] for each in api.get("/fleet?look=false").json()["grounded"]] == [name]
    api.post("/fleet/release", json={"aircraft": name})
    assert api.get("/fleet?look=false").json()["grounded"] == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/assign", {"flights": ["x"], "fields": {"pic": "Ann"}}, 400),
        ("/assign", {"flights": ["0" * 32], "fields": {"purpose": "a"}}, 404),
        ("/assign", {"flights": ["0" * 32], "fields": {"colour": "red"}}, 400),
        ("/people", {"zone": "UTC"}, 400),
        ("/people", {"name": "Bob", "zone": "Nowhere/At-all"}, 400),
        ("/people/zzzzzz", {"name": "Bob"}, 404),
        ("/fleet/ground", {"aircraft": "none such", "why": "a"}, 404),
        ("/logbook/sign", {"pilot": "nobody", "month": "2026-05"}, 404),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    api: TestClient, path: str, body: dict[str, object], status: int
) -> None:
    answer = api.post(path, json=body)
    assert answer.status_code == status
    assert answer.json()["error"]["what"]


@pytest.mark.parametrize(
    "path", ["/logbook?from=yesterday", "/logbook?by=colour", "/currency?on=x", "/currency?within=-1"]
)
def test_a_question_that_makes_no_sense_is_refused(api: TestClient, path: str) -> None:
    assert api.get(path).status_code == 400


def test_the_overview_is_the_logbook_without_its_lines(api: TestClient) -> None:
    whole, brief = api.get("/logbook").json(), api.get("/logbook/overview").json()
    assert {name: brief[name] for name in ("flown", "simulated", "carried")} == {
        name: whole[name] for name in ("flown", "simulated", "carried")
    }
    assert brief["count"] == len(whole["flights"])
    assert brief["left_out_count"] == len(whole["left_out"])
    assert brief["without_pilot"] == sum(1 for each in whole["flights"] if not each["said"].get("pic"))
    newest = sorted((each["date"], each["takeoff"] or "") for each in whole["flights"] if each["date"])[::-1][:6]
    assert [(each["date"], each["takeoff"] or "") for each in brief["flights"]] == newest
    assert brief["place_count"] >= len(brief["places"]) > 0
    assert sum(each["flights"] for each in brief["places"]) <= brief["count"]


def test_a_change_of_assignments_answers_names_not_ids(api: TestClient, flights: list[str]) -> None:
    done = api.post("/assign", json={"flights": flights[:1], "fields": {"pic": "Ann", "purpose": "naming"}}).json()
    assert "pic=Ann" in done["said"]
    undone = api.post("/assign/undo", json={"change": done["id"]}).json()
    assert done["flights"] == undone["flights"] == 1
