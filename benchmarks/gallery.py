"""
The gallery of 100,000 photos in a real browser: how long anything in sight stays empty while it is scrolled.

One process serves the page as `groundside serve` does, and headless Chromium shows it. The photos are those of one
simulated flight, taken in and then multiplied inside the catalogue; a multiplied one shows the small image of the one
that it was made of, which is read from the vault and unsealed each time it is asked for. No peer: what is told is time.
"""

import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from groundside.archive.archive import Archive
from groundside.keep import schema
from groundside.keep.catalogue import Catalogue
from groundside.keep.photo_tables import photo, photo_cell
from groundside.model.caller import Caller
from groundside.see.web.server import Server
from groundside.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.photo_flights import LOG, log_of_flight, shots  # noqa: E402 - found only after that

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WHO = Caller("benchmark", "benchmark")
TAKEN, MANY, REDUCED = 100, 100_000, 2000
SCREENS_PER_S, SCROLLED_MS, JUMPS, PATIENCE_MS = 1.0, 8000, 6, 240_000
ONLY_LOOPBACK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
_RENAMED = "printf('%08x', turn.k) || substr(t.{0}, 9)"
_TURNS = "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < :times - 1) SELECT k FROM n"
_CHANGED = {
    schema.original: ("id", "object_id", "fingerprint"),
    schema.derived_object: ("object_id", "original_id"),
    photo: ("original_id",),
    photo_cell: ("original_id",),
}
SCROLL = (Path(__file__).parent / "gallery.js").read_text()
Row = dict[str, object]


def rows(corpus: Path, median_s: object, full: bool = False) -> Iterator[Row]:
    del corpus, median_s
    program = shutil.which("chromium")
    if program is None:
        print("no chromium: skipped", file=sys.stderr)
        return
    from playwright.sync_api import sync_playwright

    count = MANY if full else REDUCED
    with (
        tempfile.TemporaryDirectory(dir=ROOT.parent, prefix=".bench-gallery-") as folder,
        sync_playwright() as playwright,
        Archive.open(Path(folder) / "archive", create=True) as archive,
    ):
        filled(archive, Path(folder), count)
        browser = playwright.chromium.launch(executable_path=program, args=[ONLY_LOOPBACK])
        with served(archive) as server:
            told = scrolled(browser, server)
        browser.close()
    shown = f"{count:,} photos"
    yield {"what": f"gallery of {shown}, {SCREENS_PER_S:g} screen a second", "blank_ms": told["blank_ms"], **told}
    yield {"what": f"gallery of {shown}, {JUMPS} jumps anywhere in it", "blank_ms": told["longest_jump_ms"]}


@contextmanager
def served(archive: Archive) -> Iterator[Server]:
    server = Server(archive, Settings(), port=0)
    running = threading.Thread(target=server.run)
    running.start()
    try:
        yield server
    finally:
        server.should_exit = True
        running.join()


def scrolled(browser: "Browser", server: Server) -> dict[str, float]:
    """Open the gallery, scroll through it, jump about in it, and tell how long anything in sight was empty."""
    page = browser.new_page(viewport={"width": 1360, "height": 860})
    page.set_default_timeout(PATIENCE_MS)
    page.goto(server.address)
    page.wait_for_selector("#flights-table")
    page.goto(server.origin + "/#/photos")
    page.wait_for_selector(".photo-cell img")
    return page.evaluate(SCROLL, [SCREENS_PER_S, SCROLLED_MS, JUMPS])


def filled(archive: Archive, folder: Path, count: int) -> None:
    """Take a flight's photos in, and make of each so many in the catalogue that there are `count`."""
    card = folder / "card"
    card.mkdir()
    (card / LOG).write_bytes(log_of_flight())
    for each in shots(7207.4, every_s=0.0, count=TAKEN):
        (card / each.name).write_bytes(each.content)
    archive.ingest(WHO, [card], workers="0")
    one_image_for_all(archive)
    multiply(archive.catalogue, count // TAKEN)


def multiply(catalogue: Catalogue, times: int) -> None:
    """Make of each photo so many, inside the database: with other ids, and a day apart."""
    if times < 2:
        return
    with catalogue.commit(WHO) as writer:
        writer.connection.execute(text(f"CREATE TEMP TABLE turn AS {_TURNS}"), {"times": times})
        for table, changed in _CHANGED.items():
            values = {column.name: f"t.{column.name}" for column in table.columns}
            values |= {name: _RENAMED.format(name) for name in changed}
            if table is photo:
                values["order_us"] = "t.order_us - turn.k * 86400000000"
            own = "id" if table is schema.original else "original_id"
            photos = "" if table is photo else f"WHERE t.{own} IN (SELECT original_id FROM photo)"
            writer.connection.execute(
                text(f"INSERT INTO {table.name} ({', '.join(values)}) SELECT {', '.join(values.values())} "
                     f"FROM turn CROSS JOIN {table.name} t {photos}")
            )  # fmt: skip
        writer.connection.execute(text("DROP TABLE turn"))


def one_image_for_all(archive: Archive) -> None:
    """Let a multiplied photo's small image be that of the photo it will be made of."""
    read = archive.vault.read
    with archive.catalogue.read() as reader:
        own = {
            each[8:]: each for each in reader.connection.execute(select(schema.derived_object.c.object_id)).scalars()
        }
    archive.vault.read = lambda name, *rest: read(own.get(name[8:], name), *rest)  # type: ignore[method-assign]
