"""The planning page in a real browser: draw, see the plan, drag, check, take it away."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import rasterio
from playwright.sync_api import Locator, Page
from rasterio import Affine
from typer.testing import CliRunner

from groundside.archive.missions import encode_mission
from groundside.model.mission import Hover, Mission, Waypoint
from groundside.see.cli import main
from tests.browser.conftest import TESTER, Visit

pytestmark = pytest.mark.timeout(300)
AT = (11.25, 46.5)
"""Where the tests draw: a place with nothing special about it."""
SIDE = 160
"""Pixels from the middle of the map to each side of the square that is drawn."""


def opened(visit: Visit) -> Page:
    """Open the planning page with the map over the place."""
    page = visit.page
    visit.open()
    visit.wait_for_map()
    page.click('nav a[href="#/plan"]')
    page.wait_for_selector('.plan[data-ready="true"]')
    page.wait_for_selector('[data-view="plan"]')
    return page


def here(page: Page, folder: Path) -> None:
    """Bring the map over the place, as a person does: by opening a file with a point there."""
    size = 0.002
    ring = [[AT[0] + dx * size, AT[1] + dy * size] for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]
    path = folder / "there.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    page.set_input_files('.plan input[aria-label="Open a file"]', path)
    page.wait_for_selector(".draw-handle.draw-area >> nth=3")
    page.wait_for_timeout(900)
    page.click(".plan >> text=Undo")
    page.wait_for_selector(".draw-handle", state="detached")


def middle(page: Page) -> tuple[float, float]:
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def draw_square(page: Page, tool: str = "Area", side: float = SIDE) -> None:
    """Press a tool and four places on the map, and Done."""
    x, y = middle(page)
    page.click(f'.plan-tools button:has-text("{tool}")')
    for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        page.mouse.click(x + dx * side, y + dy * side)
    page.click('.plan-tools button:has-text("Done")')


def planned(page: Page, times: int) -> None:
    """Wait until so many plans were shown, and nothing is under way."""
    page.wait_for_function(
        "n => Number(document.querySelector('.plan').dataset.planned ?? 0) >= n "
        "&& document.querySelector('.plan').dataset.busy === 'false'",
        arg=times,
    )


def count(page: Page) -> int:
    return int(page.get_attribute(".plan", "data-planned") or 0)


def number(page: Page, label: str) -> float:
    text = page.locator(f".plan-numbers > div:has(dt:text-is('{label}')) dd").inner_text()
    return float(re.sub(r"[^0-9.]", "", text.split("\xa0")[0]))


def corner(page: Page, index: int) -> Locator:
    return page.locator(f'.draw-handle.draw-area[data-corner="{index}"]')


def refused_without_a_reason(page: Page, visit: Visit) -> None:
    """See that a plan that fails a check is given only with a reason, which the ledger keeps."""
    page.fill('input[name="high"]', "150")
    page.wait_for_selector('.plan-checks li[data-check="height"][data-outcome="failed"]')
    planned(page, 2)
    assert page.is_disabled("#plan-download")
    page.fill('.plan-checks input[name="height"]', "permit 12/26")
    with page.expect_download() as coming:
        page.click("#plan-download")
    assert coming.value.suggested_filename == "Plan.geojson"
    assert "plan.override" in {event.what for event in visit.shown.archive.events(TESTER, 0, 1000)}


def test_a_person_draws_an_area_and_takes_the_plan_away_in_every_format_unless_a_check_fails(
    visit: Visit, tmp_path: Path
) -> None:
    page = opened(visit)
    here(page, tmp_path)
    draw_square(page)
    planned(page, 1)
    assert number(page, "Photos") > 10
    assert page.locator('.plan-checks li[data-outcome="failed"]').count() == 0
    names = set()
    for suffix in (".kmz", ".plan", ".waypoints", ".csv", ".kml", ".geojson"):
        page.select_option('select[name="format"]', suffix)
        with page.expect_download() as coming:
            page.click("#plan-download")
        path = tmp_path / coming.value.suggested_filename
        coming.value.save_as(path)
        told = CliRunner().invoke(main.app, ["plan", "read", str(path), "--json"])
        assert told.exit_code == 0, told.output
        read = json.loads(told.stdout)
        assert len(read["items"]) == number(page, "Waypoints")
        assert all(abs(each["lon"] - AT[0]) < 0.1 and abs(each["lat"] - AT[1]) < 0.1 for each in read["items"])
        names.add(read["format"])
    assert len(names) == 6
    refused_without_a_reason(page, visit)


def follows_an_elevation_model(page: Page, tmp_path: Path) -> None:
    """See that an elevation model that is chosen is followed, and shown below the way."""
    at = count(page)
    level = number(page, "Waypoints")
    rows, columns = np.mgrid[0:300, 0:300]
    heights = (500 + 25 * np.sin(rows / 9.0) + 20 * np.cos(columns / 7.0)).astype(np.float32)
    where = Affine(0.0001, 0, AT[0] - 0.015, 0, -0.0001, AT[1] + 0.015)
    with rasterio.open(
        tmp_path / "dem.tif", "w", driver="GTiff", height=300, width=300, count=1, dtype="float32",
        crs="EPSG:4326", transform=where,
    ) as raster:  # fmt: skip
        raster.write(heights, 1)
    page.set_input_files('.plan input[aria-label="Elevation model"]', tmp_path / "dem.tif")
    page.wait_for_selector(".plan >> text=Ground from the elevation model")
    planned(page, at + 1)
    assert number(page, "Waypoints") > level
    assert page.locator('.plan-checks li[data-check="clearance"][data-outcome="passed"]').count() == 1


def test_dragging_a_corner_plans_again_undo_brings_the_first_plan_back_and_terrain_is_followed(
    visit: Visit, tmp_path: Path
) -> None:
    page = opened(visit)
    here(page, tmp_path)
    draw_square(page)
    planned(page, 1)
    before = number(page, "Photos")
    box = corner(page, 2).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 7, box["y"] + 7)
    page.mouse.down()
    for step in range(1, 16):
        page.mouse.move(box["x"] + 7 - 6 * step, box["y"] + 7 - 6 * step)
        page.wait_for_timeout(30)
    while_dragged = count(page)
    page.mouse.up()
    assert while_dragged > 1
    planned(page, while_dragged + 1)
    assert number(page, "Photos") < before
    at = count(page)
    page.click(".plan >> text=Undo")
    planned(page, at + 1)
    assert number(page, "Photos") == before
    follows_an_elevation_model(page, tmp_path)


@pytest.mark.parametrize("visit", ["phone"], indirect=True)
def test_at_the_width_of_a_phone_keys_alone_draw_an_area_and_move_a_corner(visit: Visit, tmp_path: Path) -> None:
    page = opened(visit)
    here(page, tmp_path)
    page.focus('.plan-tools button:has-text("Area")')
    page.keyboard.press("Enter")
    page.focus("#map canvas")
    for arrow in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press("Enter")
        page.keyboard.press(arrow)
        page.wait_for_timeout(500)
    page.focus('.plan-tools button:has-text("Done")')
    page.keyboard.press("Enter")
    planned(page, 1)
    assert page.locator(".draw-handle.draw-area").count() == 3
    corner(page, 1).focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    planned(page, 2)
    corner(page, 1).press("+")
    planned(page, 3)
    assert page.locator(".draw-handle.draw-area").count() == 4
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_mission_that_is_opened_is_planned_anew_and_printed(visit: Visit, tmp_path: Path) -> None:
    page = opened(visit)
    page.set_viewport_size({"width": 1280, "height": 800})
    here(page, tmp_path)
    draw_square(page)
    planned(page, 1)
    assert page.evaluate("(({scrollWidth: all, clientWidth: seen}) => all <= seen)(document.querySelector('.plan'))")
    photos = number(page, "Photos")
    page.select_option('select[name="format"]', ".plan")
    with page.expect_download() as coming:
        page.click("#plan-download")
    coming.value.save_as(tmp_path / "made.plan")
    page.click(".plan >> text=Clear")
    page.wait_for_selector(".draw-handle", state="detached")
    at = count(page)
    page.set_input_files('.plan input[aria-label="Open a file"]', tmp_path / "made.plan")
    page.click('.plan button:has-text("Plan its area anew")')
    planned(page, at + 1)
    assert page.locator(".draw-handle.draw-area").count() == 4
    assert abs(number(page, "Photos") - photos) <= 0.05 * photos
    page.select_option('select[name="format"]', ".pdf")
    with page.expect_download() as coming:
        page.click("#plan-download")
    assert coming.value.path().read_bytes().startswith(b"%PDF")
    assert page.is_disabled('.plan button:has-text("Compare")')
    what_is_done_at_waypoints_stays(page, tmp_path)


def what_is_done_at_waypoints_stays(page: Page, folder: Path) -> None:
    """Open a way, take one of its corners away: what was done there is named, the rest is kept."""
    points = [Waypoint(lon=AT[0] + i * 1e-3, lat=AT[1], height_m=40.0, actions=(Hover(i + 1.0),)) for i in range(3)]
    (folder / "way.plan").write_bytes(encode_mission(Mission(waypoints=tuple(points)), "way.plan").content)
    at = count(page)
    page.set_input_files('.plan input[aria-label="Open a file"]', folder / "way.plan")
    page.click('.plan button:has-text("Draw its way as a line")')
    planned(page, at + 1)
    assert "3 actions of the opened mission are kept." in page.inner_text(".plan-kept")
    page.locator(".draw-handle.draw-line >> nth=1").press("Delete")
    planned(page, at + 2)
    assert "1 could not be kept" in page.inner_text(".plan-kept")
    page.click(".plan-kept summary")
    assert "waypoint 1 of the file, counted from 0: hover seconds 2.0" in page.inner_text(".plan-kept")
    page.click('.plan-kept button:has-text("Leave its actions out")')
    planned(page, at + 3)
    page.wait_for_selector(".plan-kept", state="detached")
