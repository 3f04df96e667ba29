"""
The Merkle tree of RFC 9162, section 2.1, with SHA-256: roots, proofs, and what verifies them.

A tree is read by way of `HashOf`, which gives the hash of any complete subtree, so that a proof reads O(log n) hashes.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from groundside.native import merkle as kernel

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()
"""The root of a tree without leaves."""
MOST_LEAVES = 2**62
"""More leaves than any tree has; a size past it is refused wherever it is read."""

HashOf = Callable[[int, int], bytes]
"""`hash_of(level, index)`: hash of the complete subtree over leaves index * 2**level to (index + 1) * 2**level - 1."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash the bytes of a leaf; no node ever has the same hash, for another byte stands in front."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees, 32 bytes each, into the one above them."""
    return sha256(b"\1" + left + right).digest()


def leaf_hashes(leaves: Iterable[bytes]) -> list[bytes]:
    """Hash many leaves, in their order."""
    return kernel.split(kernel.leaf_hashes(leaves))


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """Give the root of a tree from the hashes of all its leaves; that of none is `EMPTY_ROOT`."""
    return kernel.root(b"".join(leaf_hashes)) if leaf_hashes else EMPTY_ROOT


def root_of_leaves(leaves: Sequence[bytes]) -> bytes:
    """Give the root of a tree from all its leaves; that of none is `EMPTY_ROOT`."""
    return kernel.root(kernel.leaf_hashes(leaves)) if leaves else EMPTY_ROOT


def subtrees(first: int, end: int) -> list[tuple[int, int]]:
    """
    Split the leaves `first` to `end` - 1 into complete subtrees, as (level, index), from left to right.

    The leaves are a node of some tree: `first` is a multiple of a power of two that is at least `end` - `first`.
    """
    found: list[tuple[int, int]] = []
    while first < end:
        level = (end - first).bit_length() - 1
        found.append((level, first >> level))
        first += 1 << level
    return found


def folded(hashes: Sequence[bytes]) -> bytes:
    """Give the root over complete subtrees, given from the largest, on the left, to the smallest; at least one."""
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def root_at(size: int, hash_of: HashOf) -> bytes:
    """Give the root that a tree had when it held `size` leaves."""
    return _node(0, size, hash_of) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, hash_of: HashOf) -> list[bytes]:
    """
    Prove that leaf `index` is in the tree of `size` leaves: the siblings on its way up, lowest first.

    Source: RFC 9162, section 2.1.3.1. 0 <= index < size.
    """
    first, end, path = 0, size, list[bytes]()
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            path.append(_node(middle, end, hash_of))
            end = middle
        else:
            path.append(_node(first, middle, hash_of))
            first = middle
    return path[::-1]


def consistency_proof(old: int, new: int, hash_of: HashOf) -> list[bytes]:
    """
    Prove that the tree of `new` leaves begins with the very tree of `old` leaves; empty where old is 0 or new.

    Source: RFC 9162, section 2.1.4.1. 0 <= old <= new.
    """
    if not 0 < old < new:
        return []
    first, end, path = 0, new, list[bytes]()
    while end != old:
        middle = first + _split(end - first)
        if old <= middle:
            path.append(_node(middle, end, hash_of))
            end = middle
        else:
            path.append(_node(first, middle, hash_of))
            first = middle
    # A left edge of the new tree is the old root itself, which the verifier holds.
    return ([_node(first, end, hash_of)] if first else []) + path[::-1]


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """
    Whether a proof shows that a leaf is in a tree.

    Args:
        leaf: its hash.
        index: which leaf it is, from 0.
        size: leaves of the tree, as a signed checkpoint says: the proof alone does not tie it to the root.
        proof: exactly as many hashes as that leaf needs.
        root: of the tree, from the same checkpoint.

    Source: RFC 9162, section 2.1.3.2.
    """
    if not (0 <= index < size <= MOST_LEAVES and _all_hashes(leaf, root, *proof)):
        return False
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and hmac.compare_digest(found, root)


def extends(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """
    Whether a proof shows that a newer tree begins with an older one.

    Args:
        old: leaves of the older tree; 0 is the tree without leaves, which every tree begins with.
        old_root: its root.
        new: leaves of the newer tree, as a signed checkpoint says.
        new_root: its root, from the same checkpoint.
        proof: exactly as many hashes as these sizes need.

    Source: RFC 9162, section 2.1.4.2.
    """
    if not (0 <= old <= new <= MOST_LEAVES and _all_hashes(old_root, new_root, *proof)):
        return False
    if old == new:
        return not proof and hmac.compare_digest(old_root, new_root) and (old > 0 or old_root == EMPTY_ROOT)
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    return bool(path) and _climbs(old, old_root, new, new_root, path)


def _climbs(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    older = newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and hmac.compare_digest(older, old_root) and hmac.compare_digest(newer, new_root)


def _all_hashes(*values: bytes) -> bool:
    return all(len(each) == HASH_BYTES for each in values)


def _split(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1


def _node(first: int, end: int, hash_of: HashOf) -> bytes:
    return folded([hash_of(level, index) for level, index in subtrees(first, end)])
