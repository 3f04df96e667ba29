"""Text that fonts can show: PDF/A refuses a document in which one character has no glyph."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from groundside.see.text import shown_text

if TYPE_CHECKING:
    from typst import Fonts

NO_GLYPH = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that no font here has, and for one that has no meaning."""
LONGEST_RUN = 14
"""A word longer than this may be broken anywhere after so many characters, or it would run out of its cell."""
BREAK = "\N{ZERO WIDTH SPACE}"
PROBED_CHARACTERS = 2000
_PLAIN = re.compile("[^\x20-\x7e\xa0-\xff\n\u200b\u2013\u2014\u2026\ufffd]")
_MEANINGLESS = re.compile("[\ufdd0-\ufdef\ufffe\uffff\ue000-\uf8ff\ufeff\U000e0000-\U0010ffff]")
_COPIED = re.compile(r"[0-9a-f]{64}|\S{1,80}\+[0-9a-f]{8}\+\S{1,80}")
"""Digests and keys: people copy them, and nothing unseen may come along."""
_RUN = re.compile(rf"\S{{{LONGEST_RUN}}}(?=\S)")
_PROBE = b"""#set document(title: "probe", date: datetime(year: 2000, month: 1, day: 1))
#set text(lang: "en", font: ("Libertinus Serif", "DejaVu Sans Mono"))
#json(bytes(sys.inputs.at("told")))
"""


@lru_cache(1)
def own_fonts() -> Fonts:
    """Give the fonts that come with typst, and no others."""
    from typst import Fonts

    return Fonts(include_system_fonts=False)


@lru_cache(1)
def all_fonts() -> Fonts:
    """Give the fonts of this machine too: asked for only where a text has characters that ours lack."""
    from typst import Fonts

    return Fonts(include_system_fonts=True)


def lettered(told: Mapping[str, object]) -> tuple[dict[str, object], Fonts]:
    """
    Make every text of some data one that can be shown, and give the fonts that show it.

    Control characters and those that turn the direction of writing are written out, as on screen. What no font has is
    replaced by `NO_GLYPH`. Long runs without a blank may be broken.

    Args:
        told: by name: texts, numbers, lists and mappings of them.
    """
    clean = _each(told, _safe)
    strange = {c for text in _texts(clean) for c in _PLAIN.findall(text)}
    without = _without_glyph(frozenset(strange), machine=False)
    fonts = own_fonts()
    if without:
        lacking = _without_glyph(without, machine=True)
        fonts = all_fonts() if lacking != without else fonts
        clean = _each(clean, lambda text: "".join(NO_GLYPH if c in lacking else c for c in text))
    return cast("dict[str, object]", _each(clean, _breakable)), fonts


def _safe(text: str) -> str:
    return _MEANINGLESS.sub(NO_GLYPH, "\n".join(shown_text(line) for line in text.split("\n")))


def _breakable(text: str) -> str:
    return text if text.startswith("<svg") or _COPIED.fullmatch(text) else _RUN.sub(lambda run: run[0] + BREAK, text)


def _texts(told: object) -> Iterable[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        for value in cast("Mapping[str, object]", told).values():
            yield from _texts(value)
    elif isinstance(told, list | tuple):
        for value in cast("list[object]", told):
            yield from _texts(value)


def _each(told: object, change: Callable[[str], str]) -> object:
    if isinstance(told, str):
        return change(told)
    if isinstance(told, Mapping):
        return {key: _each(value, change) for key, value in cast("Mapping[str, object]", told).items()}
    if isinstance(told, list | tuple):
        return [_each(value, change) for value in cast("list[object]", told)]
    return told


def _without_glyph(characters: frozenset[str], *, machine: bool) -> frozenset[str]:
    """Find which of them have no glyph; of more than `PROBED_CHARACTERS` the rest is held to have none."""
    asked = sorted(characters)
    return frozenset(asked[PROBED_CHARACTERS:]) | _halved("".join(asked[:PROBED_CHARACTERS]), machine=machine)


def _halved(characters: str, *, machine: bool) -> frozenset[str]:
    if not characters or _shown(characters, machine=machine):
        return frozenset()
    if len(characters) == 1:
        return frozenset(characters)
    middle = len(characters) // 2
    return _halved(characters[:middle], machine=machine) | _halved(characters[middle:], machine=machine)


@lru_cache(4096)
def _shown(characters: str, *, machine: bool) -> bool:
    """Try it: what typst accepts as PDF/A has glyphs."""
    import typst

    probe = typst.Compiler(
        _PROBE, font_paths=all_fonts() if machine else own_fonts(),
        sys_inputs={"told": json.dumps(" ".join(characters))},
    )  # fmt: skip
    try:
        probe.compile(format="pdf", pdf_standards=["a-2a"], timestamp=0)
    except typst.TypstError:
        return False
    return True
