"""How the shell writes: results to standard output, all else to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from groundside.errors import GroundsideError
from groundside.see.text import shown_text

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)
WIDEST = 100_000
ELASTIC = frozenset({"file", "place", "aircraft", "note", "title", "state", "format"})
SHORTEST = 14
DECLINED = 1
"""Exit code where somebody was asked and said no."""
GAP = 2


def complain(error: GroundsideError) -> None:
    """Say what happened and what to try, on standard error."""
    err.print(Text.assemble(("error: ", "bold red"), shown_text(error.what)), soft_wrap=True)
    if error.try_this:
        err.print(Text.assemble(("  try: ", "bold"), shown_text(error.try_this)), soft_wrap=True)


def say(text: str) -> None:
    """Write one line for a person, on standard error."""
    err.print(Text(shown_text(text)), soft_wrap=True)


def agreed(question: str) -> None:
    """Ask somebody at the terminal before what cannot be undone; where the answer is no, the command ends with 1."""
    import typer  # takes a while, and most of what writes asks nothing

    if not typer.confirm(question, err=True):
        say("The answer was no; nothing was changed.")
        raise typer.Exit(DECLINED)


def show(text: str) -> None:
    """Write one line of a result to standard output."""
    out.print(Text(shown_text(text)), soft_wrap=True)


def write_json(value: object) -> None:
    """Write a JSON document to standard output; NaN is a defect, not a value."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def write_table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> None:
    """
    Write rows for a person.

    On a terminal only columns of long text are shortened, and nothing that is needed for the next command is; where
    even that does not fit, lines run on. In a pipe every row is as wide as it needs.
    """
    shown = [[shown_text(cell) for cell in row] for row in rows]
    natural = [max([len(head), *(cell_len(row[i]) for row in shown)]) for i, head in enumerate(heads)]
    widths = _widths(heads, natural, out.width if out.is_terminal else WIDEST)
    drawn = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for head, width in zip(heads, widths, strict=True):
        drawn.add_column(head, justify="right" if head in right else "left", no_wrap=True, width=width)
    for row in shown:
        drawn.add_row(*map(Text, row))
    Console(width=sum(widths) + GAP * len(heads), highlight=False).print(drawn, crop=False)


def _widths(heads: Sequence[str], natural: Sequence[int], room: int) -> list[int]:
    """Give each column its width, and share what is missing among the columns of long text."""
    widths = list(natural)
    missing = sum(widths) + GAP * (len(widths) - 1) - room
    while missing > 0:
        widest = max((i for i, head in enumerate(heads) if head in ELASTIC), key=lambda i: widths[i], default=None)
        if widest is None or widths[widest] <= SHORTEST:
            break
        widths[widest] -= 1
        missing -= 1
    return widths
