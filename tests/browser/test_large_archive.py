"""The list of very many flights (100,000 of them with --full): there at once, anywhere in it, in any order."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.fleet import Fleet, fill, multiply
from groundside.archive.archive import Archive
from groundside.model.query import FlightOrder, FlightQuery
from groundside.see.web.server import Server
from groundside.settings import Settings
from tests.browser.conftest import TESTER, Shown, Visit, window

FLIGHTS, FLIGHTS_IN_FULL = 20_000, 100_000
FIRST_PAINT_MS = 1000.0
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def many(full: bool) -> int:
    """How many flights there are."""
    return FLIGHTS_IN_FULL if full else FLIGHTS


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, many: int) -> Path:
    """An archive of so many flights: rows of the catalogue alone, put there without files."""
    folder = tmp_path_factory.mktemp("large") / "archive"
    with Archive.open(folder, create=True) as archive:
        fill(archive.catalogue, Fleet(500, 2), paths=False)
        multiply(archive.catalogue, many // 500)
    return folder


@pytest.fixture(scope="module")
def shown(large: Path) -> Iterator[Shown]:
    with Archive.open(large) as archive:
        server = Server(archive, Settings(), port=0)
        running = threading.Thread(target=server.run)
        running.start()
        yield Shown(archive, server)
        server.should_exit = True
        running.join()
    shutil.rmtree(large)


@pytest.fixture
def visit(browser_window: Browser, shown: Shown) -> Iterator[Visit]:
    context = window(browser_window)
    it = Visit(context.new_page(), shown)
    it.watch(context)
    yield it
    context.close()
    assert it.left_the_machine == []
    assert it.complaints == []


def row(visit: Visit, index: int) -> str:
    """Wait for a row by its number in the list, and give the flight in it."""
    found = visit.page.wait_for_selector(f'#flights-table tr[data-index="{index}"][data-flight-id]')
    assert found
    return found.get_attribute("data-flight-id") or ""


def nth(shown: Shown, number: int, **asked: object) -> str:
    """The flight that the archive says is at some place in the list."""
    (flight,) = shown.archive.flights(TESTER, FlightQuery(limit=1, offset=number, **asked)).flights  # type: ignore[arg-type]
    return flight.id


def scroll_to(visit: Visit, share: float) -> None:
    visit.page.evaluate(
        "(share) => { const e = document.querySelector('.scroller'); e.scrollTop = e.scrollHeight * share; }", share
    )


def test_where_was_flown_is_drawn_as_squares(visit: Visit) -> None:
    visit.open()
    visit.wait_for_map()
    visit.page.click("#heat")
    visit.page.wait_for_selector('.heat[data-squares]:not([data-squares=""]):not([data-squares="0"])')
    assert visit.page.get_attribute("#heat", "aria-pressed") == "true"
    assert "flights in a square" in visit.page.inner_text(".heat-legend")


def test_the_list_is_there_within_a_second_and_tells_how_many_there_are(
    visit: Visit, many: int, figure, full: bool
) -> None:
    visit.open()  # the first visit makes the session and warms the browser up
    visit.page.goto("about:blank")
    visit.page.goto(visit.shown.server.origin)
    visit.page.wait_for_selector("#flights-table [data-flight-id]")
    listed_ms = float(visit.page.evaluate("() => performance.now()"))
    painted_ms = float(
        visit.page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN")
    )
    figure(f"page: first paint at {many:,} flights, ms", painted_ms)
    figure(f"page: first rows at {many:,} flights, ms", listed_ms)
    assert visit.page.get_attribute("[data-total]", "data-total") == str(many)
    assert row(visit, 0) == nth(visit.shown, 0)
    if full:  # a figure of a quiet machine
        assert painted_ms < FIRST_PAINT_MS


def first_shown(visit: Visit, from_on: float) -> int:
    """The number of the first row with a flight, once the list has come as far down as that."""
    for _ in range(100):
        index = int(visit.page.locator("#flights-table tr[data-flight-id]").first.get_attribute("data-index") or -1)
        if index >= from_on:
            return index
        visit.page.wait_for_timeout(100)
    return -1


def test_any_place_in_the_list_is_reached_by_the_bar_and_by_the_keyboard(visit: Visit, many: int) -> None:
    visit.open()
    for share in (0.1, 0.2, 0.3, 0.9, 0.5):
        scroll_to(visit, share)
    middle = first_shown(visit, from_on=many * 0.45)
    assert many * 0.45 < middle < many * 0.55
    assert row(visit, middle + 2) == nth(visit.shown, middle + 2)
    visit.page.focus("#flights-table tr.row[tabindex], .scroller")
    visit.page.keyboard.press("End")
    assert row(visit, many - 1) == nth(visit.shown, many - 1)


@pytest.mark.parametrize("order", [FlightOrder.DISTANCE, FlightOrder.PLACE])
def test_another_order_is_that_of_the_archive_from_its_first_row_to_deep_down(
    visit: Visit, many: int, order: FlightOrder
) -> None:
    visit.open()
    before = row(visit, 0)
    visit.page.click(f'th[data-key="{order.value}"] button')
    visit.page.wait_for_selector(f'th[data-key="{order.value}"][aria-sort]')
    visit.page.wait_for_selector(f'#flights-table tr[data-index="0"]:not([data-flight-id="{before}"])')
    descending = visit.page.get_attribute(f'th[data-key="{order.value}"]', "aria-sort") == "descending"
    assert row(visit, 0) == nth(visit.shown, 0, order=order, descending=descending)
    scroll_to(visit, 0.7)
    index = first_shown(visit, from_on=many * 0.65)
    assert row(visit, index) == nth(visit.shown, index, order=order, descending=descending)


def test_a_filter_leaves_what_the_archive_says(visit: Visit, many: int) -> None:
    visit.open()
    visit.page.fill("#search", "drone 007")
    visit.page.wait_for_selector(f'[data-total]:not([data-total="{many}"])')
    page = visit.shown.archive.flights(TESTER, FlightQuery(text="drone 007", limit=1))
    assert visit.page.get_attribute("[data-total]", "data-total") == str(page.total)
    assert row(visit, 0) == page.flights[0].id
