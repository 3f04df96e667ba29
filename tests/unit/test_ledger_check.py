"""What was altered in the ledger is named, exactly, and nothing else."""

import pytest
from sqlalchemy import Connection, create_engine, text

from groundside.keep.ledger import log
from groundside.keep.ledger.check import Fault, check
from tests.ledger_builders import KEY, OTHER, SECOND, WITNESS, cosigned, empty, entries, flip, ledger, signed

SIZE = 1000


def named(connection: Connection) -> list[tuple[object, ...]]:
    return [(each.part, *each.key) for each in check(connection, KEY.verifier, [WITNESS.verifier])]


def faults_after(*statements: str) -> list[tuple[object, ...]]:
    """What is named in a ledger of a thousand entries after somebody did that to its rows."""
    with ledger(SIZE) as connection:
        for statement in statements:
            connection.execute(text(statement))
        return named(connection)


def test_an_altered_entry_is_named():
    with ledger(SIZE) as connection:
        flip(connection, "ledger_entry", "leaf", "seq = 777", 300)
        assert check(connection, KEY.verifier) == [Fault("entry", (777,), "was altered")]
        assert str(check(connection, KEY.verifier)[0]) == "entry 777 was altered"
        assert check(connection, KEY.verifier)[0].about == "entry 777"


def test_altered_tiles_are_named_and_not_the_entries_below_them():
    for level, number in ((0, 0), (0, 3), (1, 0)):
        with ledger(SIZE) as connection:
            flip(connection, "ledger_tile", "hashes", f"level = {level} AND number = {number}", 5)
            assert named(connection) == [("tile", level, number)]


def test_a_tile_and_an_entry_below_another_place_of_it_are_both_named():
    with ledger(SIZE) as connection:
        flip(connection, "ledger_tile", "hashes", "level = 0 AND number = 1", 5)
        flip(connection, "ledger_tile", "hashes", "level = 1 AND number = 0", 300)
        for seq in (300, 400, 500, 990):
            flip(connection, "ledger_entry", "leaf", f"seq = {seq}", 9)
        found = [("entry", 300), ("entry", 400), ("entry", 500), ("entry", 990), ("tile", 0, 1), ("tile", 1, 0)]
        assert named(connection) == found


def test_what_cannot_be_told_is_named_as_that_and_nothing_altered_is_left_out():
    with ledger(SIZE) as connection:
        flip(connection, "ledger_tile", "hashes", "level = 0 AND number = 1", 5)
        flip(connection, "ledger_entry", "leaf", "seq = 256", 9)  # both say of the same hash something else
        found = check(connection, KEY.verifier)
        assert [(each.part, *each.key) for each in found] == [("entry", 256), ("tile", 0, 1)]
        assert "cannot be told" in found[0].what


def test_the_same_at_the_edge_names_all_that_may_be_wrong():
    with ledger(SIZE) as connection:
        flip(connection, "ledger_tile", "hashes", "level = 0 AND number = 3", 5)
        flip(connection, "ledger_entry", "leaf", "seq = 768", 9)
        assert named(connection) == [("entry", 768), ("ledger",), ("tile", 0, 3)]


def test_gaps_and_missing_tiles_are_named():
    assert faults_after("DELETE FROM ledger_entry WHERE seq IN (0, 500, 999)") == [
        ("entry", at) for at in (0, 500, 999)
    ]
    for level, number in ((0, 0), (0, 3), (1, 0)):
        gone = f"DELETE FROM ledger_tile WHERE level = {level} AND number = {number}"
        assert faults_after(gone) == [("tile", level, number)]
    assert faults_after(
        "DELETE FROM ledger_entry WHERE seq = 5", "DELETE FROM ledger_tile WHERE level = 0 AND number = 0"
    ) == [
        ("entry", 5),
        ("tile", 0, 0),
    ]
    both = faults_after("DELETE FROM ledger_entry WHERE seq = 990", "DELETE FROM ledger_tile WHERE number = 3")
    assert both == [("entry", 990), ("ledger",), ("tile", 0, 3)]


def test_an_entry_altered_below_a_tile_that_is_gone_is_not_passed_over():
    with ledger(SIZE) as connection:
        flip(connection, "ledger_entry", "leaf", "seq = 5", 9)
        connection.execute(text("DELETE FROM ledger_tile WHERE level = 0 AND number = 0"))
        found = check(connection, KEY.verifier)
        assert [(each.part, *each.key) for each in found] == [("tile", 0, 0)]
        assert "is missing, and so is something below it" in found[0].what


def test_all_tiles_gone_are_named_and_nothing_of_the_entries():
    found = [("tile", 0, number) for number in range(4)] + [("tile", 1, 0)]
    assert faults_after("DELETE FROM ledger_tile") == found


def test_rows_that_are_not_the_ledgers_are_named():
    more = "INSERT INTO ledger_entry SELECT {}, leaf FROM ledger_entry WHERE seq = 5"
    assert faults_after(more.format(SIZE), more.format(-4)) == [("entry", -4), ("entry", SIZE)]
    tile = "INSERT INTO ledger_tile SELECT {}, {}, hashes FROM ledger_tile WHERE level = 1"
    found = [("tile", -1, 0), ("tile", 0, -2), ("tile", 0, 4), ("tile", 2, 0)]
    assert faults_after(*(tile.format(*each[1:]) for each in found)) == found
    assert faults_after(tile.format("'x'", "'y'")) == [("tile", -1, -1)]


def test_values_of_another_kind_are_named_and_raise_nothing():
    assert faults_after("UPDATE ledger_entry SET leaf = 'text' WHERE seq = 9") == [("entry", 9)]
    assert faults_after("UPDATE ledger_tile SET hashes = 'text' WHERE level = 0 AND number = 2") == [("tile", 0, 2)]
    assert faults_after("UPDATE ledger_tile SET hashes = x'00' WHERE level = 1") == [("tile", 1, 0)]
    assert faults_after("UPDATE ledger_checkpoint SET note = CAST(x'ff' AS TEXT)") == [("checkpoint", SIZE)]
    assert faults_after("UPDATE ledger_checkpoint SET note = 5") == [("checkpoint", SIZE)]


def test_a_checkpoint_that_was_altered_is_named_and_the_rows_are_still_checked():
    with ledger(SIZE) as connection:
        flip(connection, "ledger_checkpoint", "note", f"size = {SIZE}", 401)
        assert named(connection) == [("checkpoint", SIZE)]
        flip(connection, "ledger_entry", "leaf", "seq = 42", 3)
        assert named(connection) == [("checkpoint", SIZE), ("entry", 42)]


def test_a_checkpoint_under_another_size_or_with_a_wrong_mark_is_named():
    assert faults_after("UPDATE ledger_checkpoint SET size = 999") == [("checkpoint", 999)]
    for flag in ("1", "2", "'x'", "x'01'"):
        assert faults_after(f"UPDATE ledger_checkpoint SET witnessed = {flag}") == [("checkpoint", SIZE)]


def test_a_ledger_without_its_checkpoint_is_told_from_none():
    assert faults_after("DELETE FROM ledger_checkpoint") == [("ledger",)]
    gone = ("DELETE FROM ledger_checkpoint", "DELETE FROM ledger_tile", "DELETE FROM ledger_entry")
    assert faults_after(*gone) == []


def test_checkpoints_of_other_keys_are_named():
    with ledger(SIZE) as connection:
        assert [each.key for each in check(connection, OTHER.verifier)] == [(SIZE,)]
        note = cosigned(log.newest(connection) or "", SECOND)
        connection.execute(text("UPDATE ledger_checkpoint SET note = :note, witnessed = 1"), {"note": note})
        assert named(connection) == [("checkpoint", SIZE)]


def test_a_ledger_that_was_rewritten_with_its_key_is_caught_by_what_a_witness_cosigned():
    with ledger(300) as connection, ledger(300, OTHER) as elsewhere:
        kept = cosigned(log.newest(connection) or "")
        log.append(elsewhere, entries(9), OTHER)
    with empty() as connection:
        log.append(connection, entries(310, "other"), KEY)
        insert = "INSERT INTO ledger_checkpoint VALUES (:size, :note, 1)"
        connection.execute(text(insert), {"size": 300, "note": kept})
        assert named(connection) == [("checkpoint", 300)]
        assert "rewritten" in check(connection, KEY.verifier, [WITNESS.verifier])[0].what


def test_a_ledger_cut_back_behind_a_cosigned_checkpoint_is_caught():
    with ledger(300) as connection:
        kept = cosigned(signed(400, b"r" * 32))
        connection.execute(text("INSERT INTO ledger_checkpoint VALUES (400, :note, 1)"), {"note": kept})
        assert ("ledger",) in named(connection)


def test_an_old_checkpoint_that_nobody_cosigned_is_not_part_of_the_ledger():
    with ledger(300) as connection:
        old = log.newest(connection)
        log.append(connection, entries(1), KEY)
        connection.execute(text("INSERT INTO ledger_checkpoint VALUES (300, :note, 0)"), {"note": old})
        assert named(connection) == [("checkpoint", 300)]


def test_rows_altered_to_agree_with_each_other_do_not_have_the_signed_root():
    with ledger(SIZE) as connection, ledger(SIZE - 1) as other:
        log.append(other, entries(1, "other"), KEY)
        for table in ("ledger_entry", "ledger_tile"):
            connection.execute(text(f"DELETE FROM {table}"))
            rows = [dict(row) for row in other.execute(text(f"SELECT * FROM {table}")).mappings()]
            names = ", ".join(f":{name}" for name in rows[0])
            connection.execute(text(f"INSERT INTO {table} VALUES ({names})"), rows)
        assert named(connection) == [("ledger",)]


def test_a_tile_and_all_below_it_altered_to_agree_is_named_by_what_is_above():
    with ledger(SIZE) as connection:
        entry = "UPDATE ledger_entry SET leaf = :leaf WHERE seq = 0"
        connection.execute(text(entry), {"leaf": b"other"})
        from hashlib import sha256

        tile = connection.scalar(text("SELECT hashes FROM ledger_tile WHERE level = 0 AND number = 0"))
        new = sha256(b"\0other").digest() + tile[32:]
        connection.execute(text("UPDATE ledger_tile SET hashes = :new WHERE level = 0 AND number = 0"), {"new": new})
        assert named(connection) == [("tile", 0, 0)]


def test_more_damage_than_is_named_is_said_to_be_more():
    with ledger(SIZE) as connection:
        connection.execute(text("UPDATE ledger_entry SET leaf = x'00'"))
        found = check(connection, KEY.verifier, most=300)
        assert Fault("ledger", (), "is wrong in more than 300 places; not all are named") in found
        assert len([each for each in found if each.part == "entry"]) >= 300


def test_a_ledger_that_cannot_be_read_at_all_is_a_fault_and_no_exception():
    with create_engine("sqlite://").connect() as connection:
        assert [each.part for each in check(connection, KEY.verifier)] == ["ledger"]


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512])
def test_a_ledger_of_any_size_is_right_as_it_was_made(size: int):
    with ledger(size) as connection:
        assert check(connection, KEY.verifier) == []
        flip(connection, "ledger_entry", "leaf", f"seq = {size - 1}", 5)
        assert named(connection) == [("entry", size - 1)]
