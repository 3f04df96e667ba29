"""The log of an original, made when somebody first asks what it says, and then kept as an object of the vault."""

from __future__ import annotations

from dataclasses import dataclass

from groundside.archive.errands import Errand, asked, run
from groundside.archive.hiring import limits_of
from groundside.archive.reading import formats
from groundside.archive.settling import discard_unreferred
from groundside.archive.store import Store
from groundside.archive.taking import done_in
from groundside.keep.catalogue import Reader
from groundside.keep.logs import KIND
from groundside.keep.rows import KeptOriginal, ReadingState
from groundside.model.caller import Caller, Scope
from groundside.model.flight import Flight
from groundside.model.lineage import Derived
from groundside.workers import HERE, Died, guarded, unguarded

_TOLD = (ReadingState.READ, ReadingState.LOCKED)


@dataclass(frozen=True, slots=True)
class _Owed:
    """An original whose log was not made yet, the keys it is read with, and the code that its reading is of."""

    original: KeptOriginal
    keys: str | None
    code: str


def keep_logs(store: Store, caller: Caller, flight: Flight) -> None:
    """
    Have the logs of a flight's files made and kept, as far as that was not done yet.

    Each is read in a process with limits, as at its arrival. Of one that cannot be read now nothing is kept, and it
    is tried again the next time.
    """
    for source in flight.sources:
        with store.catalogue.read() as reader:
            owed = _owed(reader, source.recording_id, caller.scope)
        if owed is not None and owed.original.size <= store.settings.max_decode_bytes:
            content = _made(store, owed)
            if content is not None:
                _keep(store, caller, owed, content)


def _owed(reader: Reader, original_id: str, scope: Scope) -> _Owed | None:
    reading = reader.reading(original_id, scope)
    if reading is None or reading.state not in _TOLD or _has_log(reader, original_id, scope):
        return None
    if not any(each.name == reading.format and each.log is not None for each in formats()):
        return None
    return _Owed(reader.original(original_id, scope), reader.keychain(original_id, scope), reading.derived.code)


def _has_log(reader: Reader, original_id: str, scope: Scope) -> bool:
    return any(each.kind == KIND for each in reader.derived_objects(scope, original_id))


def _made(store: Store, owed: _Owed) -> bytes | None:
    object_id = owed.original.object_id
    key = store.key_to_lend(object_id)
    errand = Errand(object_id=object_id, size=owed.original.size, keys=owed.keys, log_only=True, key=key)
    parcel = asked([errand], store.settings, store.folder.path)
    alone = store.settings.workers == HERE
    outcome = unguarded(run, parcel) if alone else guarded(run, parcel, limits_of(store))
    if isinstance(outcome, Died):
        return None
    [done] = done_in(outcome)
    return None if done.log is None else bytes(outcome.blobs[done.log])


def _keep(store: Store, caller: Caller, owed: _Owed, content: bytes) -> None:
    """Keep a log, unless it came to be there meanwhile, or its original was erased or read anew."""
    original_id = owed.original.id
    stored = store.vault.put([content])
    try:
        with store.catalogue.commit(caller) as writer:
            reading = writer.reading(original_id, caller.scope)
            if reading is None or reading.derived.code != owed.code or _has_log(writer, original_id, caller.scope):
                return
            writer.add_derived(stored, KIND, Derived(original_id, owed.code))
    finally:
        discard_unreferred(store, [stored.object_id])
