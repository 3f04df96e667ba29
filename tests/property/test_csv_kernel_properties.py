"""Columns of a CSV read at once are those that Arrow reads text by text; and what is said of a table is said once."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundside import native
from groundside.decode.csv_rows import dates
from groundside.decode.csv_rows.cells import read_column
from groundside.decode.csv_rows.dates import read_moments
from groundside.decode.csv_rows.dialect import Dialect
from groundside.decode.csv_rows.names import read_name
from groundside.decode.remembered import once_a_table

DATE = st.sampled_from(("2031-02-03", "2/3/2031", "13/2/2031", "2/13/2031", "31.12.2030", "2031-02-31", "2/3/31", "no"))
TIME = st.sampled_from(
    (
        "4:05:06", "04:05:06.789", "4:05:06.12 PM", "12:00:00 am", "13:00:00 AM", "23:59:60", "24:00:00", "4:60:00", "4:05 PM",
        "4:05:06,1234567891", "4:05:06.", "4:05:06.0000001", "4:05:06PM", "4:05:06  PM", "4:05:06 p.m.", "4:05:06Z", " 4:05:06",
        "T4:05:06", "4:05:06+02:00", "4:5:6", "123:00:00", "", "\u0664:05:06", "4:05:06.7\n", "M", "PM", "4:05:06.7 M",
    )
)  # fmt: skip
PLAIN_TIME = st.sampled_from(
    (
        "4:05:06",
        "04:05:06.789",
        "4:05:06.12 PM",
        "12:00:00 am",
        "13:00:00 AM",
        "23:59:60",
        "24:00:00",
        "4:60:00",
        "4:05:06PM",
    )
)
WORDS = st.lists(st.tuples(DATE, st.sampled_from((" ", "T", "  ", "")), TIME).map("".join) | st.none() | st.just(""))
DIALECT = Dialect(
    is_name=lambda _: True, is_text=lambda name: name == "told", is_datetime=lambda name: name == "datetime"
)
NAMES = ("x", "speed(mph)", "temperature(F)", "height(m)", "odd(furlong)", "latitude", "told", "datetime")
NUMBER = st.from_regex(r"[+-]?[0-9]{1,16}(\.[0-9]{0,16})?", fullmatch=True)
CELL = (
    st.just("")
    | NUMBER
    | st.integers(-999, 999).map(str)
    | st.sampled_from((" 1", "1 ", "1e3", ".5", "nan", "text", "1,5", "\u0661"))
)


@given(
    st.sampled_from(NAMES), st.lists(st.just("") | NUMBER, max_size=6), st.lists(CELL, max_size=2), st.integers(0, 2)
)
@settings(deadline=None, max_examples=100)
def test_a_column_read_at_once_is_the_same_column(name: str, plain: list[str], others: list[str], skipped: int):
    whole = pa.array(["9", "8"][:skipped] + plain + others, pa.string())
    cells = whole.slice(skipped)
    found = read_column(read_name(name), cells, ".", DIALECT)
    with patch.object(native, "PLAIN", True):
        wanted = read_column(read_name(name), cells, ".", DIALECT)
    assert repr(found.odd) == repr(wanted.odd)
    assert (found.inference, found.column.unit, found.column.origin) == (
        wanted.inference,
        wanted.column.unit,
        wanted.column.origin,
    )
    arrays = [pa.array(read.column.values) for read in (found, wanted)]
    assert arrays[0].type == arrays[1].type
    assert [repr(v) for v in arrays[0].to_pylist()] == [repr(v) for v in arrays[1].to_pylist()]


@given(WORDS | st.lists(st.tuples(DATE, PLAIN_TIME).map(" ".join) | st.none(), min_size=1))
@settings(deadline=None, max_examples=200)
@example(["2/3/2031 4:05:06.12 PM", "2/13/2031 12:00:00 AM", "2/13/2031 23:59:60"])
@example(["4:05:06.7 PM", "4:05:07"])
def test_moments_read_at_once_are_those_read_one_by_one(words: list[str | None]):
    column = pa.array(words, pa.string())
    found = read_moments(column)
    with patch.object(dates, "plain_moments", lambda _: None), patch.object(dates, "_any_date", lambda _: True):
        wanted = read_moments(column)
    assert found.us.tolist() == wanted.us.tolist()
    assert found.known.tolist() == wanted.known.tolist()
    assert (found.utc, found.resolution_us, found.unread, found.inference) == (
        wanted.utc,
        wanted.resolution_us,
        wanted.unread,
        wanted.inference,
    )


@pytest.mark.parametrize("plain", [False, True])
def test_whole_numbers_may_have_a_plus(plain: bool):
    with patch.object(native, "PLAIN", plain):
        read = read_column(read_name("x"), pa.array(["+5", "-0", "", "007"]), ".", DIALECT)
    assert pa.array(read.column.values).to_pylist() == [5, 0, None, 7]


def test_what_is_found_of_a_table_is_found_once_and_forgotten_with_the_table():
    asked: list[int] = []

    @once_a_table
    def rows_of(table: pa.Table) -> np.ndarray:
        asked.append(table.num_rows)
        return np.zeros(table.num_rows)

    first, second = pa.table({"a": [1]}), pa.table({"a": [1, 2]})
    assert rows_of(first) is rows_of(first)
    assert len(rows_of(second)) == 2
    assert len(rows_of(first)) == 1
    assert asked == [1, 2, 1]
    del first
    assert len(rows_of(pa.table({"a": [1, 2, 3]}))) == 3
