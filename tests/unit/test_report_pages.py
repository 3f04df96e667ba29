"""What the reports of flights, missions and prescriptions show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from groundside.archive.flight_custody import BoundFile, FlightCustody
from groundside.archive.happened import Happened
from groundside.archive.plan_checking import Conditions, Finding, Outcome
from groundside.model.digest import Digest
from groundside.model.finding import Asset, Pin
from groundside.model.finding import Finding as Found
from groundside.model.finding import Severity as FoundSeverity
from groundside.model.finding import Status as FoundStatus
from groundside.model.flight import Cut, Flight
from groundside.model.footprint import ErrorEllipse, GroundPoint
from groundside.model.happening import Evidence as Rows
from groundside.model.happening import Happening, Severity
from groundside.model.mission import FenceCircle, FencePolygon, Mission, Place, TriggerByDistance, Waypoint
from groundside.model.place import LonLat
from groundside.model.recording import TimeBasis
from groundside.model.results import FlightDetail
from groundside.produce.crop.nitrogen.evidence import one_date_alone
from groundside.produce.flight.phases import phases_of
from groundside.see.report import prescription as rates
from groundside.see.report.briefing import MOST_WAYPOINTS, BriefingTold, briefing_pdf, briefing_told
from groundside.see.report.daylight import daylight
from groundside.see.report.findings import findings_pdf, findings_told
from groundside.see.report.flight import MOST_EVENTS, FlightTold, flight_pdf, flight_told
from groundside.see.report.prescription import prescription_pdf, prescription_told, shade
from tests import builders
from tests.prescriptions import prescription
from tests.reports import HOSTILE, MADE_US, pages

CUSTODY = FlightCustody(
    archive_id="a1", key="groundside/a1+00000000+AAAA", size=9, root=b"\xab" * 32,
    files=(BoundFile(file="x.bin", size=10, sha256=Digest("cd" * 32), received_us=MADE_US, entry=3),),
    happened=((MADE_US, "ingest", "ann", 3),),
)  # fmt: skip


def happening(n: int, severity: Severity = Severity.INFO, sentence: str = "It happened.") -> Happening:
    rows = (Rows("events", n, n + 1, "said so"),)
    return Happening(
        kind="mode", severity=severity, sentence=sentence, start_us=builders.START_US + n * 1_000_000, end_us=None,
        place=builders.FIELD, evidence=rows,
    )  # fmt: skip


def told(happenings: tuple[Happening, ...] = (), *, flown: bool = True, **cut: object) -> FlightTold:
    height = builders.legs((5, 0), (10, 40), (30, 40), (10, 0), (5, 0))
    east = np.linspace(0.0, 900.0, height.size)
    track = builders.track(height_m=height, east=east, north=0.0, vn_mps=0.0, ve_mps=15.0) if flown else None
    known = {"time_basis": TimeBasis.UTC_GNSS, "time_error_s": 0.1, "recording_start_us": builders.START_US} | cut
    summary = Cut(ordinal=0, first_row=0, end_row=0, recording_s=60.0, **known)  # type: ignore[arg-type]
    flight = Flight(id="f" * 32, case="c", sources=(), summary=summary)
    return FlightTold(
        detail=FlightDetail(flight=flight), track=track, custody=CUSTODY, said={"pic": "Ann", "site": "Span 3"},
        happened=Happened(flight, phases_of(track, "multirotor") if track else (), happenings, None),
        why_no_track="The track of this flight is encrypted.",
    )  # fmt: skip


def test_a_flight_is_shown_with_map_profile_phases_and_custody():
    shown = flight_told(told((happening(7, Severity.WARNING),)), MADE_US)
    assert ">start</text>" in shown["map"] and ">end</text>" in shown["map"] and ">1</text>" in shown["map"]
    assert "Height above take-off" in shown["chart"] and "Speed" in shown["chart"] and "Battery" not in shown["chart"]
    assert [part for half in shown["phases"] for part in half]
    assert shown["custody"]["files"] == [["x.bin", "10", "cd" * 32, "2027-01-15 08:00:00 UTC", "3"]]
    assert shown["events"][0][5] == "events row 7: said so"
    assert ["Pilot in command", "Ann"] in shown["facts"] and ["Site", "Span 3"] in shown["facts"]


def test_a_flight_without_a_track_says_why_and_draws_nothing():
    shown = flight_told(told(flown=False), MADE_US)
    assert (shown["map"], shown["chart"], shown["map_words"]) == ("", "", "The track of this flight is encrypted.")
    assert pages(flight_pdf(told(flown=False), MADE_US)) == 1


def test_times_of_a_flight_without_utc_are_seconds_of_its_log():
    shown = flight_told(told((happening(7),), time_basis=TimeBasis.BOOT, recording_start_us=None), MADE_US)
    assert shown["events"][0][1] == "7.0 s"
    assert shown["title"] == "Flight report"


def test_of_too_many_events_the_gravest_stay_in_order_and_the_rest_is_counted():
    many = tuple(happening(n, Severity.CRITICAL if n % 2 else Severity.INFO) for n in range(MOST_EVENTS + 100))
    shown = flight_told(told(many), MADE_US)
    assert len(shown["events"]) == MOST_EVENTS
    assert shown["more_events"] == 100
    assert sum(each[2] == "critical" for each in shown["events"]) == (MOST_EVENTS + 100) // 2
    starts = [each[1] for each in shown["events"]]
    assert starts == sorted(starts)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_in_a_flight_is_only_shown(hostile: str):
    assert pages(flight_pdf(told((happening(1, Severity.WARNING, hostile),), inferences=(hostile,)), MADE_US)) >= 2


def mission(count: int = 4, **said: object) -> Mission:
    way = tuple(
        Waypoint(lon=8.0 + 0.0005 * n, lat=47.0, height_m=60.0, speed_m_s=7.296, actions=(TriggerByDistance(18.24000000002),))
        for n in range(count)
    )  # fmt: skip
    return Mission(**({"name": "Field 1", "waypoints": way, "home": Place(8.0, 47.0, 0.0)} | said))  # type: ignore[arg-type]


FLIGHT = {"waypoints": 4, "length_m": 120.0, "seconds": 65.0, "battery_left": 0.61, "battery_told_by": "the maker"}


def briefed(*missions: Mission, findings: tuple[Finding, ...] = (), **said: object) -> BriefingTold:
    given = {"given": Conditions(start_us=MADE_US), "flights": [FLIGHT] * len(missions), "overrides": {}} | said
    return BriefingTold(missions=missions, findings=findings, **given)  # type: ignore[arg-type]


def test_a_briefing_shows_way_times_and_what_is_done_there():
    shown = briefing_told(briefed(mission()), MADE_US)
    assert shown["title"] == "Mission briefing: Field 1"
    assert shown["waypoints"][0]["rows"][0] == [
        "0",
        "8.000000",
        "47.000000",
        "60.0",
        "home",
        "7.3",
        "photos every 18.2 m",
    ]
    assert shown["sorties"] == [["1", "Field 1", "4", "120 m", "0:01:05", "09:00", "61%", "the maker"]]
    assert shown["verdict"] == "No check failed."
    assert ">home</text>" in shown["map"]


def test_a_failed_check_is_not_a_go_unless_it_was_overridden():
    failed = Finding("height", Outcome.FAILED, "Too high.", 8.0, 47.0)
    shown = briefing_told(briefed(mission(), findings=(failed,)), MADE_US)
    assert shown["go"] == "no" and shown["verdict"].startswith("Failed: height. Do not fly")
    over = briefing_told(briefed(mission(), findings=(failed,), overrides={"height": "a permit"}), MADE_US)
    assert over["go"] == "overridden"
    assert over["checks"][0] == {
        "check": "height", "outcome": "failed", "reason": "Too high. (at 8.000000, 47.000000)", "override": "a permit"
    }  # fmt: skip


def test_several_flights_share_a_name_and_long_missions_say_what_was_left_out():
    parts = [mission(name="Field 1"), mission(MOST_WAYPOINTS + 7, name="Field 2")]
    shown = briefing_told(briefed(*parts), MADE_US)
    assert shown["title"] == "Mission briefing: Field"
    assert [each["more"] for each in shown["waypoints"]] == [0, 7]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_in_a_mission_is_only_shown(hostile: str):
    fences = (
        FencePolygon((LonLat(8.0, 47.0), LonLat(8.01, 47.0), LonLat(8.0, 47.01))),
        FenceCircle(LonLat(8.0, 47.0), 90.0, False),
    )
    finding = Finding("height", Outcome.FAILED, hostile)
    of = briefed(mission(name=hostile, fences=fences), findings=(finding,), overrides={"height": hostile})
    assert pages(briefing_pdf(of, MADE_US)) >= 2


def test_daylight_is_that_of_the_almanac_and_there_is_none_in_polar_night():
    # Greenwich, 21 June 2026: sunrise 03:43, sunset 20:21 UTC (HM Nautical Almanac Office), to the minute.
    found = daylight(LonLat(0.0, 51.4769), date(2026, 6, 21), "UTC")
    minutes = [us // 60_000_000 % 1440 for us in (found.sunrise_us, found.sunset_us) if us]
    assert minutes == pytest.approx([3 * 60 + 43, 20 * 60 + 21], abs=1)
    polar = daylight(LonLat(15.6, 78.2), date(2026, 12, 21), "UTC")
    assert (polar.sunrise_us, polar.sunset_us, polar.dawn_us) == (None, None, None)


def test_a_prescription_shows_rates_amounts_and_what_it_rests_on():
    made = prescription([[20.0, 20.0, 40.0], [20.0, 60.0, float("nan")]])
    shown = prescription_told(made, "Mead", MADE_US)
    assert [zone["cells"][1] for zone in shown["zones"]] == ["20", "40", "60"]
    assert [zone["colour"] for zone in shown["zones"]] == [shade(0.0), shade(0.5), shade(1.0)]
    assert shown["sums"] == ["0.05", "1.6"]
    assert shown["ok"] == "yes" and shown["sources"] == ["Raun et al. 2002"]
    assert all(shade(share) in shown["map"] for share in (0.0, 0.5, 1.0))


def test_without_enough_evidence_the_page_says_so_and_what_would_be():
    missing = one_date_alone({"crop": "wheat"})
    shown = prescription_told(missing, "Mead", MADE_US)
    assert shown["verdict"].startswith("No rate is given. Not enough evidence")
    assert shown["would_help"] == list(missing.would_help) and shown["zones"] == []
    assert pages(prescription_pdf(missing, "Mead", MADE_US)) == 1
    made = prescription([[20.0, 40.0]])
    typed = replace(made, evidence=replace(made.evidence, enough=False, missing=missing))
    assert prescription_told(typed, "Mead", MADE_US)["verdict"].startswith("Rates as given: not enough evidence")


def test_zones_too_fine_for_paper_are_drawn_from_coarser_cells(monkeypatch: pytest.MonkeyPatch):
    made = prescription([[20.0, 40.0] * 3, [40.0, 20.0] * 3])
    whole = prescription_told(made, "Mead", MADE_US)
    monkeypatch.setattr(rates, "MOST_CORNERS", 3)
    coarse = prescription_told(made, "Mead", MADE_US)
    assert "every so manieth" in coarse["map_words"] and whole["map_words"] == ""
    assert coarse["map"].count(shade(0.0)) == 6 * 2  # six cells, each with fill and edge


def test_a_prescription_is_the_same_bytes_again():
    made = prescription([[20.0, 40.0]], name=HOSTILE[0])
    assert prescription_pdf(made, HOSTILE[0], MADE_US) == prescription_pdf(made, HOSTILE[0], MADE_US)


def found(n: int, severity: FoundSeverity = FoundSeverity.MINOR, *, placed: bool = True, **said: object) -> Found:
    ellipse = ErrorEllipse(2.5, 1.0, 0.0) if placed else None
    ground = GroundPoint(LonLat(8.0 + n * 1e-4, 47.0), 400.0, 60.0, 80.0, ellipse) if placed else None
    given = {"type": "crack", "note": "", "asset": "t1"} | said
    return Found(id=f"{n:08x}", photo="p", file="DJI_1.JPG", pin=Pin(10, 20), severity=severity, ground=ground, **given)  # type: ignore[arg-type]


def test_findings_are_listed_by_how_bad_they_are_and_counted():
    tower = Asset(id="t1", name="Leg 3", part_of="t0"), Asset(id="t0", name="Tower 12", part_of="t1")
    some = [found(1), found(2, FoundSeverity.CRITICAL), found(3, placed=False, status=FoundStatus.CLOSED)]
    shown = findings_told(some, tower, MADE_US)
    assert [each["severity"] for each in shown["findings"]] == ["critical", "minor", "minor"]
    assert shown["counts"][0] == ["critical", "1", "0", "0", "0", "1"]
    assert shown["counts"][2] == ["minor", "1", "0", "1", "0", "2"]
    assert shown["findings"][0]["facts"][1] == ["Asset", "Leg 3 of Tower 12"]
    assert shown["findings"][0]["facts"][3][1] == "8.000200, 47.000000, within 2.5 m (95 %)"
    assert shown["findings"][2]["facts"][3][1] == "–"
    assert shown["count"] == "3 findings, 2 of them with a place on the ground"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_in_a_finding_is_only_shown(hostile: str):
    one = found(1, type=hostile, note=hostile, assigned=hostile, asset="t1", why=(hostile,))
    assert pages(findings_pdf([one], [Asset(id="t1", name=hostile)], MADE_US, hostile)) >= 1
    assert pages(findings_pdf([], [], MADE_US)) == 1
