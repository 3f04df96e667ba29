"""The ledger on a catalogue: what is appended, read and proven, and that nothing altered is signed again."""

import random

import pytest
from sqlalchemy import Connection, text

from groundside.errors import NotFound, Tampered
from groundside.keep.ledger import log, merkle
from groundside.keep.ledger.check import check
from groundside.keep.ledger.checkpoint import open_checkpoint
from groundside.keep.ledger.tiles import Tiles, levels_of, width_of
from tests.ledger_builders import KEY, OTHER, WITNESS, cosigned, empty, entries, ledger, signed

SIZES = (1, 254, 1, 1, 300, 2, 700, 3)
"""Steps of growth that end before, at and after the end of a tile, and go over several."""


def rows(connection: Connection, table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))]


def test_entries_are_numbered_from_nought_and_each_append_signs_the_whole():
    with empty() as connection:
        leaves: list[bytes] = []
        for step in SIZES:
            done = log.append(connection, entries(step), KEY)
            assert (done.first, done.size) == (len(leaves), len(leaves) + step)
            leaves += [merkle.leaf_hash(each.leaf) for each in log.read(connection, done.first, 1000)]
            signed_now = open_checkpoint(done.note, KEY.verifier).checkpoint
            assert (signed_now.size, signed_now.root) == (len(leaves), merkle.root_of(leaves))
            assert log.newest(connection) == done.note
        assert [each.seq for each in log.read(connection, 0, 5000)] == list(range(sum(SIZES)))
        assert log.size_of(connection) == sum(SIZES)
        assert len(rows(connection, "ledger_checkpoint")) == 1
        assert check(connection, KEY.verifier) == []


def test_tiles_are_the_same_however_the_entries_came():
    with empty() as connection, ledger(600) as at_once:
        for _ in range(6):
            log.append(connection, entries(100), KEY)
        assert [len(row[2]) // 32 for row in rows(at_once, "ledger_tile")] == [256, 256, 88, 2]
        ours = [row[:2] for row in rows(connection, "ledger_tile")]
        assert ours == [row[:2] for row in rows(at_once, "ledger_tile")] == [(0, 0), (0, 1), (0, 2), (1, 0)]


def test_proofs_from_tiles_hold_for_every_size_that_the_ledger_had():
    chance = random.Random(3)
    with ledger(1100) as connection:
        leaves = [merkle.leaf_hash(each.leaf) for each in log.read(connection, 0, 2000)]
        for _ in range(60):
            size = chance.randint(1, 1100)
            index, old = chance.randrange(size), chance.randint(0, size)
            root = merkle.root_of(leaves[:size])
            assert merkle.includes(leaves[index], index, size, log.inclusion(connection, index, size), root)
            before = merkle.root_of(leaves[:old])
            assert merkle.extends(old, before, size, root, log.consistency(connection, old, size))


def test_what_the_ledger_never_had_is_not_found():
    with ledger(3) as connection:
        for seq, size in ((-1, 3), (3, 3), (0, 4), (0, 0)):
            with pytest.raises(NotFound):
                log.inclusion(connection, seq, size)
        for old, new in ((-1, 3), (3, 2), (1, 4)):
            with pytest.raises(NotFound):
                log.consistency(connection, old, new)


def test_an_empty_ledger_has_no_checkpoint_and_no_size():
    with empty() as connection:
        assert log.newest(connection) is None
        assert log.size_of(connection) == 0
        assert log.read(connection, 0, 10) == []
        assert check(connection, KEY.verifier) == []
        with pytest.raises(ValueError):
            log.append(connection, [], KEY)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_entry WHERE seq = 299",
        "INSERT INTO ledger_entry SELECT 300, leaf FROM ledger_entry WHERE seq = 299",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_tile SET hashes = zeroblob(44 * 32) WHERE level = 0 AND number = 1",
        "UPDATE ledger_tile SET hashes = zeroblob(7) WHERE level = 0 AND number = 1",
        "DELETE FROM ledger_tile",
        "DELETE FROM ledger_checkpoint",
        "UPDATE ledger_checkpoint SET note = replace(note, '300', '301')",
        "UPDATE ledger_checkpoint SET note = 'nothing'",
    ],
)
def test_nothing_is_signed_after_an_end_that_was_altered(statement: str):
    with ledger(300) as connection:
        connection.execute(text(statement))
        before = rows(connection, "ledger_tile"), rows(connection, "ledger_entry")
        with pytest.raises(Tampered):
            log.append(connection, entries(1), KEY)
        assert (rows(connection, "ledger_tile"), rows(connection, "ledger_entry")) == before


def test_nothing_is_signed_by_another_key_than_before():
    with ledger(3) as connection, pytest.raises(Tampered):
        log.append(connection, entries(1), OTHER)


def test_an_entry_that_bears_another_number_than_its_row_is_not_read():
    with ledger(3) as connection:
        connection.execute(
            text("UPDATE ledger_entry SET leaf = (SELECT leaf FROM ledger_entry WHERE seq = 0) WHERE seq = 1")
        )
        with pytest.raises(Tampered):
            log.read(connection, 0, 3)


def test_a_proof_whose_hashes_are_gone_is_refused_and_not_made_up():
    with ledger(300) as connection:
        connection.execute(text("DELETE FROM ledger_tile WHERE level = 0 AND number = 0"))
        with pytest.raises(Tampered, match="Tile 0 of level 0"):
            log.inclusion(connection, 5, 300)


def test_cosigned_checkpoints_stay_and_the_last_one_that_is_not_goes():
    with ledger(10) as connection:
        first = cosigned(log.newest(connection) or "")
        assert log.keep_cosigned(connection, first, KEY.verifier, [WITNESS.verifier]).size == 10
        for _ in range(3):
            log.append(connection, entries(5), KEY)
        assert [row[0::2] for row in rows(connection, "ledger_checkpoint")] == [(10, 1), (25, 0)]
        assert check(connection, KEY.verifier, [WITNESS.verifier]) == []
        log.keep_cosigned(connection, cosigned(log.newest(connection) or ""), KEY.verifier, [WITNESS.verifier])
        log.append(connection, entries(1), KEY)
        assert [row[0] for row in rows(connection, "ledger_checkpoint")] == [10, 25, 26]
        assert check(connection, KEY.verifier, [WITNESS.verifier]) == []


def test_a_cosigned_checkpoint_of_another_past_is_not_kept():
    with ledger(10) as connection:
        for size in (0, 5, 11):
            with pytest.raises(Tampered):
                log.keep_cosigned(connection, cosigned(signed(size, b"r" * 32)), KEY.verifier, [WITNESS.verifier])
        with pytest.raises(Tampered):
            log.keep_cosigned(connection, log.newest(connection) or "", KEY.verifier, [WITNESS.verifier])


def test_tiles_of_three_levels_have_the_root_of_their_leaves():
    leaves = [at.to_bytes(32, "big") for at in range(65_900)]
    with empty() as connection:
        Tiles(connection).append(0, leaves[:65_530])
        for old, new in ((65_530, 65_536), (65_536, 65_537), (65_537, 65_900)):
            tiles = Tiles(connection)
            assert tiles.append(old, leaves[old:new]) == new
            assert tiles.root_at(new) == merkle.root_of(leaves[:new])
        proof = merkle.inclusion_proof(65_000, 65_900, Tiles(connection).hash_of)
        assert merkle.includes(leaves[65_000], 65_000, 65_900, proof, merkle.root_of(leaves))


def test_a_tree_has_as_many_tiles_as_its_leaves_need():
    assert [levels_of(size) for size in (0, 1, 255, 256, 65535, 65536)] == [0, 1, 1, 2, 2, 3]
    assert [width_of(600, level, number) for level, number in ((0, 0), (0, 2), (0, 3), (1, 0), (1, 1))] == [
        256,
        88,
        0,
        2,
        0,
    ]
