"""Findings pinned to a photo and found again; photos reviewed and shared: what leaves the page gives nobody away."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from groundside.archive.archive import Archive
from groundside.archive.redacting import faces_in
from groundside.decode.photos.reading import read_photo
from groundside.decode.photos.window import Window
from groundside.model.finding import Asset, FindingQuery
from groundside.model.kept_photo import PhotoQuery
from groundside.produce.imagery.redaction.faces import Looking
from groundside.see.web.server import Server
from groundside.settings import Settings
from tests.browser.conftest import TESTER, Shown, Visit, window
from tests.inspected import PLACE, SERIAL, SIZE, ground, photo_with_place, with_face

pytestmark = pytest.mark.timeout(600)
PATIENCE_MS = 150_000
"""A machine without a graphics card that does other things too draws the map below the viewer for seconds."""
FILES = ("PLAIN_0.JPG", "PERSON_1.JPG")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with Archive.open(tmp_path_factory.mktemp("inspected") / "archive", create=True) as it:
        it.receive(TESTER, FILES[0], [photo_with_place(ground(0), 0)])
        it.receive(TESTER, FILES[1], [with_face(1).content])
        it.add_asset(TESTER, Asset(id="", name="Tower 12", type="tower"))
        server = Server(it, Settings(), port=0)
        running = threading.Thread(target=server.run)
        running.start()
        yield Shown(it, server)
        server.should_exit = True
        running.join()


@pytest.fixture
def at(browser_window: Browser, served: Shown) -> Iterator[Visit]:
    context = window(browser_window)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    visit = Visit(context.new_page(), served)
    visit.watch(context)
    visit.page.goto(served.server.address)
    visit.page.wait_for_selector("#flights-table")
    yield visit
    context.close()
    assert visit.complaints == []
    assert visit.left_the_machine == []


def photo_id(shown: Shown, name: str) -> str:
    return next(each.photo.id for each in shown.archive.photos(TESTER, PhotoQuery()).photos if each.photo.file == name)


def go(page: Page, at: Visit, address: str) -> None:
    page.goto(f"{at.shown.server.origin}/#/{address}")


def picture_box(page: Page) -> tuple[float, float, float, float]:
    """Where the whole picture stands in the window, fitted and centred: left, top, width, height."""
    stage = page.locator(".viewer-stage:visible")
    expect(stage).to_have_attribute("data-ready", "true")
    box = stage.bounding_box()
    assert box is not None
    k = min(1.0, box["width"] / SIZE[0], box["height"] / SIZE[1])
    wide, high = SIZE[0] * k, SIZE[1] * k
    return box["x"] + (box["width"] - wide) / 2, box["y"] + (box["height"] - high) / 2, wide, high


def test_a_finding_is_pinned_to_a_pixel_and_found_again_after_the_page_is_loaded_anew(at: Visit):
    page, shown = at.page, at.shown
    go(page, at, f"photos/{photo_id(shown, FILES[0])}")
    left, top, wide, high = picture_box(page)
    page.click("#pin-finding")
    page.mouse.click(left + wide * 0.75, top + high * 0.5)
    page.fill("input[name=type]", "corrosion")
    page.select_option("select[name=severity]", "major")
    page.select_option("select[name=asset]", "Tower 12")
    page.fill("input[name=assigned]", "Ann")
    page.click("text=Pin it")
    expect(page.locator(".finding-list li")).to_have_count(1)
    (made,) = shown.archive.findings(TESTER, FindingQuery())
    assert abs(made.pin.x_px - SIZE[0] * 0.75) < 4 and abs(made.pin.y_px - SIZE[1] * 0.5) < 4
    assert made.ground is not None

    page.reload()
    pin = page.locator(".mark-point")
    expect(pin).to_have_count(1)
    left, top, wide, high = picture_box(page)
    box = pin.bounding_box()
    assert box is not None
    assert abs(box["x"] + box["width"] / 2 - left - wide * 0.75) < 8
    go(page, at, "findings")
    expect(page.locator(".finding-rows li")).to_have_count(1)
    page.select_option("select[name=filter-status]", "closed")
    expect(page.locator(".finding-rows li")).to_have_count(0)
    page.select_option("select[name=filter-status]", "open")
    page.click(".finding-rows a")
    page.click("#change-finding")
    page.select_option("form select[name=status]", "closed")
    page.fill("form input[name=note]", "bolt replaced")
    page.click("form >> text=Save")
    expect(page.locator(".history li")).to_have_count(2)
    expect(page.locator(".history li").first).to_contain_text("status: closed; note: bolt replaced")
    go(page, at, "findings?severity=major")
    with page.expect_download() as coming:
        page.click("text=Report as GeoJSON")
    (feature,) = json.loads(Path(coming.value.path()).read_text())["features"]
    assert feature["properties"]["status"] == "closed"
    assert feature["geometry"]["coordinates"] == pytest.approx([made.ground.place.lon, made.ground.place.lat], abs=1e-7)
    with page.expect_download() as coming:
        page.click("text=Report as PDF")
    assert Path(coming.value.path()).read_bytes()[:5] == b"%PDF-"


def test_keys_alone_zoom_a_photo_and_pin_what_is_under_the_cross(at: Visit):
    page, shown = at.page, at.shown
    before = len(shown.archive.findings(TESTER, FindingQuery()))
    go(page, at, f"photos/{photo_id(shown, FILES[1])}")
    picture_box(page)
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(page.locator(".viewer-stage:visible")).to_have_attribute("data-ready", "true")
    page.keyboard.press("p")
    page.keyboard.press("Enter")
    page.keyboard.type("loose bolt")
    page.keyboard.press("Enter")
    expect(page.locator(".finding-list li")).to_have_count(1)
    found = [each for each in shown.archive.findings(TESTER, FindingQuery()) if each.type == "loose bolt"]
    assert len(shown.archive.findings(TESTER, FindingQuery())) == before + 1
    assert abs(found[0].pin.x_px - SIZE[0] / 2) < 2 and abs(found[0].pin.y_px - SIZE[1] / 2) < 2
    page.keyboard.press("Escape")
    expect(page.locator("dialog.viewer")).not_to_be_visible()


@pytest.mark.peer
def test_a_shared_derivative_shows_no_face_and_says_neither_place_nor_serial(at: Visit, tmp_path: Path):
    page, shown = at.page, at.shown
    photo = photo_id(shown, FILES[1])
    go(page, at, f"review/{photo}")
    left, top, wide, high = picture_box(page)
    page.click("#propose")
    expect(page.locator(".box-list li")).to_have_count(1)
    page.click("#draw-box")
    page.mouse.move(left + wide * 0.1, top + high * 0.1)
    page.mouse.down()
    page.mouse.move(left + wide * 0.15, top + high * 0.15)
    page.mouse.move(left + wide * 0.2, top + high * 0.2)
    page.mouse.up()
    expect(page.locator(".box-list li")).to_have_count(2)
    page.click("#draw-box")
    page.click("#confirm")
    expect(page.locator(".history li")).to_have_count(3)
    expect(page.locator(".review-queue li")).to_contain_text("confirmed by owner")
    with page.expect_download() as coming:
        page.click("#derivative")
    path = tmp_path / coming.value.suggested_filename
    coming.value.save_as(path)
    assert re.fullmatch(rf"photo-{photo[:8]}\.jpg", path.name)
    original, made = with_face(1), path.read_bytes()
    assert SERIAL.encode() in original.content
    assert len(faces_in(original.content, "original", Looking())) == 1
    assert faces_in(made, "derivative", Looking()) == ()
    assert gives_away(original.content) != []
    assert gives_away(made) == []
    with Image.open(io.BytesIO(made)) as opened:
        assert opened.size == SIZE
        pixels = np.asarray(opened)
    assert original.face is not None
    x, y, width, height = (round(each) for each in original.face)
    assert np.ptp(pixels[y : y + height, x : x + width].reshape(-1, 3), axis=0).max() <= 8
    drawn = pixels[int(SIZE[1] * 0.12) : int(SIZE[1] * 0.18), int(SIZE[0] * 0.12) : int(SIZE[0] * 0.18)]
    assert np.ptp(drawn.reshape(-1, 3), axis=0).max() <= 8


def gives_away(data: bytes) -> list[str]:
    """Name what a file says of where and with what it was taken."""
    said = read_photo(Window.over(data))[0]
    found = ["position"] if said.position is not None else []
    found += ["serial"] if SERIAL.encode() in data or said.camera.serial else []
    found += [name for name in ("Exif\0\0", "http://ns.adobe.com/xap", "GPS", "DJI", "2031") if name.encode() in data]
    return found + [text for text in (f"{PLACE[0]:.2f}", f"{PLACE[1]:.2f}") if text.encode() in data]
