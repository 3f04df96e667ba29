"""Whole documents read at once say what the scanner says of them, event by event; and so do GPX and KML made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside import native
from groundside.decode.format import Format, Options
from groundside.decode.formats.gpx import FORMAT as GPX
from groundside.decode.formats.kml import FORMAT as KML
from groundside.decode.formats.kml.gather import PLAN as KML_PLAN
from groundside.decode.formats.kml.gather import Gatherer as KmlGatherer
from groundside.decode.formats.kml.gather_whole import gather_whole
from groundside.decode.formats.kml.tables import places_of
from groundside.decode.xml_scan import Plan, instants_of, joined, numbers_of, scan, whole
from groundside.simulate.formats import named
from tests.simulated import files_of

PLAN = Plan(resume={"p": ("g",)}, records=frozenset({"p"}), lists={"l": ("g",)})
SOUND = (
    b"<p>1</p>", b"<p/>", b"<x:p a='1' b = \"2>\">t</x:p>", b"<g>", b"</g>", b"<l>1 2</l>", b"<!-- c -->", b"<?q r?>", b"\r\n",
    b"<![CDATA[<z>&\r]]>", b"&amp;", b"&lt;", b"\xc3\xa9", b"\xf0\x9f\x98\x80", b" ", b"t", b"]", b">",
    b"<d e='f' ></d >", b"<d>&quot;</d>",
)  # fmt: skip
UNSOUND = (
    b"&#65;", b"&", b"<", b"]]>", b"<!--", b"-->", b"<!-- -- -->", b"<?xml version='1.0'?>", b"<!DOCTYPE g>", b"<p>", b"</p>",
    b"\xff", b"\xed\xa0\x80", b"\xef\xbf\xbe", b"\x00", b"\x7f", b"<d a='1' a='2'/>", b"<d a='1'b='2'/>", b"<d a='<'/>",
    b"<d a='\t'/>", b"<d a='&amp;'/>", b"< d/>", b"<\xc3\xa9/>", b"<d a=1/>", b"<:d/>", b"<1/>", b"<d",
)  # fmt: skip
HEADS = (
    b"",
    b"<?xml version='1.0'?>",
    b'<?xml version="1.0" encoding="UTF-8"?>',
    b"\xef\xbb\xbf",
    b"\n<?xml version='1.0'?>",
)


class Told:
    """Writes down everything it is told; of an element that holds another, no text."""

    def __init__(self) -> None:
        self.all: list[tuple[object, ...]] = []
        self._leaf = False

    def begin(self, name: str, attributes: Mapping[str, str], offset: int) -> None:
        self.all.append((name, dict(attributes), offset))
        self._leaf = True

    def finish(self, name: str, text: str, offset: int) -> None:
        self.all.append((name, text if self._leaf else "", offset))
        self._leaf = False

    def torn(self, name: str, text: str, lost: bytes) -> None:
        self.all.append(("torn", name, text, lost))


def told_by_scanner(content: bytes) -> tuple[Sequence[tuple[object, ...]], bool]:
    reader = Told()
    found = scan(memoryview(content), PLAN, reader)
    return reader.all, not (found.gaps or found.notes)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    pieces = (
        st.sampled_from(SOUND) if draw(st.booleans()) else st.sampled_from((*SOUND, *UNSOUND)) | st.binary(max_size=4)
    )
    inner = b"".join(draw(st.lists(pieces, max_size=12)))
    return draw(st.sampled_from(HEADS)) + b"<g>" + inner + b"</g>" + draw(st.sampled_from((b"", b"\n", b"<!-- e -->")))


@given(documents())
@settings(deadline=None, max_examples=250)
def test_what_is_told_of_a_whole_document_is_what_the_scanner_tells(content: bytes):
    found = whole(memoryview(content), PLAN)
    if found is not None:
        reader = Told()
        found.tell(reader, np.arange(len(found.nodes)))
        assert (reader.all, True) == told_by_scanner(content)


@given(st.lists(st.sampled_from(SOUND), max_size=12).map(b"".join))
@settings(deadline=None, max_examples=120)
def test_every_sound_document_of_usual_parts_is_read_at_once(inner: bytes):
    content = b"<g>" + inner + b"</g>"
    assert (whole(memoryview(content), PLAN) is not None) == told_by_scanner(content)[1]


def of(found: Format, content: bytes) -> object:
    decoded = found.decode(memoryview(content), Options())
    tables = {name: (table.schema.to_string(), table.to_pydict()) for name, table in decoded.tables.items()}
    return repr((tables, dict(decoded.facts), decoded.problems, decoded.account))


def small(name: str) -> bytes:
    truth = next(file.truth for file in files_of((0,)) if file.truth is not None)
    lines = named(name).write(truth, 3).splitlines(keepends=True)
    return b"".join(line for n, line in enumerate(lines) if n < 60 or n > len(lines) - 60 or n % 40 == 0)


POINTS = (
    b"<ele>5.</ele>", b"<x:y z='2'>5</x:y>", b"<extensions a='1'><x:y z='2'>5</x:y><q>7</q><q>8</q></extensions>",
    b"<extensions/>", b"<extensions><p><extensions>1</extensions></p></extensions>", b"<trkseg>", b"</trkseg>", b"<trkseg/>",
    b"<trk><name>n</name></trk>", b"<rte><rtept lat='1'/><rtept lon=' 2 '><ele>.5</ele></rtept></rte>", b"<wpt lat='0' lon='1e1'/>",
    b"<time>2025-06-15T12:00:60Z</time>", b"<time>2025-06-15T12:00</time>", b"<name><![CDATA[a&\r\n]]></name>", b"<a:ele>7</a:ele>",
    b"</trkpt><trkpt lat='1' lon='2'>", b"<trkpt>",
)  # fmt: skip
PLACES = (
    b"<when>2025-06-15T12:00:00Z</when>", b"<gx:coord>1 2 3</gx:coord>", b"<gx:angles>1 2 3</gx:angles>", b"<gx:value>1</gx:value>",
    b"<gx:value/>", b"<Placemark><name>n</name><TimeStamp><when>2025</when></TimeStamp><Point><coordinates>1,2</coordinates></Point></Placemark>",
    b"<Placemark><LineString><altitudeMode>absolute</altitudeMode><coordinates>1,2,3 4,5\n6,7,8,9</coordinates></LineString></Placemark>",
    b"</gx:Track><gx:Track>", b"<gx:Track/>", b"<odd/>", b"<gx:coord>1<!-- --> 2</gx:coord>", b"<gx:SimpleArrayData name='n'>",
    b"</gx:SimpleArrayData>", b"</when><when>", b"<when>",
)  # fmt: skip


@pytest.mark.parametrize(("found", "name", "pieces"), [(GPX, "gpx", POINTS), (KML, "kml", PLACES)], ids=["gpx", "kml"])
def test_documents_read_at_once_and_event_by_event_give_the_same(found: Format, name: str, pieces: tuple[bytes, ...]):
    content = small(name)
    borders = [at for at in range(1, len(content)) if content[at : at + 1] == b"<" or content[at - 1 : at] == b">"]
    asked = st.lists(st.tuples(st.sampled_from(borders), st.sampled_from(pieces)), max_size=5)

    @given(asked, st.integers(0, 9))
    @settings(deadline=None, max_examples=40)
    def check(changes: list[tuple[int, bytes]], harm: int) -> None:
        changed = content
        for at, piece in sorted(changes, reverse=True):
            changed = changed[:at] + piece + changed[at:]
        changed = changed[: -40 * harm] if harm > 7 else changed
        at_once = of(found, changed)
        with patch.object(native, "PLAIN", True):
            assert of(found, changed) == at_once

    check()


@given(
    st.lists(
        st.sampled_from((PLACES[0], PLACES[1], PLACES[2], PLACES[3])).flatmap(
            lambda p: st.integers(1, 6).map(p.__mul__)
        ),
        max_size=6,
    )
)
@settings(deadline=None, max_examples=60)
def test_rows_of_like_elements_leave_a_track_as_single_ones_do(rows: list[bytes]):
    arrays = b"<gx:SimpleArrayData name='n'>" + b"".join(rows[:2]) + b"</gx:SimpleArrayData>"
    content = b"<kml xmlns:gx=''><gx:Track>" + b"".join(rows) + arrays + b"</gx:Track>" + b"".join(rows) + b"</kml>"
    document, told = whole(memoryview(content), KML_PLAN), KmlGatherer()
    assert document is not None
    scan(memoryview(content), KML_PLAN, told)
    assert gather_whole(document).tracks == told.tracks


TIME = st.from_regex(
    r"[0-9]{3}[0-9-][0-9-][01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{1,7})?Z?", fullmatch=True
)
USUAL = st.datetimes().map(lambda t: f"{t.isoformat()}Z")


@given(st.lists(USUAL, max_size=6), st.lists(TIME | st.text(max_size=4) | st.none(), max_size=3))
@settings(deadline=None, max_examples=120)
def test_times_read_at_once_are_those_read_one_by_one(usual: list[str], others: list[str | None]):
    for texts in ([*usual], [*usual, *others]):
        found = instants_of(texts)
        with patch.object(native, "PLAIN", True):
            plain = instants_of(texts)
        assert [a.tolist() for a in (found.time_us, found.known, found.zoned)] == [
            a.tolist() for a in (plain.time_us, plain.known, plain.zoned)
        ]


NUMBER = st.from_regex(r"[+-]?[0-9]{0,17}(\.[0-9]{0,17})?([eE][+-]?[0-9]{1,4})?", fullmatch=True)
TEXT = st.floats().map(str) | NUMBER | st.text(st.sampled_from("0123456789.,+-e \t\u00a0\u0660"), max_size=6)


@given(st.lists(TEXT | st.none(), max_size=6))
@settings(deadline=None, max_examples=120)
def test_numbers_read_at_once_are_those_read_by_arrow(texts: list[str | None]):
    found = numbers_of(texts)
    with patch("groundside.decode.xml_scan.numbers.joined", lambda _: None):
        assert found.tobytes() == numbers_of(texts).tobytes()


@given(st.lists(st.lists(TEXT, max_size=4).map(" ".join) | st.lists(TEXT, max_size=4).map(",".join), max_size=5))
@settings(deadline=None, max_examples=120)
def test_places_taken_apart_at_once_are_those_split_one_by_one(texts: list[str]):
    for sign in (None, ","):
        found = places_of(texts, sign)
        with patch.object(native, "PLAIN", True):
            assert np.array_equal(found, places_of(texts, sign), equal_nan=True)


def test_joined_texts_come_apart_again():
    texts = ["", "a\nb", None, "c", ""]
    found = joined(texts)
    assert found is not None
    assert found.strings == ["", "a\nb", "", "c", ""]
    assert joined(["\u00e9"]) is None
    assert joined([]) is not None
