"""`groundside ledger`: what the ledger signs, what is in it, and proofs of that."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.files import small_text, written_whole
from groundside.see.text import iso

if TYPE_CHECKING:
    from groundside.archive.attesting import Entry, LedgerState
    from groundside.model.event import Event

OutOption = Annotated[
    Path | None, typer.Option("--out", help="File to write; standard output otherwise.", metavar="FILE")
]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    family = typer.Typer(
        help="The ledger of what was done: its state, its entries, proofs, checkpoints.",
        invoke_without_command=True,
        epilog="Example: groundside ledger --json",
    )
    family.callback()(state)
    family.command("show", epilog="Examples: groundside ledger show --from 100 --limit 20 | groundside ledger show 12")(
        entries
    )
    family.command(epilog="Example: groundside ledger prove 12 --json")(prove)
    family.command(epilog="Example: groundside ledger checkpoint --out checkpoint.txt")(checkpoint)
    family.command(epilog="Example: groundside ledger consistency --from 120 --out growth.txt")(consistency)
    family.command("keep", epilog="Example: groundside ledger keep cosigned.txt --witness KEY")(keep)
    family.command(epilog="Example: groundside ledger mend")(mend)
    app.add_typer(family, name="ledger")


def state(context: typer.Context, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """The ledger of what was done: its state, its entries, proofs, checkpoints."""
    if context.invoked_subcommand:
        return
    with opened(archive) as it:
        found = it.ledger(caller())
    if as_json:
        write_json(_shape(found))
        return
    show(f"entries  {found.size}")
    show(f"root     {found.root.hex()}")
    show(f"key      {found.key}")
    for name, at_s in found.cosigned_by.items():
        show(f"seen by  {name}, {_at(at_s)}, with {found.cosigned} entries")
    for each in found.witnesses:
        show(f"witness  {each}")
    if not found.witnesses:
        say("No witness is known: whoever has this account could write the whole ledger anew.")
        say("  try: groundside witness make FOLDER --name NAME, on another machine or a stick")
    elif not found.cosigned:
        say("No checkpoint of this ledger that a witness cosigned is kept.")
        say("  try: groundside ledger checkpoint --out FILE, and have a witness cosign it: docs/how-to/witness.md")


def entries(
    seq: Annotated[
        int | None, typer.Argument(help="Only this entry, with who did what, how and why.", metavar="ENTRY", min=0)
    ] = None,
    first: Annotated[int, typer.Option("--from", help="Number of the first entry.", min=0)] = 0,
    limit: Annotated[int, typer.Option(help="No more than this many.", min=1)] = 100,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """List entries in order: when, what was done, and how many events there were of it; or all about one of them."""
    if seq is not None:
        _show_one(seq, limit, archive, as_json=as_json)
        return
    with opened(archive) as it:
        found = it.ledger_entries(caller(), first, limit)
    if as_json:
        write_json([_entry(each) for each in found])
        return
    rows = [(str(e.seq), iso(e.at_us) or "", e.verb, str(e.events), e.manifest[:16]) for e in found]
    write_table(["entry", "time (UTC)", "verb", "events", "manifest"], rows, right=["entry", "events"])


def _show_one(seq: int, limit: int, archive: ArchiveOption, *, as_json: bool) -> None:
    with opened(archive) as it:
        found = it.ledger_events(caller(), seq, limit)
    if as_json:
        write_json({**_entry(found.entry), "erased": found.erased, "told": [_event(each) for each in found.events]})
        return
    show(f"entry {seq}: {found.entry.verb}, {iso(found.entry.at_us)}")
    for each in found.events:
        show(f"{each.seq}  {iso(each.at_us)}  {each.what}  by {each.who} ({each.how})")
        for name, value in (("why", each.why), ("about", each.about), ("details", each.details)):
            if value and value != "{}":
                show(f"    {name}: {value}")
    if found.erased:
        say(f"{found.erased} of its events were erased: that they were is all that is left of them.")
    if (more := found.entry.events - found.erased - len(found.events)) > 0:
        say(f"{more} more; --limit shows more of them.")


def prove(
    seq: Annotated[int, typer.Argument(help="Number of the entry.", metavar="ENTRY", min=0)],
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prove that an entry is in the ledger that was signed."""
    with opened(archive) as it:
        found = it.prove(caller(), seq)
    if as_json:
        write_json({"entry": json.loads(found.leaf), "leaf": found.leaf.decode(), "proof": found.proof})
        return
    typer.echo(found.proof, nl=False)


def checkpoint(out_file: OutOption = None, archive: ArchiveOption = None) -> None:
    """Write the newest checkpoint: size and root of the ledger, signed."""
    with opened(archive) as it:
        found = it.ledger(caller())
    _write(found.checkpoint, out_file)


def consistency(
    old: Annotated[int, typer.Option("--from", help="How many entries it had.", min=0)],
    out_file: OutOption = None,
    archive: ArchiveOption = None,
) -> None:
    """Prove that the ledger only grew, with the newest checkpoint: what a witness asks for."""
    with opened(archive) as it:
        found = it.consistency(caller(), old)
    _write(found, out_file)


def keep(
    file: Annotated[Path, typer.Argument(help="A checkpoint that a witness cosigned.", metavar="FILE")],
    witness: Annotated[
        list[str] | None, typer.Option("--witness", help="Key of a witness that is new here.", metavar="KEY")
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep a checkpoint that a witness cosigned; from then on it goes into evidence."""
    text = small_text(file)
    with opened(archive) as it:
        kept = it.keep_checkpoint(caller(), text, witness or [])
    if as_json:
        write_json({"size": kept.size, "root": kept.root.hex()})
        return
    say(f"Kept: the ledger of {kept.size} entries, cosigned.")


def mend(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """
    Make damaged hashes of the ledger anew, where all its entries are still those that were signed.

    Nothing is signed anew by it: an altered entry or checkpoint stays a fault, and comes back from a backup only.
    """
    with opened(archive) as it:
        mended = it.mend_ledger(caller())
    if as_json:
        write_json({"mended": list(mended)})
        return
    for each in mended:
        say(f"Made anew: {each}.")
    say("The hashes of the ledger are those of its entries, which were signed." if mended else "Nothing is damaged.")


def _write(text: str, out_file: Path | None) -> None:
    if out_file is None:
        typer.echo(text, nl=False)
        return
    with written_whole(out_file) as stream:
        stream.write(text.encode())


def _at(at_s: int) -> str:
    try:
        return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return f"{at_s} s after 1970"


def _shape(found: LedgerState) -> dict[str, object]:
    return {
        "size": found.size,
        "root": found.root.hex(),
        "key": found.key,
        "checkpoint": found.checkpoint,
        "seen": {name: _at(at_s) for name, at_s in found.seen.items()},
        "cosigned": {"size": found.cosigned, "by": {name: _at(at_s) for name, at_s in found.cosigned_by.items()}},
        "witnesses": list(found.witnesses),
    }


def _event(of: Event) -> dict[str, object]:
    return {
        "seq": of.seq,
        "at": iso(of.at_us),
        "what": of.what,
        "who": of.who,
        "how": of.how,
        "why": of.why,
        "about": of.about,
        "details": json.loads(of.details),
    }


def _entry(of: Entry) -> dict[str, object]:
    return {"seq": of.seq, "at": iso(of.at_us), "verb": of.verb, "events": of.events, "manifest": of.manifest}
