"""`groundside finding`: what people found in photos, where that is on the ground, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import BadRequest
from groundside.model.finding import Asset, Finding, FindingChange, FindingQuery, Pin, Severity, Status
from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.photo_ground import GroundOption, TerrainOption
from groundside.see.cli.photo_named import PhotoArgument, photo_given
from groundside.see.files import written_whole

if TYPE_CHECKING:
    from groundside.archive.archive import Archive

UNKNOWN = "–"
HEADS = ("id", "severity", "status", "type", "file", "lon, lat", "error (95 %)", "asset", "assigned", "note")
FindingArgument = Annotated[str, typer.Argument(help="The beginning of its id.", metavar="ID")]
TypeOption = Annotated[str | None, typer.Option("--type", help="What it is, in your words.")]
SeverityOption = Annotated[Severity | None, typer.Option("--severity", help="How bad it is.")]
StatusOption = Annotated[Status | None, typer.Option("--status", help="What has become of it.")]
NoteOption = Annotated[str | None, typer.Option("--note", help="What else there is to say.")]
AssignOption = Annotated[str | None, typer.Option("--assign", help="To whom; empty for nobody.")]
AssetOption = Annotated[str | None, typer.Option("--asset", help="Name of the asset it is on.")]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    family = typer.Typer(help="What was found in photos, and where that is on the ground.", no_args_is_help=True)
    family.command("add", epilog="Example: groundside finding add DJI_0018.JPG --at 812,440 --type crack")(add)
    family.command("list", epilog="Example: groundside finding list --status open --json")(listed)
    family.command("show", epilog="Example: groundside finding show 3f21")(shown)
    family.command("edit", epilog="Example: groundside finding edit 3f21 --severity major --assign Ann")(edit)
    family.command("close", epilog="Example: groundside finding close 3f21 --note 'bolt replaced'")(close)
    family.command("export", epilog="Example: groundside finding export findings.geojson --status open")(export)
    family.command("asset", epilog="Example: groundside finding asset 'Tower 12' --type tower")(asset)
    family.command("assets", epilog="Example: groundside finding assets --json")(assets)
    app.add_typer(family, name="finding")


def add(  # noqa: PLR0913 - one for each option
    photo: PhotoArgument,
    at: Annotated[
        str,
        typer.Option("--at", help="Where, in pixels of the image as stored; or what is marked.", metavar="X,Y[,W,H]"),
    ],
    kind: Annotated[str, typer.Option("--type", help="What it is, in your words.")],
    severity: Annotated[Severity, typer.Option("--severity", help="How bad it is.")] = Severity.MINOR,
    note: NoteOption = None,
    assign: AssignOption = None,
    asset: AssetOption = None,
    terrain: TerrainOption = None,
    ground: GroundOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter what was found in a photo; its place on the ground is worked out, with its error."""
    from groundside.archive.footprints import opened_terrain

    if terrain is not None and ground is not None:
        what = "The ground is given twice: as an elevation model and as a height."
        raise BadRequest(what, try_this="give --terrain or --ground")
    pin = pin_of(at)
    said = FindingChange(type=kind, severity=severity, note=note, assigned=assign, asset=asset)
    with opened(archive) as it, opened_terrain(terrain) as surface:
        made = it.add_finding(caller(), photo_given(photo), pin, said, surface, ground)
        _tell(it, made, as_json=as_json)


def pin_of(text: str) -> Pin:
    """
    Read "X,Y" or "X,Y,WIDTH,HEIGHT" in pixels.

    Raises:
        BadRequest: they are none.
    """
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) not in {2, 4} or not all(0.0 <= value < 1e6 for value in values):
        what = f"{text[:40]!r} is no place in an image."
        raise BadRequest(what, try_this="--at 812,440, or --at 812,440,60,20 for what is marked")
    return Pin(*values)


def listed(  # noqa: PLR0913 - one for each option
    photo: Annotated[str, typer.Option("--photo", help="Only in this photo.", metavar="PHOTO")] = "",
    asset: Annotated[str, typer.Option("--asset", help="Only on this asset.")] = "",
    kind: Annotated[str, typer.Option("--type", help="Only of this type.")] = "",
    status: StatusOption = None,
    severity: SeverityOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """List findings, the worst first; what is closed comes last."""
    with opened(archive) as it:
        found = it.findings(caller(), _query(photo, asset, kind, status, severity))
        known = it.assets(caller())
    if as_json:
        from groundside.see.finding_shapes import finding_shape

        write_json([finding_shape(each, known) for each in found])
        return
    write_table(HEADS, [_row(each, known) for each in found])
    say(f"{len(found)} findings.")


def _query(photo: str, asset: str, kind: str, status: Status | None, severity: Severity | None) -> FindingQuery:
    named = photo_given(photo) if photo else ""
    return FindingQuery(photo=named, asset=asset, type=kind, status=status, severity=severity)


def shown(finding: FindingArgument, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Show a finding with its history."""
    from groundside.see.finding_shapes import finding_shape, version_shape
    from groundside.see.text import iso

    with opened(archive) as it:
        versions = it.finding(caller(), finding)
        known = it.assets(caller())
    now = versions[-1].finding
    if as_json:
        history = [version_shape(each) for each in versions]
        write_json({**finding_shape(now, known), "history": history})
        return
    write_table(HEADS, [_row(now, known)])
    for note in now.why:
        show(f"  {note}")
    for each in versions:
        was = each.finding
        show(f"  {iso(each.at_us)}  {each.who}: {was.type}, {was.severity}, {was.status}  {was.note}")


def edit(  # noqa: PLR0913 - one for each option
    finding: FindingArgument,
    kind: TypeOption = None,
    severity: SeverityOption = None,
    status: StatusOption = None,
    note: NoteOption = None,
    assign: AssignOption = None,
    asset: AssetOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say something else of a finding; what was said before stays in its history."""
    change = FindingChange(type=kind, severity=severity, status=status, note=note, assigned=assign, asset=asset)
    if change == FindingChange():
        what = "There is nothing to change."
        raise BadRequest(what, try_this="groundside finding edit ID --severity major")
    with opened(archive) as it:
        _tell(it, it.edit_finding(caller(), finding, change), as_json=as_json)


def close(
    finding: FindingArgument,
    note: NoteOption = None,
    dismiss: Annotated[bool, typer.Option("--dismiss", help="It was none; it stays in the list.")] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that a finding is done with."""
    status = Status.DISMISSED if dismiss else Status.CLOSED
    with opened(archive) as it:
        _tell(it, it.edit_finding(caller(), finding, FindingChange(status=status, note=note)), as_json=as_json)


def export(
    out: Annotated[Path, typer.Argument(help="The file to be written: .geojson, or .pdf as a report.", metavar="FILE")],
    asset: Annotated[str, typer.Option("--asset", help="Only on this asset.")] = "",
    kind: Annotated[str, typer.Option("--type", help="Only of this type.")] = "",
    status: StatusOption = None,
    severity: SeverityOption = None,
    archive: ArchiveOption = None,
) -> None:
    """Write findings as GeoJSON, points with their errors and all that is said of them; or print them as PDF."""
    from groundside.see.finding_shapes import write_findings

    with opened(archive) as it:
        found = it.findings(caller(), _query("", asset, kind, status, severity))
        known = it.assets(caller())
    if out.suffix.lower() == ".pdf":
        _print(found, known, out)
        return
    with written_whole(out) as stream:
        placed = write_findings(found, known, stream)
    say(f"{out}: {len(found)} findings, {placed} of them with a place.")


def _print(found: Sequence[Finding], known: Sequence[Asset], out: Path) -> None:
    import time

    from groundside.see.report.findings import findings_pdf

    content = findings_pdf(found, known, time.time_ns() // 1000, out.stem)
    with written_whole(out) as stream:
        stream.write(content)
    say(f"{out}: {len(found)} findings.")


def asset(
    name: Annotated[str, typer.Argument(help="No two are alike.", metavar="NAME")],
    kind: Annotated[str, typer.Option("--type", help="What it is, in your words: tower, span.")] = "",
    part_of: Annotated[str, typer.Option("--part-of", help="Name of the asset it is a part of.")] = "",
    photo: Annotated[str, typer.Option("--photo", help="A photo that shows it.", metavar="PHOTO")] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter an asset, or say more of one: its type, what it is part of, a photo that shows it."""
    wanted = Asset(id="", name=name, type=kind, part_of=part_of)
    with opened(archive) as it:
        made = it.add_asset(caller(), wanted, photo_given(photo) if photo else "")
        _tell_assets(it, made, as_json=as_json)


def assets(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List assets with their photos and findings."""
    with opened(archive) as it:
        _tell_assets(it, None, as_json=as_json)


def _tell_assets(it: Archive, one: Asset | None, *, as_json: bool) -> None:
    from groundside.see.finding_shapes import asset_shape

    known, found = it.assets(caller()), it.findings(caller(), FindingQuery())
    shapes = [asset_shape(each, known, found) for each in known if one is None or each.id == one.id]
    if as_json:
        write_json(shapes if one is None else shapes[0])
        return
    rows = [
        (s["id"], s["name"], s["type"] or "", s["part_of"] or "", str(len(s["photos"])), str(len(s["findings"])))
        for s in shapes
    ]
    write_table(("id", "name", "type", "part of", "photos", "findings"), rows, right=("photos", "findings"))


def _tell(it: Archive, made: Finding, *, as_json: bool) -> None:
    known = it.assets(caller()) if made.asset else ()
    if as_json:
        from groundside.see.finding_shapes import finding_shape

        write_json(finding_shape(made, known))
        return
    write_table(HEADS, [_row(made, known)])
    for note in made.why:
        say(note)


def _row(of: Finding, known: tuple[Asset, ...]) -> tuple[str, ...]:
    names = {each.id: each.name for each in known}
    point = of.ground
    place = f"{point.place.lon:.6f}, {point.place.lat:.6f}" if point else UNKNOWN
    error = f"{point.error.major_m:.1f} x {point.error.minor_m:.1f} m" if point and point.error else UNKNOWN
    asset = names.get(of.asset, of.asset)
    return of.id, of.severity, of.status, of.type, of.file, place, error, asset, of.assigned, of.note
