"""Read the same bytes with the compiled kernels and with their plain twins, and say whether both give the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa

from groundside import native
from groundside.model.decoded import Decoded


@contextmanager
def plain_kernels() -> Iterator[None]:
    """Have the twins used in place of the kernels."""
    before = native.PLAIN
    native.PLAIN = True
    try:
        yield
    finally:
        native.PLAIN = before


def same_by_both(decode: Callable[[], Decoded]) -> Decoded:
    """Decode by the kernels and by the twins; all that a file says must be the same."""
    by_kernel = whole(decode())
    with plain_kernels():
        by_twin = whole(decode())
    assert list(by_kernel.tables) == list(by_twin.tables)
    for name, table in by_twin.tables.items():
        assert_same_table(by_kernel.tables[name], table)
    assert by_kernel.facts == by_twin.facts
    assert by_kernel.problems == by_twin.problems
    assert by_kernel.account == by_twin.account
    return by_kernel


def whole(decoded: Decoded) -> Decoded:
    """Have everything made that is made only when it is asked for."""
    return Decoded(dict(decoded.tables), decoded.facts, decoded.problems, decoded.account)


def assert_same_table(one: pa.Table, other: pa.Table) -> None:
    """Names, types, units, nulls, and every value; not a number is the same as not a number."""
    assert one.schema.equals(other.schema, check_metadata=True)
    for name in one.column_names:
        left, right = (table.column(name).combine_chunks() for table in (one, other))
        left.validate(full=True)
        if pa.types.is_floating(left.type):
            assert left.is_valid().equals(right.is_valid()), name
            values = (column.fill_null(0).to_numpy() for column in (left, right))
            assert np.array_equal(*values, equal_nan=True), name
        else:
            assert left.equals(right), name
