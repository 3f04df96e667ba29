"""Whether events are what the ledger says of them: each against its commitment, all of an entry against its root."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from sqlalchemy import Connection, Row

from groundside.errors import Tampered
from groundside.keep import schema
from groundside.keep.custody_tables import ledger_entry
from groundside.keep.events import BOUND
from groundside.keep.ledger.entries import Entry, manifest_of, opens
from groundside.keep.raw_rows import raw
from groundside.keep.row_seals import RowKey, is_as_sealed

_E, _L = schema.event, ledger_entry
_AT_ONCE = 2_000


def event_faults(connection: Connection, key: RowKey) -> Iterator[tuple[str, str]]:
    """
    Compare all events with the ledger.

    An event that was erased keeps its number and its commitment only: that is no fault, if this program emptied it.

    Args:
        connection: read as `raw_rows.tolerant` says.
        key: what seals rows.

    Yields:
        Which event or entry is wrong ("event 7", "entry 3"), and one sentence.
    """
    yield from _unsealed(connection, key)
    sealed = raw(_E).where(_E.c.entry.is_not(None)).order_by(_E.c.entry, _E.c.seq)
    rows = connection.execute(sealed, execution_options={"yield_per": _AT_ONCE})
    leaves = _leaves(connection)
    for number, events in groupby(rows, lambda row: row.entry):
        if not isinstance(number, int):
            yield f"event {next(events).seq}", "An event does not say which entry of the ledger holds it."
            continue
        while (leaf := next(leaves, None)) is not None and leaf[0] < number:
            yield from _entry_faults(leaf[0], leaf[1], (), key)
        if leaf is None or leaf[0] != number:
            yield f"entry {number}", f"Events name entry {number} of the ledger, which is not there."
            continue
        yield from _entry_faults(number, leaf[1], events, key)
    for number, leaf in leaves:
        yield from _entry_faults(number, leaf, (), key)


def _leaves(connection: Connection) -> Iterator[tuple[int, bytes]]:
    """Give all leaves in order, some at a time, for the connection is also used to read events meanwhile."""
    last = -1
    while rows := connection.execute(raw(_L).where(_L.c.seq > last).order_by(_L.c.seq).limit(_AT_ONCE)).all():
        for row in rows:
            yield row.seq, _bytes(row.leaf)
        last = rows[-1].seq


def _entry_faults(
    number: int, leaf: bytes, events: Iterable[Row[tuple[object, ...]]], key: RowKey
) -> Iterator[tuple[str, str]]:
    commitments: list[bytes] = []
    wrong = 0
    for row in events:
        commitments.append(_bytes(row.commitment))
        if fault := _event_fault(row, key):
            wrong += 1
            yield f"event {row.seq}", fault
    try:
        entry = Entry.parse(leaf)
    except Tampered:
        return  # the check of the ledger itself names it
    if (entry.events, entry.manifest) != (len(commitments), manifest_of(commitments)) and not wrong:
        yield f"entry {number}", f"The events of entry {number} of the ledger are not those that it was sealed over."


def _event_fault(row: Row[tuple[object, ...]], key: RowKey) -> str:
    if row.salt is None:
        if not _is_sealed(row, key):
            return f"Event {row.seq} was emptied, and not by an erasure."
        said = [name for name in ("who", "how", "why", "about", "details") if getattr(row, name) not in {"", "{}"}]
        return f"Event {row.seq} was erased, and yet says {', '.join(said)}." if said else ""
    values = {name: getattr(row, name) for name in BOUND}
    try:
        opened = opens(_bytes(row.commitment), _bytes(row.salt), values)
    except (TypeError, ValueError, UnicodeError, OverflowError):
        opened = False
    if opened and _is_sealed(row, key):
        return ""
    what = str(row.what).encode(errors="backslashreplace").decode()[:40]
    return f"Event {row.seq} ({what!r}) is not what was recorded."


def _is_sealed(row: Row[tuple[object, ...]], key: RowKey) -> bool:
    return is_as_sealed(key, _E, {column.name: getattr(row, column.name) for column in _E.columns})


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def _unsealed(connection: Connection, key: RowKey) -> Iterator[tuple[str, str]]:
    """Look at events that no entry holds yet: each has a commitment of its own."""
    rows = connection.execute(raw(_E).where(_E.c.entry.is_(None)).order_by(_E.c.seq))
    for row in rows:
        if fault := _event_fault(row, key):
            yield f"event {row.seq}", fault
