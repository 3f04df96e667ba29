"""Recognisers that look for cheap signs first answer as their definitions do."""

from __future__ import annotations

import re
from importlib import import_module

from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundside.decode.formats import igc
from groundside.decode.formats.dji_srt.encoding import text_of

srt = import_module("groundside.decode.formats.dji_srt.decode")  # the package has a function of that name
FIX = b"B1023455110000N00700000EA0123401234"
PIECES = st.sampled_from(
    (
        b"AXXX123\n", b"\nAXXX123", b"\xef\xbb\xbf", b"HFDTE150625", b"HFDTE", b"\n", b"\r\n", b"\r", b" ", FIX, FIX + b"\n", b"B", b"DTE",
        b"\nB", b"1\n", b"\n00:00:01,000 --> 00:00:02,000\n", b"-->", b"00:00:01.5 -->0:00", b"\n7\n2025-06-15 ", b"2025.6.15 ", b"7",
        b"[iso : 100]", b"GPS(7.1", b"FrameCnt: 1",
    )
)  # fmt: skip
HEADS = st.lists(PIECES | st.binary(max_size=4), max_size=12).map(b"".join)


def is_igc(head: bytes) -> bool:
    """The definition: begins with a record of the recorder's number, and has a date or a fix; or has both."""
    dated = re.search(rb"^H[A-Z]DTE", head, re.MULTILINE) is not None
    fixed = re.search(rb"^B\d{13}[NS]\d{8}[EW][AV]", head, re.MULTILINE) is not None
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return (dated and fixed) or ((dated or fixed) and re.match(rb"A[A-Z0-9]{3}", first) is not None)


def is_srt(head: bytes) -> bool:
    """The definition: a cue near the start, and soon behind it what only DJI writes."""
    text = bytes(text_of(head).data)
    cue = srt._CUE.search(text[: srt._BEGINS_WITHIN + 64])
    return cue is not None and srt._DJI.search(text, cue.end() - 1, cue.end() + srt._LOOKS_AFTER) is not None


@given(HEADS)
@example(b"AXXX123\nHFDTE150625\n" + FIX)
@example(b"AXXX123\n" + FIX)
@example(b"HFDTE150625\n" + FIX)
@example(FIX + b"\n")
@settings(deadline=None, max_examples=150)
def test_igc_is_recognised_as_it_is_defined(head: bytes):
    assert igc.FORMAT.recognises(head) == is_igc(head)


@given(HEADS)
@example(b"1\n00:00:01,000 --> 00:00:02,000\n[iso : 100]")
@example(b"x" * 4100 + b"\n7\n2025-06-15 10:00\n[iso : 100]")
@example(b"x" * 4150 + b"\n00:00:01,000 --> 00:00:02,000\n[iso : 100]")
@example(b"x\n7\n2025-06-15 10:00\n[iso : 100]")
@settings(deadline=None, max_examples=150)
def test_subtitles_are_recognised_as_they_are_defined(head: bytes):
    assert srt.recognises(head) == is_srt(head)
