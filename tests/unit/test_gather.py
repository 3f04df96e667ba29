"""Columns out of records: what each operation makes of the bytes, by the kernel and by its twin."""

from __future__ import annotations

import gc
import struct
import weakref
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from groundside.native.gather import Field, Op, Plan, gathered, gathered_plainly
from tests.gathering import copied

Gather = Callable[..., pa.RecordBatch]
pytestmark = pytest.mark.parametrize("gather", [gathered, gathered_plainly])


def offsets(*places: int) -> np.ndarray:
    return np.array(places, np.int64)


def one(gather: Gather, data: bytes, field: Field, *places: int) -> list[object]:
    return gather(memoryview(data), offsets(*(places or (0,))), Plan([field]))[0].to_pylist()


def test_numbers_are_copied_as_they_stand(gather: Gather):
    data = struct.pack("<xbhiqfd", -5, -300, -70_000, -(2**40), 1.5, -2.25)
    assert one(gather, data, copied("a", 1, 1, signed=True)) == [-5]
    assert one(gather, data, copied("a", 2, 2, signed=True)) == [-300]
    assert one(gather, data, copied("a", 4, 4, signed=True)) == [-70_000]
    assert one(gather, data, copied("a", 8, 8, signed=True)) == [-(2**40)]
    assert one(gather, data, Field("a", pa.float32(), Op.COPY, 16, 4)) == [1.5]
    assert one(gather, data, Field("a", pa.float64(), Op.COPY, 20, 8)) == [-2.25]


def test_whole_numbers_are_divided_and_not_multiplied_by_a_fraction(gather: Gather):
    data = struct.pack("<hHiI", -353, 65_535, -353_632_621, 2**32 - 1)
    assert one(gather, data, Field("a", pa.float64(), Op.SCALE_I2, 0, divisor=100.0)) == [-3.53]
    assert one(gather, data, Field("a", pa.float64(), Op.SCALE_U2, 2, divisor=100.0)) == [655.35]
    assert one(gather, data, Field("a", pa.float64(), Op.SCALE_I4, 4, divisor=1e7)) == [-35.3632621]
    assert one(gather, data, Field("a", pa.float64(), Op.SCALE_U4, 8, divisor=100.0)) == [42949672.95]


@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, -2.5, 65504.0, 6e-8, 6.1e-5, float("inf"), float("-inf")])
def test_every_kind_of_half_becomes_the_same_float(gather: Gather, value: float):
    found = one(gather, struct.pack("<e", value), Field("a", pa.float32(), Op.HALF, 0))
    assert struct.pack("<f", found[0]) == struct.pack("<f", struct.unpack("<e", struct.pack("<e", value))[0])


def test_a_byte_is_true_where_it_is_not_zero(gather: Gather):
    data = bytes([0, 1, 0, 255, 0, 0, 0, 0, 2, 0, 0])
    found = one(gather, data, Field("a", pa.bool_(), Op.BOOL, 0), *range(11))
    assert found == [value != 0 for value in data]


def test_text_ends_at_the_first_nul_or_with_its_field(gather: Gather):
    data = b"abcd\0xyz" + b"\0anybody"
    field = Field("a", pa.string(), Op.TEXT, 0, 4)
    assert one(gather, data, field, 0, 1, 4, 8) == ["abcd", "bcd", "", ""]


def test_text_is_utf_8_or_else_latin_1_each_by_itself(gather: Gather):
    data = "é1".encode().ljust(4, b"\0") + "é2".encode("latin-1").ljust(4, b"\0") + b"last"
    assert one(gather, data, Field("a", pa.string(), Op.TEXT, 0, 4), 0, 4, 8) == ["é1", "é2", "last"]


def test_bytes_stay_bytes_and_lists_have_all_their_values(gather: Gather):
    data = struct.pack("<4h", 1, -2, 3, -4)
    assert one(gather, data, Field("a", pa.binary(3), Op.BYTES, 1, 3)) == [data[1:4]]
    assert one(gather, data, Field("a", pa.list_(pa.int16(), 4), Op.LIST, 0, 2, 4)) == [[1, -2, 3, -4]]


def test_what_a_record_cut_short_lacks_reads_as_zero(gather: Gather):
    data = memoryview(struct.pack("<HIH", 0x1234, 0xAABBCCDD, 0xFFFF))
    plan = Plan([copied("a", 0, 2), copied("b", 2, 4), Field("c", pa.string(), Op.TEXT, 0, 3)])
    found = gather(data, offsets(0, 0, 0, 8), plan, np.array([6, 3, 1, 0], np.int32))
    assert found["a"].to_pylist() == [0x1234, 0x1234, 0x34, 0]
    assert found["b"].to_pylist() == [0xAABBCCDD, 0xDD, 0, 0]


def test_columns_keep_the_order_names_and_metadata_of_their_plan(gather: Gather):
    fields = [
        Field("height", pa.float64(), Op.SCALE_I2, 0, divisor=10.0, metadata=(("unit", "m"), ("origin", "X.h"))),
        copied("count", 0, 1),
    ]
    found = gather(memoryview(b"\1\2"), offsets(0), Plan(fields))
    assert found.schema.names == ["height", "count"]
    assert found.schema.field(0).metadata == {b"unit": b"m", b"origin": b"X.h"}
    assert found.schema.field(1).metadata is None


def test_no_records_give_columns_without_rows(gather: Gather):
    fields = [copied("a", 0, 4), Field("b", pa.string(), Op.TEXT, 4, 9), Field("c", pa.bool_(), Op.BOOL, 1)]
    found = gather(memoryview(b""), offsets(), Plan(fields))
    found.validate(full=True)
    assert (found.num_rows, found.num_columns) == (0, 3)


@pytest.mark.parametrize("place", [-1, -(2**62), 5, 9, 2**62])
def test_a_record_outside_the_data_is_refused(gather: Gather, place: int):
    with pytest.raises(ValueError, match="past the end of the data"):
        gather(memoryview(bytes(8)), offsets(0, place), Plan([copied("a", 0, 4)]))


def test_a_length_that_runs_out_of_the_data_is_refused_and_so_is_a_negative_one(gather: Gather):
    plan = Plan([copied("a", 0, 4)])
    for length in (3, -1):
        with pytest.raises(ValueError, match="past the end of the data"):
            gather(memoryview(bytes(8)), offsets(6), plan, np.array([length], np.int32))


def test_columns_outlive_the_data_they_came_from(gather: Gather):
    data = bytearray(struct.pack("<2I", 7, 8))
    found = gather(memoryview(data), offsets(0, 4), Plan([copied("a", 0, 4)]))
    data[:] = bytes(len(data))
    assert found["a"].to_pylist() == [7, 8]


def test_one_column_kept_is_enough_to_keep_its_values(gather: Gather):
    data = memoryview(np.arange(4000, dtype="<u4").tobytes())
    places = np.arange(0, 16_000, 4)
    column = gather(data, places, Plan([copied("a", 0, 4), Field("b", pa.binary(4), Op.BYTES, 0, 4)]))["a"]
    assert column.to_pylist() == list(range(4000))


def test_a_column_that_is_given_is_shown_without_a_copy_and_keeps_what_it_shows(gather: Gather):
    given = np.arange(1000, dtype=np.int64)
    plan = Plan([Field("b", pa.int64(), Op.GIVEN, 1, 8), copied("a", 0, 1), Field("c", pa.uint8(), Op.GIVEN, 0, 1)])
    found = gather(memoryview(bytes([7] * 1000)), np.arange(1000), plan, None, (np.full(1000, 9, np.uint8), given))
    found.validate(full=True)
    values = found["b"].buffers()[1]
    assert values is not None and values.address == given.ctypes.data
    del values
    column, alive = found["b"], weakref.ref(given)
    del found, given
    gc.collect()
    assert alive() is not None
    assert column.to_pylist() == list(range(1000))
    del column
    gc.collect()
    assert alive() is None


def test_a_column_that_is_given_and_not_used_is_given_back(gather: Gather):
    given = np.zeros(1)
    alive = weakref.ref(given)
    with pytest.raises(ValueError, match="past the end of the data"):
        gather(
            memoryview(b""),
            offsets(5),
            Plan([copied("a", 0, 4), Field("b", pa.int64(), Op.GIVEN, 0, 8)]),
            None,
            (given,),
        )
    del given
    gc.collect()
    assert alive() is None


@pytest.mark.parametrize(("at", "width", "said"), [(0, 8, "a value for each record"), (1, 8, "cannot be gathered")])
def test_columns_that_are_not_given_or_too_short_are_refused(gather: Gather, at: int, width: int, said: str):
    plan = Plan([Field("a", pa.int64(), Op.GIVEN, at, width)])
    with pytest.raises(ValueError, match=said):
        gather(memoryview(bytes(8)), offsets(0, 1), plan, None, (np.zeros(1, np.int64),))
