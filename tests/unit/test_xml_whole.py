"""Documents that are read at once, and those that are left to the scanner."""

from __future__ import annotations

import numpy as np
import pytest

from groundside.decode.xml_scan import Plan, whole
from groundside.native import xml

PLAN = Plan(resume={"p": ("g",)}, records=frozenset({"p"}))


def text_of(content: bytes) -> str:
    found = whole(memoryview(content), PLAN)
    assert found is not None
    leaf = int(np.flatnonzero(found.leaves)[0])
    assert (
        found.texts(np.array([leaf])) == [found.text(leaf)] or found.text(leaf) in found.texts(np.array([leaf])).strings
    )
    return found.text(leaf)


@pytest.mark.parametrize(
    ("inside", "meant"),
    [
        ("plain", "plain"),
        ("a &amp; b &lt;&gt;&quot;&apos;", "a & b <>\"'"),
        ("<![CDATA[<p>&amp;]]>", "<p>&amp;"),
        ("a<!-- not this -->b<?nor this?>c", "abc"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("\u00e9\u20ac\U0001f600", "\u00e9\u20ac\U0001f600"),
        ("", ""),
    ],
)
def test_a_text_is_what_xml_means_by_it(inside: str, meant: str):
    assert text_of(f"<g><p>{inside}</p></g>".encode()) == meant


@pytest.mark.parametrize(
    "head",
    [
        "",
        "\ufeff",
        "\n",
        '<?xml version="1.0"?>',
        "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<!-- x -->",
    ],
)
def test_usual_beginnings_are_read_at_once(head: str):
    assert text_of(f"{head}<g><p>1</p></g>\n".encode()) == "1"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   ",
        b"<g><p>1</p>",
        b"<g><p>1</g></p>",
        b"<g><p>1</p></g><g/>",
        b"<g><p>1</p></g> text",
        b"<!DOCTYPE g><g/>",
        b"<!DOCTYPE g [<!ENTITY a 'aaaaaaaaaa'>]><g>&a;</g>",
        b"<g>&unknown;</g>",
        b"<g>&#65;</g>",
        b"<g a='1' a='2'/>",
        b"<g a='1'b='2'/>",
        b"<g>\xff</g>",
        b"<g>\x01</g>",
        b"<g>]]></g>",
        b"<g><!-- a -- b --></g>",
        b"<g><?xml x?></g>",
        b"<?xml version='1.0' encoding='iso-8859-1'?><g/>",
        b"<?xml version='1.1'?><g/>",
        "<g/>".encode("utf-16"),
        b"<g><p><p>1</p></p></g>",
        b"<a>" * 201 + b"</a>" * 201,
        b"<g>" + b"".join(b"<e%d></e%d>                    " % (n, n) for n in range(1100)) + b"</g>",
        b"<g " + b" ".join(b"a%d=''" % n for n in range(65)) + b"/>",
        b"<" + b"n" * 256 + b"/>",
        b"<g><!--" + b" " * (1 << 20) + b"--></g>",
    ],
)
def test_whatever_is_damaged_or_unusual_is_left_to_the_scanner(content: bytes):
    assert whole(memoryview(content), PLAN) is None


def test_two_hundred_elements_within_one_another_are_not_too_many():
    assert whole(memoryview(b"<a>" * 200 + b"</a>" * 200), PLAN) is not None


def test_a_document_of_almost_nothing_but_tags_is_not_worth_the_memory():
    assert whole(memoryview(b"<g>" + b"<a/>" * 100_000 + b"</g>"), PLAN) is None
    assert whole(memoryview(b"<g>" + b"<a/>" * 100 + b"</g>"), PLAN) is not None


def test_attributes_are_those_of_their_element():
    found = whole(memoryview(b"<g x=\"1\"><p/><p y='>' z='\xc3\xa9'/></g>"), PLAN)
    assert found is not None
    assert [found.attributes_of(n) for n in range(3)] == [{"x": "1"}, {}, {"y": ">", "z": "\u00e9"}]
    assert found.values(np.array([1, -1])).strings == [">", ""]
    assert found.owners.tolist() == [0, 2, 2]


def test_places_outside_the_data_are_a_defect_of_the_caller():
    spans = np.zeros(1, xml.SPAN)
    spans["length"] = 5
    for read in (xml.instants, xml.words):
        with pytest.raises(ValueError, match="not inside"):
            read(b"1234", spans)


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2000-02-29T23:59:59.5Z", 951_868_799_500_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ],
)
def test_usual_times_are_counted_from_1970(text: str, us: int):
    assert instants(text) == [us]


@pytest.mark.parametrize(
    "text",
    ["1900-02-29T00:00:00Z", "2001-04-31T00:00:00Z", "2001-01-01T24:00:00Z", "2001-01-01T00:00:60Z", "2001-01-01T00:00:00",
     "0000-01-01T00:00:00Z", "2001-01-01T00:00:00.Z", "2001-01-01T00:00:00.1234567Z", "2001-01-01 00:00:00Z", "2001-13-01T00:00:00Z"],
)  # fmt: skip
def test_unusual_times_are_left_to_the_caller(text: str):
    assert instants(text) is None


def instants(text: str) -> list[int] | None:
    spans = np.zeros(1, xml.SPAN)
    spans["length"] = len(text)
    found = xml.instants(text.encode(), spans)
    return None if found is None else found.tolist()
