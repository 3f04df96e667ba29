"""A plan that was made is checked, split and written, and what a check found is told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import caller, opened
from groundside.see.cli.planning_options import Checking, Making
from groundside.see.cli.words import metres_words, seconds_words
from groundside.see.files import written_whole

if TYPE_CHECKING:
    from groundside.archive.plan_checking import Conditions, Finding, Mission, Sortie


def leave(
    mission: Mission, wish: Making, how: Checking, archive: str | None, *, as_json: bool, surveyed: bool = False
) -> None:
    """Check a plan, split it where asked, and write it unless a check blocks; `surveyed` keeps out of holes."""
    from dataclasses import replace

    from groundside.archive.plan_checking import check_parts, limits_for, overridden, with_notes

    given = how.conditions()
    given = replace(
        given, limits=limits_for(wish.out_file.name, given.limits), surveyed=wish.area if surveyed else None
    )
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
        paths = paths_of(wish.out_file, len(missions))
        problems = write_all(missions, paths)
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


def paths_of(out_file: Path, count: int) -> list[Path]:
    """Give the file of each flight: the one that was named, or numbered ones beside it."""
    if count == 1:
        return [out_file]
    return [out_file.with_name(f"{out_file.stem}-{i}{out_file.suffix}") for i in range(1, count + 1)]


def write_all(missions: Sequence[Mission], paths: Sequence[Path]) -> list[str]:
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
