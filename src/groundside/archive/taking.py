"""One file into the archive: its bytes durable first, then the rows and the event of it, then what is in it."""

from __future__ import annotations

from collections.abc import Iterable

from groundside.archive.brought import Incoming, Made, Reread
from groundside.archive.deriving import FAILED, current_codes, failed, given_up
from groundside.archive.errands import Done, Errand, asked, run
from groundside.archive.hiring import limits_of
from groundside.archive.preparing import prepared
from groundside.archive.settling import arrival_details, discard_unreferred, is_there, settle
from groundside.archive.store import Store
from groundside.errors import Conflict, GroundsideError, NoSpace
from groundside.keep.catalogue import Duplicate, Writer
from groundside.keep.rows import KeptOriginal, Stored
from groundside.model.caller import EVERYTHING, GENERAL, Caller
from groundside.model.results import Received
from groundside.workers import HERE, Died, Parcel, guarded, unguarded

__all__ = ["Incoming", "codes_of", "keep", "read_kept", "read_or_say"]

ATTEMPTS = 3


def keep(
    store: Store, caller: Caller, incoming: Incoming, chunks: Iterable[bytes], limit: int
) -> tuple[KeptOriginal, bool]:
    """
    Keep the bytes of one file.

    Returns:
        The original, and whether it was held before.

    Raises:
        TooLarge: past the limit; nothing is kept of it.
        NoSpace: the disk is full; nothing is kept of it.
    """
    stored = store.vault.put(chunks, limit=limit)
    try:
        original_id, held = _catalogued(store, caller, incoming, stored)
    finally:
        discard_unreferred(store, [stored.object_id])
    with store.catalogue.read() as reader:
        return reader.original(original_id, caller.scope), held


def read_kept(store: Store, caller: Caller, original: KeptOriginal, again: Incoming | None = None) -> Received:
    """
    Read a kept original in a process with limits, and settle what it tells into flights.

    Args:
        original: which.
        again: how it came just now, where it did and was held before.

    Raises:
        NotFound: its bytes are gone from the vault.
    """
    for _ in range(ATTEMPTS):
        with store.catalogue.read() as reader:
            keys = reader.keychain(original.id, caller.scope)
        made = made_of(store, original, keys)
        [received] = settle(store, caller, [Reread(original, made, again)])
        if received is not None:
            return received
    what = f"The keys of {original.file_name} kept changing while it was read."
    raise Conflict(what, try_this="groundside ingest, again")


def read_or_say(store: Store, caller: Caller, original: KeptOriginal, again: Incoming | None = None) -> Received:
    """
    Read a kept original; what goes wrong with it is said in the result, and the rest of a batch goes on.

    Raises:
        NoSpace: the disk is full, which is no matter of this file.
    """
    try:
        return read_kept(store, caller, original, again)
    except NoSpace:
        raise
    except Exception as error:  # whatever one file brings about, the others are still to be read
        why = error.what if isinstance(error, GroundsideError) else f"{type(error).__name__}: {error}"
        return Received(file=original.file_name, state=FAILED, message=f"kept, but reading it failed: {why}")


def made_of(store: Store, original: KeptOriginal, keys: str | None) -> Made:
    """
    Have a kept original read, and put what was made of it into the vault.

    Raises:
        NotFound: its bytes are gone from the vault.
        NoSpace: the disk is full.
    """
    store.vault.size(original.object_id)
    key = store.key_to_lend(original.object_id)
    errand = Errand(object_id=original.object_id, size=original.size, keys=keys, key=key)
    parcel = asked([errand], store.settings, store.folder.path)
    alone = store.settings.workers == HERE
    outcome = unguarded(run, parcel) if alone else guarded(run, parcel, limits_of(store))
    if isinstance(outcome, Died):
        return made_nothing(store, original.size, f"its worker {outcome.why}", keys)
    [done] = done_in(outcome)
    if done.made is None or done.stored is None:
        raise Conflict(done.refused, try_this="groundside verify")
    return Made.of(done.made, dict(enumerate(done.stored)), outcome.blobs, keys)


def made_nothing(store: Store, size: int, why: str, keys: str | None = None) -> Made:
    """Say of an original that it could not be read."""
    limits = limits_of(store)
    code = given_up(limits.memory_bytes, limits.seconds)
    return Made(prepared(failed(size, why, code), len, len), {}, {}, keys)


def done_in(outcome: Parcel) -> list[Done]:
    """
    Read what a worker did.

    Raises:
        NoSpace: it met a full disk.
    """
    if full := outcome.values.get("full"):
        raise NoSpace(full, try_this="free space on the archive's disk, then run the same command again")
    return [Done.of(each) for each in outcome.values["done"]]


def codes_of(store: Store) -> frozenset[str]:
    """Give the lineage names that would be written now; what was read under another is to be read again."""
    limits = limits_of(store)
    return current_codes(store.settings.max_decode_bytes) | {given_up(limits.memory_bytes, limits.seconds)}


def _catalogued(store: Store, caller: Caller, incoming: Incoming, stored: Stored) -> tuple[str, bool]:
    with store.catalogue.commit(caller) as writer:
        fingerprint, held = store.vault.fingerprint(stored.digest), False
        try:
            original_id = writer.add_original(stored, fingerprint=fingerprint, case=GENERAL, received_us=store.now_us())
        except Duplicate as duplicate:
            original_id, held = duplicate.original_id, True
            _heal(store, writer, original_id, stored)
        arrived(store, writer, original_id, incoming)
    return original_id, held


def _heal(store: Store, writer: Writer, original_id: str, stored: Stored) -> None:
    """Take the bytes that came again in place of those that were lost."""
    original = writer.original(original_id, writer.caller.scope)
    if not is_there(store, original):
        writer.point_original(original_id, stored)
        writer.event("healed", about=original_id, at_us=store.now_us(), case=original.case)


def arrived(store: Store, writer: Writer, original_id: str, incoming: Incoming) -> None:
    """Record under which name an original came, and the event of it where that is news."""
    now = store.now_us()
    news = writer.add_arrival(
        original_id, file_name=incoming.name, origin=incoming.origin, at_us=now, job_id=incoming.job_id
    )
    if news:
        details = arrival_details(writer.original(original_id, EVERYTHING))
        writer.event("ingest", about=original_id, details=details, at_us=now)
