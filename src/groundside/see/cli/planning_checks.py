"""`groundside plan check`, `compare`, `cameras`, `aircraft`: plans are looked at, before the flight and after it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundside.errors import BadRequest, Refused
from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.planning_leaving import finding_shape, tell_findings
from groundside.see.cli.planning_options import Checking, checking, position_of, sharing
from groundside.see.cli.words import UNKNOWN
from groundside.see.files import written_whole

if TYPE_CHECKING:
    from groundside.archive.plan_comparing import Compared

MOST_GAPS = 10


def add_to(plan: typer.Typer) -> None:
    """Add these commands to `groundside plan`."""
    plan.command(epilog="Example: groundside plan check survey.plan --aircraft anafi --wind 6@270")(
        sharing(how=checking)(check)
    )
    plan.command(
        epilog='Example: groundside plan compare survey.plan flight.ulg --camera "Sony a6000 16 mm" --refly again.plan'
    )(compare)
    plan.command(epilog="Example: groundside plan resume survey.plan --after 8.5412,47.3771 --out rest.plan")(resume)
    plan.command(epilog="Example: groundside plan cameras --json")(cameras)
    plan.command(epilog="Example: groundside plan aircraft --json")(aircraft)


def check(
    how: Checking,
    file: Annotated[Path, typer.Argument(help="A mission of any controller.", metavar="FILE")],
    as_json: JsonOption = False,
) -> None:
    """Check a plan: height, distance, sight, keep-outs, battery, daylight, controller. Exit code 12 where one fails."""
    from dataclasses import replace

    from groundside.archive.missions import read_mission
    from groundside.archive.plan_checking import Outcome, limits_for, told
    from groundside.archive.plan_checking import check as run

    mission, given = read_mission(file).mission, how.conditions()
    given = replace(given, limits=limits_for(file.name, given.limits))
    findings = run(mission, given)
    if as_json:
        write_json({"checks": [finding_shape(each) for each in findings], "flight": told(mission, given)})
    else:
        tell_findings(findings)
    failed = [each.check for each in findings if each.outcome is Outcome.FAILED]
    if failed:
        what = f"{file.name} fails {', '.join(failed)}."
        raise Refused(what, try_this="change the plan, or the limits if they are not yours")


def compare(  # noqa: PLR0913 - one for each option
    file: Annotated[Path, typer.Argument(help="The plan; or a PX4 log, which holds it.", metavar="PLAN")],
    flight: Annotated[str, typer.Argument(help="A log file; or a flight's id, with --archive.", metavar="FLIGHT")],
    camera: Annotated[str, typer.Option(help="A name, or a .toml file. Default: the plan's own.", metavar="NAME")] = "",
    trigger: Annotated[
        float | None, typer.Option(help="Distance between photos, where the plan is a log.", metavar="M")
    ] = None,
    refly_file: Annotated[
        Path | None, typer.Option("--refly", help="Write a plan that flies the gaps again.", metavar="FILE")
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare a plan with its flight: gaps, overlap and resolution that were had, and the parts to fly again."""
    from groundside.archive.plan_cameras import camera_from
    from groundside.archive.plan_comparing import compare_log, compare_track, plan_in

    mission, lens = plan_in(file, trigger), camera_from(camera) if camera else ""
    if Path(flight).is_file():
        done = compare_log(mission, Path(flight), lens)
    elif archive is None:
        what = f"{flight} is no file."
        raise BadRequest(what, try_this="name a log file, or a flight's id with --archive DIR")
    else:
        with opened(archive) as it:
            done = compare_track(mission, it.track(caller(), it.resolve(caller(), flight)).table, lens)
    again = _refly(done, refly_file) if refly_file is not None else None
    if as_json:
        write_json({**_shape(done), "refly": again})
    else:
        _tell(done)


def resume(
    file: Annotated[Path, typer.Argument(help="The plan that was begun.", metavar="FILE")],
    after: Annotated[str, typer.Option(help="Where the last good photo was taken.", metavar="LON,LAT")],
    out_file: Annotated[Path, typer.Option("--out", help="What is left, in the format of its suffix.", metavar="FILE")],
    overlap: Annotated[float, typer.Option(help="Begin so far before it, in metres.", min=0, metavar="M")] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Write what is left of a plan after its last good photo, for the next battery."""
    from groundside.archive.missions import encode_mission, read_mission
    from groundside.archive.plan_checking import rest_of

    at = position_of(after)
    if at is None:
        raise BadRequest("No place was named.", try_this="--after LON,LAT")
    left = rest_of(read_mission(file).mission, at, overlap)
    written = encode_mission(left, out_file.name)
    with written_whole(out_file) as stream:
        stream.write(written.content)
    problems = [f"{out_file.name}: {each.what}" for each in written.problems]
    if as_json:
        write_json({"file": str(out_file), "waypoints": len(left.waypoints), "problems": problems})
        return
    show(f"{out_file}: {len(left.waypoints)} waypoints are left")
    for problem in problems:
        say(problem)


def cameras(as_json: JsonOption = False) -> None:
    """List the cameras that plans can be made for, with the source of each."""
    from groundside.archive.planning import CAMERAS

    if as_json:
        write_json([
            {
                "name": c.name, "sensor_mm": [c.sensor_width_mm, c.sensor_height_mm],
                "pixels": [c.width_px, c.height_px], "focal_mm": c.focal_mm, "fastest_s": c.fastest_s,
                "source": c.source.url if c.source else None,
            }
            for c in CAMERAS
        ])  # fmt: skip
        return
    rows = [
        (c.name, f"{c.sensor_width_mm:g} x {c.sensor_height_mm:g}", f"{c.width_px} x {c.height_px}", f"{c.focal_mm:g}")
        for c in CAMERAS
    ]
    write_table(["name", "sensor (mm)", "pixels", "focal length (mm)"], rows)


def aircraft(as_json: JsonOption = False) -> None:
    """List the aircraft whose makers' figures are known, with the source of each."""
    from groundside.archive.planning import AIRCRAFT

    if as_json:
        write_json([
            {
                "name": a.name, "flight_time_s": a.flight_time_s, "airspeed_m_s": round(a.airspeed_m_s, 2),
                "climb_m_s": a.climb_m_s, "descent_m_s": a.descent_m_s, "wind_m_s": a.wind_m_s, "source": a.source.url,
            }
            for a in AIRCRAFT
        ])  # fmt: skip
        return
    rows = [
        (a.name, f"{a.flight_time_s / 60:.0f}", f"{a.airspeed_m_s:.1f}", _known(a.climb_m_s), _known(a.wind_m_s))
        for a in AIRCRAFT
    ]
    write_table(["name", "flight time (min)", "speed (m/s)", "climb (m/s)", "wind (m/s)"], rows)


def _known(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:g}"


def _refly(done: Compared, path: Path) -> str | None:
    from groundside.archive.missions import encode_mission
    from groundside.archive.plan_comparing import refly_of

    if not done.comparison.gaps:
        say("There is no gap to fly again.")
        return None
    written = encode_mission(refly_of(done), path.name)
    with written_whole(path) as stream:
        stream.write(written.content)
    for problem in written.problems:
        say(f"{path.name}: {problem.what}")
    return str(path)


def _shape(done: Compared) -> dict[str, Any]:
    from groundside.archive.plan_comparing import gap_shapes

    c = done.comparison
    return {
        "area_m2": round(c.area_m2, 1), "covered": round(c.covered, 6), "gap_m2": round(c.gap_m2, 1),
        "planned_photos": c.planned_photos, "flown_photos": c.flown_photos, "photos_from": done.photos_from,
        "frontlap": None if c.frontlap is None else {"mean": c.frontlap[0], "least": c.frontlap[1]},
        "sidelap": c.sidelap,
        "gsd_cm": None if c.gsd_cm is None else dict(zip(("least", "median", "greatest"), c.gsd_cm, strict=True)),
        "off_line_m": None if c.off_m is None else {"median": c.off_m[0], "greatest": c.off_m[1]},
        "gaps": {"type": "FeatureCollection", "features": list(gap_shapes(done))},
    }  # fmt: skip


def _tell(done: Compared) -> None:
    c = done.comparison
    show(f"covered   {c.covered:.2%} of {c.area_m2:,.0f} m2; {len(c.gaps)} gaps of {c.gap_m2:,.0f} m2 in all")
    show(f"photos    {c.flown_photos} of {c.planned_photos}, {done.photos_from}")
    if c.frontlap:
        show(f"frontlap  {c.frontlap[0]:.0%} in the mean, {c.frontlap[1]:.0%} at the least")
    if c.sidelap is not None:
        show(f"sidelap   {c.sidelap:.0%} in the mean")
    if c.gsd_cm:
        show(f"GSD       {c.gsd_cm[1]:.2f} cm, from {c.gsd_cm[0]:.2f} to {c.gsd_cm[2]:.2f}")
    for gap in c.gaps[:MOST_GAPS]:
        show(f"gap       {gap.area_m2:,.0f} m2 at {gap.outline[0].lon:.6f}, {gap.outline[0].lat:.6f}")
    if len(c.gaps) > MOST_GAPS:
        show(f"          and {len(c.gaps) - MOST_GAPS} more; --json lists them")
