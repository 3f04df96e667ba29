"""Every decoder, of whatever bytes: a result, in which every byte is accounted for. New formats are in this at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.decode.format import HEAD_BYTES, Format
from groundside.decode.known import formats, recognise
from tests.conftest import REPOSITORY
from tests.damage import damaged
from tests.promises import hold

FUZZ = REPOSITORY / "fuzz"
EVERY = pytest.mark.parametrize("kind", formats(), ids=lambda f: f.name)


def seeds(kind: Format) -> list[Path]:
    return sorted((FUZZ / "seeds" / kind.name).glob("*"))


@EVERY
def test_there_are_seeds_and_each_is_recognised_as_its_format_and_no_other(kind: Format):
    assert seeds(kind), "write them: python -m fuzz.make_seeds"
    for path in seeds(kind):
        found = recognise(path.read_bytes()[:HEAD_BYTES])
        assert found is not None and found.name == kind.name, path.name


@EVERY
def test_seeds_and_all_that_once_broke_a_decoder_keep_every_promise(kind: Format):
    for path in [*seeds(kind), *sorted((FUZZ / "finds" / kind.name).glob("*"))]:
        hold(kind, path.read_bytes())


@EVERY
@given(st.binary(max_size=3000))
@settings(max_examples=60, deadline=None)
def test_any_bytes_keep_every_promise(kind: Format, data: bytes):
    hold(kind, data)


@EVERY
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_damaged_recordings_keep_every_promise(kind: Format, data: st.DataObject):
    content = data.draw(st.sampled_from([p.read_bytes() for p in seeds(kind)]))
    for seed in data.draw(st.lists(st.integers(0, 2**31), min_size=1, max_size=3)):
        content = damaged(content, seed).content if len(content) > 8 else content
    hold(kind, content)


@EVERY
def test_what_a_format_covers_is_said(kind: Format):
    assert kind.coverage.reads
    assert kind.coverage.leaves
    assert kind.experimental or kind.coverage.checked_on


def test_the_page_of_formats_is_made_of_the_registry():
    from tools.make_formats_page import PAGE, page

    assert PAGE.read_text(encoding="utf-8") == page(), "write it again: python tools/make_formats_page.py"
