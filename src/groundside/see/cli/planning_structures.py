"""`groundside plan orbit`, `facade`, `bridge`, `stockpile`: what stands is flown around, along and over."""

from __future__ import annotations

from typing import Annotated

import typer

from groundside.see.cli.context import ArchiveOption, JsonOption
from groundside.see.cli.planning_leaving import leave
from groundside.see.cli.planning_options import Checking, Making, checking, making, sharing


def add_to(plan: typer.Typer) -> None:
    """Add these commands to `groundside plan`."""
    for command, example in (
        (orbit, 'groundside plan orbit mast.geojson --radius 20 --top 45 --camera "DJI Phantom 4 RTK" --out mast.kmz'),
        (facade, 'groundside plan facade wall.geojson --top 24 --camera "DJI Phantom 4 RTK" --out wall.kmz'),
        (
            bridge,
            'groundside plan bridge deck.geojson --width 12 --deck 18 --camera "DJI Phantom 4 RTK" --out deck.kmz',
        ),
        (stockpile, 'groundside plan stockpile heap.geojson --top 8 --camera "DJI Phantom 4 RTK" --out heap.kmz'),
    ):
        plan.command(epilog=f"Example: {example}")(sharing(wish=making, how=checking)(command))


def orbit(  # noqa: PLR0913 - one for each option
    wish: Making,
    how: Checking,
    radius: Annotated[
        float | None, typer.Option(help="Of the circle. Default: 10 m from what was drawn.", metavar="M")
    ] = None,
    bottom: Annotated[float, typer.Option(help="Of the structure, above take-off.", metavar="M")] = 5.0,
    top: Annotated[float, typer.Option(help="Of the structure, above take-off.", metavar="M")] = 30.0,
    rise: Annotated[float | None, typer.Option(help="Fly a spiral that climbs so much a turn.", metavar="M")] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Circle a structure, level by level or in a spiral, camera towards it."""
    from groundside.archive.planning import around_structure

    mission = around_structure(wish.asked(how), radius_m=radius, bottom_m=bottom, top_m=top, rise_m=rise)
    leave(mission, wish, how, archive, as_json=as_json)


def facade(  # noqa: PLR0913 - one for each option
    wish: Making,
    how: Checking,
    bottom: Annotated[float, typer.Option(help="Of the wall, above take-off.", metavar="M")] = 0.0,
    top: Annotated[float, typer.Option(help="Of the wall, above take-off.", metavar="M")] = 20.0,
    stand_off: Annotated[float, typer.Option(help="From the wall to the aircraft.", min=1, metavar="M")] = 12.0,
    on_left: Annotated[bool, typer.Option("--on-left", help="Fly to the left of the line as it was drawn.")] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Photograph a wall in vertical passes; draw it as a line along its foot, the aircraft to its right."""
    from groundside.archive.planning import along_wall

    asked = wish.asked(how)
    mission = along_wall(asked, bottom_m=bottom, top_m=top, stand_off_m=stand_off, on_right=not on_left)
    leave(mission, wish, how, archive, as_json=as_json)


def bridge(  # noqa: PLR0913 - one for each option
    wish: Making,
    how: Checking,
    deck: Annotated[float, typer.Option(help="Height of the deck above take-off.", metavar="M")],
    width: Annotated[float, typer.Option(help="Of the deck, in metres.", min=0, metavar="M")] = 12.0,
    stand_off: Annotated[
        float, typer.Option(help="From the deck to the aircraft, above and beside it.", min=1, metavar="M")
    ] = 12.0,
    below: Annotated[
        float | None, typer.Option(help="Fly both sides again so far below the deck, camera upwards.", metavar="M")
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at a bridge along its deck, drawn as a line: from above, from both sides, and from below with --below."""
    from groundside.archive.planning import along_bridge

    asked = wish.asked(how)
    mission = along_bridge(asked, width_m=width, deck_m=deck, stand_off_m=stand_off, below_m=below)
    leave(mission, wish, how, archive, as_json=as_json)


def stockpile(
    wish: Making,
    how: Checking,
    top: Annotated[float, typer.Option(help="Height of the heap above the ground.", min=0, metavar="M")] = 5.0,
    stand_off: Annotated[
        float, typer.Option(help="Of the lap around it, outside its foot.", min=1, metavar="M")
    ] = 15.0,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a heap, drawn as an area: a crosshatch from above, then a lap that looks at its sides."""
    from groundside.archive.planning import over_stockpile

    mission = over_stockpile(wish.asked(how), top_m=top, stand_off_m=stand_off)
    leave(mission, wish, how, archive, as_json=as_json, surveyed=True)
