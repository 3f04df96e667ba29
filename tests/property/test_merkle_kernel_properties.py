"""The kernel of Merkle hashes and its plain twin give the same, and that is what hashlib gives."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundside import native
from groundside.keep.ledger.merkle import root_of_leaves
from groundside.native import _merkle, merkle
from groundside.native.merkle import leaf_hashes, leaf_hashes_plainly, root, root_plainly, split

LEAVES = st.lists(st.binary(max_size=200), min_size=1, max_size=70)
EDGES = [bytes(size) for size in (0, 54, 55, 56, 62, 63, 64, 65, 118, 119, 120, 127, 128, 129)]
"""Leaves about which the padding of SHA-256 takes another block."""


@given(LEAVES)
@example(EDGES)
@example([b""] * 3)
@example([b""] * 4)
@settings(max_examples=200, deadline=None)
def test_kernel_and_twin_give_the_same_hashes_and_the_same_root(leaves: list[bytes]):
    hashes = leaf_hashes(leaves)
    assert split(hashes) == [sha256(b"\0" + each).digest() for each in leaves]
    assert hashes == leaf_hashes_plainly(leaves)
    assert root(hashes) == root_plainly(hashes) == root_of_leaves(leaves)


def test_this_very_machine_has_the_kernel_so_that_the_tests_above_compare_two_things():
    assert isinstance(merkle._kernel(), _merkle.Sha256)


def test_many_threads_hash_at_once_and_do_not_disturb_each_other():
    work = [[b"%d %d" % (number, at) for at in range(2000)] for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(root_of_leaves, work))
    assert found == [root_plainly(leaf_hashes_plainly(each)) for each in work]


def test_where_openssl_cannot_be_reached_the_twin_does_the_work(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(merkle, "_CALLS", ("EVP_no_such_call",) * 6)
    assert merkle._bound() is None
    monkeypatch.setattr(merkle, "_kernel", lambda: None)
    leaves = [b"%d" % at for at in range(40)]
    assert root_of_leaves(leaves) == root_plainly(leaf_hashes_plainly(leaves)) == root(leaf_hashes(leaves))


def test_a_library_that_answers_wrongly_is_not_used(monkeypatch: pytest.MonkeyPatch):
    other = tuple("EVP_sha512_256" if each == "EVP_sha256" else each for each in merkle._CALLS)
    monkeypatch.setattr(merkle, "_CALLS", other)
    assert merkle._bound() is None


def test_the_twins_can_be_chosen():
    program = "import json; from groundside.native import merkle; print(json.dumps(merkle._kernel() is None))"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"GROUNDSIDE_KERNELS": "plain"},
        capture_output=True,
        check=True,
    )
    assert json.loads(ran.stdout) is True
    assert not native.PLAIN


@pytest.mark.parametrize("hashes", [b"", bytes(31), bytes(33)])
def test_the_kernel_refuses_what_is_no_row_of_hashes(hashes: bytes):
    kernel = merkle._kernel()
    assert kernel is not None
    with pytest.raises(ValueError, match="32 bytes"):
        kernel.root(hashes)
    with pytest.raises(TypeError):
        kernel.leaf_hashes((bytearray(4), b"", b"", b""))  # pyright: ignore
