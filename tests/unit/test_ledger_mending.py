"""A ledger whose hashes were damaged is mended from its entries; one whose entries were damaged is not."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from groundside.errors import Tampered
from groundside.keep.ledger import log
from groundside.keep.ledger.check import check
from groundside.keep.ledger.mending import mend
from tests.ledger_builders import KEY, OTHER, empty, entries, flip, ledger

SIZE = 600


def tiles(connection: Connection) -> list[tuple[int, int, bytes]]:
    found = connection.execute(text("SELECT level, number, hashes FROM ledger_tile ORDER BY level, number"))
    return [tuple(row) for row in found]  # type: ignore[misc]


@pytest.mark.parametrize("level, number", [(0, 0), (0, 1), (0, 2), (1, 0)])
@pytest.mark.parametrize("how", ["flipped", "gone", "cut short"])
def test_any_damaged_tile_is_made_anew_and_the_ledger_goes_on(level: int, number: int, how: str):
    where = f"level = {level} AND number = {number}"
    with ledger(SIZE) as connection:
        before = tiles(connection)
        if how == "flipped":
            flip(connection, "ledger_tile", "hashes", where, 77)
        elif how == "gone":
            connection.execute(text(f"DELETE FROM ledger_tile WHERE {where}"))
        else:
            connection.execute(text(f"UPDATE ledger_tile SET hashes = substr(hashes, 1, 40) WHERE {where}"))
        assert check(connection, KEY.verifier) != []
        assert mend(connection, KEY.verifier) == [(level, number)]
        assert tiles(connection) == before
        assert check(connection, KEY.verifier) == []
        log.append(connection, entries(1), KEY)
        assert check(connection, KEY.verifier) == []


def test_a_tile_that_is_not_part_of_the_ledger_is_removed():
    with ledger(SIZE) as connection:
        connection.execute(text("INSERT INTO ledger_tile VALUES (0, 9, x'00')"))
        assert mend(connection, KEY.verifier) == [(0, 9)]
        assert check(connection, KEY.verifier) == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE ledger_entry SET leaf = CAST(replace(leaf, 'ingest', 'erasee') AS BLOB) WHERE seq = 300",
        "UPDATE ledger_entry SET leaf = 'text' WHERE seq = 300",
        "DELETE FROM ledger_entry WHERE seq = 599",
        "DELETE FROM ledger_entry WHERE seq = 3",
        "INSERT INTO ledger_entry VALUES (600, x'00')",
        "UPDATE ledger_checkpoint SET note = replace(note, '600', '599')",
        "DELETE FROM ledger_checkpoint",
    ],
)
def test_what_the_signature_does_not_cover_is_not_mended(damage: str):
    with ledger(SIZE) as connection:
        connection.execute(text(damage))
        flip(connection, "ledger_tile", "hashes", "level = 0 AND number = 0", 3)
        before = tiles(connection)
        with pytest.raises(Tampered):
            mend(connection, KEY.verifier)
        assert tiles(connection) == before


def test_a_ledger_that_another_key_signed_is_not_mended():
    with ledger(SIZE, OTHER) as connection, pytest.raises(Tampered, match="newest checkpoint"):
        mend(connection, KEY.verifier)


def test_where_nothing_is_damaged_nothing_is_done():
    with ledger(SIZE) as connection:
        assert mend(connection, KEY.verifier) == []
    with empty() as connection:
        assert mend(connection, KEY.verifier) == []
