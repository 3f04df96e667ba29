"""The scanner: safe on hostile documents, and whole elements kept from damaged ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from groundside.decode.xml_scan import Plan, Scan, instants_of, numbers_of, rising, root_of, scan

PLAN = Plan(resume={"p": ("g", "t"), "l": ("g",)}, records=frozenset({"p"}), lists={"l": ("g",)})


class Taken:
    """Attribute `k` of every whole `p`, the text of every `l`, and what broke."""

    def __init__(self) -> None:
        self.points: list[str] = []
        self.offsets: list[int] = []
        self.lists: list[str] = []
        self.torn_in: list[str] = []
        self._open = ("", 0)

    def begin(self, name: str, attributes: Mapping[str, str], offset: int) -> None:
        if name == "p":
            self._open = (attributes.get("k", ""), offset)

    def finish(self, name: str, text: str, offset: int) -> None:
        del offset
        if name == "p":
            self.points.append(self._open[0])
            self.offsets.append(self._open[1])
        elif name == "l":
            self.lists.append(text)

    def torn(self, name: str, text: str, lost: bytes) -> None:
        del lost
        self.torn_in.append(name)
        if name == "l":
            self.lists.append(text)


def read(content: bytes) -> tuple[Taken, Scan]:
    taken = Taken()
    return taken, scan(memoryview(content), PLAN, taken)


def document(points: int = 6, head: bytes = b'<?xml version="1.0"?>\n') -> bytes:
    return head + b"<g><t>" + b"".join(b'<p k="%d"><e>1</e></p>\n' % n for n in range(points)) + b"</t></g>\n"


def test_a_whole_document_gives_every_element_with_the_byte_it_starts_at():
    content = document()
    taken, found = read(content)
    assert taken.points == list("012345")
    assert [content[at : at + 4] for at in taken.offsets] == [b"<p k"] * 6
    assert found.gaps == ()


@pytest.mark.parametrize(
    ("whole", "broken", "kept"),
    [
        (b'<p k="2"><e>1</e>', b'<p k="2"><e>1</x>', "01345"),
        (b'</p>\n<p k="3"', b'\n<p k="3"', "01345"),
        (b'<p k="2"', b'<p k="2', "01345"),
        (b'<p k="2"><e>', b'<p k="2"><e>\xff', "01345"),
        (b'<p k="2"', b'<!-- <p k="2"', "012345"),
        (b'<p k="2"', b'<![CDATA[<p k="2"', "012345"),
        (b'<p k="2"', b'<?x <p k="2"', "012345"),
        (b'<p k="2"><e>1</e></p>', b"\0" * 30, "01345"),
        (b"</t></g>", b"", "012345"),
    ],
)
def test_behind_a_broken_piece_reading_goes_on_with_the_next_element(whole: bytes, broken: bytes, kept: str):
    taken, found = read(document().replace(whole, broken))
    assert "".join(taken.points) == kept
    assert found.gaps
    assert all(gap.start <= gap.end for gap in found.gaps)


def test_what_stands_in_a_comment_is_not_read_though_the_document_breaks_behind_it():
    taken, _ = read(document().replace(b'<p k="2"', b'<!-- <p k="9"/> --> & <p k="2"'))
    assert taken.points == list("012345")


def test_a_list_goes_on_behind_the_damage_in_it():
    taken, found = read(b"<g><l>1,2 3,4 5,\xff6 7,8 9,9</l><t><p k='1'/></t></g>")
    assert [text.split() for text in taken.lists] == [["1,2", "3,4", "5,"], ["7,8", "9,9"]]
    assert taken.points == ["1"]
    assert found.gaps


def test_a_document_type_with_declarations_of_its_own_is_refused():
    bomb = b'<!DOCTYPE g [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>' + document(head=b"")
    taken, found = read(bomb)
    assert taken.points == []
    assert "refused" in found.gaps[0].why
    assert found.gaps[-1].end == len(bomb)


def test_a_document_type_that_is_only_named_is_not_fetched():
    taken, found = read(b'<!DOCTYPE g SYSTEM "file:///etc/passwd">' + document(head=b""))
    assert len(taken.points) == 6
    assert found.notes == ("A document type is named; it was not fetched.",)


def test_an_entity_that_nobody_declared_breaks_only_the_element_it_is_in():
    taken, _ = read(document().replace(b'<p k="2"><e>1', b'<p k="2"><e>&nbsp;'))
    assert taken.points == list("01345")


@pytest.mark.parametrize(
    "piece",
    [
        b"<p ",
        b"<!--",
        b"<p/><!--",
        b"<p><p>",
        b"<p>\xff</p>",
        b"<![CDATA[<p/>",
        b"<?p ",
        b'<p k="',
        b"<a>",
        b"<p/>\xff",
        b"<l>\xff ",
    ],
)
def test_hostile_documents_are_accounted_for_in_bounded_work(piece: bytes):
    content = b"<g><t>" + piece * 3000
    _, found = read(content)
    assert all(a.end <= b.start for a, b in zip(found.gaps, found.gaps[1:], strict=False))
    assert found.gaps[-1].end <= len(content)


def test_elements_nested_without_end_are_given_up():
    _, found = read(b"<g>" * 100_000)
    assert found.gaps[-1].end == 300_000


@pytest.mark.parametrize("declared", ["UTF-9", "utf-16", "Shift_JIS", "cp932", "unicode_escape", "hex"])
def test_an_encoding_that_the_file_cannot_have_is_read_as_utf_8_and_it_is_said(declared: str):
    head = f'<?xml version="1.0" encoding="{declared}"?>\n'.encode()
    content = document(head=head)
    taken, found = read(content)
    assert (taken.points, found.gaps, found.encoding) == (list("012345"), (), "utf-8")
    assert any(declared in note for note in found.notes)
    broken, _ = read(content.replace(b'<p k="2">', b"<p k=2>"))
    assert broken.points == list("01345")


def test_another_encoding_is_read_as_declared():
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>\n'.encode("latin-1")
    content = document(head=head).replace(b'k="2"', b'k="\xe9"').replace(b'k="4"', b'k="4')
    taken, found = read(content)
    assert taken.points == ["0", "1", "\xe9", "3", "5"]
    assert found.encoding == "ISO-8859-1"


@pytest.mark.parametrize(
    ("head", "root"),
    [
        (b"<gpx>", "gpx"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a > b --><x:kml a="1">', "kml"),
        (b'\n <!DOCTYPE gpx SYSTEM "x">\n<gpx ', "gpx"),
        (b"gpx", ""),
        (b"", ""),
        (b"<!-- <gpx> ", ""),
    ],
)
def test_the_first_element_is_found_without_parsing(head: bytes, root: str):
    assert root_of(head) == root


@pytest.mark.parametrize(
    ("text", "seconds", "zoned"),
    [
        ("1970-01-01T00:00:01Z", 1.0, True),
        ("1970-01-01T00:00:01.123456789Z", 1.123456, True),
        ("1970-01-01T01:00:01+01:00", 1.0, True),
        ("1969-12-31T23:30:00-0030", 0.0, True),
        ("1970-01-01T00:00:01.5", 1.5, False),
        ("1970-01-01 00:00:01", 1.0, False),
        (" 1970-01-01T00:01Z ", 60.0, True),
        ("1970-01-01T00:00:60Z", 60.0, True),
        ("1970-01-01T24:00:00Z", 86400.0, True),
    ],
)
def test_texts_of_date_and_time_are_read(text: str, seconds: float, zoned: bool):
    read_ = instants_of([text])
    assert read_.known[0]
    assert (read_.time_us[0] / 1e6, read_.zoned[0]) == (seconds, zoned)


@pytest.mark.parametrize(
    "text", ["", "now", "1970", "1970-13-01T00:00:00Z", "1970-01-01T25:00:00Z", "1970-01-01T00:00:00+99:00", None]
)
def test_what_is_no_time_is_not_guessed(text: str | None):
    assert not instants_of([text, "1970-01-01T00:00:00Z"]).known[0]


def test_many_usual_times_are_read_alike_one_by_one_and_at_once():
    texts = [f"2025-06-15T12:{n // 60:02}:{n % 60:02}.{n:03}Z" for n in range(200)]
    at_once, one_by_one = instants_of(texts), instants_of([*texts, None])
    np.testing.assert_array_equal(at_once.time_us, one_by_one.time_us[:-1])


def test_numbers_are_plain_decimals_and_nothing_else():
    texts = ["1", " -2.5 ", "+3e2", ".5", "7.", "nan", "inf", "1_0", "0x1", "", None, "1,5"]
    np.testing.assert_array_equal(numbers_of(texts), [1, -2.5, 300, 0.5, 7, *[np.nan] * 7])


def test_one_time_far_off_costs_only_itself():
    times = np.array([1, 2, 99, 3, 4, 4, -7, 5], np.int64)
    assert rising(times).tolist() in ([0, 1, 3, 4, 7], [0, 1, 3, 5, 7])
    assert rising(np.empty(0, np.int64)).tolist() == []
