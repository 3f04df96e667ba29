"""A real server over a real archive of simulated flights, and a real browser that can reach nothing else."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    Route,
    ViewportSize,
    expect,
    sync_playwright,
)

from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.see.web.pages import STATIC
from groundside.see.web.server import Server
from groundside.settings import Settings
from tests.simulated import craft_files

ONLY_LOOPBACK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
PATIENCE_MS = 60_000
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1180, "height": 700}
WORLD = re.compile(r"/assets/(land|borders|states|counties|names|cities|towns)-[^/]+\.json$")
NOWHERE = {"type": "FeatureCollection", "features": []}
TESTER = Caller("tester", "test")


@dataclass
class Shown:
    """An archive and the server that shows it."""

    archive: Archive
    server: Server


@dataclass
class Visit:
    """One browser window on the page, and everything in it that should not have happened."""

    page: Page
    shown: Shown
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Listen to all that the window asks for and complains of."""
        context.on("request", self._requested)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        self.page.on("crash", lambda _: self.complaints.append("crash"))

    def _requested(self, request: Request) -> None:
        self.requests.append(request.url)

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.complaints.append(f"console: {message.text}")

    @property
    def left_the_machine(self) -> list[str]:
        """Requests that went anywhere but to our server."""
        return [url for url in self.requests if not url.startswith((self.shown.server.origin, "data:", "blob:"))]

    def open(self) -> None:
        """Open the printed address and wait until the list is there."""
        self.page.goto(self.shown.server.address)
        self.page.wait_for_selector("#flights-table [data-flight-id]")

    def wait_for_map(self) -> None:
        """Wait until the map has drawn everything."""
        self.page.wait_for_selector('html[data-map-idle="true"]', state="attached")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def built_page() -> None:
    """The page as `make web` builds it."""
    if not (STATIC / "index.html").is_file():
        pytest.skip("the page is not built: make web")


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a few simulated flights, to be copied."""
    folder = tmp_path_factory.mktemp("browser") / "archive"
    with Archive.open(folder, create=True) as archive:
        for name, content in craft_files():
            archive.receive(TESTER, name, [content])
    return folder


@pytest.fixture
def shown(tmp_path: Path, filled: Path) -> Iterator[Shown]:
    """A fresh copy of that archive, served on a port of the system's choice."""
    folder = Path(shutil.copytree(filled, tmp_path / "archive"))
    with Archive.open(folder) as archive:
        server = Server(archive, Settings(), port=0)
        running = threading.Thread(target=server.run)
        running.start()
        yield Shown(archive, server)
        server.should_exit = True
        running.join()


@pytest.fixture(scope="session")
def browser_window(chromium: str, built_page: None) -> Iterator[Browser]:
    """Headless Chromium that resolves no name but 127.0.0.1."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = playwright.chromium.launch(executable_path=chromium, args=[ONLY_LOOPBACK])
        yield browser
        browser.close()


def _without_a_world(route: Route) -> None:
    """Answer for the basemap: no coast, no border, no name."""
    places = json.dumps([])
    names = json.dumps({"countries": NOWHERE, "states": NOWHERE, "counties": NOWHERE})
    found = WORLD.search(route.request.url)
    assert found
    body = {"names": names, "cities": places, "towns": places}.get(found[1], json.dumps(NOWHERE))
    route.fulfill(body=body, content_type="application/json")


def window(browser: Browser, size: ViewportSize = DESK, *, whole: bool = False) -> BrowserContext:
    """
    Open a window of its own.

    Unless it is `whole`, its map has no coasts and names and glides nowhere: without a graphics card these are most of
    what a page costs, some seconds each time it is loaded.
    """
    motion = "no-preference" if whole else "reduce"
    context = browser.new_context(viewport=size, service_workers="block", reduced_motion=motion)
    context.set_default_timeout(PATIENCE_MS)
    if not whole:
        context.route(WORLD, _without_a_world)
    return context


@pytest.fixture(params=["desk"])
def visit(request: pytest.FixtureRequest, browser_window: Browser, shown: Shown) -> Iterator[Visit]:
    """One window; whatever a test does in it, nothing may leave the machine and nothing may complain."""
    whole = request.node.get_closest_marker("whole_world") is not None
    context = window(browser_window, PHONE if request.param == "phone" else DESK, whole=whole)
    it = Visit(context.new_page(), shown)
    it.watch(context)
    yield it
    context.close()
    assert it.left_the_machine == []
    assert it.complaints == []
