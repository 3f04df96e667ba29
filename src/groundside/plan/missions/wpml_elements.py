"""Elements of a WPML document, and the document as bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groundside.plan.missions.kml_write import xml_text

_NAMESPACES = 'xmlns="http://www.opengis.net/kml/2.2" xmlns:wpml="http://www.dji.com/wpmz/1.0.6"'
_KML = frozenset({"Document", "Folder", "Placemark", "Point", "coordinates"})


@dataclass(frozen=True, slots=True)
class Element:
    """One element: a name without prefix, and a text or the elements in it."""

    name: str
    inside: str | tuple[Element, ...]


def text(name: str, said: str | float) -> Element:
    """Make an element of a text or a number."""
    return Element(name, said if isinstance(said, str) else number_text(said))


def holding(name: str, *inside: Element) -> Element:
    """Make an element that holds others."""
    return Element(name, inside)


def number_text(value: float) -> str:
    """Write a number in full, without a needless ".0" and without an exponent where it can be helped."""
    whole = float(value)
    return f"{whole:.0f}" if whole.is_integer() and abs(whole) < 1e15 else repr(whole)


def document(root: Element, comment: str = "") -> bytes:
    """Write a document, with a comment in its head where there is one."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<kml {_NAMESPACES}>"]
    if comment:
        lines.append(f"  <!-- {comment} -->")
    lines += _lines(root, 1)
    return ("\n".join((*lines, "</kml>")) + "\n").encode()


def _lines(element: Element, depth: int) -> Iterator[str]:
    name = element.name if element.name in _KML else f"wpml:{element.name}"
    pad = "  " * depth
    if isinstance(element.inside, str):
        yield f"{pad}<{name}>{xml_text(element.inside)}</{name}>"
        return
    yield f"{pad}<{name}>"
    for each in element.inside:
        yield from _lines(each, depth + 1)
    yield f"{pad}</{name}>"
