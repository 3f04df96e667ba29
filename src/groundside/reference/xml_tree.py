"""A whole XML document as a tree, read safely: no document types, no entities, bounds on depth and number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

DEEPEST = 64
MOST_ELEMENTS = 2_000_000


class BadXml(ValueError):  # it is one kind of bad value, told by who reads the file
    """The document is none: why, and at which byte."""

    def __init__(self, why: str, offset: int) -> None:
        super().__init__(why)
        self.why, self.offset = why, offset


@dataclass(slots=True)
class Node:
    """
    One element.

    Args:
        name: without its prefix.
        offset: of its first byte in the document.
        attributes: as they stand, without prefixes.
        end: the byte at which its closing tag begins.
        text: all text straight in it, stripped.
        children: in order.
    """

    name: str
    offset: int
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    end: int = 0
    text: str = ""
    children: list[Node] = field(default_factory=list["Node"])

    def child(self, name: str) -> Node | None:
        """Give the first child of this name."""
        return next((each for each in self.children if each.name == name), None)

    def all(self, name: str) -> list[Node]:
        """Give the children of this name."""
        return [each for each in self.children if each.name == name]

    def said(self, name: str, otherwise: str = "") -> str:
        """Give the text of the first child of this name."""
        found = self.child(name)
        return otherwise if found is None else found.text

    def walk(self) -> Iterator[Node]:
        """Give this element and all within, in order of the document."""
        waiting: list[Node] = [self]
        while waiting:
            here = waiting.pop()
            yield here
            waiting.extend(reversed(here.children))


@dataclass(slots=True)
class Document:
    """A document: its first element, its comments, and its bytes."""

    root: Node
    comments: list[str]
    data: bytes

    def verbatim(self, node: Node, most: int = 4000) -> str:
        """Give an element as it stands in the document, with all in it, but no more than so many bytes."""
        end = self.data.find(b">", node.end) + 1
        return self.data[node.offset : min(end, node.offset + most)].decode("utf-8", "replace")


def document_in(data: bytes) -> Document:
    """
    Read a document.

    Args:
        data: all of it; a byte order mark and white space before its head are passed over.

    Raises:
        BadXml: it is not well formed, declares types or entities, or is too deep or too large.
    """
    reader = _Reader()
    clean = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    try:
        root = reader.read(clean)
    except expat.ExpatError as error:
        raise BadXml(expat.ErrorString(error.code), reader.parser.ErrorByteIndex + len(data) - len(clean)) from error
    except (LookupError, ValueError) as error:
        if isinstance(error, BadXml):
            raise
        raise BadXml("its text is in no encoding that is known", 0) from error
    return Document(root, reader.comments, clean)


class _Reader:
    def __init__(self) -> None:
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = self._comment
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        self.comments: list[str] = []
        self._open: list[Node] = []
        self._root: Node | None = None
        self._count = 0

    def read(self, data: bytes) -> Node:
        self.parser.Parse(data, True)
        if self._root is None:
            raise BadXml("there is no element in it", 0)
        return self._root

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= DEEPEST or self._count > MOST_ELEMENTS:
            raise BadXml("it is nested too deeply or has too many elements", self.parser.CurrentByteIndex)
        node = Node(_local(name), self.parser.CurrentByteIndex, {_local(k): v for k, v in attributes.items()})
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)

    def _end(self, _name: str) -> None:
        node = self._open.pop()
        node.text, node.end = node.text.strip(), self.parser.CurrentByteIndex

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text

    def _comment(self, text: str) -> None:
        if len(self.comments) < DEEPEST:
            self.comments.append(text)

    def _refuse(self, *_what: object) -> None:
        raise BadXml("it declares document types or entities, which is refused", self.parser.CurrentByteIndex)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
