"""Bytes of what was erased: named in the commit that takes their rows, so that a crash after it leaves none behind."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from groundside.archive.settling import discard_unreferred
from groundside.archive.store import Store
from groundside.errors import Tampered
from groundside.keep.canonical import canonical
from groundside.keep.catalogue import Writer
from groundside.keep.logbook_statements import Statement
from groundside.keep.object_id import is_id
from groundside.model.caller import EVERYTHING, Caller

KIND = "erasing"
"""The kind of statement that names objects whose bytes are about to go. Their names are random and say nothing."""


def note_doomed(writer: Writer, object_ids: Sequence[str], *, at_us: int) -> None:
    """Write down, in the commit that takes their keys and rows, which objects must be removed next."""
    if object_ids:
        writer.state(KIND, object_ids[0], canonical(list(object_ids)), at_us=at_us)


def discard_doomed(store: Store, caller: Caller) -> int:
    """
    Remove the objects of every erasure whose rows are gone, also of one that was killed; gives how many were named.

    An object that a row refers to stays, whatever a note says.

    Raises:
        Tampered: a note is not what an erasure wrote.
    """
    with store.catalogue.read() as reader:
        notes = reader.statements(KIND, EVERYTHING)
    named = list(dict.fromkeys(_named(notes)))
    discard_unreferred(store, named)
    if notes:
        with store.catalogue.commit(caller) as writer:
            writer.forget([each.subject for each in notes])
    return len(named)


def _named(notes: Iterable[Statement]) -> Iterable[str]:
    for each in notes:
        try:
            found = json.loads(each.said)
        except ValueError:
            found = None
        if not isinstance(found, list) or not all(isinstance(name, str) and is_id(name) for name in found):
            what = "The catalogue's note of what an erasure has still to remove was altered."
            raise Tampered(what, try_this="groundside verify, which names the row")
        yield from found
