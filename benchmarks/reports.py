"""
Reports as PDF: the logbook of a thousand flights, and of ten.

Its peer is the same table of texts compiled by typst alone: no data of ours, no totals, no summary.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import typst

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from groundside.archive.logbook import Logbook
from groundside.see.report.compile import STANDARDS
from groundside.see.report.lettering import own_fonts
from groundside.see.report.logbook import logbook_pdf, logbook_told
from tests.reports import MADE_US, before, book, entries

Row = dict[str, object]
PLAIN = b"""#set document(title: "plain", date: datetime(year: 2027, month: 1, day: 1))
#set page(flipped: true, margin: 10mm)
#set text(7pt, lang: "en", font: "Libertinus Serif")
#let rows = json(bytes(sys.inputs.at("told")))
#table(columns: 18, ..rows.flatten().map(each => [#each]))
"""


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float]) -> Iterator[Row]:
    """Time the whole way from nouns to bytes; other flights each time, for typst remembers what it laid out before."""
    seeds = count(1)
    for flights in (10, 1000):
        cpu_s = median_s(lambda n=flights: logbook_pdf(_book(n, next(seeds)), MADE_US))
        peer_s = median_s(lambda n=flights: _plain(n, next(seeds)))
        last = _book(flights, next(seeds))
        began = time.perf_counter()
        size = len(logbook_pdf(last, MADE_US))
        yield {
            "what": f"logbook of {flights:,} flights as PDF/A-2a and PDF/UA-1", "median_ms": cpu_s * 1000.0,
            "wall_s": time.perf_counter() - began, "bytes": size, "peer": "typst, a plain table of the same texts",
            "times_peer": peer_s / cpu_s,
        }  # fmt: skip


def _book(flights: int, seed: int) -> Logbook:
    return book(entries(flights, seed), [before()])


def _plain(flights: int, seed: int) -> bytes:
    told = logbook_told(_book(flights, seed), MADE_US)
    cells = [row for page in told["pages"] for row in page["rows"]]
    made = typst.Compiler(PLAIN, font_paths=own_fonts(), sys_inputs={"told": json.dumps(cells)}).compile(
        format="pdf", pdf_standards=list(STANDARDS), timestamp=0
    )
    return made if isinstance(made, bytes) else b""
