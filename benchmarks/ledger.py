"""
The ledger: roots, proofs, adding and checking at a million entries; the peer is pymerkle, in a process of its own.

CPU time but where it says otherwise. The tiles of a million entries are made once, in a database in memory.
"""

import json
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Connection, create_engine, insert
from sqlalchemy.pool import StaticPool

from groundside.keep.custody_tables import ledger_checkpoint, ledger_entry, ledger_tile
from groundside.keep.ledger import log, merkle, standalone
from groundside.keep.ledger.check import check
from groundside.keep.ledger.checkpoint import Checkpoint, sign
from groundside.keep.ledger.entries import Entry, NewEntry
from groundside.keep.ledger.keys import SigningKey
from groundside.keep.ledger.tiles import Tiles
from groundside.keep.schema import metadata

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / "tests" / "peers" / "pymerkle" / ".venv" / "bin" / "python"
MANY, PEER_MANY = 1_000_000, 20_000
PROOFS = 200
KEY = SigningKey.make("bench.example/ledger")
Row = dict[str, object]
_PEER = """
import json, sys, time
from pymerkle import InmemoryTree
many, proofs = map(int, sys.argv[1:])
tree = InmemoryTree(algorithm="sha256")
began = time.process_time()
for number in range(many):
    tree.append_entry(b"%0150d" % number)
tree.get_root(many)
rooted = time.process_time()
for number in range(proofs):
    tree.prove_inclusion(1 + number * 97 % many, many)
print(json.dumps([rooted - began, (time.process_time() - rooted) / proofs]))
"""


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float]) -> Iterator[Row]:
    theirs = peer()
    leaves = [b"%0150d" % number for number in range(MANY)]
    hashes = merkle.leaf_hashes(leaves)
    ours = median_s(lambda: merkle.root_of_leaves(leaves))
    yield {
        "what": f"root of {MANY:,} leaves of 150 bytes, leaves hashed",
        "median_ms": ours * 1e3,
        "target_ms": 2000.0,
        "peer": f"pymerkle, {PEER_MANY:,} leaves",
        "times_peer": theirs[0] / PEER_MANY / (ours / MANY),
    }
    yield {
        "what": f"root of {MANY:,} leaf hashes",
        "median_ms": median_s(lambda: merkle.root_of(hashes)) * 1e3,
    }
    with database() as connection:
        fill(connection)
        yield from asked(connection, median_s, theirs[1])


def asked(connection: Connection, median_s: Callable[[Callable[[], object]], float], theirs: float) -> Iterator[Row]:
    """What is asked of a ledger of a million entries."""
    chance = random.Random(1)
    some = [chance.randrange(MANY) for _ in range(PROOFS)]
    proof = median_s(lambda: [log.inclusion(connection, seq, MANY) for seq in some]) / PROOFS
    yield {
        "what": f"inclusion proof in {MANY:,} entries, from the database",
        "median_ms": proof * 1e3,
        "target_ms": 1.0,
        "peer": f"pymerkle, {PEER_MANY:,} leaves in memory",
        "times_peer": theirs / proof,
    }
    grown = median_s(lambda: [log.consistency(connection, seq + 1, MANY) for seq in some]) / PROOFS
    yield {"what": f"consistency proof to {MANY:,} entries", "median_ms": grown * 1e3, "target_ms": 1.0}
    began = time.process_time()
    assert check(connection, KEY.verifier) == []
    yield {"what": f"check of {MANY:,} entries", "median_ms": (time.process_time() - began) * 1e3}
    one = [NewEntry(1, "bench", 0, merkle.EMPTY_ROOT.hex())]
    added = median_s(lambda: [log.append(connection, one, KEY) for _ in range(100)]) / 100
    yield {"what": f"append of one entry to {MANY:,}, without the commit", "median_ms": added * 1e3}
    message = b"x" * 200
    signature, public = KEY.sign(message), KEY.verifier.public
    slow = median_s(lambda: [standalone.signed_by(public, signature, message) for _ in range(20)]) / 20
    quick = median_s(lambda: [KEY.verifier.verifies(signature, message) for _ in range(20)]) / 20
    yield {
        "what": "Ed25519 verified by the standalone verifier",
        "median_ms": slow * 1e3,
        "peer": "OpenSSL",
        "times_peer": quick / slow,
    }


def database() -> Connection:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine, tables=[ledger_entry, ledger_tile, ledger_checkpoint])
    return engine.connect()


def fill(connection: Connection) -> None:
    """Fill a ledger with a million entries, quicker than by appending, for only the asking is measured."""
    leaf = Entry(1_700_000_000_000_000, "bench", 0, merkle.EMPTY_ROOT.hex(), seq=0).leaf
    head, tail = leaf.split(b'"seq":0')
    size = 0
    for first in range(0, MANY, 65_536):
        leaves = [b'%b"seq":%d%b' % (head, seq, tail) for seq in range(first, min(first + 65_536, MANY))]
        connection.execute(insert(ledger_entry), [{"seq": first + at, "leaf": each} for at, each in enumerate(leaves)])
        size = Tiles(connection).append(size, merkle.leaf_hashes(leaves))
    note = sign(Checkpoint(KEY.name, size, Tiles(connection).root_at(size)), KEY)
    connection.execute(insert(ledger_checkpoint).values(size=size, note=note, witnessed=False))


def peer() -> tuple[float, float]:
    """CPU seconds of pymerkle: adding and the root; one inclusion proof."""
    done = subprocess.run([PEER, "-I", "-c", _PEER, str(PEER_MANY), "50"], capture_output=True, text=True, check=True)
    whole, proof = json.loads(done.stdout)
    return whole, proof
