"""`groundside plan survey`, `corridor`, `orbit`, `facade`, `perimeter`, `search`, `sampling`: plans are made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.planning_options import Checking, Making, checking, making, sharing
from groundside.see.cli.words import metres_words, seconds_words
from groundside.see.files import written_whole

if TYPE_CHECKING:
    from groundside.archive.plan_checking import Conditions, Finding, Mission, Sortie

Degrees = Annotated[float | None, typer.Option(help="Of the lines, from north. Default: the best.", metavar="DEG")]


def add_to(plan: typer.Typer) -> None:
    """Add these commands to `groundside plan`."""
    for command, example in (
        (survey, 'groundside plan survey field.geojson --camera "DJI Phantom 4 RTK" --gsd 2 --out field.kmz'),
        (corridor, 'groundside plan corridor line.geojson --width 60 --camera "DJI Phantom 4 RTK" --out line.plan'),
        (orbit, 'groundside plan orbit mast.geojson --radius 20 --top 45 --camera "DJI Phantom 4 RTK" --out mast.kmz'),
        (facade, 'groundside plan facade wall.geojson --top 24 --camera "DJI Phantom 4 RTK" --out wall.kmz'),
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
    _leave(mission, wish, how, archive, as_json=as_json)


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

    _leave(along_line(wish.asked(how), width_m=width, aside_m=aside, aim_m=aim), wish, how, archive, as_json=as_json)


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
    _leave(mission, wish, how, archive, as_json=as_json)


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
    _leave(mission, wish, how, archive, as_json=as_json)


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
    _leave(mission, wish, how, archive, as_json=as_json)


def search(  # noqa: PLR0913 - one for each option
    wish: Making,
    how: Checking,
    pattern: Annotated[str, typer.Option(help="square, sector, parallel or creeping.")] = "square",
    spacing: Annotated[
        float, typer.Option(help="Between tracks; of a sector search the radius.", min=1, metavar="M")
    ] = 50.0,
    heading: Degrees = None,
    left: Annotated[bool, typer.Option("--left", help="Turn left in a square or sector search.")] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search as the IAMSAR manual has it; the middle of what was drawn is the datum. No chance of finding is told."""
    from groundside.archive.planning import search_for

    mission = search_for(wish.asked(how), pattern=pattern, spacing_m=spacing, heading_deg=heading, left=left)
    _leave(mission, wish, how, archive, as_json=as_json)


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
    _leave(mission, wish, how, archive, as_json=as_json)


def _leave(mission: Mission, wish: Making, how: Checking, archive: str | None, *, as_json: bool) -> None:
    """Check a plan, split it where asked, and write it unless a check blocks."""
    from dataclasses import replace

    from groundside.archive.plan_checking import check_parts, limits_for, overridden, with_notes

    given = how.conditions()
    given = replace(given, limits=limits_for(wish.out_file.name, given.limits))
    sorties = _sorties(mission, given, wish)
    missions = [each.mission for each in sorties] if sorties else [mission]
    findings = check_parts(missions, given)
    faults = overridden(findings, wish.overrides)
    missions = [with_notes(each, faults, wish.overrides) for each in missions]
    if wish.out_file.suffix.lower() == ".pdf":
        from groundside.see.cli.planning_briefing import write_briefing

        paths, problems = [wish.out_file] * len(missions), list[str]()
        write_briefing(missions, given, findings, wish.overrides, wish.out_file)
    else:
        paths = _paths(wish.out_file, len(missions))
        problems = _write(missions, paths)
    _note(faults, wish, archive)
    if as_json:
        write_json(_shape(missions, paths, given, findings, faults, problems))
        return
    tell_findings(findings)
    for fault in faults:
        say(f"override {fault.check}: {wish.overrides[fault.check]}")
    for path, each in zip(paths, told_flights(missions, given), strict=True):
        left = "" if each["battery_left"] is None else f", {each['battery_left']:.0%} of the battery left"
        way = f"{metres_words(each['length_m'])}, {seconds_words(each['seconds'])}{left}"
        show(f"{path}: {each['waypoints']} waypoints, {way}")
    for problem in problems:
        say(problem)


def _sorties(mission: Mission, given: Conditions, wish: Making) -> Sequence[Sortie]:
    from groundside.archive.plan_checking import sorties_of

    return sorties_of(mission, given, wish.overlap) if wish.split else ()


def _paths(out_file: Path, count: int) -> list[Path]:
    if count == 1:
        return [out_file]
    return [out_file.with_name(f"{out_file.stem}-{i}{out_file.suffix}") for i in range(1, count + 1)]


def _write(missions: Sequence[Mission], paths: Sequence[Path]) -> list[str]:
    """Write all or none of what cannot be written; give what a file does not hold."""
    from groundside.archive.missions import encode_mission

    written = [encode_mission(mission, path.name) for mission, path in zip(missions, paths, strict=True)]
    for each, path in zip(written, paths, strict=True):
        with written_whole(path) as stream:
            stream.write(each.content)
    return [f"{path.name}: {p.what}" for each, path in zip(written, paths, strict=True) for p in each.problems]


def _note(faults: Sequence[Finding], wish: Making, archive: str | None) -> None:
    if not faults or archive is None:
        return
    with opened(archive) as it:
        for fault in faults:
            it.note_override(caller(), fault.check, wish.overrides[fault.check], fault.reason, wish.out_file.name)


def _shape(
    missions: Sequence[Mission],
    paths: Sequence[Path],
    given: Conditions,
    findings: Sequence[Finding],
    faults: Sequence[Finding],
    problems: list[str],
) -> dict[str, Any]:
    flights = told_flights(missions, given)
    return {
        "files": [{"file": str(path), **each} for path, each in zip(paths, flights, strict=True)],
        "checks": [finding_shape(each) for each in findings],
        "overridden": [each.check for each in faults],
        "problems": problems,
    }


def told_flights(missions: Sequence[Mission], given: Conditions) -> list[dict[str, Any]]:
    """Tell how long each flight is, and what it takes."""
    from groundside.archive.plan_checking import told

    return [told(mission, given) for mission in missions]


def finding_shape(finding: Finding) -> dict[str, Any]:
    """Tell a finding as JSON."""
    return {
        "check": finding.check, "outcome": finding.outcome.value, "reason": finding.reason,
        "lon": finding.lon, "lat": finding.lat,
    }  # fmt: skip


def tell_findings(findings: Sequence[Finding]) -> None:
    """Write findings for a person."""
    write_table(["check", "outcome", "reason"], [(f.check, f.outcome.value, f.reason) for f in findings])
