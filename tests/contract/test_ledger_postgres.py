"""The ledger in a real PostgreSQL: the same rows, proofs and faults as in SQLite."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from groundside.keep.catalogue import Catalogue
from groundside.keep.ledger import log, merkle
from groundside.keep.ledger.check import check
from tests.keep_builders import TESTER
from tests.ledger_builders import KEY, WITNESS, cosigned, entries, ledger
from tests.service.postgres import Server

pytestmark = pytest.mark.service


@pytest.fixture
def connection(postgres: Server) -> Iterator[Connection]:
    name = postgres.new_catalogue()
    catalogue = Catalogue.open(postgres.url(name), backup_folder=None)
    with catalogue.commit(TESTER) as writer:
        yield writer.connection
    catalogue.close()
    postgres.drop(name)


def test_the_ledger_is_the_same_as_in_sqlite(connection: Connection):
    for step in (200, 100, 300):
        log.append(connection, entries(step), KEY)
        log.keep_cosigned(connection, cosigned(log.newest(connection) or ""), KEY.verifier, [WITNESS.verifier])
    log.append(connection, entries(1), KEY)
    with ledger(200) as sqlite:
        for step in (100, 300, 1):
            log.append(sqlite, entries(step), KEY)
        assert log.newest(connection) == log.newest(sqlite)
        for question in ("SELECT seq, leaf FROM ledger_entry ORDER BY 1", "SELECT * FROM ledger_tile ORDER BY 1, 2"):
            assert [tuple(r) for r in connection.execute(text(question))] == [
                tuple(r) for r in sqlite.execute(text(question))
            ]
    assert check(connection, KEY.verifier, [WITNESS.verifier]) == []
    leaf = merkle.leaf_hash(log.read(connection, 450, 1)[0].leaf)
    root = merkle.root_of([merkle.leaf_hash(each.leaf) for each in log.read(connection, 0, 1000)])
    assert merkle.includes(leaf, 450, 601, log.inclusion(connection, 450, 601), root)


def test_what_was_altered_is_named_as_in_sqlite(connection: Connection):
    log.append(connection, entries(600), KEY)
    for statement in (
        "UPDATE ledger_entry SET leaf = set_byte(leaf, 9, 7) WHERE seq = 5",
        "UPDATE ledger_tile SET hashes = set_byte(hashes, 300, 7) WHERE level = 0 AND number = 1",
        "DELETE FROM ledger_entry WHERE seq = 599",
        "INSERT INTO ledger_entry SELECT -3, leaf FROM ledger_entry WHERE seq = 5",
        "INSERT INTO ledger_tile SELECT 4, 4, hashes FROM ledger_tile WHERE level = 1",
    ):
        connection.execute(text(statement))
    found = [(each.part, *each.key) for each in check(connection, KEY.verifier)]
    assert found == [("entry", -3), ("entry", 5), ("entry", 599), ("tile", 0, 1), ("tile", 4, 4)]
    connection.execute(text("UPDATE ledger_checkpoint SET note = replace(note, '600', '601')"))
    assert ("checkpoint", 600) in [(each.part, *each.key) for each in check(connection, KEY.verifier)]
