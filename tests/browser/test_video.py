"""A video of a simulated flight plays beside the map, and the aircraft goes along its track with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.model.kept_photo import PhotoQuery
from groundside.see.web.server import Server
from groundside.settings import Settings
from tests import photo_builders as made
from tests.browser.conftest import PATIENCE_MS, Shown, Visit, window
from tests.filmed import LENGTH_S, LOG, began_us, film, log_of_flight, truth_of_flight

WHO = Caller("tester", "test")
AHEAD_S = 3.0
METRES_A_DEGREE = 111_319.5


@pytest.fixture(scope="module")
def cinema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with Archive.open(tmp_path_factory.mktemp("cinema") / "archive", create=True) as it:
        it.receive(WHO, LOG, [log_of_flight()])
        it.receive(WHO, "film.MP4", [film(AHEAD_S)])
        it.receive(WHO, "alone.MP4", [made.movie([("vide", "avc1", [b"frame"] * 3)])])
        it.join_photos(WHO)
        server = Server(it, Settings(), port=0)
        running = threading.Thread(target=server.run)
        running.start()
        yield Shown(it, server)
        server.should_exit = True
        running.join()


@pytest.fixture
def at(browser_window: Browser, cinema: Shown) -> Iterator[Visit]:
    context = window(browser_window)
    visit = Visit(context.new_page(), cinema)
    visit.watch(context)
    visit.page.goto(cinema.server.address)
    visit.page.wait_for_selector("#flights-table")
    yield visit
    context.close()


def opened(visit: Visit, name: str) -> Page:
    listed = visit.shown.archive.photos(WHO, PhotoQuery()).photos
    which = next(each.photo.id for each in listed if each.photo.file == name)
    visit.page.goto(f"{visit.shown.server.origin}/#/photos/{which}")
    return visit.page


def until(page: Page, what: str, fits: Callable[[float], bool]) -> None:
    """Wait until something of the video fits; the page's policy lets nothing be evaluated inside it."""
    for _ in range(600):
        if fits(float(page.locator(".video-panel video").evaluate(f"of => Number(of.{what})"))):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"the video's {what} never fits")


def seek(page: Page, second: float) -> None:
    page.locator(".video-panel video").evaluate("(of, at) => { of.currentTime = at }", second)
    until(page, "seeking", lambda it: it == 0)
    page.wait_for_timeout(50)


def away_m(page: Page, at_s: float) -> float:
    """How far the aircraft on the map is from where it truly was at a second of the video."""
    truth = truth_of_flight()
    at_us = began_us() + at_s * 1e6
    said = page.locator(".video-panel")
    lon, lat = (float(said.get_attribute(f"data-aircraft-{axis}") or "nan") for axis in ("lon", "lat"))
    true = [float(np.interp(at_us, truth.time_us, each)) for each in (truth.lon, truth.lat)]
    east = (lon - true[0]) * METRES_A_DEGREE * np.cos(np.radians(true[1]))
    return float(np.hypot(east, (lat - true[1]) * METRES_A_DEGREE))


def test_the_aircraft_goes_with_the_video_and_the_video_with_the_aircraft(at: Visit):
    page = opened(at, "film.MP4")
    at.wait_for_map()
    video = page.locator(".video-panel video")
    until(page, "readyState", lambda it: it >= 2)
    page.wait_for_selector(".marker-video")
    assert video.evaluate("of => [of.videoWidth, of.videoHeight, Math.round(of.duration)]") == [160, 90, LENGTH_S]
    places = set()
    for second in (2.0, 8.0):
        seek(page, second)
        places.add(page.locator(".video-panel").get_attribute("data-aircraft-lon"))
        assert away_m(page, second) < 12.0, "a clock of whole seconds, at 10 m/s"
    assert len(places) == 2
    before = page.locator(".video-times").inner_text()
    assert "UTC" in before and page.locator(".video-panel .readouts").inner_text().count("m/s") >= 1
    page.wait_for_timeout(700)
    shape = page.locator(".marker-video").bounding_box()
    assert shape is not None
    seek(page, 1.0)
    page.mouse.click(shape["x"] + shape["width"] / 2, shape["y"] + shape["height"] / 2)
    until(page, "currentTime", lambda it: abs(it - 8.0) < 1.0)
    video.evaluate("of => { of.muted = true; return of.play() }")
    until(page, "currentTime", lambda it: it > 9.0)
    expect(page.locator(".video-said")).to_contain_text("positions in this video", timeout=PATIENCE_MS)
    assert at.left_the_machine == []
    assert at.complaints == []


def test_a_video_with_no_track_says_so_and_one_that_cannot_be_played_too(at: Visit):
    page = opened(at, "alone.MP4")
    expect(page.locator(".video-said")).to_contain_text("There is no track under this video.", timeout=PATIENCE_MS)
    expect(page.locator(".video-trouble")).to_contain_text("cannot play", timeout=PATIENCE_MS)
    expect(page.locator(".marker-video")).to_have_count(0)
    page.get_by_role("button", name="All photos").click()
    page.wait_for_selector(".photo-cell")
    assert at.left_the_machine == []
