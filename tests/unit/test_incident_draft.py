"""The draft of an incident report states what was recorded, says what was not, and asks what no log can tell."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundside.model.digest import Digest
from groundside.model.flight import Cut, Flight, FlightSource
from groundside.model.happening import NOT_RECORDED, Severity
from groundside.model.recording import Aircraft, TimeBasis
from groundside.produce.flight.phases import phases_of
from groundside.produce.happenings.finding import happenings
from groundside.produce.happenings.incident import QUESTIONS, incident_draft
from tests.builders import FIELD, START_US
from tests.unit.test_happenings import at, hop, log


def flight(**changes: Any) -> Flight:
    cut = Cut(
        ordinal=0, first_row=0, end_row=10, time_basis=changes.pop("basis", TimeBasis.UTC_GNSS), time_error_s=0.1,
        recording_start_us=START_US, recording_s=136.0, **changes,
    )  # fmt: skip
    source = FlightSource(file="A.BIN", format="ardupilot-dataflash", sha256=Digest("0" * 64), recording_id="r")
    return Flight(id="f1", case="", sources=(source,), summary=cut)


def test_what_was_recorded_is_filled_in_at_the_gravest_moment():
    of = hop(mode=["Auto"] * 400 + ["RTL"] * 960, battery_percent=np.linspace(90, 20, 1360), battery_voltage_v=15.2)
    said = log([(50, "battery_critical", "Battery 1")], [(49, 6, "Reached command #3"), (50, 2, "Critical battery")])
    found = happenings(of, said)
    draft = incident_draft(
        flight(takeoff_us=at(10), home=FIELD, aircraft=Aircraft(name="Quad", serial="S1")),
        of,
        said,
        found,
        phases_of(of),
    )
    facts = dict(draft.facts)
    assert facts["moment"] == "2023-11-14 22:14:10 UTC"
    assert facts["take-off"] == "2023-11-14 22:13:30 UTC"
    assert facts["last mode"] == "RTL"
    assert facts["battery 1 charge"] == "64.2 %"
    assert facts["battery 1 voltage"] == "15.2 V"
    assert facts["height above take-off"] == "40.0 m"
    assert facts["aircraft serial number"] == "S1"
    assert facts["position"].startswith("45.512340, -98.51234")
    assert draft.why == "The battery was critically low: Battery 1."
    assert [text for _, _, text in draft.messages] == ["Reached command #3", "Critical battery"]
    assert draft.phases == phases_of(of)


def test_what_was_not_recorded_is_said_to_be_so():
    draft = incident_draft(flight(basis=TimeBasis.BOOT), None, None, ())
    facts = dict(draft.facts)
    for name in (
        "moment",
        "position",
        "last mode",
        "battery 1 charge",
        "battery 2 voltage",
        "landing",
        "aircraft",
        "place",
    ):
        assert facts[name] == NOT_RECORDED
    assert all(facts.values())
    assert draft.happenings == ()
    assert "Nothing graver" in draft.why


def test_what_part_107_asks_is_asked_and_never_answered():
    asked = " ".join(question.asks for question in QUESTIONS)
    for words in ("seriously injured", "lose consciousness", "property damaged", "$500", "10 calendar days"):
        assert words in asked
    assert {question.source.title[:12] for question in QUESTIONS} == {"14 CFR 107.9"}
    assert incident_draft(flight(), None, None, ()).questions == QUESTIONS


def test_only_warnings_and_graver_are_listed():
    found = happenings(hop(), log([(5, "armed", ""), (50, "battery_low", "")]))
    draft = incident_draft(flight(), hop(), None, found)
    assert [one.kind for one in draft.happenings] == ["battery_low"]
    assert all(one.severity >= Severity.WARNING for one in draft.happenings)
