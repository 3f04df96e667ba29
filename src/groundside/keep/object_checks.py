"""Whether the bytes of objects are those that were kept; where they are not, which of them, and what is left."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from groundside.errors import BadRequest, GroundsideError, NotFound, Tampered, Unreadable
from groundside.keep import schema
from groundside.keep.faults import Fault, FaultKind
from groundside.keep.rows import Stored
from groundside.keep.sealing.stream import CHUNK, chunks_of
from groundside.keep.vault import Vault
from groundside.model.digest import Digest

_O, _A, _D = schema.original, schema.arrival, schema.derived_object
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """An object that must be there, and what people call it."""

    stored: Stored
    name: str


def kept_objects(connection: Connection, besides: Collection[str]) -> tuple[list[Kept], list[Fault]]:
    """
    List all objects that the catalogue refers to, and the rows that name none.

    Args:
        connection: of the catalogue.
        besides: ids of objects whose rows were altered: nothing they say can be held against the bytes.
    """
    kept: list[Kept] = []
    faults: list[Fault] = []
    for object_id, size, digest, name in _named(connection):
        if object_id in besides:
            continue
        try:
            kept.append(Kept(Stored(object_id, int(size), Digest(digest)), name))
        except (BadRequest, ValueError, TypeError):
            what = f"{name}: its row names no digest or size (object {object_id})."
            faults.append(Fault(FaultKind.CATALOGUE, str(object_id), what))
    return kept, faults


def object_fault(vault: Vault, kept: Kept, *, read: bool, sealed: bool) -> Fault | None:
    """
    Compare one object with what was kept.

    Args:
        vault: where it is.
        kept: what was kept; its key, where it needs one, is known to be there.
        read: its bytes too, not only how many there are.
        sealed: whether single chunks of it can be told from altered ones.
    """
    object_id, name = kept.stored.object_id, kept.name
    try:
        size = vault.size(object_id)
        if size != kept.stored.size:
            what = f"{name}: {kept.stored.size:,} bytes were kept, {size:,} are there now (object {object_id})."
            return Fault(FaultKind.TAMPERED, object_id, what)
        found = vault.digest(object_id) if read else kept.stored.digest
    except NotFound:
        return _gone(vault, kept)
    except Tampered as error:
        left = _left(vault, kept.stored) if sealed and read else ""
        return Fault(FaultKind.TAMPERED, object_id, f"{name}: {left or error.what} (object {object_id})")
    except Unreadable as error:
        return Fault(FaultKind.UNREADABLE, object_id, f"{name}: {error.what} (object {object_id})")
    if found == kept.stored.digest:
        return None
    was, now = f"{kept.stored.digest.hex:.12}…", f"{found.hex:.12}…"
    what = f"{name} was kept as {was} but now reads {now} (object {object_id})."
    return Fault(FaultKind.TAMPERED, object_id, what)


def _gone(vault: Vault, kept: Kept) -> Fault:
    object_id = kept.stored.object_id
    if vault.holds(object_id):
        what = f"{kept.name}: its key is gone, so its bytes, which are there, say nothing (object {object_id})."
        return Fault(FaultKind.KEY, object_id, what)
    return Fault(FaultKind.MISSING, object_id, f"{kept.name}: its bytes are gone (object {object_id}).")


def _left(vault: Vault, stored: Stored) -> str:
    """Read an object chunk by chunk, and say which were altered and what can still be read."""
    bad = [number for number in range(chunks_of(stored.size)) if not _reads(vault, stored, number)]
    if not bad:
        return ""
    lost = sum(min(CHUNK, stored.size - number * CHUNK) for number in bad)
    left = stored.size - lost
    rest = f"the other {left:,} of its {stored.size:,} bytes can be read" if left else "none of its bytes can be read"
    return f"altered in {'; '.join(_ranges(bad, stored.size))}; {rest}"


def _reads(vault: Vault, stored: Stored, number: int) -> bool:
    try:
        vault.read(stored.object_id, number * CHUNK, min(CHUNK, stored.size - number * CHUNK))
    except GroundsideError:
        return False
    return True


def _ranges(bad: Sequence[int], size: int) -> Iterator[str]:
    ends = [n for at, n in enumerate(bad) if at + 1 == len(bad) or bad[at + 1] != n + 1]
    starts = [n for at, n in enumerate(bad) if at == 0 or bad[at - 1] != n - 1]
    for first, last in list(zip(starts, ends, strict=True))[:_MOST_NAMED]:
        which = f"chunk {first}" if first == last else f"chunks {first} to {last}"
        end = min((last + 1) * CHUNK, size)
        yield f"{which} (bytes {first * CHUNK:,} to {max(end - 1, 0):,})"
    if len(starts) > _MOST_NAMED:
        yield f"{len(starts) - _MOST_NAMED} places more"


def _named(connection: Connection) -> Iterator[tuple[str, int, str, str]]:
    name = select(_A.c.file_name).where(_A.c.original_id == _O.c.id).order_by(_A.c.id).limit(1)
    originals = select(_O.c.object_id, _O.c.size, _O.c.digest, _O.c.id, name.scalar_subquery().label("file_name"))
    for row in connection.execute(originals.order_by(_O.c.received_us, _O.c.id)):
        yield row.object_id, row.size, row.digest, row.file_name or row.id
    for row in connection.execute(select(_D).order_by(_D.c.original_id, _D.c.object_id)):
        yield row.object_id, row.size, row.digest, f"{row.kind} of original {row.original_id}"
