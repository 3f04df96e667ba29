"""
Proofs as text, to be handed to others, each with one form only.

That an entry is in the ledger: C2SP tlog-proof. That a ledger only grew: the body of an `add-checkpoint` request of
C2SP tlog-witness. That an event is one of an entry: a form of our own, in the same manner.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from groundside.keep.ledger import merkle
from groundside.keep.ledger.checkpoint import Witnessed, open_checkpoint
from groundside.keep.ledger.encoding import from_base64, hash_from, number_from, plain_text, refuse, to_base64
from groundside.keep.ledger.entries import SALT_BYTES, Entry, canonical_event, commitment_of
from groundside.keep.ledger.keys import VerifierKey

MOST_BYTES = 1 << 20
MOST_HASHES = 63
_ENTRY = "c2sp.org/tlog-proof@v1\n"
_EVENT = "groundside/event-proof@v1\n"


@dataclass(frozen=True, slots=True)
class Path:
    """
    A number, hashes, and what they lead to.

    Attributes:
        number: which leaf, or how many entries the older ledger had.
        hashes: of the proof, 32 bytes each.
        rest: a signed checkpoint, or an event.
    """

    number: int
    hashes: tuple[bytes, ...]
    rest: str


def entry_proof(index: int, hashes: Sequence[bytes], note: str) -> str:
    """Write the proof that entry `index` is in the ledger of a signed checkpoint."""
    return f"{_ENTRY}{_written('index', index, hashes)}{note}"


def open_entry_proof(
    raw: str, leaf: bytes, key: VerifierKey, witnesses: Collection[VerifierKey] = (), least: int = 0
) -> tuple[Entry, Witnessed]:
    """
    Verify that an entry is in the ledger.

    Args:
        raw: what `entry_proof` wrote.
        leaf: the entry, canonical JSON.
        key: of the ledger.
        witnesses: see `checkpoint.open_checkpoint`, and `least` too.

    Raises:
        Tampered: it is not, or anything was changed.
    """
    path = _read(raw, _ENTRY, "index")
    opened = open_checkpoint(path.rest, key, witnesses, least)
    entry, signed = Entry.parse(leaf), opened.checkpoint
    held = merkle.includes(merkle.leaf_hash(leaf), path.number, signed.size, path.hashes, signed.root)
    if not held or entry.seq != path.number:
        refuse("The proof does not show that this entry is in the ledger.")
    return entry, opened


def growth(old: int, hashes: Sequence[bytes], note: str) -> str:
    """Write the proof that the ledger of a signed checkpoint begins with that of `old` entries."""
    return f"{_written('old', old, hashes)}{note}"


def read_growth(raw: str) -> Path:
    """Read what `growth` wrote; `rest` is the checkpoint. Nothing is verified. Tampered where it is not of the form."""
    return _read(raw, "", "old")


def open_growth(
    raw: str, older: Witnessed, key: VerifierKey, witnesses: Collection[VerifierKey] = (), least: int = 0
) -> Witnessed:
    """
    Verify that the ledger grew from an older checkpoint, which was opened, to the one in the proof.

    Args:
        raw: what `growth` wrote.
        older: what `open_checkpoint` gave.
        key: of the ledger.
        witnesses: see `checkpoint.open_checkpoint`, and `least` too.

    Raises:
        Tampered: it did not, or anything was changed.
    """
    path = read_growth(raw)
    newer, old = open_checkpoint(path.rest, key, witnesses, least), older.checkpoint
    new = newer.checkpoint
    if path.number != old.size or not merkle.extends(old.size, old.root, new.size, new.root, path.hashes):
        refuse("The newer ledger does not begin with the older one.")
    return newer


def event_proofs(events: Sequence[tuple[bytes, bytes | None]], commitments: Sequence[bytes]) -> list[str]:
    """
    Write the proofs that events are those of an entry.

    Args:
        events: salt and canonical JSON (`entries.canonical_event`) of each, in their order; (b"", None) of one that was
            erased, of which only the commitment is left.
        commitments: to these events.
    """
    return list(chosen_event_proofs(dict(enumerate(events)), commitments).values())


def chosen_event_proofs(
    chosen: Mapping[int, tuple[bytes, bytes | None]], commitments: Sequence[bytes]
) -> dict[int, str]:
    """Write the proofs of some events only, by their place in the entry; see `event_proofs`."""
    leaves = merkle.leaf_hashes(commitments)

    @cache
    def hash_of(level: int, index: int) -> bytes:
        return merkle.root_of(leaves[index << level : (index + 1) << level])

    return {
        index: _EVENT
        + _written("index", index, merkle.inclusion_proof(index, len(leaves), hash_of))
        + (f"commitment {to_base64(commitments[index])}\n" if event is None else _opening(salt, event))
        for index, (salt, event) in chosen.items()
    }


def open_event_proof(raw: str, entry: Entry) -> dict[str, Any] | None:
    """
    Verify that an event is one of an entry, which was verified.

    Returns:
        The event; None of one that was erased.

    Raises:
        Tampered: it is not, or anything was changed.
    """
    path = _read(raw, _EVENT, "index")
    committed, event = _committed(path.rest)
    root = bytes.fromhex(entry.manifest)
    if not merkle.includes(merkle.leaf_hash(committed), path.number, entry.events, path.hashes, root):
        refuse("The proof does not show that this event is one of the entry.")
    return event


def _written(word: str, number: int, hashes: Sequence[bytes]) -> str:
    return "".join(f"{line}\n" for line in (f"{word} {number}", *map(to_base64, hashes), ""))


def _opening(salt: bytes, event: bytes) -> str:
    return f"salt {to_base64(salt)}\n{event.decode()}\n"


def _committed(rest: str) -> tuple[bytes, dict[str, Any] | None]:
    """Read a commitment, or what opens it; and the event."""
    head, _, body = rest.partition("\n")
    word, _, value = head.partition(" ")
    data = from_base64(value, "A salt or commitment")
    if len(data) != SALT_BYTES or word not in {"salt", "commitment"}:
        refuse("An event is proven by a salt, or by a commitment.")
    if word == "commitment":
        if body or not rest.endswith("\n"):
            refuse("Nothing follows the commitment to an erased event.")
        return data, None
    event = _event(body)
    return commitment_of(data, body[:-1].encode()), event


def _event(body: str) -> dict[str, Any]:
    try:
        event = json.loads(body)
        exact = isinstance(event, dict) and canonical_event(event) + b"\n" == body.encode()
    except (ValueError, RecursionError):
        exact = False
        event = {}
    if not exact:
        refuse("The event is not canonical JSON.")
    return event


def _read(raw: str, head: str, word: str) -> Path:
    top, gap, rest = plain_text(raw, MOST_BYTES, "A proof").partition("\n\n")
    if not (gap and top.startswith(f"{head}{word} ")):
        refuse("This is no such proof.")
    number, *hashes = top.removeprefix(f"{head}{word} ").split("\n")
    if len(hashes) > MOST_HASHES:
        refuse(f"A proof has {len(hashes)} hashes; at most {MOST_HASHES} are read.")
    return Path(number_from(number, "The number in a proof"), tuple(map(hash_from, hashes)), rest)
