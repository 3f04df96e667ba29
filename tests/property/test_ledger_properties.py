"""Trees of any leaves: roots and proofs are pymerkle's, storage and both verifiers agree."""

import json
import random
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.keep.ledger import merkle, standalone
from groundside.keep.ledger.entries import Entry
from groundside.keep.ledger.merkle import leaf_hash, root_of
from tests.conftest import Figure

PEER = Path(__file__).resolve().parents[1] / "peers" / "pymerkle"
TREES, TREES_IN_FULL = 20, 400
trees = st.lists(st.binary(max_size=40), min_size=1, max_size=70).map(
    lambda leaves: [leaf_hash(each) for each in leaves]
)


@settings(deadline=None, max_examples=150)
@given(trees, st.data())
def test_both_verifiers_accept_every_proof_and_no_other_leaf(leaves: list[bytes], data: st.DataObject):
    def hash_of(level: int, index: int) -> bytes:
        return root_of(leaves[index << level : (index + 1) << level])

    size = len(leaves)
    root = root_of(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_proof(index, size, hash_of)
    other = leaf_hash(b"other" * 10)
    assert merkle.includes(leaves[index], index, size, path, root)
    assert not merkle.includes(other, index, size, path, root)
    assert standalone.root_with(leaves[index], index, size, path) == root
    assert standalone.root_with(other, index, size, path) != root


@settings(deadline=None, max_examples=150)
@given(trees, st.data())
def test_both_verifiers_accept_every_growth_and_from_no_other_tree(leaves: list[bytes], data: st.DataObject):
    def hash_of(level: int, index: int) -> bytes:
        return root_of(leaves[index << level : (index + 1) << level])

    size = len(leaves)
    root = root_of(leaves)
    old = data.draw(st.integers(1, size))
    path = merkle.consistency_proof(old, size, hash_of)
    before, other = root_of(leaves[:old]), root_of([leaf_hash(b"other" * 10), *leaves[1:old]])
    assert merkle.extends(old, before, size, root, path)
    assert not merkle.extends(old, other, size, root, path)
    assert standalone.grown(old, size, path, before) == (before, root)
    assert standalone.grown(old, size, path, other) != (other, root)


@pytest.mark.peer
def test_roots_and_paths_are_those_of_pymerkle(full: bool, figure: Figure):
    python = PEER / ".venv" / "bin" / "python"
    if not python.exists():
        pytest.skip("pymerkle is not installed: run tests/install_tools.sh")
    chance = random.Random(2026)
    count = TREES_IN_FULL if full else TREES
    made = [[chance.randbytes(chance.randrange(50)) for _ in range(chance.randrange(1, 140))] for _ in range(count)]
    asked = json.dumps([[leaf.hex() for leaf in tree] for tree in made])
    done = subprocess.run([python, "-I", PEER / "trees.py"], input=asked, capture_output=True, text=True, check=True)
    for tree, theirs in zip(made, json.loads(done.stdout), strict=True):
        leaves = [leaf_hash(each) for each in tree]

        def hash_of(level: int, index: int, leaves: list[bytes] = leaves) -> bytes:
            return root_of(leaves[index << level : (index + 1) << level])

        assert [merkle.root_at(size, hash_of).hex() for size in range(1, len(tree) + 1)] == theirs["roots"]
        for index, path in enumerate(theirs["paths"]):
            ours = [*merkle.inclusion_proof(index, len(tree), hash_of), leaves[index]]
            assert sorted(each.hex() for each in ours) == path
    figure("ledger roots like pymerkle", {"trees": count, "roots": sum(map(len, made))})


@given(
    st.integers(0, 2**53 - 1), st.from_regex(r"\A[a-z][a-z0-9._-]{0,63}\Z"), st.integers(1, 2**53 - 1),
    st.binary(min_size=32, max_size=32), st.integers(0, 2**53 - 1),
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_an_entry_is_written_in_the_canonical_json_of_rfc_8785(at_us: int, verb: str, many: int, root: bytes, seq: int):
    entry = Entry(at_us, verb, many, root.hex(), seq)
    assert entry.leaf == rfc8785.dumps(asdict(entry))
    assert Entry.parse(entry.leaf) == entry
