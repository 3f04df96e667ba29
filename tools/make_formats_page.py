"""Write docs/reference/formats.md from the registry of decoders: python tools/make_formats_page.py."""

from __future__ import annotations

from pathlib import Path

from groundside.decode.format import Format
from groundside.decode.known import formats

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "formats.md"
HEAD = """# Formats

Made of the registry of decoders by `python tools/make_formats_page.py`; a test compares the two. `groundside formats`
lists the same in the shell. A file is recognised by its content, never by its name.

"Experimental" means: built from the published definition, and checked against independently written simulated files; no
real file was read by anyone here yet. If you have one, `groundside decode FILE` says what was understood.

"Log" means parameters, messages, events and hardware, as far as such a file states them: `groundside log FLIGHT`.

"""


def page() -> str:
    """Give the whole page."""
    rows = "\n".join(_row(f) for f in formats())
    table = f"| format | files | what it holds | state |\n|---|---|---|---|\n{rows}\n"
    return HEAD + table + "".join(_section(f) for f in formats())


def _row(f: Format) -> str:
    pictured = {"photo": "when, where and what it shows", "video": "when and where it began"}
    holds = pictured.get(f.kind) or ("track and log" if f.log else "track")
    state = "experimental until read" if f.experimental else "checked on real files"
    return f"| [{f.title}](#{f.name}) | {', '.join(f.suffixes)} | {holds} | {state} |"


def _section(f: Format) -> str:
    where = f", {f.source.where}" if f.source.where else ""
    lines = [
        f'\n<a id="{f.name}"></a>\n\n## {f.title}\n',
        f"`{f.name}`, decoder version {f.version}. Described in [{f.source.title}]({f.source.url}){where}.\n",
    ]
    for title, entries in (
        ("Read", f.coverage.reads),
        ("Inferred, and said so", f.coverage.infers),
        ("Not understood", f.coverage.leaves),
        ("Checked on", f.coverage.checked_on),
    ):
        if entries:
            lines.append(f"**{title}**\n\n" + "\n".join(f"- {each}" for each in entries) + "\n")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
