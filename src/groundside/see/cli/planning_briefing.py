"""`groundside plan briefing`, and plans that are written as PDF: the briefing of a mission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.see.cli.console import say, write_json
from groundside.see.cli.context import JsonOption
from groundside.see.cli.planning_options import Checking, checking, sharing
from groundside.see.files import written_whole

if TYPE_CHECKING:
    from groundside.archive.plan_checking import Conditions, Finding, Mission


def add_to(plan: typer.Typer) -> None:
    """Add this command to `groundside plan`."""
    plan.command(
        epilog="Example: groundside plan briefing survey.plan --aircraft anafi --at 2026-06-01T09:30 --out briefing.pdf"
    )(sharing(how=checking)(briefing))


def briefing(
    how: Checking,
    file: Annotated[Path, typer.Argument(help="A mission of any controller.", metavar="FILE")],
    out_file: Annotated[Path, typer.Option("--out", help="PDF to write.", metavar="FILE.pdf")],
    as_json: JsonOption = False,
) -> None:
    """Print a mission: map, waypoints, times, daylight, every check, and contacts to be filled in."""
    from dataclasses import replace

    from groundside.archive.missions import read_mission
    from groundside.archive.plan_checking import check, limits_for

    mission, given = read_mission(file).mission, how.conditions()
    given = replace(given, limits=limits_for(file.name, given.limits))
    findings = check(mission, given)
    size = write_briefing([mission], given, findings, {}, out_file)
    failed = [each.check for each in findings if each.outcome.value == "failed"]
    if as_json:
        write_json({"file": str(out_file), "bytes": size, "failed": failed})
        return
    say(f"{out_file}: {size:,} bytes; {f'failed: {chr(44).join(failed)}' if failed else 'no check failed'}")


def write_briefing(
    missions: Sequence[Mission], given: Conditions, findings: Sequence[Finding], overrides: Mapping[str, str], out: Path
) -> int:
    """
    Write the briefing of one or several flights, and give its size in bytes.

    Raises:
        BadRequest: there is no waypoint.
    """
    from groundside.see.report.briefing_of import briefing_of

    content = briefing_of(missions, given, findings, overrides)
    with written_whole(out) as stream:
        stream.write(content)
    return len(content)
