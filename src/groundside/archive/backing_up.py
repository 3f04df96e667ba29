"""The verb `backup`, and what needs no archive: restoring one from a backup, and rehearsing that."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from groundside.archive.ingesting import Tell, quiet
from groundside.archive.store import Store, enter_passages
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, GroundsideError, NotFound, Refused, Tampered
from groundside.keep.actions import begin as begin_action
from groundside.keep.archive_folder import open_folder
from groundside.keep.backup.making import Archived, alone, make
from groundside.keep.backup.place import Place, existing, open_place, refuse_inside
from groundside.keep.backup.pruning import prune
from groundside.keep.backup.restoring import Begun, Proof, begin, bring, finish, prove
from groundside.keep.backup.staging import put_in_place, refuse_full, staging
from groundside.keep.checks import Fault, FaultKind
from groundside.keep.store_disk import DiskStore
from groundside.model.caller import Caller
from groundside.model.progress import Step
from groundside.outbound import Passage, gate
from groundside.settings import Settings

__all__ = ["BackedUp", "From", "Restored", "backup", "rehearse", "restore"]
_OF_OBJECTS = {FaultKind.MISSING, FaultKind.TAMPERED, FaultKind.UNREADABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """
    A new generation of a backup.

    Args:
        place: where it is.
        generation: its number.
        objects: how many objects belong to it, with the catalogue's copy.
        copied, size: how many of them were not there before, and their bytes.
        checkpoint: of the ledger in it, a signed note.
        faults: ids of objects that are missing in the archive, or altered, and so are not in the backup.
        generations: numbers of those that are there now, the oldest first.
        dropped: numbers of those that were pruned.
        removed: how many objects went with them.
        outdated: how many objects older generations still hold that the archive refers to no longer.
    """

    place: str
    generation: int
    objects: int
    copied: int
    size: int
    checkpoint: str
    faults: tuple[str, ...]
    generations: tuple[int, ...]
    dropped: tuple[int, ...]
    removed: int
    outdated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class From:
    """
    What to restore.

    Args:
        place: of the backup: a folder, or "s3://BUCKET/PREFIX".
        generation: its number; None for the newest.
        identity: what is in the file of one person's age identity, where the root key is to come out of escrow.
    """

    place: str
    generation: int | None = None
    identity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """
    What a generation of a backup is.

    Args:
        generation: its number.
        at_us: when it was made, UTC microseconds.
        objects, size: how many originals and derived objects were read, and bytes of their content.
        checkpoint: of its ledger, a signed note.
        faults: what is wrong with it.
        made: whether there is an archive now.
    """

    generation: int
    at_us: int
    objects: int
    size: int
    checkpoint: str
    faults: tuple[Fault, ...]
    made: bool


@verb(Effect.CHANGES)
def backup(store: Store, caller: Caller, to: str, *, keep: int | None = None, progress: Tell = quiet) -> BackedUp:
    """
    Add a generation to the backup of this archive: the catalogue, sealed, and every object that is not there yet.

    Objects are copied as they lie, and never written again. Interrupted or killed at any moment, the generations of
    before are whole, and the next run copies only the rest.

    Args:
        to: a folder, or "s3://BUCKET/PREFIX" on the server that the settings of storage name.
        keep: how many generations to leave; older ones go, with the objects that only they had. None leaves all.

    Raises:
        BadRequest: `keep` is less than one.
        Refused: the caller may not see everything; or the place is that of an archive.
        WrongArchive: the place holds the backup of another archive, or other things.
        Tampered: the newest generation of the backup was altered.
        Conflict: there is a backup under way.
    """
    if caller.scope.cases is not None:
        what = "A backup takes every case, and this caller may not see every case."
        raise Refused(what, try_this="ask the owner of the archive")
    if keep is not None and keep < 1:
        what = "A backup keeps at least one generation."
        raise BadRequest(what, try_this="groundside backup --to PLACE --keep 1")
    refuse_inside(to, store.folder.path)
    with alone(store.folder), gate(store.settings.outbound) as passed:
        try:
            done = _backed_up(store, caller, to, keep, progress)
        finally:
            enter_passages(store, caller, passed)
    counts = {"generation": done.generation, "copied": done.copied, "dropped": list(done.dropped)}
    _event(store, caller, "backup", {**counts, "removed": done.removed, "faults": len(done.faults)})
    return done


def rehearse(source: From, settings: Settings, *, progress: Tell = quiet) -> Restored:
    """
    Prove that an archive could be restored from a backup, with the keys that are here; nothing is left of it.

    Everything is read and decrypted, and verified as an archive is. The catalogue lies in the temporary folder of this
    account meanwhile, where nobody else can read it. No ledger has an entry of it, for there is no archive.

    Raises:
        NotFound: there is no such backup.
        Tampered: the keys, the manifest or the catalogue in it were altered.
        Refused, BadSetting: the root key is not to be had, or is not the one.
    """
    with gate(settings.outbound), tempfile.TemporaryDirectory(prefix="groundside-check-") as name:
        folder = Path(name)
        place = existing(source.place, settings, folder)
        begun = begin(place, source.generation, folder, settings, source.identity)
        proof = prove(begun, place.store, _telling(progress))
    return _told(begun, proof, made=False)


def restore(
    caller: Caller, source: From, to: Path, settings: Settings, *, partial: bool = False, progress: Tell = quiet
) -> Restored:
    """
    Make an archive of a backup, in a folder that is empty or not there.

    Every object is proved while it is copied, and all of it verified before there is an archive. Where anything is
    wrong nothing is left, and what is wrong is in the result. In the archive's ledger one entry says that it was
    restored. Its objects lie in the folder; so does its catalogue, or in the empty database that the setting
    `catalogue` names.

    Args:
        to: the folder. Beside it, under another name, things lie until all is well.
        partial: make an archive also where objects are damaged or missing, without these; never where the catalogue
            or the ledger is.

    Raises:
        NotFound, Tampered, Refused, BadSetting: as `rehearse`.
        Conflict: the folder or the database is not empty, or another process restores into it.
        NoSpace: there is no room.
    """
    to = to.absolute()
    refuse_full(to)
    with gate(settings.outbound) as passed, staging(to) as folder:
        place = existing(source.place, settings, folder)
        begun = begin(place, source.generation, folder, settings, source.identity)
        proof = _brought(begun, place, progress)
        made = not proof.faults or (partial and {each.kind for each in proof.faults} <= _OF_OBJECTS)
        if made:
            finish(begun, settings.catalogue)
            put_in_place(folder, to)
    if made:
        _record(caller, to, settings, _Whence(source.place, begun.manifest.number, passed))
    return _told(begun, proof, made=made)


def _backed_up(store: Store, caller: Caller, to: str, keep: int | None, progress: Tell) -> BackedUp:
    place = open_place(to, store.settings, store.folder.path)
    place.belong_to(store.folder.id)
    _event(store, caller, "backup.begun", {"place": place.shown})
    archived = Archived(store.folder, store.catalogue, store.vault, store.objects, store.keyring)
    made = make(archived, place, store.now_us(), _telling(progress))
    manifest, carried = made.manifest, made.carried
    pruned = prune(place, manifest, store.keyring.backup_key(), keep)
    return BackedUp(
        place=place.shown,
        generation=manifest.number,
        objects=len(manifest.objects),
        copied=carried.copied,
        size=carried.size,
        checkpoint=manifest.checkpoint,
        faults=tuple(manifest.faults),
        generations=pruned.generations,
        dropped=pruned.dropped,
        removed=pruned.removed,
        outdated=pruned.outdated,
    )


def _brought(begun: Begun, place: Place, progress: Tell) -> Proof:
    """Copy what belongs to a generation and verify it; a rerun finds what one that was interrupted had copied."""
    here = DiskStore(begun.folder.path)
    for each in set(here.ids()) - begun.manifest.objects.keys():
        here.discard(each)
    carried = bring(place, begun, _telling(progress))
    damaged = tuple(_fault(each, error) for each, error in carried.faults.items())
    proof = prove(begun, here, _telling(progress))
    others = (each for each in proof.faults if each.about not in carried.faults)
    return replace(proof, faults=(*damaged, *others))


def _fault(object_id: str, error: GroundsideError) -> Fault:
    kinds: dict[type, FaultKind] = {NotFound: FaultKind.MISSING, Tampered: FaultKind.TAMPERED}
    kind = kinds.get(type(error), FaultKind.UNREADABLE)
    return Fault(kind, object_id, error.what)


def _told(begun: Begun, proof: Proof, *, made: bool) -> Restored:
    manifest = begun.manifest
    return Restored(
        generation=manifest.number,
        at_us=manifest.at_us,
        objects=proof.objects,
        size=proof.size,
        checkpoint=manifest.checkpoint,
        faults=proof.faults,
        made=made,
    )


@dataclass(frozen=True, slots=True)
class _Whence:
    """The place and generation that an archive was restored from, and the connections it took."""

    place: str
    generation: int
    passed: Sequence[Passage]


def _record(caller: Caller, to: Path, settings: Settings, whence: _Whence) -> None:
    acting = replace(caller, action=begin_action("restore"))
    store = Store(open_folder(to, create=False), replace(settings, storage=None))
    try:
        enter_passages(store, acting, [each for each in whence.passed if each.purpose != "catalogue"])
        _event(store, acting, "restore", {"from": whence.place, "generation": whence.generation})
        with store.catalogue.commit(acting) as writer:
            writer.seal(acting.action, at_us=store.now_us())
    finally:
        store.close()


def _event(store: Store, caller: Caller, what: str, details: dict[str, object]) -> None:
    with store.catalogue.commit(caller) as writer:
        writer.event(what, details=json.dumps(details), at_us=store.now_us())


def _telling(progress: Tell) -> Callable[[int, int, int, int], None]:
    def tell(done: int, total: int, read: int, size: int) -> None:
        progress(Step(done, total, read, size, "objects"))

    return tell
