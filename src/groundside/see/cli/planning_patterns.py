"""`groundside plan survey`, `corridor`, `perimeter`, `search`, `sampling`: plans are made."""

from __future__ import annotations

from typing import Annotated

import typer

from groundside.see.cli.context import ArchiveOption, JsonOption
from groundside.see.cli.planning_leaving import leave
from groundside.see.cli.planning_options import Checking, Making, checking, making, sharing

Degrees = Annotated[float | None, typer.Option(help="Of the lines, from north. Default: the best.", metavar="DEG")]


def add_to(plan: typer.Typer) -> None:
    """Add these commands to `groundside plan`."""
    for command, example in (
        (survey, 'groundside plan survey field.geojson --camera "DJI Phantom 4 RTK" --gsd 2 --out field.kmz'),
        (corridor, 'groundside plan corridor line.geojson --width 60 --camera "DJI Phantom 4 RTK" --out line.plan'),
        (perimeter, "groundside plan perimeter site.geojson --outside 10 --look in --height 30 --out site.plan"),
        (search, "groundside plan search area.geojson --pattern creeping --spacing 50 --out search.plan"),
        (sampling, "groundside plan sampling leak.geojson --wind 4@270 --nearest 100 --furthest 600 --out leak.plan"),
    ):
        plan.command(epilog=f"Example: {example}")(sharing(wish=making, how=checking)(command))


def survey(  # noqa: PLR0913 - one for each option
    wish: Making,
    how: Checking,
    heading: Degrees = None,
    crosshatch: Annotated[bool, typer.Option("--crosshatch", help="Fly it a second time, across.")] = False,
    turnaround: Annotated[float, typer.Option(help="Lines go on so far beyond the area.", metavar="M")] = 0.0,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Survey an area in lines, so that every point is in as many photos as the overlaps ask for."""
    from groundside.archive.planning import survey as plan

    mission = plan(wish.asked(how), heading_deg=heading, crosshatch=crosshatch, turnaround_m=turnaround)
    leave(mission, wish, how, archive, as_json=as_json, surveyed=True)


def corridor(  # noqa: PLR0913 - one for each option
    wish: Making,
    how: Checking,
    width: Annotated[float, typer.Option(help="Of the strip, in metres.", min=0, metavar="M")] = 40.0,
    aside: Annotated[
        float | None, typer.Option(help="Fly on both sides, so far from the line, looking at it.", metavar="M")
    ] = None,
    aim: Annotated[float, typer.Option(help="Height of what is looked at from the side.", metavar="M")] = 0.0,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow a power line, railway or pipeline: a strip in parallel passes, or both sides of it."""
    from groundside.archive.planning import along_line

    leave(along_line(wish.asked(how), width_m=width, aside_m=aside, aim_m=aim), wish, how, archive, as_json=as_json)


def perimeter(  # noqa: PLR0913 - one for each option
    wish: Making,
    how: Checking,
    outside: Annotated[float, typer.Option(help="Outside the edge; negative is inside.", metavar="M")] = 0.0,
    look: Annotated[str, typer.Option(help="down, in or out.")] = "down",
    lap: Annotated[list[float] | None, typer.Option(help="A lap at this height; may be repeated.", metavar="M")] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fly along the edge of an area, clockwise."""
    from groundside.archive.planning import around_area

    mission = around_area(wish.asked(how), outside_m=outside, look=look, laps_m=tuple(lap or ()))
    leave(mission, wish, how, archive, as_json=as_json)


def search(  # noqa: PLR0913 - one for each option
    wish: Making,
    how: Checking,
    pattern: Annotated[str, typer.Option(help="square, sector, parallel or creeping.")] = "square",
    spacing: Annotated[
        float, typer.Option(help="Between tracks; of a sector search the radius.", min=1, metavar="M")
    ] = 50.0,
    heading: Degrees = None,
    reach: Annotated[
        float | None, typer.Option(help="Search so far from the middle of what was drawn.", min=1, metavar="M")
    ] = None,
    left: Annotated[bool, typer.Option("--left", help="Turn left in a square or sector search.")] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search as the IAMSAR manual has it; the middle of what was drawn is the datum. No chance of finding is told."""
    from groundside.archive.planning import search_for

    mission = search_for(
        wish.asked(how), pattern=pattern, spacing_m=spacing, heading_deg=heading, left=left, reach_m=reach
    )
    leave(mission, wish, how, archive, as_json=as_json)


def sampling(  # noqa: PLR0913 - one for each option
    wish: Making,
    how: Checking,
    nearest: Annotated[float, typer.Option(help="Distance of the nearest transect.", metavar="M")] = 100.0,
    furthest: Annotated[float, typer.Option(help="Distance of the furthest transect.", metavar="M")] = 500.0,
    transects: Annotated[int, typer.Option(help="How many.", min=1, max=100, metavar="N")] = 4,
    half_angle: Annotated[float, typer.Option(help="To each side of the wind, from the source.", metavar="DEG")] = 20.0,
    stand_off: Annotated[float, typer.Option(help="Never nearer to the source.", min=1, metavar="M")] = 80.0,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Cross the wind down-wind of a hazardous release, furthest first; needs --wind."""
    from groundside.archive.planning import sample_downwind

    mission = sample_downwind(
        wish.asked(how), nearest_m=nearest, furthest_m=furthest, transects=transects, half_angle_deg=half_angle,
        stand_off_m=stand_off,
    )  # fmt: skip
    leave(mission, wish, how, archive, as_json=as_json)
