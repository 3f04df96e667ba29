"""Tables and tracks remember what is asked for again, but nothing of a stranger's choosing without bound."""

import pickle

import numpy as np
import pytest

from groundside.model import table as table_module
from groundside.model.recording import TimeBasis
from groundside.model.table import Column, origin_of, table, unit_of
from tests.keep_builders import track


@pytest.mark.parametrize(("length", "kept"), [(100, 1), (10_000, 0)])
def test_the_field_of_a_column_is_remembered_unless_its_name_is_long(length: int, kept: int):
    table_module._field.cache_clear()
    name = "x" * length
    for _ in range(2):
        made = table({name: Column(np.zeros(2), "m", "GPS.Alt")})
        assert (made.column_names, unit_of(made, name), origin_of(made, name)) == ([name], "m", "GPS.Alt")
    assert table_module._field.cache_info().currsize == kept


def test_the_columns_of_a_track_cannot_be_changed_and_are_not_sent_along_with_it():
    given = track(3, TimeBasis.BOOT)
    with pytest.raises(ValueError, match="read-only"):
        given.floats("lon")[0] = 1.0
    again = pickle.loads(pickle.dumps(given))
    assert (again.table.num_rows, again._arrays) == (3, {})
