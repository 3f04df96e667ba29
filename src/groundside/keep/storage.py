"""Where the settings say that objects are: always where the archive was begun; and the vault over that."""

from __future__ import annotations

import json
from pathlib import Path

from groundside.errors import BadSetting, Tampered, WrongArchive
from groundside.keep.archive_folder import ArchiveFolder
from groundside.keep.canonical import canonical
from groundside.keep.durable import disk_errors, write_file
from groundside.keep.object_store import ObjectStore
from groundside.keep.sealing.form import PlainForm, SealedForm
from groundside.keep.sealing.keys import ObjectKeys, VaultSecrets
from groundside.keep.store_disk import DiskStore
from groundside.keep.store_vault import StoreVault
from groundside.keep.vault import Vault
from groundside.settings import Settings

BOUND = "storage.json"
"""File in an archive's folder that says in which bucket its objects are; absent where they are in the folder."""
_HOW = "(docs/how-to/s3-storage.md)"


def open_store(folder: ArchiveFolder, settings: Settings) -> ObjectStore:
    """
    Open where the objects of an archive lie: always where it was begun.

    Raises:
        WrongArchive: the archive's objects are elsewhere, or the bucket's prefix belongs to another archive.
        BadSetting, Refused: what is set makes no sense, or would send everything in the clear.
        Unreachable: the server does not answer, or does not let us in.
        Tampered: the bucket holds objects of this archive, and the catalogue of them is gone.
    """
    bound = _bound(folder.path)
    if settings.storage:
        return _open_bucket(folder, settings, bound)
    if bound:
        what = f"The objects of this archive are not in its folder but in a bucket: {bound}."
        raise WrongArchive(what, try_this=f"set GROUNDSIDE_STORAGE and what belongs to it {_HOW}")
    return DiskStore(folder.path)


def vault_over(store: ObjectStore, keys: ObjectKeys, secrets: VaultSecrets, *, sealed: bool) -> Vault:
    """
    Give the vault whose objects lie in a store.

    Args:
        keys: knows the data keys of objects; asked only where the archive is sealed.
        secrets: of the archive; each is loaded when it is first needed.
        sealed: whether the archive is.
    """
    form = SealedForm(keys, secrets) if sealed else PlainForm()
    return StoreVault(store, form, secrets.fingerprint_key)


def _open_bucket(folder: ArchiveFolder, settings: Settings, bound: str) -> ObjectStore:
    try:
        from groundside.keep.bucket_owner import open_bucket_store  # needs a library that is an extra
    except ImportError as error:
        what = "The setting 'storage' names a bucket, and what speaks to buckets is not installed."
        raise BadSetting(what, try_this="pip install 'groundside[s3]'") from error
    if not bound and any((folder.path / "objects").glob("??/*")):
        what = "The objects of this archive are in its folder, and the setting 'storage' names a bucket."
        raise WrongArchive(what, try_this=f"leave that setting out, or move them first {_HOW}")
    store, place = open_bucket_store(folder, settings, new=not bound)
    if place != bound:
        with disk_errors():
            write_file(folder.path / BOUND, canonical({"storage": place}).encode())
    return store


def _bound(folder: Path) -> str:
    try:
        with disk_errors():
            content = (folder / BOUND).read_bytes() if (folder / BOUND).exists() else b'{"storage":""}'
        return str(json.loads(content)["storage"])
    except (ValueError, TypeError, KeyError) as error:
        what = f"The archive's file {BOUND} is damaged."
        raise Tampered(what, try_this="put it back from a copy of the archive") from error
