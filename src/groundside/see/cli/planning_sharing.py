"""`groundside plan share`: one plan for several aircraft at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundside.see.cli.console import say, write_json, write_table
from groundside.see.cli.context import JsonOption
from groundside.see.cli.planning_leaving import paths_of, write_all
from groundside.see.cli.planning_options import Checking, checking, sharing
from groundside.see.cli.words import seconds_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundside.plan.sharing import Assigned


def add_to(plan: typer.Typer) -> None:
    """Add this command to `groundside plan`."""
    example = "groundside plan share field.plan --among 2 --aircraft anafi --out field.plan"
    plan.command(epilog=f"Example: {example}")(sharing(how=checking)(share))


def share(  # noqa: PLR0913 - one for each option
    how: Checking,
    file: Annotated[Path, typer.Argument(help="A mission of any controller.", metavar="FILE")],
    out_file: Annotated[Path, typer.Option("--out", help="Numbered files, one for each flight.", metavar="FILE")],
    among: Annotated[int, typer.Option(help="How many aircraft.", min=1, metavar="N")] = 2,
    by: Annotated[str, typer.Option(help="Keep them apart by time or by height.")] = "time",
    apart: Annotated[float, typer.Option(help="By time: never nearer over ground.", metavar="M")] = 50.0,
    step: Annotated[float, typer.Option(help="By height: from layer to layer.", metavar="M")] = 10.0,
    change: Annotated[float, typer.Option(help="Between landing and the next take-off.", metavar="S")] = 180.0,
    overlap: Annotated[float, typer.Option(help="Of flights that follow each other.", min=0, metavar="M")] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Share a plan among several aircraft of one kind: who flies what, when each takes off, how much higher."""
    from groundside.archive.missions import read_mission
    from groundside.archive.plan_checking import check_parts, overridden
    from groundside.archive.plan_sharing import Apart, shared

    given = how.conditions()
    apart_as = Apart(by=by, apart_m=apart, step_m=step, change_s=change)
    flights = shared(read_mission(file).mission, given, among, apart_as, overlap)
    missions = [each.sortie.mission for each in flights]
    overridden(check_parts(missions, given), {})
    paths = paths_of(out_file, len(missions))
    problems = write_all(missions, paths)
    if as_json:
        write_json({"flights": _shapes(flights, paths), "problems": problems})
        return
    rows = [
        (str(path), str(each.aircraft), seconds_words(each.start_s), seconds_words(each.sortie.seconds),
         f"{each.higher_m:g} m")
        for each, path in zip(flights, paths, strict=True)
    ]  # fmt: skip
    write_table(["file", "aircraft", "takes off after", "takes", "higher by"], rows)
    for problem in problems:
        say(problem)


def _shapes(flights: Sequence[Assigned], paths: Sequence[Path]) -> list[dict[str, Any]]:
    return [
        {
            "file": str(path), "aircraft": each.aircraft, "start_s": round(each.start_s, 1),
            "seconds": round(each.sortie.seconds, 1), "higher_m": each.higher_m,
            "waypoints": len(each.sortie.mission.waypoints),
        }
        for each, path in zip(flights, paths, strict=True)
    ]  # fmt: skip
