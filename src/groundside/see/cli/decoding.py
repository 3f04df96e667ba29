"""`groundside decode`: read one file, without an archive."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import BadRequest, NotUnderstood
from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import JsonOption, settings

if TYPE_CHECKING:
    from groundside.archive.reading import Reading

SHOWN_PROBLEMS = 20


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside decode 00000001.BIN --json | jq .tables")(decode)
    app.command()(formats)


def decode(
    file: Annotated[Path, typer.Argument(help="A log, of any format known.")],
    as_json: JsonOption = False,
    keys: Annotated[Path | None, typer.Option(help="JSON with the keys of an encrypted DJI record.")] = None,
    to: Annotated[Path | None, typer.Option(help="Also write every table as Parquet into this folder.")] = None,
    table: Annotated[
        list[str] | None, typer.Option(help="Only this table, and its instances; may be repeated.")
    ] = None,
    between: Annotated[str, typer.Option(help="Only rows of this UTC time: 2026-05-01T10:00/2026-05-01T10:05.")] = "",
) -> None:
    """Read one file and say what is in it. No archive is needed and nothing is kept."""
    from groundside.archive.reading import read
    from groundside.see.shapes import reading_shape

    asked = _json_of(keys) if keys else None
    limit = settings().max_decode_bytes
    reading = read(file, tables=table or None, between=_stretch(between), keys=asked, limit=limit)
    if to is not None:
        _write_tables(reading, to)
    if as_json:
        write_json(reading_shape(reading))
    else:
        _describe(reading)
    if reading.format is None:
        what = f"{file.name}: {reading.problems[0].what}."
        raise NotUnderstood(what, try_this="groundside formats lists what can be read")


def formats(as_json: JsonOption = False) -> None:
    """List the formats that can be read."""
    from groundside.archive.reading import formats as known

    if as_json:
        write_json([{"name": f.name, "title": f.title, "kind": f.kind, "suffixes": list(f.suffixes)} for f in known()])
        return
    write_table(["name", "title", "files"], [(f.name, f.title, " ".join(f.suffixes)) for f in known()])


def _stretch(text: str) -> tuple[datetime, datetime] | None:
    """Read two times with a stroke between them; either may be left out (ISO 8601, time intervals)."""
    if not text:
        return None
    begin, stroke, end = text.partition("/")
    if not stroke:
        what = f"{text!r} names one time, not two."
        raise BadRequest(what, try_this="write two with a stroke between them: 2026-05-01T10:00/2026-05-01T10:05")
    return _moment(begin, datetime.min), _moment(end, datetime.max)


def _moment(text: str, otherwise: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if text else otherwise
    except ValueError as error:
        what = f"{text!r} is no time."
        raise BadRequest(
            what, try_this="write it like 2026-05-01T10:00:00, in UTC or with its offset: +02:00"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _json_of(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        what = f"{path} is no JSON file that can be read: {error}."
        raise BadRequest(what) from error


def _write_tables(reading: Reading, folder: Path) -> None:
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    for name, table in reading.tables.items():
        safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in name)
        pq.write_table(table, folder / f"{safe}.parquet")
    say(f"{len(reading.tables)} tables written to {folder}")


def _describe(reading: Reading) -> None:
    account = reading.account
    show(f"format    {reading.kind.title if reading.kind else 'not understood'}")
    show(
        f"bytes     {account.total:,}: {account.decoded:,} decoded, {account.skipped:,} skipped"
        f" (of these {account.unknown:,} of unknown types, {account.locked:,} locked)"
    )
    for name, value in reading.facts.items():
        show(f"{name:<24} {json.dumps(value, ensure_ascii=False)}")
    if reading.tables:
        write_table(["table", "rows"], [(n, f"{t.num_rows:,}") for n, t in reading.tables.items()], right=["rows"])
    for problem in reading.problems[:SHOWN_PROBLEMS]:
        where = "" if problem.offset is None else f"at byte {problem.offset:,}, {problem.length:,} bytes: "
        show(f"problem   {where}{problem.what}")
    if len(reading.problems) > SHOWN_PROBLEMS:
        show(f"          and {len(reading.problems) - SHOWN_PROBLEMS} more; --json lists them")
