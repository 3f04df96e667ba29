"""Flights compared in a real browser: chosen in the list, side by side, as the shell says; the link can be kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browser.conftest import TESTER, Visit
from tests.shell import shell
from tests.simulated import files_of

pytestmark = pytest.mark.timeout(120)
SECOND_AUTOPILOT = 9
"""Of the demonstration's plan; one autopilot's log is in every archive of these tests."""


def choose(visit: Visit, flight: str, *, by_key: bool) -> None:
    row = visit.page.locator(f'#flights-table [data-flight-id="{flight}"]')
    if by_key:
        row.focus()
        row.press("x")
    else:
        row.locator(".pick").click()
    visit.page.wait_for_selector(f'[data-flight-id="{flight}"] .pick[aria-checked="true"]')


def cells(visit: Visit, label: str) -> list[str]:
    """The texts of one row of the comparison, one for each flight, without their second lines."""
    script = """(rows, label) => [...rows.find((row) => row.firstChild.textContent === label).children]
        .slice(1).map((cell) => cell.firstChild.textContent)"""
    return visit.page.eval_on_selector_all(".compare-table tbody tr", script, label)


def in_shell(visit: Visit, flights: list[str]) -> dict[str, Any]:
    folder = visit.shown.archive.folder.path
    return json.loads(shell("compare", *flights, "--json", "--archive", folder).stdout)


def test_flights_chosen_in_the_list_stand_side_by_side_as_the_shell_shows_them(visit: Visit) -> None:
    for file in files_of((SECOND_AUTOPILOT,)):
        visit.shown.archive.receive(TESTER, file.name, [file.content])
    visit.open()
    ids = visit.page.eval_on_selector_all("#flights-table [data-flight-id]", "all => all.map(e => e.dataset.flightId)")
    details = {each: visit.shown.archive.flight(TESTER, each).flight for each in ids}
    autopilots = [each for each, flight in details.items() if flight.sources[0].format == "ardupilot-dataflash"]
    locked = next(each for each, flight in details.items() if flight.summary.track_locked)
    chosen = [*autopilots, locked]
    assert len(chosen) == 3
    for number, flight in enumerate(chosen):
        choose(visit, flight, by_key=number == 0)
    visit.page.click("#compare")
    visit.page.wait_for_selector(".compare-table")
    assert visit.page.url.endswith("#/compare/" + "/".join(chosen))

    found = in_shell(visit, chosen)
    none = "not recorded"
    speeds = [each["mean_speed_mps"] for each in found["flights"]]
    assert cells(visit, "Mean speed") == [none if v is None else f"{v:.1f}\u00a0m/s" for v in speeds]
    heights = [each["max_height_m"] for each in found["flights"]]
    assert cells(visit, "Greatest height") == [f"{v:,.1f}\u00a0m" for v in heights]
    events = [each["events"] for each in found["flights"]]
    said = [none if v is None else ", ".join(f"{n} {name}" for name, n in v.items()) or "none found" for v in events]
    assert cells(visit, "Events") == said
    assert cells(visit, "Pilot") == [none] * 3
    two = any(each["battery"] == 2 for flight in found["flights"] for each in flight["batteries"])
    used = [each["batteries"][0]["used_percent"] if each["batteries"] else None for each in found["flights"]]
    label = "Battery 1 used" if two else "Battery used"
    assert cells(visit, label) == [none if v is None else f"{v:.0f}\u00a0%" for v in used]
    assert used[2] is None
    shown = visit.page.locator(".parameters tbody th").all_inner_texts()
    assert shown == [each["name"] for each in found["parameters"]["differing"]] != []

    charts = visit.page.locator(".compare-stage .chart")
    charts.first.wait_for()
    assert charts.count() == 3
    assert "C" not in "".join(visit.page.locator(".plot-values").all_inner_texts())
    slider = visit.page.locator("#time-slider")
    slider.focus()
    slider.press("Shift+ArrowRight")
    slider.press("ArrowRight")
    assert visit.page.inner_text(".compare-clock .now") == "+0:11"

    link = visit.page.url
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_selector("#flights-table [data-flight-id]")
    assert visit.page.locator(".compare-stage").count() == 0
    visit.page.goto(link)
    visit.page.wait_for_selector('.compare-table[data-flights="3"]')
    visit.page.click(f'[data-compared="{locked}"] .leave-out')
    visit.page.wait_for_selector('.compare-table[data-flights="2"]')
