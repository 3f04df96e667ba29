"""
Pages of a long list of flights, with how many there are and what they come to: ours against plain SQL on the same file.

The catalogue is SQLite. Flights are made by `fleet`: some thousands by the code that an ingest uses, each then copied
inside the database with another id, file, time, length and height. Every page is asked for through the verb that the
shell and the page call, so the event that it leaves is in the time; nothing is asked for twice.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from fleet import AIRCRAFT, EPOCH_US, MONTHS, SITES, WHO, Fleet, fill, multiply
from sqlalchemy import func, select

from groundside.archive.archive import Archive
from groundside.keep import schema
from groundside.keep.flight_filter import ORDERS, conditions, looked_up
from groundside.model.caller import EVERYTHING
from groundside.model.query import FlightOrder, FlightQuery

PAGE = 100
FULL = (10_000, 100)
REDUCED = (1_000, 100)
EACH = 60
_F = schema.flight


def rows(
    corpus: Path, median_s: Callable[[Callable[[], object]], float], full: bool = False
) -> Iterator[dict[str, object]]:
    folder = Path(tempfile.mkdtemp(prefix="groundside-listing-"))
    made, times = FULL if full else REDUCED
    try:
        with Archive.open(folder / "archive", create=True) as archive:
            fill(archive.catalogue, Fleet(made, 2), paths=False)
            multiply(archive.catalogue, times)
            for what, questions in _questions(made * times).items():
                yield _row(archive, f"{what} of {made * times:,} flights", questions)
    finally:
        shutil.rmtree(folder)


def _questions(total: int) -> dict[str, list[FlightQuery]]:
    chance = np.random.default_rng(8)
    orders = list(FlightOrder)

    def page(offset: int = 0, **asked: object) -> FlightQuery:
        order = orders[int(chance.integers(len(orders)))]
        return FlightQuery(limit=PAGE, offset=offset, order=order, descending=bool(chance.integers(2)), **asked)  # type: ignore[arg-type]

    def month() -> dict[str, int]:
        first = np.datetime64(EPOCH_US, "us").astype("datetime64[M]") + int(chance.integers(MONTHS))
        return {
            name: int(at.astype("datetime64[us]").astype(int))
            for name, at in (("from_us", first), ("to_us", first + 1))
        }

    def some(make: Callable[[], FlightQuery]) -> list[FlightQuery]:
        return [make() for _ in range(EACH)]

    return {
        "first pages": some(lambda: page(int(chance.integers(10)) * PAGE)),
        "pages anywhere": some(lambda: page(int(chance.integers(total)))),
        "pages of one month": some(lambda: page(int(chance.integers(5)) * PAGE, **month())),
        "pages of one aircraft": some(
            lambda: page(int(chance.integers(5)) * PAGE, aircraft=f"drone {chance.integers(AIRCRAFT):03d}")
        ),
        "pages of a tenth of the aircraft": some(
            lambda: page(int(chance.integers(10)) * PAGE, aircraft=f"drone {chance.integers(5)}")
        ),
        "pages of one text, next pages": [
            page(number * PAGE, text=text)
            for text in (f"site {chance.integers(SITES):03d}" for _ in range(3))
            for number in range(EACH // 3)
        ],
        "first page of a text that few have": some(lambda: page(text=f"{chance.integers(10_000):08d}.bin")),
    }


def _row(archive: Archive, what: str, questions: list[FlightQuery]) -> dict[str, object]:
    ours = [_ms(lambda asked=asked: archive.flights(WHO, asked)) for asked in questions]
    theirs = [_ms(lambda asked=asked: _plainly(archive, asked)) for asked in questions[:5]]
    return {
        "what": what,
        "median_ms": float(np.median(ours)),
        "p95_ms": float(np.percentile(ours, 95)),
        "worst_ms": max(ours),
        "peer": "SELECT … OFFSET, count and sums, same file",
        "peer_ms": float(np.median(theirs)),
        "times_peer": float(np.median(theirs) / np.median(ours)),
    }


def _plainly(archive: Archive, asked: FlightQuery) -> None:
    """What a page costs where the database is simply asked for it."""
    wanted, by = (conditions(asked, EVERYTHING), looked_up(asked)), ORDERS[asked.order]
    order = by.desc().nulls_last() if asked.descending else by.asc().nulls_last()
    with archive.catalogue.read() as reader:
        query = select(_F).where(*wanted).order_by(order, _F.c.id).limit(asked.limit).offset(asked.offset)
        reader.flights_of_rows(reader.connection.execute(query))
        sums = select(func.count(), func.sum(_F.c.airborne_s), func.sum(_F.c.distance_m)).where(*wanted)
        reader.connection.execute(sums).one()


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3
