"""Bits turned over in rows of the ledger: each altered row is found and named, and no other."""

import random

from sqlalchemy import Connection, text

from groundside.keep.ledger import log
from groundside.keep.ledger.check import Fault, check
from tests.conftest import Figure
from tests.ledger_builders import KEY, WITNESS, cosigned, entries, flip, ledger

SIZE, COSIGNED = 700, 300
FLIPS, FLIPS_IN_FULL = 120, 4000
ROUNDS, ROUNDS_IN_FULL = 6, 60
MANY = 10
WITNESSES = [WITNESS.verifier]
Row = tuple[str, tuple[int, ...]]


def grown(connection: Connection) -> list[Row]:
    """Let a ledger grow with a cosigned checkpoint behind; gives all its rows."""
    log.keep_cosigned(connection, cosigned(log.newest(connection) or ""), KEY.verifier, WITNESSES)
    log.append(connection, entries(SIZE - COSIGNED), KEY)
    tiles = connection.execute(text("SELECT level, number FROM ledger_tile"))
    rows = [("tile", tuple(row)) for row in tiles] + [("checkpoint", (size,)) for size in (COSIGNED, SIZE)]
    return [*rows, *(("entry", (seq,)) for seq in range(SIZE))]


def damage(connection: Connection, row: Row, chance: random.Random) -> None:
    part, key = row
    column = {"tile": "hashes", "checkpoint": "note", "entry": "leaf"}[part]
    where = {"tile": "level = {} AND number = {}", "checkpoint": "size = {}", "entry": "seq = {}"}[part]
    flip(connection, f"ledger_{part}", column, where.format(*key), chance.randrange(1 << 20))


def test_every_single_bit_that_turned_over_is_named_by_its_row(full: bool, figure: Figure):
    chance, wrong = random.Random(17), []
    with ledger(COSIGNED) as connection:
        rows = grown(connection)
        few = [row for row in rows if row[0] != "entry"]
        assert check(connection, KEY.verifier, WITNESSES) == []
        for _ in range(FLIPS_IN_FULL if full else FLIPS):
            row = chance.choice(chance.choice([rows, few]))
            with connection.begin_nested() as undone:
                damage(connection, row, chance)
                found = [(each.part, each.key) for each in check(connection, KEY.verifier, WITNESSES)]
                undone.rollback()
            wrong += [] if found == [row] else [(row, found)]
    figure("ledger flips", {"flips": FLIPS_IN_FULL if full else FLIPS, "wrong": len(wrong)})
    assert wrong == []


def test_of_many_rows_altered_at_once_exactly_those_are_named(full: bool, figure: Figure):
    """One row in seven is much: with a tile, the one above it and the checkpoint among them, nothing is left to say which."""
    chance, wrong, unsure = random.Random(18), [], []
    rounds = ROUNDS_IN_FULL if full else ROUNDS
    with ledger(COSIGNED) as connection:
        rows = grown(connection)
        for count in [1, 2, MANY, 100] * rounds:
            some = chance.sample(rows, count)
            with connection.begin_nested() as undone:
                for row in some:
                    damage(connection, row, chance)
                found = check(connection, KEY.verifier, WITNESSES)
                undone.rollback()
            if [(each.part, each.key) for each in found] != sorted(some):
                (unsure if count > MANY and said_unsure(found) else wrong).append((count, found))
    figure("ledger flips at once", {"wrong": len(wrong), "cannot be told, and said so": len(unsure)})
    assert wrong == []
    assert len(unsure) * 10 <= rounds


def said_unsure(found: list[Fault]) -> bool:
    """Whether it is said that too much is gone: a tile, what is below it, and what would tell which of them is right."""
    return any("can be told" in each.what or "cannot be told" in each.what for each in found)
