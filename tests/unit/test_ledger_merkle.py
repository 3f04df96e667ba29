"""The tree: known answers of Certificate Transparency, proofs of every size, and what must not verify."""

from itertools import product

import pytest

from groundside.keep.ledger import merkle
from groundside.keep.ledger.merkle import EMPTY_ROOT, MOST_LEAVES, extends, includes, leaf_hash, node_hash, root_of

LEAVES = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [leaf_hash(each) for each in LEAVES]
MANY = [leaf_hash(bytes([at])) for at in range(40)]


def hash_of(level: int, index: int) -> bytes:
    return root_of(MANY[index << level : (index + 1) << level])


def test_roots_are_those_that_certificate_transparency_publishes():
    assert [root_of(HASHES[:size]).hex() for size in range(1, 9)] == ROOTS
    assert root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_root_of_any_size_is_had_from_complete_subtrees():
    assert [merkle.root_at(size, hash_of) for size in range(41)] == [root_of(MANY[:size]) for size in range(41)]


def test_a_path_is_the_siblings_from_the_leaf_upwards():
    path = merkle.inclusion_proof(0, 7, lambda level, index: root_of(HASHES[index << level : (index + 1) << level]))
    assert path == [HASHES[1], node_hash(HASHES[2], HASHES[3]), root_of(HASHES[4:7])]


def test_every_leaf_of_every_size_is_proven_and_at_no_other_index():
    for size in range(1, 34):
        root = root_of(MANY[:size])
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, hash_of)
            held = [at for at in range(-1, size + 2) if includes(MANY[index], at, size, proof, root)]
            assert held == [index]


def test_every_growth_is_proven_and_from_no_other_size():
    for old, new in product(range(34), range(34)):
        if old > new:
            assert not extends(old, root_of(MANY[:old]), new, root_of(MANY[:new]), [])
            continue
        proof = merkle.consistency_proof(old, new, hash_of)
        roots = root_of(MANY[:old]), root_of(MANY[:new])
        held = [at for at in range(-1, new + 1) if extends(at, roots[0], new, roots[1], proof)]
        assert held == [old]


@pytest.mark.parametrize("size", [1, 2, 7, 8, 33])
def test_a_proof_of_another_length_shows_nothing(size: int):
    root = root_of(MANY[:size])
    for index in range(size):
        proof = merkle.inclusion_proof(index, size, hash_of)
        assert not includes(MANY[index], index, size, [*proof, root], root)
        assert not includes(MANY[index], index, size, [b"\0" * 32, *proof], root)
        assert not any(includes(MANY[index], index, size, proof[:end], root) for end in range(len(proof)))
    for old in range(size + 1):
        proof = merkle.consistency_proof(old, size, hash_of)
        before = root_of(MANY[:old])
        assert not extends(old, before, size, root, [*proof, root])
        assert not any(extends(old, before, size, root, proof[:end]) for end in range(len(proof)))


def test_hashes_of_another_length_show_nothing():
    root = root_of(MANY[:2])
    assert includes(MANY[0], 0, 2, [MANY[1]], root)
    assert not includes(MANY[0] + b"\0", 0, 2, [MANY[1]], root)
    assert not includes(MANY[0], 0, 2, [MANY[1] + b"\0"], root)
    assert not includes(MANY[0], 0, 2, [MANY[1]], root + b"\0")
    assert not extends(1, MANY[0][:31], 2, root, [MANY[1]])


def test_an_older_tree_with_another_root_is_no_beginning():
    proof = merkle.consistency_proof(5, 9, hash_of)
    assert extends(5, root_of(MANY[:5]), 9, root_of(MANY[:9]), proof)
    assert not extends(5, root_of(MANY[1:6]), 9, root_of(MANY[:9]), proof)
    assert not extends(5, root_of(MANY[:5]), 9, root_of(MANY[1:10]), proof)


def test_every_tree_begins_with_the_empty_one_and_only_with_its_own_root():
    assert extends(0, EMPTY_ROOT, 3, root_of(MANY[:3]), [])
    assert extends(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])
    assert not extends(0, MANY[0], 0, MANY[0], [])
    assert not extends(0, MANY[0], 3, root_of(MANY[:3]), [])
    assert not extends(0, EMPTY_ROOT, 3, root_of(MANY[:3]), [MANY[0]])
    assert not extends(3, root_of(MANY[:3]), 3, root_of(MANY[:4]), [])


def test_sizes_past_all_trees_are_refused():
    assert not includes(MANY[0], 0, MOST_LEAVES + 1, [MANY[1]] * 63, MANY[2])
    assert not extends(1, MANY[0], MOST_LEAVES + 1, MANY[1], [MANY[1]] * 63)
