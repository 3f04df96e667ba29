"""From a backup to an archive: everything is proved before it is one; or only proved, as a rehearsal."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from groundside.errors import NotFound, Tampered, WrongArchive
from groundside.keep.archive_folder import ELSEWHERE, FORMAT_VERSION, MARKER, ArchiveFolder
from groundside.keep.backup.carrying import PIECE, Carried, Tell, carry, of_all
from groundside.keep.backup.elsewhere import move_catalogue
from groundside.keep.backup.making import SMALL
from groundside.keep.backup.manifest import (
    Kept,
    Manifest,
    Unproved,
    about_copy,
    copy_key,
    digest_of,
    name_of,
    numbers,
    read_manifest,
)
from groundside.keep.backup.place import Place
from groundside.keep.canonical import canonical
from groundside.keep.catalogue import Catalogue
from groundside.keep.checks import Fault, FaultKind
from groundside.keep.checks import verify as check
from groundside.keep.durable import FILE_MODE, disk_errors, make_folder, sync_folder, write_file
from groundside.keep.keys.age import decrypted
from groundside.keep.keys.custody import Custody
from groundside.keep.keys.escrow import FILE as ESCROW
from groundside.keep.keys.escrow import restore_root
from groundside.keep.keys.key_file import pending
from groundside.keep.keys.keyring import Keyring
from groundside.keep.keys.object_keys import CatalogueKeys
from groundside.keep.keys.ring import wrong_root
from groundside.keep.keys.root import parsed
from groundside.keep.keys.wrapping import Wrapping
from groundside.keep.ledger.log import newest
from groundside.keep.object_id import is_id
from groundside.keep.object_store import ObjectStore
from groundside.keep.sealing.opening import open_sealed
from groundside.keep.storage import vault_over
from groundside.keep.store_disk import DiskStore
from groundside.settings import Settings

_MARKER_DAMAGED = f"its file {MARKER} is gone or damaged"


@dataclass(frozen=True, slots=True)
class Begun:
    """
    A generation whose keys and catalogue are in a folder, proved; its objects are not yet looked at.

    Args:
        folder: where they are; no archive yet.
        keyring: opened.
        manifest: what belongs to it.
        marker: the archive's marker.
        identity: of escrow, where the root key came out of that.
    """

    folder: ArchiveFolder
    keyring: Keyring
    manifest: Manifest
    marker: bytes
    identity: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What was read of a generation, and what is wrong with it: nothing where `faults` is empty."""

    faults: tuple[Fault, ...]
    objects: int
    size: int


def begin(place: Place, number: int | None, into: Path, settings: Settings, identity: str | None) -> Begun:
    """
    Bring the keys and the catalogue of a generation into a folder.

    Args:
        number: which; None for the newest.
        into: an empty folder.
        settings: where the root key is, unless it comes out of escrow.
        identity: what is in the file of an age identity; None for no escrow.

    Raises:
        NotFound: there is no such generation.
        Tampered: it was altered, or put together from several.
        Refused, BadSetting: the root key is not to be had, or is not the one.
    """
    given = replace(settings, storage=None, catalogue=None)
    unproved = read_manifest(place, number or _newest(place))
    small = _small(place, unproved.number, into)
    folder = _folder(small.get(MARKER, b""), into, small)
    if folder.id != unproved.archive:
        raise _altered("its keys are those of another archive")
    keyring = Keyring(folder, given)
    if identity is not None:
        _from_escrow(keyring, small, identity)
    manifest = _proved(unproved, keyring, small)
    _catalogue_into(place, manifest, keyring, into)
    return Begun(folder, keyring, manifest, small[MARKER], identity)


def bring(place: Place, begun: Begun, tell: Tell) -> Carried:
    """Copy all objects of a generation into its folder; each is proved as it is copied, and durable in the end."""

    def vouch(object_id: str, kept: Kept) -> None:
        if kept != begun.manifest.objects[object_id]:
            what = f"Object {object_id} is not what was backed up."
            raise Tampered(what, try_this="restore from another copy of the backup")

    sizes = {name: each.size for name, each in begun.manifest.objects.items() if name != begun.manifest.catalogue.id}
    return carry(
        place.store, DiskStore(begun.folder.path), sorted(sizes), vouch, of_all(tell, sum(sizes.values())), sizes
    )


def prove(begun: Begun, objects: ObjectStore, tell: Tell) -> Proof:
    """
    Verify a generation as an archive is verified: every object, every row, and the ledger.

    The ledger's root is compared with the checkpoint that was signed when the backup was made.

    Args:
        objects: where they are to be read: in the folder, or in the backup itself.
        tell: progress.
    """
    with _opened(begun) as (catalogue, custody):
        wrong = _checkpoint_fault(begun, catalogue)
        keys = CatalogueKeys(catalogue, custody)
        vault = vault_over(objects, keys, begun.keyring, sealed=begun.folder.sealed)
        found = check(vault, catalogue, None, tell)
    # The marker was proved by its digest, and is not yet where an archive has it.
    faults = (each for each in found.faults if each.about != MARKER)
    return Proof((*wrong, *faults), found.objects, found.size)


def finish(begun: Begun, catalogue: str | None = None) -> None:
    """
    Make the folder an archive, and put the root key where this account keeps it, where it came out of escrow.

    Args:
        catalogue: the setting: a database into which the catalogue goes; None leaves it in the folder.

    Raises:
        Conflict, WrongArchive, BadSetting, Refused, Unreachable, NoSpace: that database cannot be used.
    """
    place = move_catalogue(begun.folder, begun.keyring, catalogue) if catalogue else ""
    if begun.identity is not None:
        restore_root(begun.keyring, begun.identity)
    with disk_errors():
        for name in ("objects", "incoming", "keys", "backups", "cache"):
            make_folder(begun.folder.path / name)
        write_file(begun.folder.path / MARKER, _marker_with(begun.marker, place))


def _marker_with(marker: bytes, place: str) -> bytes:
    """Say in a marker where the catalogue is now: in the folder, or in a database."""
    said = json.loads(marker)
    if said.pop("catalogue", "") == place:
        return marker
    elsewhere = {"catalogue": place, "format": max(ELSEWHERE, int(said["format"]))} if place else {}
    return canonical(said | elsewhere).encode()


def _newest(place: Place) -> int:
    found = numbers(place)
    if not found:
        what = f"No backup was ever finished in {place.shown}."
        raise NotFound(what, try_this="groundside backup --to PLACE")
    return found[-1]


def _small(place: Place, number: int, into: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    there = set(place.files.names(f"generations/{number:08}"))
    for each in map(str, SMALL):
        if name_of(number, each) in there:
            found[each] = place.files.read(name_of(number, each))
    with disk_errors():
        make_folder(into / "keys")
        for name, content in found.items():
            if name != MARKER:  # which is last, for it says that a folder is an archive
                write_file(into / name, content)
    return found


def _folder(marker: bytes, into: Path, small: dict[str, bytes]) -> ArchiveFolder:
    try:
        said = json.loads(marker)
        archive, version = str(said["id"]), int(said["format"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _altered(_MARKER_DAMAGED) from error
    if not is_id(archive):
        raise _altered(_MARKER_DAMAGED)
    if version > FORMAT_VERSION:
        what = "This backup is of an archive of a newer Groundside."
        raise WrongArchive(what, try_this="install the newer version of groundside")
    sealed = said.get("sealed") is True
    plain = b"" if sealed else small.get(str(Path("keys") / "fingerprint.key"), b"")
    return ArchiveFolder(archive, into, plain, "", sealed, sealed or said.get("keyring") is True)


def _from_escrow(keyring: Keyring, small: dict[str, bytes], identity: str) -> None:
    ring = keyring.checked_ring()
    kept = [small[name] for name in (str(ESCROW), str(pending(ESCROW))) if name in small]
    if not kept:
        what = "The root key of this backup is in no escrow."
        raise NotFound(what, try_this="leave --identity out, and set root_key to where the root key is")
    for content in kept:
        root = parsed(decrypted(content, identity), keyring.folder.id)
        if ring.fits(root):
            keyring.hold(ring, root)
            return
    raise wrong_root()


def _proved(unproved: Unproved, keyring: Keyring, small: dict[str, bytes]) -> Manifest:
    manifest = unproved.proved(keyring.backup_key())
    if {name: digest_of(content) for name, content in small.items()} != dict(manifest.files):
        raise _altered("its files of keys are not those that its manifest names")
    return manifest


def _catalogue_into(place: Place, manifest: Manifest, keyring: Keyring, into: Path) -> None:
    copy = manifest.catalogue
    wrapping = Wrapping(copy_key(keyring.backup_key(), manifest.archive))
    key = wrapping.unwrap(copy.key, about_copy(manifest.archive, copy.id))
    target = into / "catalogue.sqlite"
    try:
        opened = open_sealed(copy.id, key, place.store.open(copy.id))
    except NotFound:
        how = f"the copy of the catalogue is gone (object {copy.id})"
        raise _altered(how) from None
    with disk_errors(), closing(opened) as content, target.open("xb") as file:
        target.chmod(FILE_MODE)
        while piece := content.read(PIECE):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
        sync_folder(into)


@contextmanager
def _opened(begun: Begun) -> Generator[tuple[Catalogue, Custody]]:
    catalogue = Catalogue.open(begun.folder.catalogue_url, backup_folder=None)
    try:
        custody = catalogue.custody = Custody(begun.keyring)
        catalogue.belong_to(begun.folder.id, new=False)
        yield catalogue, custody
    finally:
        catalogue.close()


def _checkpoint_fault(begun: Begun, catalogue: Catalogue) -> list[Fault]:
    """Compare the ledger's newest checkpoint with that of the manifest."""
    with catalogue.read() as reader:
        found = newest(reader.connection) or ""
    if hmac.compare_digest(found.encode(), begun.manifest.checkpoint.encode()):
        return []
    what = "The ledger in the copy of the catalogue is not the one that was signed when the backup was made."
    return [Fault(FaultKind.LEDGER, "checkpoint", what)]


def _altered(how: str) -> Tampered:
    what = f"The backup is not what was written: {how}."
    return Tampered(what, try_this="take another generation, or another copy of the backup")
