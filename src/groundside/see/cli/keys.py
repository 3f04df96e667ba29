"""`groundside keychain`: the keys of encrypted DJI records, fetched by the owner and never by us."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from groundside.errors import BadRequest
from groundside.see.cli.console import say, write_json
from groundside.see.cli.context import ArchiveOption, caller, opened
from groundside.see.files import written_whole

MAX_KEY_FILE_BYTES = 1 << 20


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    keychain = typer.Typer(
        help="Unlock encrypted DJI records. Nothing is ever sent by this program: `request` writes the small JSON that "
        "you may send to DJI's key service from any machine you choose, `add` takes the answer.",
        no_args_is_help=True,
    )
    keychain.command(epilog="Example: groundside keychain request DJIFlightRecord.txt --out ask.json")(request)
    keychain.command(epilog="Example: groundside keychain add DJIFlightRecord.txt answer.json")(add)
    app.add_typer(keychain, name="keychain")


def request(
    file: Annotated[Path, typer.Argument(help="An encrypted DJI flight record.")],
    out_file: Annotated[Path | None, typer.Option("--out", help="File to write; standard output otherwise.")] = None,
) -> None:
    """
    Write the JSON to ask DJI's key service for. It holds key blobs only, nothing of the flight.

    The owner posts it to https://dev.dji.com/openapi/v1/flight-records/keychains with an Api-Key of their own.
    """
    from groundside.archive.reading import key_request_of

    asked = key_request_of(file)
    if out_file is None:
        write_json(asked)
        return
    with written_whole(out_file) as stream:
        stream.write(json.dumps(asked, indent=2).encode())
    say(f"{out_file} written. Send it from any machine you choose; then: groundside keychain add {file} ANSWER.json")


def add(
    file: Annotated[Path, typer.Argument(help="The same record, or its file name in the archive.")],
    answer: Annotated[Path, typer.Argument(help="The answer of the key service.", metavar="KEYS.json")],
    archive: ArchiveOption = None,
) -> None:
    """Unlock a record with the keys that came back; they are kept beside the original for ever."""
    with opened(archive, create=True) as it:
        unlocked = it.add_keys(caller(), file, _answer(answer))
    say(f"{unlocked.file}: {unlocked.message}")


def _answer(path: Path) -> object:
    try:
        if path.stat().st_size > MAX_KEY_FILE_BYTES:
            what = f"{path} is too large to be an answer of the key service."
            raise BadRequest(what)
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        what = f"{path} is no JSON file that can be read: {error}."
        raise BadRequest(what, try_this="save the key service's answer unchanged") from error
