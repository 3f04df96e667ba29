"""
An XMP packet of nothing but attributes, plain texts and lists of them, as cameras write it.

Source: XMP Specification, part 1 (ISO 16684-1:2019), 7; XML 1.0 (W3C 2008), 2.2 to 2.5 and 3.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from groundside import native
from groundside.native import _exif

Said = dict[str, str | tuple[str, ...]]
"""A text, or the texts of a list that has not exactly one."""
MOST_PARTS, MOST_BESIDE = 1024, 512
_BLANK = r"[ \t\r\n]*+"
_SIGN = r"[A-Za-z_][A-Za-z0-9_.\-]*+"
_NAME = rf"{_SIGN}(?::{_SIGN})?+"
_TEXT = r"[ -%'-;=?-~]*+"
_VALUE = r"\"[ !#-%'-;=-~]*+\"|'[ -%(-;=-~]*+'"
_BESIDE = rf"((?:[ \t\r\n]++{_NAME}{_BLANK}={_BLANK}(?:{_VALUE}))*+){_BLANK}"
_LI, _LI_END = r"<rdf:li(?: xml:lang=\"x-default\")?>", rf"</rdf:li{_BLANK}>{_BLANK}"
_LIST = rf"{_BLANK}<rdf:(Seq|Bag|Alt)>{_BLANK}((?:{_LI}{_TEXT}{_LI_END})*+)</rdf:\3{_BLANK}>{_BLANK}"
_PROPERTY = re.compile(rf"<((?!rdf:|x:){_NAME})>(?:({_TEXT})(?=</)|{_LIST})</\1{_BLANK}>{_BLANK}")
_MARK = "\xef\xbb\xbf"
_START = re.compile(
    rf"(?:<\?xpacket (?:{_MARK}|[ -%'-;=@-~])*+\?>{_BLANK})?+<x:xmpmeta{_BESIDE}>{_BLANK}<rdf:RDF{_BESIDE}>{_BLANK}"
)
_DESCRIPTION = re.compile(rf"<rdf:Description{_BESIDE}(/>|>){_BLANK}")
_END = re.compile(rf"</rdf:RDF{_BLANK}>{_BLANK}</x:xmpmeta{_BLANK}>")
_OWN_END = re.compile(rf"</rdf:Description{_BLANK}>{_BLANK}")
_EACH = re.compile(rf"({_NAME}){_BLANK}={_BLANK}({_VALUE})")
_ITEM = re.compile(f"{_LI}({_TEXT}){_LI_END}")
_Part = tuple[str, str | tuple[str, ...], bool]
"""A name, what stands there, and whether it is an attribute."""


def packet(data: bytes | memoryview, keys: dict[str, str], spaces: dict[str, str]) -> Said | None:
    """
    Read a packet.

    Args:
        data: from its first to its last element, which are both `x:xmpmeta`.
        keys: under which key what is written under a name is given; empty for attributes that say nothing.
        spaces: the name spaces that prefixes stand for, by "xmlns:prefix".

    Returns:
        Of what stands there twice the last, but no text that is empty. None where there is anything in it that is not
        certain: a name that is not in `keys`, a prefix that stands for another name space, a structure, an entity, a
        character beyond ASCII; it is to be read with a parser then.
    """
    return (_plain_packet if native.PLAIN else _exif.packet)(data, keys, spaces)


def _plain_packet(data: bytes | memoryview, keys: Mapping[str, str], spaces: Mapping[str, str]) -> Said | None:
    parts = _parts(str(data, "latin-1"))
    if parts is None:
        return None
    count = sum([1 + (len(value) if isinstance(value, tuple) else 0) for _, value, _ in parts])
    return _said(parts, keys, spaces) if count <= MOST_PARTS else None


def _said(parts: list[_Part], keys: Mapping[str, str], spaces: Mapping[str, str]) -> Said | None:
    said: Said = {}
    for name, value, beside in parts:
        if beside and name.startswith("xmlns"):
            if spaces.get(name) != value:
                return None
            continue
        key = keys.get(name)
        if key is None or not (key or beside):
            return None
        if key and value != () and (beside or value or key not in said):
            said[key] = value[0] if isinstance(value, tuple) and len(value) == 1 else value
    return said


def _parts(text: str) -> list[_Part] | None:
    start, found = _START.match(text), list[_Part]()
    if start is None or not _beside(start[1], found) or not _beside(start[2], found):
        return None
    at: int | None = start.end()
    while opened := _DESCRIPTION.match(text, at):
        at = _description(text, opened, found)
        if at is None:
            return None
    return found if _END.fullmatch(text, at) else None


def _description(text: str, opened: re.Match[str], found: list[_Part]) -> int | None:
    if not _beside(opened[1], found):
        return None
    at = opened.end()
    if opened[2] == "/>":
        return at
    while each := _PROPERTY.match(text, at):
        at = each.end()
        found.append((each[1], each[2] if each[2] is not None else tuple(_ITEM.findall(each[4])), False))
    closed = _OWN_END.match(text, at)
    return closed.end() if closed else None


def _beside(text: str, found: list[_Part]) -> bool:
    parts = [(name, value[1:-1], True) for name, value in _EACH.findall(text)]
    found.extend(parts)
    return len(parts) <= MOST_BESIDE and len({name for name, _, _ in parts}) == len(parts)
