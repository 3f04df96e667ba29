"""The XML scanner against the standard library on sound documents, and on any bytes at all."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.decode.xml_scan import Plan, scan

PLAN = Plan(resume={"p": ("g",)}, records=frozenset({"p"}), lists={"l": ("g",)})
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=8)
PIECE = st.sampled_from(
    (
        b"<g>",
        b"</g>",
        b"<p>",
        b"</p>",
        b"<l>1 2 ",
        b"</l>",
        b"<!--",
        b"-->",
        b"<?a",
        b"]]>",
        b"<![CDATA[",
        b"&",
        b"<",
        b'"',
    )
)


class Seen:
    def __init__(self) -> None:
        self.texts: list[str] = []
        self.begun: list[int] = []

    def begin(self, name: str, attributes: Mapping[str, str], offset: int) -> None:
        del name, attributes
        self.begun.append(offset)

    def finish(self, name: str, text: str, offset: int) -> None:
        del offset
        if name == "p":
            self.texts.append(text)

    def torn(self, name: str, text: str, lost: bytes) -> None: ...


@given(st.lists(TEXT, max_size=20))
@settings(deadline=None, max_examples=100)
def test_a_sound_document_gives_what_the_standard_library_gives(texts: list[str]):
    content = ("<g>" + "\n".join(f"<p>{escape(text)}</p>" for text in texts) + "</g>").encode()
    seen = Seen()
    found = scan(memoryview(content), PLAN, seen)
    assert seen.texts == [element.text or "" for element in ET.fromstring(content)]
    assert found.gaps == ()


@given(st.lists(PIECE | st.binary(max_size=6), max_size=60).map(b"".join))
@settings(deadline=None, max_examples=150)
def test_of_any_bytes_gaps_are_in_order_and_no_element_begins_twice(content: bytes):
    seen = Seen()
    found = scan(memoryview(content), PLAN, seen)
    edges = [at for gap in found.gaps for at in (gap.start, gap.end)]
    assert edges == sorted(edges)
    assert all(0 <= at <= len(content) for at in edges)
    assert all(0 <= at < len(content) for at in seen.begun)
    assert len(seen.begun) == len(set(seen.begun))
