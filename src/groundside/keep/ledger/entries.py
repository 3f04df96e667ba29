"""An entry of the ledger: what was done, when, and a root over commitments to its events, which itself says nothing."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import rfc8785

from groundside.errors import BadRequest
from groundside.keep.ledger.encoding import refuse
from groundside.keep.ledger.merkle import EMPTY_ROOT, HASH_BYTES, root_of_leaves

VERSION = 1
SALT_BYTES = 32
MOST_NUMBER = 2**53 - 1
"""RFC 8785 knows no greater integers, because JSON's numbers are doubles; microseconds reach it in the year 2255."""
MOST_LEAF_BYTES = 512
_VERB = re.compile(r"[a-z][a-z0-9._-]{0,63}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """
    What is to be an entry; the ledger gives it its number.

    Attributes:
        at_us: when, UTC microseconds.
        verb: what was done: "ingest", "export"; small letters, digits, and . _ -
        events: how many events there were of it.
        manifest: root over the commitments to these events in their order, 64 hexadecimal digits: `manifest_of`.
    """

    at_us: int
    verb: str
    events: int
    manifest: str

    def __post_init__(self) -> None:
        what = _wrong(self)
        if what:
            raise BadRequest(what, try_this="see groundside.keep.ledger.entries.NewEntry")


@dataclass(frozen=True, slots=True)
class Entry(NewEntry):
    """An entry of the ledger; `seq` counts from 0 without a gap, `v` is the version of this form."""

    seq: int
    v: int = VERSION

    @property
    def leaf(self) -> bytes:
        """The one text of this entry, in the canonical JSON of RFC 8785: what the tree hashes."""
        # Nothing in it needs escaping, for each value was held to its form; the general way takes ten times as long.
        return (
            f'{{"at_us":{self.at_us},"events":{self.events},"manifest":"{self.manifest}",'
            f'"seq":{self.seq},"v":{self.v},"verb":"{self.verb}"}}'
        ).encode()

    @classmethod
    def parse(cls, leaf: bytes) -> Entry:
        """
        Read an entry back.

        Raises:
            Tampered: unknown, missing or doubled fields, values of another kind, or text that is not the canonical one.
        """
        try:
            entry = cls(**_fields(leaf))
        except (TypeError, ValueError, RecursionError, BadRequest):
            refuse("An entry of the ledger is not of its form.")
        if entry.leaf != leaf:
            refuse("An entry of the ledger is not written in its one form.")
        return entry


def commitment(salt: bytes, event: Mapping[str, object]) -> bytes:
    """
    Commit to an event without saying anything of it: who lacks the salt learns nothing, who has it can open it.

    Args:
        salt: 32 random bytes, of this event alone.
        event: names and JSON values of the event; integers are below 2**53 in size.

    Returns:
        HMAC-SHA256 of the event in canonical JSON (RFC 8785), 32 bytes.

    Raises:
        ValueError: a salt of another length, or a value that has no canonical JSON; a defect in the caller.
    """
    return commitment_of(salt, canonical_event(event))


def canonical_event(event: Mapping[str, object]) -> bytes:
    """Write an event as the one text that is committed to; what travels in an evidence package. See `commitment`."""
    return rfc8785.dumps(cast("dict[str, str]", dict(event)))


def commitment_of(salt: bytes, canonical: bytes) -> bytes:
    """Commit to an event that is written in its one form already; see `commitment`."""
    if len(salt) != SALT_BYTES:
        what = f"a salt has {SALT_BYTES} bytes"
        raise ValueError(what)
    return hmac.digest(salt, canonical, "sha256")


def opens(committed: bytes, salt: bytes, event: Mapping[str, object]) -> bool:
    """Whether a commitment is one to this event with this salt; compared in constant time."""
    return hmac.compare_digest(committed, commitment(salt, event))


def manifest_of(commitments: Sequence[bytes]) -> str:
    """Give the root over commitments as an entry states it: they are the leaves of a tree of their own."""
    return root_of_leaves(commitments).hex()


def _fields(leaf: bytes) -> dict[str, Any]:
    if len(leaf) > MOST_LEAF_BYTES:
        what = "too long"
        raise ValueError(what)
    return dict(json.loads(leaf))


def _wrong(entry: NewEntry) -> str:
    """Say what is wrong in an entry; nothing where all is right. What was read from JSON may be of any type."""
    numbers = (entry.at_us, entry.events, getattr(entry, "seq", 0))
    if not all(type(each) is int and 0 <= each <= MOST_NUMBER for each in numbers):
        return "An entry's time and numbers are whole, from 0 to 2**53 - 1."
    if not (type(entry.verb) is str and _VERB.fullmatch(entry.verb)):
        return "An entry's verb is a short word in small letters."
    if not (type(entry.manifest) is str and _HASH.fullmatch(entry.manifest)):
        return f"An entry's manifest is {HASH_BYTES} bytes in hexadecimal digits."
    if (entry.events == 0) != (entry.manifest == EMPTY_ROOT.hex()):
        return "An entry without events has the manifest of none."
    if type(v := getattr(entry, "v", VERSION)) is not int or v != VERSION:
        return f"An entry is of version {VERSION}."
    return ""
