"""`groundside redaction`: what is hidden in photos of the archive, and derivatives of those that people confirmed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundside.errors import BadRequest, Conflict
from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import PARTIAL, ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.photo_named import PHOTO_HELP, PhotoArgument, photo_given
from groundside.see.cli.redacting import (
    RECALL,
    BoxOption,
    KeepOption,
    ScaleOption,
    ScoreOption,
    TurnedOption,
    box_of,
    box_shape,
    kept,
    looking,
    made_folder,
    write_new,
)

if TYPE_CHECKING:
    from groundside.archive.reviewing import Reviewed

Photos = Annotated[list[str], typer.Argument(help=PHOTO_HELP, metavar="PHOTO…")]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    family = typer.Typer(help="What is hidden in photos of the archive before others see them.", no_args_is_help=True)
    family.command("propose", epilog="Example: groundside redaction propose DJI_0018.JPG")(propose)
    family.command("list", epilog="Example: groundside redaction list --unconfirmed --json")(listed)
    family.command("edit", epilog="Example: groundside redaction edit DJI_0018.JPG --box 812,440,60,20,plate")(edit)
    family.command("confirm", epilog="Example: groundside redaction confirm DJI_0018.JPG")(confirm)
    family.command("export", epilog="Example: groundside redaction export DJI_0018.JPG --out for-the-press")(export)
    app.add_typer(family, name="redaction")


def propose(
    photos: Photos,
    scale: ScaleOption = 1.0,
    score: ScoreOption = 0.5,
    turned: TurnedOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look for faces in photos, and put what is found into the review queue."""
    how = looking(scale, score, turned)
    with opened(archive) as it:
        rows: list[Reviewed] = []
        for photo in photos:
            rows += it.propose_redaction(caller(), [photo_given(photo)], how)
            say(f"{rows[-1].file}: {rows[-1].why or f'{len(rows[-1].review.boxes)} to be hidden'}")
    _tell(rows, as_json=as_json)
    say(RECALL)
    if any(each.why for each in rows):
        raise typer.Exit(PARTIAL)


def listed(
    photo: Annotated[str, typer.Argument(help=PHOTO_HELP, metavar="PHOTO")] = "",
    unconfirmed: Annotated[bool, typer.Option("--unconfirmed", help="Only what nobody has confirmed.")] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what is to be hidden: the review queue; with a photo, each of its boxes by number."""
    with opened(archive) as it:
        rows = it.redactions(caller(), photo_given(photo) if photo else "", unconfirmed=unconfirmed)
    _tell(list(rows), as_json=as_json)
    if photo and not as_json:
        for number, box in enumerate((box for each in rows for box in each.review.boxes), 1):
            by = "drawn" if box.score is None else f"score {box.score:.2f}"
            show(f"  {number}  {box.shown} at {box.x},{box.y}  {box.width} x {box.height}  {by}")


def edit(
    photo: PhotoArgument,
    box: BoxOption = None,
    remove: Annotated[
        list[int] | None, typer.Option("--remove", help="Number of a box that hides nothing.", metavar="N")
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw boxes in a photo, and take away those that need not be hidden."""
    if not (box or remove):
        what = "There is nothing to change."
        raise BadRequest(what, try_this="--box X,Y,W,H to hide something, --remove N to show it")
    drawn = [box_of(each) for each in box or ()]
    with opened(archive) as it:
        done = it.edit_redaction(caller(), photo_given(photo), drawn, remove or ())
    _tell([done], as_json=as_json)


def confirm(photos: Photos, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Say that you have looked at photos, and that their boxes hide what has to be hidden."""
    with opened(archive) as it:
        rows = [it.confirm_redaction(caller(), photo_given(photo)) for photo in photos]
    _tell(rows, as_json=as_json)


def export(
    photos: Photos,
    out: Annotated[Path, typer.Option("--out", help="Folder for the derivatives; made if need be.", metavar="DIR")],
    keep: KeepOption = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write derivatives of photos that were confirmed."""
    from groundside.archive.redacting import Redaction

    made_folder(out)
    how, done = Redaction(keep=kept(keep)), list[dict[str, Any]]()
    with opened(archive) as it:
        for photo in photos:
            made = it.redacted_photo(caller(), photo_given(photo), how)
            to = out / f"{made.path.stem}.jpg"
            if to.exists() or to.is_symlink():
                what = f"{to} is there already, and nothing is overwritten."
                raise Conflict(what, try_this="choose another folder with --out")
            write_new(to, made.data)
            done.append({"file": made.path.name, "written": str(to), "boxes": [box_shape(box) for box in made.boxes]})
            say(f"{to}: {len(made.boxes)} hidden")
    if as_json:
        write_json({"recall": RECALL, "kept": sorted(how.keep), "files": done})
    say(RECALL)


def _tell(rows: list[Reviewed], *, as_json: bool) -> None:
    if as_json:
        write_json([_shape(each) for each in rows])
        return
    cells = [
        (each.photo[:8], each.file, str(len(each.review.boxes)), "yes" if each.review.confirmed else "no")
        for each in rows
    ]
    write_table(["photo", "file", "hidden", "confirmed"], cells, right=("hidden",))


def _shape(each: Reviewed) -> dict[str, Any]:
    review = each.review
    return {
        "photo": each.photo,
        "file": each.file,
        "confirmed": review.confirmed,
        "code": review.code or None,
        "why": each.why or None,
        "boxes": [box_shape(box) for box in review.boxes],
        "dismissed": [box_shape(box) for box in review.dismissed],
    }
