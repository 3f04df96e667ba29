"""How the shell writes: results to standard output, all else to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from groundside.errors import GroundsideError
from groundside.see.text import shown_text

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)
WIDEST = 100_000


def complain(error: GroundsideError) -> None:
    """Say what happened and what to try, on standard error."""
    err.print(Text.assemble(("error: ", "bold red"), shown_text(error.what)), soft_wrap=True)
    if error.try_this:
        err.print(Text.assemble(("  try: ", "bold"), shown_text(error.try_this)), soft_wrap=True)


def say(text: str) -> None:
    """Write one line for a person, on standard error."""
    err.print(Text(shown_text(text)), soft_wrap=True)


def show(text: str) -> None:
    """Write one line of a result to standard output."""
    out.print(Text(shown_text(text)), soft_wrap=True)


def write_json(value: object) -> None:
    """Write a JSON document to standard output; NaN is a defect, not a value."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def write_table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = ()) -> None:
    """Write rows for a person, as wide as they need when the output is no terminal."""
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        drawn.add_column(head, justify="right" if head in right else "left", no_wrap=True)
    for row in rows:
        drawn.add_row(*(Text(shown_text(cell)) for cell in row))
    if out.is_terminal:
        out.print(drawn)
        return
    unbounded = Console(width=WIDEST, highlight=False)
    Console(width=unbounded.measure(drawn).maximum, highlight=False).print(drawn)
