"""How times and names are written, and how times and places are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundside.errors import BadRequest
from groundside.model.place import LonLat
from groundside.model.query import Near
from groundside.see.questions import near, time_us
from groundside.see.text import iso, shown_name


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (None, None),
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (1_600_000_000_000_000, "2020-09-13T12:26:40Z"),
        (1_600_000_000_120_000, "2020-09-13T12:26:40.12Z"),
        (1 << 62, None),
        (-(1 << 62), None),
    ],
)
def test_a_time_is_written_in_utc_with_no_more_decimals_than_it_needs(us: int | None, text: str | None) -> None:
    assert iso(us) == text


@given(st.integers(-(10**15), 10**16))
def test_a_time_that_is_written_can_be_read_back(us: int) -> None:
    assert time_us(iso(us) or "") == us


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.bin", "a.bin"),
        ("/home/me/a.bin", "a.bin"),
        ("C:\\logs\\a.bin", "a.bin"),
        ("../../etc/passwd", "passwd"),
        ("folder/", "folder"),
        ("a\nb", "a\\x0ab"),
        ("a\u202enib.exe", "a\\u202enib.exe"),
        ("caf\udce9", "caf\\xe9"),
        ("\ud800", "\\ud800"),
        ("", ""),
        ("猫.srt", "猫.srt"),
    ],
)
def test_a_name_is_shown_without_folders_and_without_what_could_deceive(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@given(st.text(st.characters(codec=None)))
def test_any_name_can_be_shown_on_one_line_as_utf_8(name: str) -> None:
    shown = shown_name(name)
    shown.encode()
    assert "/" not in shown
    assert len(shown.splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "whole_day", "us"),
    [
        ("", False, None),
        ("1970-01-02", False, 86_400_000_000),
        ("1970-01-02", True, 172_800_000_000),
        ("1970-01-01T00:00:01Z", True, 1_000_000),
        ("1970-01-01T00:00:01", False, 1_000_000),
        ("1970-01-01T01:00:00+01:00", False, 0),
        ("1970-01-01T01:00:00 01:00", False, 0),
        ("9999-12-31", True, 253_402_300_800_000_000),
    ],
)
def test_a_day_or_a_time_is_read_as_utc(text: str, whole_day: bool, us: int | None) -> None:
    assert time_us(text, whole_day=whole_day) == us


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "2026-02-30", "T", "2026-01-01T25:00", "0", "\x00"])
def test_what_is_neither_day_nor_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        time_us(text)
    assert "2026-05-01" in refused.value.try_this


def test_a_place_is_read_longitude_first() -> None:
    assert near("8.5,47.25,500") == Near(LonLat(8.5, 47.25), 500.0)
    assert near("") is None


@pytest.mark.parametrize(
    "text",
    [
        "8.5,47.25",
        "8.5,47.25,0",
        "8.5,47.25,-1",
        "8.5,97.25,5",
        "181,0,5",
        "0,0,5",
        "nan,1,5",
        "1,1,inf",
        "a,b,c",
    ],
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        near(text)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (time_us, near):
        try:
            read(text)
        except BadRequest as refused:
            assert refused.what
