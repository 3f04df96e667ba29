"""Which witnesses an archive knows: those that events of kept checkpoints name, which the ledger binds."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import Connection, select

from groundside.errors import Tampered
from groundside.keep import schema
from groundside.keep.ledger.encoding import refuse
from groundside.keep.ledger.keys import KeyKind, VerifierKey

COSIGNED = "ledger.cosigned"
"""What happens when a cosigned checkpoint is kept; the details of this event name the witnesses that are new."""
_E = schema.event


def known_witnesses(connection: Connection) -> tuple[VerifierKey, ...]:
    """
    Give the keys of the witnesses whose cosignatures are kept, in the order in which they came to be known.

    What an altered event says is left out: it is a fault of its own, and then so are the checkpoints.
    """
    told = connection.scalars(select(_E.c.details).where(_E.c.what == COSIGNED).order_by(_E.c.seq)).all()
    return tuple(dict.fromkeys(key for details in told for key in _keys(details)))


def witness_key(text: str) -> VerifierKey:
    """Read the key of a witness; Tampered where it is none, or the key of a ledger."""
    key = VerifierKey.parse(text)
    if key.kind is not KeyKind.COSIGNATURE:
        refuse(f"The key of {key.name} is not that of a witness.")
    return key


def told_of(size: int, root: bytes, new: list[VerifierKey]) -> str:
    """Write the details of the event."""
    return json.dumps({"size": size, "root": root.hex(), "witnesses": [str(each) for each in new]})


def _keys(details: str) -> Iterator[VerifierKey]:
    try:
        named = list(map(str, json.loads(details)["witnesses"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    for each in named:
        try:
            yield witness_key(each)
        except Tampered:
            continue
