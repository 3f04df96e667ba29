"""`groundside plan`: missions of any controller, made, read and checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.see.cli import (
    planning_briefing,
    planning_checks,
    planning_patterns,
    planning_sharing,
    planning_structures,
)
from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import JsonOption
from groundside.see.cli.words import UNKNOWN, metres_words, seconds_words

if TYPE_CHECKING:
    from groundside.model.drawing import Drawing
    from groundside.model.mission import Action, MissionRead

SHOWN = 20


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    plan = typer.Typer(help="Missions: make, read, check and compare them.", no_args_is_help=True)
    plan.command(epilog="Example: groundside plan read survey.plan --json")(read)
    plan.command(epilog="Example: groundside plan formats --json")(formats)
    planning_patterns.add_to(plan)
    planning_structures.add_to(plan)
    planning_sharing.add_to(plan)
    planning_checks.add_to(plan)
    planning_briefing.add_to(plan)
    app.add_typer(plan, name="plan")


def read(
    file: Annotated[Path, typer.Argument(help="A mission of any controller, or a drawn area.", metavar="FILE")],
    as_json: JsonOption = False,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Also write the mission to this file, in the format of its suffix.")
    ] = None,
) -> None:
    """Read a mission: what is flown and done where, how long it is, and what was not understood."""
    from groundside.archive.missions import drawing_shape, encode_mission, plan_shape, read_plan_or_drawing
    from groundside.errors import BadRequest
    from groundside.model.mission import MissionRead
    from groundside.see.files import written_whole

    found = read_plan_or_drawing(file)
    if not isinstance(found, MissionRead):
        if out_file is not None:
            what = f"{file.name} holds areas, no mission that could be written to {out_file.name}."
            raise BadRequest(what, try_this=f"groundside plan survey {file.name} --out {out_file.name}")
        write_json(drawing_shape(found)) if as_json else _describe_drawing(found)
        return
    if out_file is not None:
        written = encode_mission(found.mission, out_file.name)
        with written_whole(out_file) as stream:
            stream.write(written.content)
        for problem in written.problems:
            say(f"{out_file.name}: {problem.what}")
    write_json(plan_shape(found)) if as_json else _describe(found)


def formats(as_json: JsonOption = False) -> None:
    """List the mission formats, and what each cannot hold."""
    from groundside.archive.missions import mission_formats

    known = mission_formats()
    if as_json:
        write_json(
            [{"name": f.name, "title": f.title, "suffixes": list(f.suffixes), "loses": list(f.loses)} for f in known]
        )
        return
    write_table(["name", "title", "files"], [(f.name, f.title, " ".join(f.suffixes)) for f in known])


def _describe(found: MissionRead) -> None:
    from groundside.archive.missions import plan_shape

    mission, shape = found.mission, plan_shape(found)
    length, duration = float(str(shape["length_m"])), shape["duration_s"]
    took = UNKNOWN if duration is None else seconds_words(float(str(duration)))
    show(f"format    {found.format}")
    show(f"name      {mission.name or UNKNOWN}")
    show(f"way       {len(mission.waypoints)} waypoints, {metres_words(length)}, {took}")
    show(f"finish    {mission.finish.value if mission.finish else UNKNOWN}")
    rows = [
        (
            str(nth),
            f"{each.lon:.6f}, {each.lat:.6f}",
            f"{each.height_m:g} m above {each.above.value.replace('_', ' ')}",
            ", ".join(_words(action) for action in each.actions),
        )
        for nth, each in enumerate(mission.waypoints)
    ]
    write_table(["waypoint", "lon, lat", "height", "actions"], rows, right=["waypoint"])
    _describe_rest([f"{each.where}: {each.text}" for each in mission.not_understood], [p.what for p in found.problems])


def _words(action: Action) -> str:
    from groundside.archive.missions import action_words

    return action_words(action)


def _describe_rest(kept: list[str], problems: list[str]) -> None:
    for label, lines in (("kept", kept), ("problem", problems)):
        for line in lines[:SHOWN]:
            show(f"{label:<9} {' '.join(line.split())[:300]}")
        if len(lines) > SHOWN:
            show(f"          and {len(lines) - SHOWN} more; --json lists them")


def _describe_drawing(drawing: Drawing) -> None:
    show(f"format    {drawing.format}")
    show(f"drawn     {len(drawing.area.polygons)} polygons, {len(drawing.lines)} lines, {len(drawing.points)} points")
    _describe_rest([], [each.what for each in drawing.problems])
