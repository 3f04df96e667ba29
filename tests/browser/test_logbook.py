"""The pages of the logbook and of the fleet in a real browser: one test for each main view."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import pytest

from groundside.archive.assigning import Which
from groundside.archive.logbook import LogbookQuery
from groundside.archive.people import PersonChange
from groundside.model.assignment import Field
from groundside.model.happening import Severity
from groundside.model.health import Estimate
from groundside.model.logbook import Grouping, Sums
from groundside.model.pilot import Qualification
from groundside.model.query import FlightQuery
from tests.browser.conftest import TESTER, Visit

pytestmark = pytest.mark.timeout(300)
NAME = "Ann <b>Other</b>"
"""As a hostile or an unlucky name may be: it is text wherever it shows."""


def go(visit: Visit, address: str) -> None:
    visit.page.goto(f"{visit.shown.server.origin}/#/{address}")


def enter_pilot(visit: Visit) -> None:
    held = Qualification(id="", pilot="", kind="part-107-initial-test", obtained=date(2020, 1, 1))
    visit.shown.archive.add_person(TESTER, NAME, PersonChange(zone="UTC", add=(held,)))


def simulated(visit: Visit, pilot: str = "", by: Grouping = Grouping.MONTH) -> Sums:
    return visit.shown.archive.logbook(TESTER, LogbookQuery(pilot=pilot, by=by)).totals.simulated


def words(ms: int) -> str:
    minutes = int(ms / 60_000 + 0.5)
    return f"{minutes // 60}:{minutes % 60:02}"


def test_the_dashboard_gives_the_hours_of_the_archive_and_says_what_lapsed(visit: Visit) -> None:
    enter_pilot(visit)
    visit.open()
    go(visit, "logbook")
    whole = simulated(visit).whole
    visit.page.wait_for_selector(f'.tiles >> text="{words(whole.total_ms)}"')
    assert "All, simulated" in visit.page.inner_text(".tiles")
    attention = visit.page.inner_text(".alerts")
    assert f"{NAME} may not fly by Part 107" in attention
    assert f"{whole.flights} flights without a pilot" in visit.page.inner_text(".two-columns:has(.alerts)")
    with visit.page.expect_download() as download:
        visit.page.click("text=Expiries as a calendar")
    assert download.value.suggested_filename == "expiries.ics"


def test_flights_are_chosen_assigned_taken_back_and_a_month_is_signed_in_the_list(visit: Visit) -> None:
    enter_pilot(visit)
    visit.open()
    go(visit, "logbook/book")
    whole = simulated(visit).whole
    visit.page.click(f"text=Choose all {whole.flights} shown")
    visit.page.select_option(".assign-fields select >> nth=0", NAME)
    visit.page.fill('.assign-fields input[list="known-purpose"]', "survey")
    visit.page.click("#assign-apply")
    visit.page.wait_for_selector("#assign-undo")
    assert simulated(visit, NAME).whole == whole
    visit.page.click("#assign-undo")
    visit.page.wait_for_selector("text=Taken back")
    assert simulated(visit, NAME).whole.flights == 0

    visit.page.click("#book-table .pick >> nth=0")
    visit.page.click("#book-table .pick >> nth=1", modifiers=["Shift"])
    visit.page.wait_for_selector(".assign-form >> text=2 flights")
    visit.page.select_option(".assign-fields select >> nth=0", NAME)
    visit.page.click("#assign-apply")
    visit.page.wait_for_selector("#assign-undo")
    assert simulated(visit, NAME).whole.flights == 2

    visit.page.select_option('select[aria-label="Pilot"]', NAME)
    visit.page.click(".sign >> nth=0")
    visit.page.fill(".sign-dialog input", "checked")
    visit.page.click("#sign-month")
    visit.page.wait_for_selector('.group-box .badge:text-is("Signed")')
    (signed,) = visit.shown.archive.logbook(TESTER, LogbookQuery(pilot=NAME)).signed
    assert (signed.signed.note, signed.changed) == ("checked", ())
    flight = next(iter(signed.signed.lines))
    visit.shown.archive.assign(TESTER, Which(ids=(flight,)), {Field.PURPOSE: "training"})
    visit.page.wait_for_selector('.group-box .badge:text-is("Changed since")')


def test_a_day_of_the_calendar_lists_its_flights(visit: Visit) -> None:
    visit.open()
    days = [group for group in simulated(visit, by=Grouping.DAY).groups if group[0]]
    day, hours = days[0]
    go(visit, f"logbook/calendar?month={day[:7]}")
    visit.page.click(f'.day-flights[href*="day={day}"]')
    rows = visit.page.locator(f'table[aria-label="Flights of {day}"] tbody tr')
    rows.first.wait_for()
    assert rows.count() == hours.flights
    total = sum(one.flights for key, one in days if key.startswith(day[:7]))
    assert f"{total} flight" in visit.page.inner_text(".calendar-head")


def test_a_person_is_entered_with_a_certificate_and_may_then_fly(visit: Visit) -> None:
    visit.open()
    go(visit, "logbook/people")
    visit.page.fill('label:has-text("Name") input', NAME)
    visit.page.fill('label:has-text("Time zone") input', "America/Chicago")
    visit.page.click('.small-form button:has-text("Enter")')
    visit.page.click(f'a:text-is("{NAME}")')
    visit.page.click("text=Enter one")
    visit.page.fill('label:has-text("Kind") input', "part-107-initial-test")
    visit.page.fill('label:has-text("Date on it") input', date.today().isoformat())
    visit.page.click('details .small-form button:has-text("Enter")')
    visit.page.wait_for_selector('table[aria-label="May fly"] .badge:text-is("current")')
    (record,) = visit.shown.archive.people(TESTER)
    assert (record.person.name, record.person.zone) == (NAME, "America/Chicago")
    assert [held.kind for held in record.qualifications] == ["part-107-initial-test"]


def test_the_fleet_shows_every_aircraft_and_battery_and_one_is_grounded(visit: Visit) -> None:
    visit.open()
    go(visit, "fleet")
    state = visit.shown.archive.fleet(TESTER)
    visit.page.wait_for_selector('table[aria-label="Batteries"]')
    assert visit.page.locator('table[aria-label="Aircraft"] tbody tr').count() == len(state.aircraft)
    assert visit.page.locator('table[aria-label="Batteries"] tbody tr').count() == len(state.batteries)
    measured = next(b for b in state.batteries if isinstance(b.resistance, Estimate))
    visit.page.click(
        f'table[aria-label="Batteries"] a:text-is("{measured.battery.serial or measured.battery.known_by}")'
    )
    visit.page.wait_for_selector("text=Health, and what it rests on")
    assert "mΩ (" in visit.page.inner_text(".fleet .facts")
    assert visit.page.locator(".trend .point").count() >= 1

    craft = state.aircraft[0].craft.name
    go(visit, f"fleet/aircraft/{quote(craft)}")
    visit.page.fill('[aria-label="Why it must not fly"]', "cracked arm")
    visit.page.click("text=Must not fly")
    visit.page.wait_for_selector('.person-head .badge:text-is("must not fly")')
    assert [each.aircraft_id for each in visit.shown.archive.fleet(TESTER).grounded] == [craft]
    visit.page.click("text=May fly again")
    visit.page.wait_for_selector('.person-head .badge:text-is("may fly")')


def test_the_flight_page_shows_phases_and_events_and_goes_to_them(visit: Visit) -> None:
    visit.open()
    flights = visit.shown.archive.flights(TESTER, FlightQuery()).flights
    flight = next(f for f in flights if f.sources[0].format == "ardupilot-dataflash")
    found = visit.shown.archive.happened(TESTER, flight.id)
    go(visit, f"flight/{flight.id}")
    visit.page.wait_for_selector(".phase-strip")
    assert visit.page.locator(".phase").count() == len(found.phases)
    grave = [each for each in found.happenings if each.severity is not Severity.INFO]
    assert visit.page.locator(".event-list >> nth=0 >> li").count() == len(grave)
    visit.page.click(".phase >> nth=-1")
    track = visit.shown.archive.track(TESTER, flight.id)
    began = (found.phases[-1].start_us - int(track.time_us[0])) / 1e6
    assert abs(float(visit.page.input_value("#time-slider")) - began) < 0.2
    visit.page.click('.legend button:has-text("Phase")')
    assert visit.page.inner_text(".phase-legend").split() == list(dict.fromkeys(p.phase.value for p in found.phases))
