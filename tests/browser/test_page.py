"""The page in a real browser: what a person does in the first minute."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundside.model.query import FlightQuery
from groundside.simulate.fleet import DemoFile
from tests.browser.conftest import TESTER, Visit
from tests.simulated import files_of

MINUTES = pytest.mark.timeout(300)
pytestmark = MINUTES


def ids(visit: Visit) -> list[str]:
    rows = visit.page.query_selector_all("#flights-table [data-flight-id]")
    return [row.get_attribute("data-flight-id") or "" for row in rows]


def total(visit: Visit) -> int:
    return int(visit.page.get_attribute("[data-total]", "data-total") or -1)


def another_flight() -> DemoFile:
    """A file of a flight that the archive does not hold yet."""
    return next(file for file in files_of((8,)) if file.truth is not None)


@pytest.mark.whole_world
def test_the_list_shows_the_flights_of_the_archive_and_the_token_leaves_the_address_bar(visit: Visit) -> None:
    visit.open()
    assert visit.page.url.startswith(visit.shown.server.origin + "/")
    assert "token" not in visit.page.url
    assert total(visit) == len(ids(visit)) == visit.shown.archive.about(TESTER).flights
    visit.wait_for_map()
    assert visit.page.query_selector("#map canvas") is not None


@pytest.mark.whole_world
def test_a_person_filters_opens_a_flight_plays_it_and_sees_the_aircraft_move(visit: Visit) -> None:
    visit.open()
    before = total(visit)
    wanted = next(f for f in visit.shown.archive.flights(TESTER, FlightQuery()).flights if f.track_object and f.place)
    visit.page.fill("#search", wanted.sources[0].file)
    visit.page.wait_for_selector(f'[data-total]:not([data-total="{before}"])')
    assert ids(visit) == [wanted.id]

    visit.page.click(f'#flights-table [data-flight-id="{wanted.id}"] a')
    replay = visit.page.wait_for_selector("#replay[data-aircraft-lon]:not([data-aircraft-lon=''])")
    assert replay is not None
    start = [float(replay.get_attribute(name) or "nan") for name in ("data-aircraft-lon", "data-aircraft-lat")]
    visit.page.click("#play")
    visit.page.wait_for_selector(f'#replay:not([data-aircraft-lon="{start[0]:.7f}"])')
    moved = [float(replay.get_attribute(name) or "nan") for name in ("data-aircraft-lon", "data-aircraft-lat")]
    assert moved != start
    track = visit.shown.archive.track(TESTER, wanted.id)
    for at, name in zip(moved, ("lon", "lat"), strict=True):
        known = track.floats(name)
        assert known[known == known].min() - 1e-6 <= at <= known[known == known].max() + 1e-6
    assert float(visit.page.input_value("#time-slider")) > 0


def test_the_slider_moves_the_aircraft_to_any_time(visit: Visit) -> None:
    visit.open()
    flight = next(f for f in visit.shown.archive.flights(TESTER, FlightQuery()).flights if f.track_object)
    visit.page.goto(f"{visit.shown.server.origin}/#/flight/{flight.id}")
    replay = visit.page.wait_for_selector("#replay[data-aircraft-lon]:not([data-aircraft-lon=''])")
    assert replay is not None
    seen = set()
    for share in ("0.3", "0.6", "0.9"):
        most = float(visit.page.get_attribute("#time-slider", "max") or 0)
        visit.page.fill("#time-slider", f"{float(share) * most:.1f}")
        seen.add((replay.get_attribute("data-aircraft-lon"), replay.get_attribute("data-aircraft-lat")))
    assert len(seen) == 3


def test_what_happened_is_listed_and_a_time_in_it_is_gone_to_in_the_replay(visit: Visit) -> None:
    visit.open()
    flights = visit.shown.archive.flights(TESTER, FlightQuery()).flights
    flight = next(f for f in flights if f.sources[0].format == "ardupilot-dataflash")
    visit.page.goto(f"{visit.shown.server.origin}/#/flight/{flight.id}")
    visit.page.wait_for_selector("#replay[data-aircraft-lon]:not([data-aircraft-lon=''])")
    visit.page.click("text=messages and events")
    visit.page.fill('[aria-label="Find in messages and events"]', "disarmed")
    visit.page.click(".happened button.moment")
    most = float(visit.page.get_attribute("#time-slider", "max") or 0)
    assert float(visit.page.input_value("#time-slider")) > most / 2
    visit.page.click("text=not at default or changed")
    names = visit.page.locator(".parameters tbody code").all_inner_texts()
    assert names == sorted(names)
    assert len(names) > 5


def test_a_file_that_is_uploaded_becomes_a_flight_in_the_list(visit: Visit, tmp_path: Path) -> None:
    visit.open()
    before = total(visit)
    new = another_flight()
    path = tmp_path / new.name
    path.write_bytes(new.content)
    visit.page.set_input_files("#upload-input", path)
    visit.page.wait_for_selector('[data-upload-state="done"]')
    visit.page.wait_for_selector(f'[data-total]:not([data-total="{before}"])')
    assert new.name in [row.file for row in visit.shown.archive.files(TESTER)]


def test_a_file_that_nothing_understands_is_kept_and_said_so(visit: Visit, tmp_path: Path) -> None:
    visit.open()
    odd = tmp_path / "<img src=x onerror=alert(1)>.bin"
    odd.write_bytes(b"no flight log at all")
    visit.page.set_input_files("#upload-input", odd)
    visit.page.wait_for_selector('[data-upload-state="done"]')
    kept = [row for row in visit.shown.archive.files(TESTER) if row.file == odd.name]
    assert [row.state for row in kept] == ["not-understood"]


def test_what_another_process_takes_in_appears_by_itself(visit: Visit) -> None:
    visit.open()
    before = total(visit)
    new = another_flight()
    visit.shown.archive.receive(TESTER, new.name, [new.content])
    visit.page.wait_for_selector(f'[data-total]:not([data-total="{before}"])')


@pytest.mark.parametrize("visit", ["phone"], indirect=True)
def test_at_the_width_of_a_phone_nothing_is_wider_than_the_screen(visit: Visit) -> None:
    visit.open()
    assert visit.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_without_the_token_the_browser_is_told_what_to_open(visit: Visit) -> None:
    visit.page.goto(visit.shown.server.origin)
    assert "groundside serve" in visit.page.inner_text("body")
    assert visit.page.query_selector("#app") is None
    assert visit.complaints.pop(0).startswith("401 ")
    visit.complaints[:] = [said for said in visit.complaints if "401" not in said]
