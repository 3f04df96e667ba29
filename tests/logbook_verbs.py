"""One way to call each verb of logbook and fleet that succeeds, for the test that walks all verbs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from groundside.archive.archive import Archive
from groundside.archive.assigning import Which
from groundside.archive.entering import FlightEntry
from groundside.archive.logbook import LogbookQuery
from groundside.archive.people import PersonChange
from groundside.model.assignment import AssignRule, Field
from groundside.model.caller import Caller
from groundside.model.fleet import BatteryNote, Craft
from groundside.model.health import Rated
from groundside.model.logbook import CarriedOver
from groundside.model.maintenance import Component, ComponentKind, Done, Plan
from groundside.model.pilot import Qualification
from groundside.model.source import Source
from groundside.produce.logbook.imported import Mapped

OURS = frozenset(
    {
        "add_person", "edit_person", "people", "forget_person", "assign", "undo_assign", "assignments",
        "assign_changes", "add_assign_rule", "drop_assign_rule", "assign_rules", "apply_assign_rules", "add_flight",
        "import_logbook", "carry", "drop_carried", "logbook", "sign_logbook", "currency", "add_rules", "drop_rules",
        "currency_rules", "incident", "happened", "fleet", "register_aircraft", "add_component", "move_component",
        "add_plan", "drop_plan", "maintained", "maintenance_plans", "ground_aircraft", "release_aircraft",
        "rate_battery",
    }
)  # fmt: skip
RULES = """
[[rule]]
id = "ours"
title = "Ours"
allows = "flying for us"
flown = { count = 1 }
within = { days = 30 }
"""
TEST = Qualification(id="", pilot="", kind="part-107-initial-test", obtained=date(2025, 3, 1))
BEFORE = CarriedOver(id="", pilot="", as_of=date(2020, 1, 1), total_ms=3_600_000)
PLAN = Plan(id="Oil", title="Oil it", source=Source("us", ""), kinds=(ComponentKind.MOTOR,), every_days=30)
ENTRY = FlightEntry(start_us=1_780_000_000_000_000, seconds=600.0)
CSV = "date,time,duration\n2020-05-01,10:00,0:12\n"


def prepared(archive: Archive, who: Caller, name: str, flight: str) -> dict[str, Callable[[], object]]:
    """Do what has to be there before, and give the calls."""
    if name not in OURS:
        return {}
    archive.add_person(who, "Ann", PersonChange(add=(TEST,)))
    archive.register_aircraft(who, Craft(name="Kestrel", type="quad"))
    archive.add_component(who, Component(id="Props", kind=ComponentKind.PROPELLER), "Kestrel")
    archive.add_plan(who, PLAN)
    archive.ground_aircraft(who, "Kestrel", "cracked arm")
    archive.add_rules(who, "ours.toml", RULES)
    rule = archive.add_assign_rule(who, AssignRule(id="", folder="card", fields={"site": "field"}))
    carried = archive.carry(who, "Ann", BEFORE)
    archive.assign(who, Which((flight,)), {Field.PIC: "Ann"})
    archive.add_flight(who, ENTRY, {Field.PIC: "Ann"})
    return {
        "add_person": lambda: archive.add_person(who, "Bob", PersonChange()),
        "edit_person": lambda: archive.edit_person(who, "Ann", PersonChange(zone="Europe/Zurich")),
        "people": lambda: archive.people(who),
        "forget_person": lambda: archive.forget_person(who, "Ann"),
        "assign": lambda: archive.assign(who, Which((flight,)), {Field.PURPOSE: "survey"}),
        "undo_assign": lambda: archive.undo_assign(who, "latest"),
        "assignments": lambda: archive.assignments(who, flight),
        "assign_changes": lambda: archive.assign_changes(who),
        "add_assign_rule": lambda: archive.add_assign_rule(who, AssignRule(id="", account="x", fields={"site": "s"})),
        "drop_assign_rule": lambda: archive.drop_assign_rule(who, rule.id),
        "assign_rules": lambda: archive.assign_rules(who),
        "apply_assign_rules": lambda: archive.apply_assign_rules(who),
        "add_flight": lambda: archive.add_flight(who, FlightEntry(start_us=None, day="2020-01-01", seconds=60.0), {}),
        "import_logbook": lambda: archive.import_logbook(who, CSV, Mapped(columns={}), {Field.PIC: "Ann"}),
        "carry": lambda: archive.carry(who, "Ann", CarriedOver(**{**_fields(BEFORE), "since": date(2020, 1, 1), "as_of": date(2020, 2, 1)})),
        "drop_carried": lambda: archive.drop_carried(who, carried.id),
        "logbook": lambda: archive.logbook(who, LogbookQuery(pilot="Ann")),
        "sign_logbook": lambda: archive.sign_logbook(who, "Ann", "2026-05"),
        "currency": lambda: archive.currency(who),
        "add_rules": lambda: archive.add_rules(who, "ours.toml", RULES),
        "drop_rules": lambda: archive.drop_rules(who, "ours.toml"),
        "currency_rules": lambda: archive.currency_rules(who),
        "incident": lambda: archive.incident(who, flight),
        "happened": lambda: archive.happened(who, flight),
        "fleet": lambda: archive.fleet(who),
        "register_aircraft": lambda: archive.register_aircraft(who, Craft(name="Falcon")),
        "add_component": lambda: archive.add_component(who, Component(id="Cam", kind=ComponentKind.PAYLOAD)),
        "move_component": lambda: archive.move_component(who, "Props"),
        "add_plan": lambda: archive.add_plan(who, PLAN),
        "drop_plan": lambda: archive.drop_plan(who, "Oil"),
        "maintained": lambda: archive.maintained(who, Done(plan_id="Oil", component_id="Props", at_us=1)),
        "maintenance_plans": lambda: archive.maintenance_plans(who),
        "ground_aircraft": lambda: archive.ground_aircraft(who, "Kestrel", "again"),
        "release_aircraft": lambda: archive.release_aircraft(who, "Kestrel"),
        "rate_battery": lambda: archive.rate_battery(who, BatteryNote(serial="B1", rated=Rated(capacity_ah=5.0))),
    }  # fmt: skip


def _fields(of: CarriedOver) -> dict[str, object]:
    return {name: getattr(of, name) for name in CarriedOver.__slots__}
