"""The gallery: found by search, found by a click on the map, seen whole; and how quickly it scrolls."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from benchmarks.gallery import SCROLL
from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.model.kept_photo import PhotoQuery
from groundside.model.place import LonLat
from groundside.see.web.server import Server
from groundside.settings import Settings
from tests.browser.conftest import PATIENCE_MS, Shown, Visit, window
from tests.photo_flights import LOG, log_of_flight, photo, shots

WHO = Caller("tester", "test")
COUNT = 60


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    root = tmp_path_factory.mktemp("gallery")
    (root / "card").mkdir()
    (root / "card" / LOG).write_bytes(log_of_flight())
    taken = shots(7207.4, every_s=0.0, count=COUNT)
    for each in taken:
        (root / "card" / each.name).write_bytes(each.content)
    other = photo(500, taken[0].at_us + 10**12, None, model="Elsewhere")
    (root / "card" / "OTHER.JPG").write_bytes(other)
    with Archive.open(root / "archive", create=True) as it:
        it.ingest(WHO, [root / "card"], workers="0")
        server = Server(it, Settings(), port=0)
        running = threading.Thread(target=server.run)
        running.start()
        yield Shown(it, server)
        server.should_exit = True
        running.join()


@pytest.fixture
def at(browser_window: Browser, gallery: Shown) -> Iterator[Visit]:
    context = window(browser_window)
    visit = Visit(context.new_page(), gallery)
    visit.watch(context)
    visit.page.goto(gallery.server.address)
    visit.page.wait_for_selector("#flights-table")
    visit.page.goto(gallery.server.origin + "/#/photos")
    visit.page.wait_for_selector(".photo-cell img")
    yield visit
    context.close()


def test_the_gallery_finds_by_camera_and_shows_one_photo_whole(at: Visit):
    page = at.page
    expect(page.locator(".photo-total")).to_have_text(f"{COUNT + 1} photos")
    page.fill("input[name=photo-camera]", "elsewhere")
    expect(page.locator(".photo-total")).to_have_text("1 photo")
    page.click(".photo-cell")
    expect(page.locator("dialog.viewer .viewer-said h2")).to_have_text("OTHER.JPG")
    page.wait_for_selector('.viewer-stage[data-ready="true"]')
    page.keyboard.press("Escape")
    expect(page.locator("dialog.viewer")).not_to_be_visible()
    page.fill("input[name=photo-camera]", "")
    expect(page.locator(".photo-total")).to_have_text(f"{COUNT + 1} photos")
    assert at.complaints == []
    assert at.left_the_machine == []


def test_the_timeline_narrows_what_is_shown_and_widens_again(at: Visit):
    page = at.page
    bars = page.locator(".timeline-bar")
    expect(bars.first).to_have_attribute("aria-label", re.compile(rf"{COUNT} photos$"), timeout=PATIENCE_MS)
    bars.first.click()
    expect(page.locator(".photo-total")).to_have_text(f"{COUNT} photos", timeout=PATIENCE_MS)
    bars.first.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".photo-total")).not_to_have_text(f"{COUNT} photos", timeout=PATIENCE_MS)
    page.get_by_role("button", name="All times").click()
    expect(page.locator(".photo-total")).to_have_text(f"{COUNT + 1} photos", timeout=PATIENCE_MS)
    assert at.complaints == []


def test_a_click_on_the_map_shows_exactly_the_photos_that_see_the_place(at: Visit):
    at.wait_for_map()
    page = at.page
    page.wait_for_timeout(1200)
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**seeing=**")
    place = re.search(r"seeing=([-\d.]+)(?:%2C|,)([-\d.]+)", page.url)
    assert place is not None
    true = at.shown.archive.photos(WHO, PhotoQuery(seeing=LonLat(float(place[1]), float(place[2]))))
    words = f"{true.total} photo{'' if true.total == 1 else 's'}"
    expect(page.locator(".photo-total")).to_have_text(words, timeout=PATIENCE_MS)
    assert true.total > 0
    first = page.locator(".photo-cell").first
    assert first.get_attribute("data-photo-id") == true.photos[0].photo.id
    page.locator(".photo-chips button").first.click()
    expect(page.locator(".photo-total")).to_have_text(f"{COUNT + 1} photos")
    assert at.complaints == []


def test_everything_in_sight_is_filled_however_the_gallery_is_scrolled(
    at: Visit, figure: Callable[[str, object], None]
):
    told = at.page.evaluate(SCROLL, [1.0, 400, 3])
    figure("gallery of photos", {"photos": COUNT + 1, **told})
    assert told["frames_per_s"] > 0
    assert at.complaints == []
