"""
Write docs/reference/damage.md.

Of the figures kept beside it: python tools/make_damage_page.py. Of new ones, which are then kept:
`pytest --full --figures F.json tests/contract/test_damage_tables.py`, then python tools/make_damage_page.py F.json.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE, KEPT = (ROOT / "docs" / "reference" / f"damage{suffix}" for suffix in (".md", ".json"))
PREFIX = "damage: "
ORDER = ("truncate", "overwrite", "delete", "insert", "swap")
HEAD = """# Damaged files

A card that fails, a download that breaks off, a battery that lets go: what is left of a log should still be read. Here
small simulated files of each format were damaged {files} times, in five ways that take turns, at a place drawn by lot:

- **truncate**: all from there on is gone;
- **overwrite**: 1 to 400 bytes are noise, or one time in four all zero or all ones;
- **delete**: 1 to 400 bytes are missing;
- **insert**: 1 to 400 bytes of the same kinds of noise stand between;
- **swap**: two pieces of up to 400 bytes changed places.

A record is *whole* where all its bytes still stand in one piece. The tables say how many whole records each program
found, of all that are timed or have a position. Where it was a definition that was hurt (a message's layout, the head
of a table), the records that need it count as whole all the same, for every program alike. All programs were told
what kind of file it is; left to itself, Groundside no longer recognised {unrecognised} of the {total} damaged files,
cut within their first records or torn in their head. A program that gives up counts with what it gave before.

*Invented* are rows that a program does not give of the undamaged file, beyond as many as records were hurt: one whose
own bytes changed may come out altered where the format has no checksum. In MAVLink, which has one, not even these are
forgiven; but the checksum does not cover the times that ground stations put before the frames.

Measured {date} by `pytest --full tests/contract/test_damage_tables.py`, with {versions}.
The seeds are the numbers from 0, so anyone gets the same damages of the same files.

- Of a compressed file (KMZ, ZIP) nothing is measured: damage to the compression hurts all behind it.
- A KML track keeps its times and its places in two lists, and their order alone says which belong together. Where both
  lists were torn, nobody can tell for what lies between; it is left out, and a piece that moved counts as hurt.
- The further digits of an IGC fix need the I record. Where that was hurt, a fix is the one that its first 35
  characters tell.
- Where names in the head of a table changed places, nobody can tell what its columns are: all its rows count as hurt.
- pyulog goes round for ever in the definitions of some damaged files: it is stopped after 400,000 reads.
- An encrypted record chains to the one before it, so the first one behind a damage cannot be opened by anyone.

"""
DETAILS = {"lost", "strange", "behind"}
"""Seeds to look at, which are not kept."""


def measured() -> dict[str, Any]:
    """Give the figures that are kept."""
    return json.loads(KEPT.read_text())


def keep(figures: dict[str, Any]) -> None:
    """Keep the figures of a run, with its day and the versions of the other programs."""
    peer = json.loads((ROOT / "tests" / "peers" / "dji-log-parser" / "package.json").read_text())
    versions = {name: version(name) for name in ("pymavlink", "pyulog")}
    versions["dji-log-parser-js"] = peer["dependencies"]["dji-log-parser-js"]
    formats = {name.removeprefix(PREFIX): _kept(told) for name, told in figures.items() if name.startswith(PREFIX)}
    kept = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "versions": versions, "formats": formats}
    KEPT.write_text(json.dumps(kept, indent=1) + "\n")


def _kept(told: dict[str, Any]) -> dict[str, Any]:
    return {
        kind: {k: v for k, v in line.items() if k not in DETAILS} if isinstance(line, dict) else line
        for kind, line in told.items()
    }


def page(kept: dict[str, Any]) -> str:
    """Give the whole page."""
    counts = {sum(told[kind]["files"] for kind in ORDER) for told in kept["formats"].values()}
    versions = ", ".join(f"{name} {number}" for name, number in kept["versions"].items())
    lines = [told[kind] for told in kept["formats"].values() for kind in ORDER]
    files, unrecognised = (sum(line[name] for line in lines) for name in ("files", "unrecognised"))
    each = " or ".join(f"{n:,}" for n in sorted(counts))
    head = HEAD.format(
        files=each, date=kept["date"], versions=versions, total=f"{files:,}", unrecognised=f"{unrecognised:,}"
    )
    compared = {name: told for name, told in kept["formats"].items() if told["peer"]}
    alone_told = {name: told for name, told in kept["formats"].items() if not told["peer"]}
    beside, alone = "## Next to other programs", "## Where nobody else reads what is damaged"
    return f"{head}{beside}\n\n{_table(compared)}\n{alone}\n\n{_table(alone_told)}"


def _table(formats: dict[str, Any]) -> str:
    theirs = any(told["peer"] for told in formats.values())
    columns = ["format", "damage", "whole records", "Groundside", "invented"]
    columns += ["other program", "finds", "invents"] if theirs else []
    rule = ["---", "---", "--:", "--:", "--:", "---", "--:", "--:"][: len(columns)]
    rows = [_row(name, kind, told) for name, told in formats.items() for kind in ORDER]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (columns, rule, *rows)) + "\n"


def _row(name: str, kind: str, told: dict[str, Any]) -> list[str]:
    line = told[kind]
    whole, peer = line["whole"], line["peer"]
    cells = [name, kind, f"{whole:,}", _share(line["recovered"], whole), f"{line['invented']:,}"]
    return [*cells, told["peer"], _share(peer["recovered"], whole), f"{peer['invented']:,}"] if peer else cells


def _share(found: int, whole: int) -> str:
    """Print a share of a hundred, never rounded up to all."""
    return "100 %" if found == whole else f"{int(found / whole * 100_000) / 1000:.3f} %"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        keep(json.loads(Path(sys.argv[1]).read_text()))
    PAGE.write_text(page(measured()), encoding="utf-8")
