"""What happened in the flights of an archive, and how its fleet stands."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.archive.assigning import Which
from groundside.archive.entering import FlightEntry
from groundside.archive.people import PersonChange
from groundside.errors import BadRequest, Conflict, NotFound
from groundside.keep.fleet_told import KIND, get_told, told_bytes
from groundside.model.assignment import Field
from groundside.model.fleet import BatteryNote, Craft
from groundside.model.happening import Limits, Phase
from groundside.model.health import Rated
from groundside.model.maintenance import Carried, Component, ComponentKind, Done, Due, Plan
from groundside.model.query import FlightQuery
from groundside.model.recording import Aircraft
from groundside.model.source import Source
from groundside.settings import Settings
from groundside.simulate.fleets import Wish, flight
from groundside.simulate.formats import named
from groundside.workers import HERE
from tests.logbooks import WHO

MAKER = Source("Manual", "", "p. 42")
HOUR_US = 3_600_000_000


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of a hard landing and a flight without fault, both by autopilots with logs; made once."""
    root = tmp_path_factory.mktemp("built")
    with Archive.open(root / "archive", Settings(workers=HERE), create=True) as it:
        for number, faults in enumerate((("hard_landing",), ())):
            truth = flight(5, number, Wish(vehicles=("multirotor",), autopilots=("ardupilot",), faults=faults))
            it.receive(WHO, f"{number}.bin", [named("ardupilot-dataflash").write(truth, number)])
    return root


@pytest.fixture
def archive(built: Path, tmp_path: Path) -> Iterator[Archive]:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    with Archive.open(tmp_path / "archive", Settings(workers=HERE)) as it:
        yield it


def flights(archive: Archive) -> list[str]:
    return [f.id for f in archive.flights(WHO, FlightQuery(descending=False)).flights]


def kept(archive: Archive) -> list[str]:
    with archive.catalogue.read() as reader:
        return [o.stored.object_id for o in reader.derived_objects(WHO.scope) if o.kind == KIND]


def test_what_happened_is_told_with_its_rows_and_kept_until_it_is_read_anew(archive: Archive):
    found = [archive.happened(WHO, each) for each in flights(archive)]
    hard = [h for each in found for h in each.happenings if h.kind == "hard_landing"]
    assert len(hard) == 1
    assert hard[0].evidence[0].end_row > hard[0].evidence[0].first_row
    assert hard[0].place is not None
    assert all({Phase.TAKEOFF, Phase.LANDING} <= {p.phase for p in each.phases} for each in found)
    objects = kept(archive)
    assert len(objects) == 2
    assert archive.happened(WHO, flights(archive)[0]) == found[0], "as kept"
    assert kept(archive) == objects
    archive.rebuild(WHO)
    assert [archive.happened(WHO, each).happenings for each in flights(archive)] == [f.happenings for f in found]
    assert len(kept(archive)) == 2
    assert not archive.verify(WHO).faults


def test_what_was_kept_reads_back_as_it_was(archive: Archive):
    for each in flights(archive):
        archive.happened(WHO, each)
    for object_id in kept(archive):
        with archive.vault.view(object_id) as data:
            assert told_bytes(get_told(archive.vault, object_id)) == bytes(data)


def test_limits_are_asked_for_and_never_kept(archive: Archive):
    one = flights(archive)[0]
    free = archive.happened(WHO, one)
    held = archive.happened(WHO, one, Limits(max_height_m=5.0))
    assert "height_limit" in {h.kind for h in held.happenings}
    assert "height_limit" not in {h.kind for h in free.happenings}
    assert archive.happened(WHO, one) == free


def test_the_draft_of_a_report_fills_in_what_is_known_and_asks_the_rest(archive: Archive):
    drafts = [archive.incident(WHO, each) for each in flights(archive)]
    assert [any(h.kind == "hard_landing" for h in d.happenings) for d in drafts].count(True) == 1
    assert all(dict(d.facts)["flight"] in flights(archive) for d in drafts)
    assert all(d.questions for d in drafts)
    assert all(dict(d.facts)["remote pilot in command"] == "not recorded" for d in drafts)
    archive.add_person(WHO, "Ann", PersonChange())
    archive.assign(WHO, Which(tuple(flights(archive))), {Field.PIC: "Ann", Field.RISK: "road nearby"})
    told = dict(archive.incident(WHO, flights(archive)[0]).facts)
    assert (told["remote pilot in command"], told["risk"]) == ("Ann", "road nearby")


def test_a_hard_landing_opens_a_task_until_somebody_did_it(archive: Archive):
    state = archive.fleet(WHO)
    [task] = [t for t in state.due if t.plan_id == "after-event"]
    assert task.due is Due.NOW
    assert "hard_landing" in task.because[0]
    archive.maintained(WHO, Done(plan_id="after-event", component_id=task.component_id, at_us=archive.now_us()))
    assert archive.fleet(WHO).due == ()


def test_hours_of_components_follow_them_from_aircraft_to_aircraft(archive: Archive):
    start = 1_700_000_000_000_000
    for number, craft in enumerate(("Kestrel", "Kestrel", "Falcon")):
        entry = FlightEntry(start_us=start + number * HOUR_US, seconds=600.0, aircraft=Aircraft(name=craft))
        archive.add_flight(WHO, entry, {})
    part = Component(id="Props", kind=ComponentKind.PROPELLER, in_service_us=start)
    archive.add_component(WHO, part, "Kestrel", Carried(component_id="", as_of_us=start, airborne_s=60.0))
    archive.move_component(WHO, "Props", "Falcon", start + HOUR_US + HOUR_US // 2)
    [row] = [c for c in archive.fleet(WHO, look=False).components if c.component.id == "Props"]
    assert (row.usage.flights, row.usage.airborne_s) == (3, 1860.0)
    assert [i.aircraft_id for i in row.installations] == ["Kestrel", "Falcon"]
    plan = Plan(
        id="Props", title="Replace", source=MAKER, kinds=(ComponentKind.PROPELLER,), every_hours=0.5, grounds=True
    )
    archive.add_plan(WHO, plan)
    state = archive.fleet(WHO, look=False)
    assert [g.aircraft_id for g in state.grounded] == ["Falcon"]
    assert next(r for r in state.aircraft if r.craft.name == "Falcon").grounded
    archive.drop_plan(WHO, "Props")
    assert archive.fleet(WHO, look=False).grounded == ()


def test_an_aircraft_is_one_whether_its_logs_state_a_serial_or_a_name(archive: Archive):
    archive.add_flight(WHO, FlightEntry(start_us=1, seconds=60.0, aircraft=Aircraft(serial="SN123456789")), {})
    archive.add_flight(WHO, FlightEntry(start_us=2, seconds=60.0, aircraft=Aircraft(name="My Kestrel")), {})
    craft = Craft(name="Kestrel", registration="N1", serials=("SN1234567890",), known_as=("my kestrel",))
    archive.register_aircraft(WHO, craft)
    [row] = [r for r in archive.fleet(WHO, look=False).aircraft if r.craft.name == "Kestrel"]
    assert (row.flights, row.registered) == (2, True)
    with pytest.raises(Conflict):
        archive.register_aircraft(WHO, Craft(name="Falcon", serials=("SN1234567890",)))


def test_what_a_battery_was_when_new_turns_charge_into_cycles(archive: Archive):
    before = archive.fleet(WHO).batteries
    assert before
    assert all(type(b.full_cycles).__name__ == "NotEnough" for b in before), "no number without its evidence"
    serial = next((b.battery.serial for b in before if b.battery.serial), "")
    archive.rate_battery(WHO, BatteryNote(serial=serial or "B1", rated=Rated(capacity_ah=5.0)))
    with pytest.raises(BadRequest):
        archive.rate_battery(WHO, BatteryNote(serial="B1", rated=Rated(capacity_ah=-1.0)))


def test_a_person_may_ground_an_aircraft_and_release_it(archive: Archive):
    archive.register_aircraft(WHO, Craft(name="Kestrel"))
    archive.ground_aircraft(WHO, "Kestrel", "cracked arm")
    assert "cracked arm" in archive.fleet(WHO, look=False).grounded[0].reasons[0]
    archive.release_aircraft(WHO, "Kestrel")
    assert archive.fleet(WHO, look=False).grounded == ()
    for call in (lambda: archive.release_aircraft(WHO, "Kestrel"), lambda: archive.ground_aircraft(WHO, "Nobody", "x")):
        with pytest.raises(NotFound):
            call()


def test_what_is_stated_wrongly_is_refused(archive: Archive):
    with pytest.raises(BadRequest):
        archive.add_plan(WHO, Plan(id="x", title="x", source=MAKER, kinds=(ComponentKind.MOTOR,)))
    with pytest.raises(BadRequest, match="no event"):
        archive.add_plan(WHO, Plan(id="x", title="x", source=MAKER, kinds=(ComponentKind.MOTOR,), on_events=("bang",)))
    with pytest.raises(NotFound):
        archive.maintained(WHO, Done(plan_id="none", component_id="x", at_us=1))
    with pytest.raises(NotFound):
        archive.move_component(WHO, "none", "Kestrel")
