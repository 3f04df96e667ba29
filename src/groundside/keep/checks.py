"""Whether what is kept is what was kept: every object against its digest, every row against the others."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import and_, select

from groundside.errors import NotFound, Unreadable
from groundside.keep import schema
from groundside.keep.catalogue import Catalogue, Reader
from groundside.keep.rows import Stored
from groundside.keep.vault import Vault
from groundside.model.caller import EVERYTHING

_F, _S, _C, _N, _R = schema.flight, schema.flight_source, schema.cut, schema.note, schema.reading


class FaultKind(StrEnum):
    """What sort of thing is wrong."""

    MISSING = "missing"
    TAMPERED = "tampered"
    UNREADABLE = "unreadable"
    CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong: what sort, the id of the object, flight or event it concerns, and one sentence."""

    kind: FaultKind
    about: str
    what: str


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


@dataclass(frozen=True, slots=True)
class _Kept:
    stored: Stored
    name: str


def verify(
    vault: Vault,
    catalogue: Catalogue,
    sample: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Verification:
    """
    Compare all that is kept with what the catalogue says of it.

    Others may go on writing: what they remove meanwhile is no fault.

    Args:
        vault: where the bytes are.
        catalogue: what is said of them.
        sample: read only so many objects, chosen at random; whether each is there is always looked at.
        progress: told how many objects were looked at, of how many.
    """
    with catalogue.read() as reader:
        faults = _catalogue_faults(reader)
        kept = _kept(reader)
    to_read = set(random.sample(range(len(kept)), min(sample, len(kept)))) if sample is not None else None
    size = 0
    for place, each in enumerate(kept):
        read = to_read is None or place in to_read
        faults += _object_faults(vault, catalogue, each, read=read)
        size += each.stored.size if read else 0
        progress(place + 1, len(kept))
    count = len(kept) if to_read is None else len(to_read)
    return Verification(tuple(faults), _leftovers(vault, catalogue), count, size)


def _kept(reader: Reader) -> list[_Kept]:
    originals = [
        _Kept(Stored(o.object_id, o.size, o.digest), o.file_name or o.id) for o in reader.originals(EVERYTHING)
    ]
    made = [
        _Kept(d.stored, f"{d.kind} of original {d.derived.original_id}") for d in reader.derived_objects(EVERYTHING)
    ]
    return originals + made


def _leftovers(vault: Vault, catalogue: Catalogue) -> tuple[str, ...]:
    there = set(vault.ids())
    with catalogue.read() as reader:
        return tuple(sorted(there - reader.objects_referred_to(EVERYTHING)))


def _object_faults(vault: Vault, catalogue: Catalogue, kept: _Kept, *, read: bool) -> list[Fault]:
    fault = _fault(vault, kept, read=read)
    if not fault:
        return []
    with catalogue.read() as reader:  # again: it may have been dropped and discarded since we made the list
        still = reader.refers_to(kept.stored.object_id, EVERYTHING)
    return [fault] if still else []


def _fault(vault: Vault, kept: _Kept, *, read: bool) -> Fault | None:
    object_id, name = kept.stored.object_id, kept.name
    try:
        size = vault.size(object_id)
        if size != kept.stored.size:
            what = f"{name}: {kept.stored.size:,} bytes were kept, {size:,} are there now (object {object_id})."
            return Fault(FaultKind.TAMPERED, object_id, what)
        found = vault.digest(object_id) if read else kept.stored.digest
    except NotFound:
        return Fault(FaultKind.MISSING, object_id, f"{name}: its bytes are gone (object {object_id}).")
    except Unreadable as error:
        return Fault(FaultKind.UNREADABLE, object_id, f"{name}: {error.what} (object {object_id})")
    if found == kept.stored.digest:
        return None
    was, now = f"{kept.stored.digest.hex:.12}…", f"{found.hex:.12}…"
    what = f"{name} was kept as {was} but now reads {now} (object {object_id})."
    return Fault(FaultKind.TAMPERED, object_id, what)


def _catalogue_faults(reader: Reader) -> list[Fault]:
    damage = [Fault(FaultKind.CATALOGUE, "", each) for each in reader.inconsistencies()]
    gaps = [
        Fault(FaultKind.CATALOGUE, str(seq), f"Events are missing after number {seq}.") for seq in reader.event_gaps()
    ]
    return damage + gaps + _flight_faults(reader)


def _flight_faults(reader: Reader) -> list[Fault]:
    noted = select(_N.c.flight_id)
    sourceless = select(_F.c.id).where(
        _F.c.merged_into.is_(None), _F.c.id.not_in(select(_S.c.flight_id)), _F.c.id.not_in(noted)
    )
    same = and_(_C.c.original_id == _S.c.original_id, _C.c.ordinal == _S.c.ordinal)
    # Only of originals that are read: while a rebuild is under way, others have no cuts yet.
    cutless = select(_S.c.flight_id).join(_R, _R.c.original_id == _S.c.original_id).outerjoin(_C, same)
    chosen = and_(
        _S.c.flight_id == _F.c.id,
        _S.c.original_id == _F.c.chosen_original,
        _S.c.ordinal == _F.c.chosen_ordinal,
    )
    strange = (
        select(_F.c.id)
        .outerjoin(_S, chosen)
        .where(_F.c.merged_into.is_(None), _F.c.chosen_original.is_not(None), _S.c.flight_id.is_(None))
    )
    return [
        *_of_flights(reader.connection.scalars(sourceless), "no file tells of it"),
        *_of_flights(
            reader.connection.scalars(cutless.where(_C.c.original_id.is_(None))),
            "a source of it is not among the cuts",
        ),
        *_of_flights(reader.connection.scalars(strange), "the file its track was chosen from is none of its sources"),
    ]


def _of_flights(flight_ids: Iterable[str], what: str) -> list[Fault]:
    return [Fault(FaultKind.CATALOGUE, each, f"Flight {each}: {what}.") for each in flight_ids]
