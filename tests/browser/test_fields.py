"""The page of fields in a real browser: draw, look, probe, ask, and take a prescription away."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from isoxml.util.isoxml_io import isoxml_from_path
from playwright.sync_api import Page

from groundside.archive.crop_fields import FieldChange
from groundside.model.place import LonLat
from groundside.model.query import Area
from tests.browser.conftest import TESTER, Visit
from tests.crop_fields import FIELD, STRIP, lon_lat, ortho, weather

pytestmark = pytest.mark.timeout(300)
HEAD = "Not enough evidence for a rate; here is what would be."


def opened(visit: Visit) -> Page:
    """Open the page of fields."""
    page = visit.page
    visit.open()
    visit.wait_for_map()
    page.click('nav a[href="#/crop"]')
    page.wait_for_selector('.crop[data-ready="true"]')
    return page


def stated(visit: Visit) -> None:
    """Have a field that the shell stated."""
    area = Area(((tuple(LonLat(*at) for at in FIELD),),))
    visit.shown.archive.add_field(TESTER, "Mead", FieldChange(area=area, crop="winter wheat"))


def added(page: Page, folder: Path, name: str, content: bytes, day: str) -> None:
    """Add an image as a person does."""
    path = folder / name
    path.write_bytes(content)
    page.wait_for_selector(".crop-calendar, .crop-field-page .message")
    if not page.locator('.crop input[name="taken"]').is_visible():
        page.click('.crop summary:text-is("Add an image")')
    page.set_input_files('.crop input[name="image"]', path)
    page.fill('.crop input[name="taken"]', day)
    page.click('.crop button:has-text("Add image")')
    page.wait_for_selector(f'.crop [data-shown="ndvi {day}"]')


def pointed(page: Page, x: float, y: float) -> np.ndarray:
    """Read which place the map says lies below the pointer."""
    page.mouse.move(x - 1, y)
    page.mouse.move(x, y)
    north, east = re.findall(r"([0-9.]+)°", page.locator(".map-readout").inner_text())[:2]
    return np.array([float(east), float(north)])


def on_the_map(page: Page, column: float, row: float) -> tuple[float, float]:
    """Give where a pixel of the image lies in the window, as a person finds it: by what the map reads out."""
    page.wait_for_timeout(700)
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    first, other = pointed(page, x - 100, y - 100), pointed(page, x + 100, y + 100)
    share = (np.array(lon_lat(column, row)) - first) / (other - first)
    return x - 100 + 200 * share[0], y - 100 + 200 * share[1]


def downloaded(page: Page, folder: Path, kind: str) -> Path:
    """Choose a format and take the file."""
    page.select_option('.crop-files select[name="format"]', kind)
    with page.expect_download() as coming:
        page.click("#crop-download")
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def test_a_field_is_drawn_on_the_map_and_imported_from_a_file(visit: Visit, tmp_path: Path) -> None:
    page = opened(visit)
    page.click('.crop button:has-text("New field")')
    page.fill('.crop input[name="name"]', "Mead")
    file = tmp_path / "mead.geojson"
    file.write_text(json.dumps({"type": "Polygon", "coordinates": [FIELD]}))
    page.set_input_files('.crop input[aria-label="Import boundary"]', file)
    page.wait_for_selector(".draw-handle.draw-area >> nth=3")
    page.wait_for_timeout(900)
    page.click('.crop button:has-text("Undo")')
    page.wait_for_selector(".draw-handle", state="detached")
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.click('.crop-boundary button:has-text("Draw")')
    for dx, dy in ((-120, -90), (120, -90), (120, 90), (-120, 90)):
        page.mouse.click(x + dx, y + dy)
    page.click('.crop-boundary button:has-text("Done")')
    page.fill('.crop input[name="crop"]', "winter wheat")
    page.fill('.crop input[name="begun"]', "2026-04-20")
    page.click('.crop button:has-text("Keep field")')
    page.wait_for_selector('.crop-head h1:text-is("Mead")')
    [kept] = visit.shown.archive.crop_fields(TESTER)
    assert (kept.field.crop, str(kept.field.begun)) == ("winter wheat", "2026-04-20")
    [[outer]] = kept.field.area.polygons
    assert len(outer) == 5
    assert 0.1 < kept.field.area_ha < 20


def not_enough(page: Page, folder: Path) -> None:
    """Read, in page, PDF and JSON, that one date is not enough, and what would be."""
    page.click("#crop-ask")
    page.wait_for_selector(".crop-missing")
    page.click("#crop-make")
    page.wait_for_selector("#crop-download")
    shown = page.locator(".crop-result .crop-missing").last.inner_text()
    assert shown.startswith(HEAD)
    said = json.loads(downloaded(page, folder, "json").read_text())
    assert said["outcome"] == "not enough evidence for a rate"
    for words in (said["what"], *said["would_help"]):
        assert words in shown
    assert downloaded(page, folder, "pdf").read_bytes().startswith(b"%PDF")
    assert page.locator('.crop-files option[value="isoxml"]').count() == 0


def probed(page: Page, column: float, row: float) -> str:
    """Press on a place, and give what is said of it."""
    page.mouse.click(*on_the_map(page, column, row))
    page.wait_for_selector(".crop-probe-found")
    page.wait_for_timeout(500)
    return page.locator(".crop-probe").inner_text()


def opens(path: Path, folder: Path) -> None:
    """Read the task back with somebody else's library: steps of 10 kg of urea, and nothing outside the field."""
    with zipfile.ZipFile(path) as packed:
        packed.extractall(folder / "usb")
    data, binaries = isoxml_from_path(folder / "usb" / "TASKDATA")
    assert data.tasks[0].grids
    numbers = np.frombuffer(next(iter(binaries.values())), "<i4")
    assert {int(number) % 1000 for number in numbers} == {0}
    assert len(set(numbers.tolist())) > 2


@pytest.mark.parametrize("visit", ["phone"], indirect=True)
def test_an_index_is_seen_a_place_is_probed_and_only_with_a_strip_a_prescription_is_given(
    visit: Visit, tmp_path: Path
) -> None:
    stated(visit)
    page = opened(visit)
    page.click(".crop-list a:text-is('Mead')")
    added(page, tmp_path, "may.tif", ortho(), "2026-05-28")
    assert page.locator(".crop-legend figcaption").inner_text() == "NDVI"
    assert page.locator(".crop-bars rect").count() == 50
    assert "NDVI" in (said := probed(page, 230, 130))
    assert "No rate here" in said
    not_enough(page, tmp_path)

    area = [[[list(at) for at in STRIP[:-1]]]]
    field = page.url.rpartition("/")[2]
    page.evaluate(
        """([field, areas]) => fetch(`/api/v1/crop/fields/${field}/patches`, {method: 'POST',
        headers: {'X-Groundside': '1', 'Content-Type': 'application/json'},
        body: JSON.stringify({kind: 'strip', name: 'west', areas})})""",
        [field, area],
    )
    page.reload()
    page.wait_for_selector('.crop [data-shown="ndvi 2026-05-28"]')
    page.select_option('.crop select[name="model"]', "nfoa")
    page.click('.crop button:has-text("Take the mean of the strip west")')
    page.wait_for_function("() => document.querySelector('[name=ndvi_rich]').value !== ''")
    page.fill('.crop input[name="days_gdd"]', "100")
    page.click("#crop-ask")
    page.wait_for_selector(".crop-answer")
    page.wait_for_selector('.crop [data-shown="rate 2026-05-28"]')
    assert page.locator(".crop-legend figcaption").inner_text() == "Nitrogen rate, kg N/ha"
    weak, strong = probed(page, 230, 130), probed(page, 60, 200)
    assert "nfoa: as the model has it" in weak
    assert "Raun et al. 2002" in page.locator(".crop-probe").text_content()  # pyright: ignore[reportOperatorIssue]
    assert weak != strong
    page.select_option('.crop select[name="product"]', "urea")
    page.fill('.crop input[name="width"]', "12")
    page.fill('.crop input[name="step"]', "10")
    page.click("#crop-make")
    page.wait_for_selector(".crop-zones tbody tr >> nth=1")
    opens(downloaded(page, tmp_path, "isoxml"), tmp_path)
    page.wait_for_selector('.crop-calendar li[data-kind="prescription"]')


@pytest.mark.parametrize("visit", ["phone"], indirect=True)
def test_two_days_are_compared_by_one_scale_and_stages_stand_in_the_calendar(visit: Visit, tmp_path: Path) -> None:
    stated(visit)
    visit.shown.archive.add_field(TESTER, "Mead", FieldChange(begun=date(2026, 4, 20), began_with="sown"))
    page = opened(visit)
    page.click(".crop-list a:text-is('Mead')")
    added(page, tmp_path, "may.tif", ortho(0.6), "2026-05-10")
    added(page, tmp_path, "june.tif", ortho(), "2026-06-10")
    page.select_option('.crop select[name="compare"]', index=1)
    page.wait_for_selector(".crop-switch button")
    scale = page.locator(".crop-scale span").first.inner_text()
    page.click('.crop-switch button:has-text("Before")')
    page.wait_for_selector('.crop [data-shown="ndvi 2026-05-10"]')
    assert page.locator(".crop-scale span").first.inner_text() == scale
    file = tmp_path / "days.csv"
    file.write_text(weather())
    page.set_input_files('.crop input[aria-label="Weather of the season"]', file)
    page.wait_for_selector('.crop-calendar li[data-kind="stage"]')
    days = page.locator(".crop-calendar time").all_inner_texts()
    assert days == sorted(days)
    assert len(days) >= 5
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
