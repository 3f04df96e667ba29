"""
A document that is whole, without an event for each of its elements.

Gives what `scan` would give its reader; where that is not certain, there is no `Whole`, and `scan` reads the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from groundside.decode.xml_scan.plan import Plan, Reader, local_name
from groundside.decode.xml_scan.root import begin_of
from groundside.decode.xml_scan.texts import Texts
from groundside.native import xml
from groundside.native.decimals import SPAN

_DECLARED = re.compile(
    rb"""<\?xml\s+version\s*=\s*(?:"1.0"|'1.0')(?:\s+encoding\s*=\s*(?:"(?i:utf-8)"|'(?i:utf-8)'))?"""
    rb"""(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>"""
)
_LONGEST_DECLARATION = 256
_AT_ONCE = 1 << 16
_NOT_TEXT = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[(?P<literal>.*?)\]\]>|<\?.*?\?>|&(?P<known>amp|lt|gt|quot|apos);|\r\n?", re.DOTALL
)
_KNOWN = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}

I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Whole:
    """
    A whole document.

    Args:
        data: the file.
        nodes: its elements in the order of their start tags, of the type `groundside.native.xml.NODE`.
        attributes: see `groundside.native.xml.ATTRIBUTE`.
        names: as they stand; `local_names` without their prefixes.
    """

    data: memoryview
    nodes: xml.Rows
    attributes: xml.Rows
    names: tuple[str, ...]
    local_names: tuple[str, ...]

    @cached_property
    def begins(self) -> I64:
        """Where each element begins."""
        return np.ascontiguousarray(self.nodes["begin"])

    @cached_property
    def ends(self) -> I64:
        """Where what is in each element ends."""
        return np.ascontiguousarray(self.nodes["end"])

    @cached_property
    def kinds(self) -> I64:
        """Number of the name of each element."""
        return self.nodes["name"].astype(np.int64)

    @cached_property
    def owners(self) -> I64:
        """Number of the element of each attribute."""
        return np.repeat(np.arange(len(self.nodes)), self.nodes["n_attributes"])

    @cached_property
    def leaves(self) -> Flags:
        """Which elements hold no element."""
        return (self.nodes["flags"] & xml.LEAF) != 0

    def called(self, local_names: Iterable[str]) -> Flags:
        """Say which elements have one of these names, whatever their prefix."""
        wanted = frozenset(local_names)
        return np.array([name in wanted for name in self.local_names], np.bool_)[self.kinds]

    def text(self, number: int) -> str:
        """Give the text of an element that holds no element."""
        node = self.nodes[number]
        return _text(bytes(self.data[int(node["text"]) : int(node["end"])]), int(node["flags"]))

    def texts(self, numbers: I64) -> Texts | list[str]:
        """Give the texts of some elements that hold no element."""
        if (self.nodes["flags"][numbers] & xml.BY_HAND).any():
            return [self.text(number) for number in numbers.tolist()]
        spans = np.zeros(len(numbers), SPAN)
        spans["begin"] = begins = self.nodes["text"][numbers]
        spans["length"] = self.ends[numbers] - begins
        return Texts(self.data, spans)

    def values(self, numbers: I64) -> Texts:
        """Give the values of some attributes; an empty text for the number -1."""
        spans = np.zeros(len(numbers), SPAN)
        there = np.flatnonzero(numbers >= 0)
        chosen = self.attributes[numbers[there]]
        spans["begin"][there], spans["length"][there] = chosen["begin"], chosen["length"]
        return Texts(self.data, spans)

    def attributes_of(self, number: int) -> dict[str, str]:
        """Give the attributes of an element."""
        count = int(self.nodes["n_attributes"][number])
        if not count:
            return {}
        first = int(self.nodes["attributes"][number])
        found = self.attributes[first : first + count].tolist()
        return {self.names[name]: str(self.data[b : b + n], "utf-8") for b, n, name in found}

    def tell(self, reader: Reader, numbers: I64) -> None:
        """Tell a reader of some elements, in order; the text of one that holds an element is left out."""
        for is_start, number in self.events(numbers):
            if is_start:
                self.tell_begin(reader, number)
            else:
                self.tell_end(reader, number)

    def tell_begin(self, reader: Reader, number: int) -> None:
        """Tell a reader of the start of an element."""
        reader.begin(self.names[self.kinds[number]], self.attributes_of(number), int(self.begins[number]))

    def tell_end(self, reader: Reader, number: int) -> None:
        """Tell a reader of the end of an element."""
        text = self.text(number) if self.leaves[number] else ""
        reader.finish(self.names[self.kinds[number]], text, int(self.ends[number]))

    def events(self, numbers: I64) -> Iterator[tuple[bool, int]]:
        """Go through starts (true) and ends (false) of some elements in order, each with the number of the element."""
        both = np.concatenate([numbers, numbers])
        is_start = np.repeat((True, False), len(numbers))
        at = np.concatenate([self.begins[numbers], self.ends[numbers]])
        order = np.lexsort((-both, is_start, at))  # an empty element ends where the next start or the end around it is
        for first in range(0, len(order), _AT_ONCE):
            part = order[first : first + _AT_ONCE]
            yield from zip(is_start[part].tolist(), both[part].tolist(), strict=True)


def whole(data: memoryview, plan: Plan) -> Whole | None:
    """Walk through a document; None where it is not certain to be whole, or where a record of the plan holds one."""
    at = begin_of(data)
    declared = _DECLARED.match(bytes(data[at : at + _LONGEST_DECLARATION]))
    found = xml.document(data, at + declared.end() if declared else at)
    if found is None:
        return None
    made = Whole(data, found.nodes, found.attributes, found.names, tuple(local_name(name) for name in found.names))
    records = made.called(plan.records)
    return made if (made.ends[records][:-1] <= made.begins[records][1:]).all() else None


def _text(raw: bytes, flags: int) -> str:
    return (_NOT_TEXT.sub(_meant, raw) if flags & xml.BY_HAND else raw).decode()


def _meant(found: re.Match[bytes]) -> bytes:
    if found["known"]:
        return _KNOWN[found["known"]]
    if found["literal"] is not None:
        return found["literal"].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return b"\n" if found[0].startswith(b"\r") else b""
