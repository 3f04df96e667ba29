"""Whether what is kept is what was kept: every object against its digest, every row against its seal and the others."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from groundside.errors import GroundsideError
from groundside.keep.archive_folder import MARKER, open_folder
from groundside.keep.catalogue import Catalogue, Reader
from groundside.keep.event_checks import event_faults
from groundside.keep.faults import Fault, FaultKind
from groundside.keep.flight_checks import flight_faults, sum_faults
from groundside.keep.key_checks import key_faults
from groundside.keep.keys.custody import Custody
from groundside.keep.keys.escrow import FILE as ESCROW
from groundside.keep.keys.escrow import in_escrow
from groundside.keep.keys.ring import FILE as KEYRING
from groundside.keep.known_witnesses import known_witnesses
from groundside.keep.ledger.check import check as check_ledger
from groundside.keep.object_checks import Kept, kept_objects, object_fault
from groundside.keep.raw_rows import tolerant
from groundside.keep.row_seals import seal_faults
from groundside.keep.vault import Vault
from groundside.model.caller import EVERYTHING

__all__ = ["Fault", "FaultKind", "Verification", "row_faults", "verify"]

Tell = Callable[[int, int, int, int], None]
_OF_OBJECTS = {"original", "derived_object"}


@dataclass(frozen=True, slots=True)
class Verification:
    """
    What a verification found.

    Args:
        faults: empty where all is well.
        leftovers: objects that nothing refers to: left by a crash, or about to be referred to. No fault.
        objects, size: how many objects, and bytes, were read.
    """

    faults: tuple[Fault, ...]
    leftovers: tuple[str, ...]
    objects: int
    size: int


@dataclass(slots=True)
class _Rows:
    """What was found in the catalogue, and what is to be looked for in the vault."""

    faults: list[Fault] = field(default_factory=list[Fault])
    altered: set[str] = field(default_factory=set[str])
    unread: set[str] = field(default_factory=set[str])
    kept: list[Kept] = field(default_factory=list[Kept])
    sealed: bool = False

    def note(self, look: Callable[[], Iterable[Fault]], part: str) -> None:
        """Look for faults; where the database itself will not give the rows, that is one."""
        try:
            self.faults += look()
        except DBAPIError as error:
            self.faults.append(Fault(FaultKind.CATALOGUE, part, f"The {part} cannot be read: {error.orig}."))
        except (GroundsideError, ValueError, TypeError, LookupError) as error:
            self.faults.append(Fault(FaultKind.CATALOGUE, part, f"The {part} cannot be understood: {error}."))


def verify(
    vault: Vault,
    catalogue: Catalogue,
    sample: int | None = None,
    progress: Tell = lambda done, total, read, size: None,
) -> Verification:
    """
    Compare all that is kept with what the catalogue says of it.

    Others may go on writing: what they remove meanwhile is no fault.

    Args:
        vault: where the bytes are.
        catalogue: what is said of them.
        sample: read only so many objects, chosen at random; whether each is there is always looked at.
        progress: told how many objects were looked at, of how many; and bytes read, of how many.
    """
    files = list(_file_faults(catalogue.custody)) if catalogue.custody else []
    if any(each.about == str(KEYRING) for each in files):  # nothing can be read without it
        return Verification(tuple(files), (), 0, 0)
    rows = _looked_through(catalogue)
    faults = [*files, *rows.faults]
    to_read = set(random.sample(range(len(rows.kept)), min(sample, len(rows.kept)))) if sample is not None else None
    size, whole = 0, sum(each.stored.size for at, each in enumerate(rows.kept) if to_read is None or at in to_read)
    for place, each in enumerate(rows.kept):
        read = to_read is None or place in to_read
        faults += _object_faults(vault, catalogue, each, read=read, sealed=rows.sealed)
        size += each.stored.size if read else 0
        progress(place + 1, len(rows.kept), size, whole)
    count = len(rows.kept) if to_read is None else len(to_read)
    return Verification(tuple(faults), _leftovers(vault, catalogue), count, size)


def row_faults(catalogue: Catalogue) -> list[Fault]:
    """Do that part of a verification that reads no object: rows, their seals, keys, events and the ledger."""
    return _looked_through(catalogue).faults


def _looked_through(catalogue: Catalogue) -> _Rows:
    found = _Rows()
    with catalogue.read() as reader, tolerant(reader.connection):
        found.note(lambda: _database_faults(reader), "database")
        if catalogue.custody is not None:
            _look_at_custody(found, reader.connection, catalogue.custody)
        found.note(lambda: flight_faults(reader.connection), "flights")
        if "flight" not in found.altered and not any("merged" in each.what for each in found.faults):
            found.note(lambda: sum_faults(reader.connection), "table flight_sum")
        found.note(lambda: _look_for_objects(found, reader.connection), "list of objects")
    return found


def _look_at_custody(found: _Rows, connection: Connection, custody: Custody) -> None:
    """Compare the ledger with its signatures and hashes, events with the ledger, rows with their seals, and keys."""
    found.note(lambda: _ledger_faults(connection, custody), "ledger")
    found.note(
        lambda: (Fault(FaultKind.LEDGER, *each) for each in event_faults(connection, custody.row_key())), "events"
    )
    found.note(lambda: _seal_faults(found, connection, custody.row_key()), "sealed rows")
    found.sealed = custody.keyring.folder.sealed
    if found.sealed:
        whole = not found.altered & _OF_OBJECTS
        found.note(lambda: key_faults(connection, custody, found.unread, whole=whole), "keys")


def _database_faults(reader: Reader) -> Iterator[Fault]:
    for each in reader.inconsistencies():
        yield Fault(FaultKind.CATALOGUE, "", each)
    for seq in reader.event_gaps():
        yield Fault(FaultKind.CATALOGUE, str(seq), f"Events are missing after number {seq}.")


def _ledger_faults(connection: Connection, custody: Custody) -> Iterator[Fault]:
    for each in check_ledger(connection, custody.verifier(), known_witnesses(connection)):
        yield Fault(FaultKind.LEDGER, each.about, f"The ledger's {each}.")


def _seal_faults(found: _Rows, connection: Connection, key: bytes) -> Iterator[Fault]:
    for each in seal_faults(connection, key):
        found.altered.add(each.table)
        if each.table in _OF_OBJECTS:
            found.unread.add(each.object_id)
        yield Fault(FaultKind.CATALOGUE, each.about, each.what)


def _look_for_objects(found: _Rows, connection: Connection) -> list[Fault]:
    """List what is to be read: not what has an altered row, nor what an altered key would be needed for."""
    found.kept, faults = kept_objects(connection, found.unread)
    return faults


def _file_faults(custody: Custody) -> Iterator[Fault]:
    """Look at the files beside the catalogue and the objects: the marker, the keyring, the escrow."""
    path = custody.keyring.folder.path
    try:
        open_folder(path, create=False)
    except GroundsideError as error:
        yield Fault(FaultKind.CATALOGUE, MARKER, error.what)
    try:
        custody.keyring.check()
    except GroundsideError as error:
        yield Fault(FaultKind.KEY, str(KEYRING), error.what)
        return
    ring = custody.keyring.ring()
    if ring is not None and ring.stated.recipients and not in_escrow(path):
        yield Fault(FaultKind.KEY, str(ESCROW), f"The escrow of the root key is gone: {ESCROW} is not there.")


def _leftovers(vault: Vault, catalogue: Catalogue) -> tuple[str, ...]:
    there = set(vault.ids())
    with catalogue.read() as reader:
        return tuple(sorted(there - reader.objects_referred_to(EVERYTHING)))


def _object_faults(vault: Vault, catalogue: Catalogue, kept: Kept, *, read: bool, sealed: bool) -> list[Fault]:
    fault = object_fault(vault, kept, read=read, sealed=sealed)
    if not fault:
        return []
    with catalogue.read() as reader:  # again: it may have been dropped and discarded since we made the list
        still = reader.refers_to(kept.stored.object_id, EVERYTHING)
    return [fault] if still else []
