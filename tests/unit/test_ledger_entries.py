"""Entries have one form; commitments say nothing without their salt."""

import json

import pytest

from groundside.errors import BadRequest, Tampered
from groundside.keep.ledger.entries import (
    MOST_NUMBER,
    Entry,
    NewEntry,
    canonical_event,
    commitment,
    commitment_of,
    manifest_of,
    opens,
)
from groundside.keep.ledger.merkle import EMPTY_ROOT, leaf_hash, node_hash

ROOT = "ab" * 32
ENTRY = Entry(1_700_000_000_000_001, "read", 3, ROOT, seq=5)
LEAF = b'{"at_us":1700000000000001,"events":3,"manifest":"' + ROOT.encode() + b'","seq":5,"v":1,"verb":"read"}'
SALT = bytes(range(32))


def test_an_entry_is_written_in_one_form_and_read_back():
    assert ENTRY.leaf == LEAF
    assert Entry.parse(LEAF) == ENTRY


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"5",
        b"null",
        b"[]",
        b'"abc"',
        b"[[1,2]]",
        LEAF + b" ",
        LEAF.replace(b",", b", "),
        LEAF.replace(b'"v":1', b'"v":1,"v":1'),
        LEAF.replace(b'"v":1', b'"v":2'),
        LEAF.replace(b'"v":1', b'"v":true'),
        LEAF.replace(b'"v":1,', b""),
        LEAF.replace(b'"v":1', b'"u":0,"v":1'),
        LEAF.replace(b'"seq":5', b'"seq":5.0'),
        LEAF.replace(b'"seq":5', b'"seq":-5'),
        LEAF.replace(b'"seq":5', b'"seq":"5"'),
        LEAF.replace(b'"seq":5', b'"seq":05'),
        LEAF.replace(b'"seq":5', b'"seq":5e0'),
        LEAF.replace(b'"seq":5', b'"seq":null'),
        LEAF.replace(b'"seq":5', b'"seq":9007199254740993'),
        LEAF.replace(b"1700000000000001", b"true"),
        LEAF.replace(b"read", b"Read"),
        LEAF.replace(b"read", b"r\\u0065ad"),
        LEAF.replace(b"read", b""),
        LEAF.replace(b"read", b"x" * 65),
        LEAF.replace(b'"read"', b"7"),
        LEAF.replace(b"ab" * 32, b"AB" * 32),
        LEAF.replace(b"ab" * 32, b"ab" * 31),
        LEAF.replace(b'"' + b"ab" * 32 + b'"', b"1"),
        LEAF.replace(b'"events":3', b'"events":0'),
        LEAF.replace(ROOT.encode(), EMPTY_ROOT.hex().encode()),
        LEAF.replace(b"read", b"\xff"),
        LEAF + b" " * 600,
        b"[" * 500,
    ],
)
def test_what_is_no_entry_in_its_one_form_is_refused(leaf: bytes):
    with pytest.raises(Tampered):
        Entry.parse(leaf)


def test_an_entry_with_impossible_values_is_not_made():
    for values in (
        (-1, "read", 1, ROOT),
        (MOST_NUMBER + 1, "read", 1, ROOT),
        (1, "two words", 1, ROOT),
        (1, "read", 1, ""),
    ):
        with pytest.raises(BadRequest):
            NewEntry(*values)
    assert NewEntry(MOST_NUMBER, "sign-in", 0, EMPTY_ROOT.hex())


def test_a_commitment_opens_with_its_salt_and_its_event_only():
    event = {"what": "read", "seq": 5, "who": "Zoë", "about": None}
    made = commitment(SALT, event)
    assert commitment_of(SALT, b'{"about":null,"seq":5,"what":"read","who":"Zo\xc3\xab"}') == made
    assert opens(made, SALT, dict(reversed(event.items())))
    assert not opens(made, SALT[::-1], event)
    assert not opens(made, SALT, event | {"seq": 6})


def test_what_has_no_canonical_form_and_short_salts_are_defects_of_the_caller():
    for event in ({"n": 2**53}, {"n": float("nan")}, {"n": "\ud800"}, {"n": b"x"}):
        with pytest.raises(ValueError):
            canonical_event(event)
    with pytest.raises(ValueError):
        commitment(SALT[:31], {})


def test_a_manifest_is_the_root_over_commitments():
    first, second = b"1" * 32, b"2" * 32
    assert manifest_of([first, second]) == node_hash(leaf_hash(first), leaf_hash(second)).hex()
    assert manifest_of([]) == EMPTY_ROOT.hex()


def test_an_entry_is_the_json_that_it_looks_like():
    assert json.loads(ENTRY.leaf) == {
        "at_us": 1700000000000001,
        "events": 3,
        "manifest": ROOT,
        "seq": 5,
        "v": 1,
        "verb": "read",
    }
