"""`groundside totals` and `heatmap`: many flights at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groundside.model.query import FlightQuery, TotalsBy
from groundside.see.cli.console import say, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.filters import asking
from groundside.see.cli.words import UNKNOWN, metres_words, seconds_words

MOST_SQUARES = 20_000


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside totals --by month --aircraft kestrel")(totals)
    app.command(epilog="Example: groundside heatmap --month 2026-05 --out may.geojson")(heatmap)


@asking
def totals(
    asked: FlightQuery,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
    by: Annotated[TotalsBy, typer.Option("--by", help="What to sum up by.")] = TotalsBy.MONTH,
) -> None:
    """Sum up flights by UTC month or by aircraft: how many, how long, how far. Bench runs are not counted."""
    with opened(archive) as it:
        found = it.totals(caller(), asked, by)
    if as_json:
        from groundside.see.shapes import totals_shape

        write_json(totals_shape(found, by)["totals"])
        return
    rows = [
        (
            name.replace("\n", " · ") or UNKNOWN,
            f"{t.flights:,}",
            seconds_words(t.airborne_s),
            metres_words(t.distance_m),
        )
        for name, t in found.items()
    ]
    write_table([by.value, "flights", "airborne", "distance"], rows, right=["flights", "airborne", "distance"])
    say(f"{sum(t.flights for t in found.values()):,} flights. Months are in UTC.")


@asking
def heatmap(
    asked: FlightQuery,
    out_file: Annotated[Path, typer.Option("--out", help="GeoJSON file to write.", metavar="FILE.geojson")],
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
    squares: Annotated[int, typer.Option(help="No more squares than this.", min=100, max=1_000_000)] = MOST_SQUARES,
) -> None:
    """Write how many flights came into each square of the ground, as small as may be, as GeoJSON."""
    from groundside.see.files import written_whole
    from groundside.see.shapes import encode, heat_shape

    with opened(archive) as it:
        cells = it.heat(caller(), asked, None, squares)
    with written_whole(out_file) as stream:
        stream.write(encode(heat_shape(cells)))
    size_deg = cells[0].size_deg if cells else None
    if as_json:
        write_json({"file": str(out_file), "squares": len(cells), "size_deg": size_deg})
        return
    wide = "" if size_deg is None else f", each {metres_words(size_deg * 111_195)} high"
    say(f"{out_file}: {len(cells):,} squares{wide}")
