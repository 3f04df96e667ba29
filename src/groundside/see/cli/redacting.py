"""`groundside redact`: derivatives of photos that give nobody away."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundside.errors import BadRequest, GroundsideError, NoSpace, NotUnderstood
from groundside.model.redaction import Box, Keep, Shown
from groundside.see.cli.console import say, write_json, write_table
from groundside.see.cli.context import PARTIAL, JsonOption, settings
from groundside.see.files import written_whole
from groundside.see.text import shown_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groundside.archive.redacting import Looking, Redacted, Redaction

HEADS = ("file", "written", "hidden", "surest", "least sure")
RECALL = (
    "Not every face is found: small, covered, turned away or seen from above they are missed, and number plates are "
    "not looked for. Look at each picture before it goes out, and add --box for what was missed."
)
_SUFFIX = ".jpg"
_DATE = re.compile(r"(19|20)\d\d[-_]?[01]\d[-_]?[0-3]\d")

BoxOption = Annotated[
    list[str] | None,
    typer.Option(
        "--box",
        help="Hide this too, in pixels of the picture as shown. More than once for several.",
        metavar="X,Y,W,H[,plate|face|other]",
    ),
]
KeepOption = Annotated[
    str, typer.Option("--keep", help="Metadata to leave in: time, camera, exposure, position.", metavar="FIELD[,FIELD]")
]
ScaleOption = Annotated[float, typer.Option("--scale", help="Look at the picture so much larger; 0.5 is faster.")]
ScoreOption = Annotated[float, typer.Option("--score", help="Least score of a face; less finds more, also falsely.")]
TurnedOption = Annotated[
    bool | None,
    typer.Option(
        "--turned/--upright",
        help="Look also at the picture turned, for people seen from above. Default: if the camera looked down.",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside redact DCIM/100MEDIA --out for-the-press --keep time,camera")(redact)


def redact(  # noqa: PLR0913 - one for each option
    files: Annotated[list[Path], typer.Argument(help="Pictures, or folders of them.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the derivatives; made if need be.", metavar="DIR")],
    box: BoxOption = None,
    keep: KeepOption = "",
    scale: ScaleOption = 1.0,
    score: ScoreOption = 0.5,
    turned: TurnedOption = None,
    faces: Annotated[bool, typer.Option("--faces/--no-faces", help="Look for faces, or hide --box alone.")] = True,
    rename: Annotated[bool, typer.Option("--rename", help="Number the derivatives: names may tell dates.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Hide faces, and what you draw, in copies of pictures that hold no metadata. Originals are never touched."""
    from groundside.archive.redacting import Redaction
    from groundside.archive.redacting import redact as redacted

    boxes = tuple(box_of(each) for each in box or ())
    if boxes and (len(files) > 1 or files[0].is_dir()):
        what = "A box is drawn in one picture, and several were named."
        raise BadRequest(what, try_this="groundside redact ONE.JPG --out DIR --box 120,80,60,20,plate")
    how = Redaction(boxes, kept(keep), looking(scale, score, turned), faces)
    made_folder(out)
    rows = _written(redacted(files, how, settings().max_decode_bytes), out, rename=rename)
    _tell(rows, how, as_json=as_json)


def box_of(text: str) -> Box:
    """
    Read "X,Y,WIDTH,HEIGHT" and, if it is there, what is shown; "other" if not.

    Raises:
        BadRequest: it is no box.
    """
    parts = [part.strip() for part in text.split(",")]
    shown = parts.pop() if len(parts) == 5 else Shown.OTHER
    if len(parts) != 4 or not all(part.isdecimal() and len(part) < 7 for part in parts) or shown not in set(Shown):
        what = f"{text[:60]!r} is no box in a picture."
        raise BadRequest(what, try_this="--box 120,80,60,20,plate: left, top, width and height in pixels")
    x, y, width, height = map(int, parts)
    if not (width and height):
        what = f"The box {text[:60]!r} holds nothing."
        raise BadRequest(what, try_this="--box 120,80,60,20: left, top, width and height in pixels")
    return Box(x, y, width, height, Shown(shown))


def kept(text: str) -> frozenset[Keep]:
    """
    Read the fields that may stay.

    Raises:
        BadRequest: there is no such field.
    """
    names = {each.strip() for each in text.split(",") if each.strip()}
    if unknown := sorted(names - set(Keep)):
        what = f"There is no field {unknown[0][:40]!r} that can be kept."
        raise BadRequest(what, try_this=f"--keep {','.join(Keep)}")
    return frozenset(map(Keep, names))


def looking(scale: float, score: float, turned: bool | None) -> Looking:
    """Make of the options how to look."""
    from groundside.archive.redacting import Looking, checked

    return checked(Looking(scale, score, turned))


def made_folder(out: Path) -> None:
    """
    Make a folder for derivatives, if need be.

    Raises:
        NoSpace: it cannot be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"{out} cannot be made: {error.strerror}."
        raise NoSpace(what, try_this="choose another folder with --out") from error


def _written(found: Iterable[Redacted], out: Path, *, rename: bool) -> list[tuple[Redacted, Path | None, str]]:
    rows: list[tuple[Redacted, Path | None, str]] = []
    for number, each in enumerate(found, 1):
        name = f"picture-{number:04d}{_SUFFIX}" if rename else each.path.stem + _SUFFIX
        rows.append((each, *_one_written(each, out / name)))
        said = f"{len(each.boxes)} hidden" if rows[-1][1] else rows[-1][2]
        say(f"{each.path.name}: {said}")
    return rows


def _one_written(each: Redacted, to: Path) -> tuple[Path | None, str]:
    """Write one derivative; nothing that is there is overwritten, an original least of all."""
    if not each.data:
        return None, each.why
    if to.exists() or to.is_symlink():
        return None, f"{to} is there already, and nothing is overwritten."
    try:
        write_new(to, each.data)
    except GroundsideError as error:
        return None, error.what
    return to, ""


def write_new(to: Path, data: bytes) -> None:
    """
    Write a file whole or not at all.

    Raises:
        NoSpace: the disk cannot take it.
    """
    with written_whole(to) as stream:
        stream.write(data)


def _tell(rows: list[tuple[Redacted, Path | None, str]], how: Redaction, *, as_json: bool) -> None:
    if as_json:
        write_json({"recall": RECALL, "kept": sorted(how.keep), "files": [_shape(*row) for row in rows]})
    elif any(to for _, to, _ in rows):
        write_table(HEADS, [_row(*row) for row in rows if row[1]], right=("hidden", "surest", "least sure"))
    if any(to for _, to, _ in rows):
        say(RECALL)
    if any(to and _DATE.search(to.name) for _, to, _ in rows):
        say("Names of files tell dates: --rename numbers them.")
    bad = sum(1 for _, to, _ in rows if to is None)
    if bad == len(rows):
        what = "There are no pictures there." if not rows else f"Nothing was written: {rows[0][2]}"
        raise NotUnderstood(what, try_this="JPEG, PNG, TIFF and WebP files are taken; give a new folder with --out")
    if bad:
        raise typer.Exit(PARTIAL)


def _row(each: Redacted, to: Path | None, _: str) -> tuple[str, ...]:
    scores = [box.score for box in each.boxes if box.score is not None]
    sure = (f"{max(scores):.2f}", f"{min(scores):.2f}") if scores else ("–", "–")
    return each.path.name, str(to or ""), str(len(each.boxes)), *sure


def _shape(each: Redacted, to: Path | None, why: str) -> dict[str, Any]:
    return {
        "file": shown_text(str(each.path)),
        "written": None if to is None else shown_text(str(to)),
        "why": shown_text(why) or None,
        "turned": each.turned,
        "boxes": [box_shape(box) for box in each.boxes],
        "found_in_derivative": each.again,
    }


def box_shape(box: Box) -> dict[str, Any]:
    """A box as JSON: pixels of the picture as shown."""
    return {
        "x": box.x, "y": box.y, "width": box.width, "height": box.height, "shown": str(box.shown), "score": box.score,
    }  # fmt: skip
