"""One prefix of a bucket, one archive: a small object in it says whose it is."""

from __future__ import annotations

import json
from contextlib import suppress

from groundside.errors import Conflict, NotFound, Tampered, WrongArchive
from groundside.keep.archive_folder import ArchiveFolder, has_catalogue_file
from groundside.keep.bucket import Bucket
from groundside.keep.bucket_address import address_of
from groundside.keep.canonical import canonical
from groundside.keep.store_s3 import BucketStore
from groundside.settings import Settings

OWNER = "groundside-archive.json"
FORMAT_VERSION = 1


def open_bucket_store(folder: ArchiveFolder, settings: Settings, *, new: bool) -> tuple[BucketStore, str]:
    """
    Open the store of an archive in the bucket that is set.

    Args:
        new: the archive was never in a bucket, so a prefix that belongs to nobody becomes its own.

    Returns:
        The store, and where it is, for people.

    Raises:
        WrongArchive: the prefix belongs to another archive, or to nobody although the archive is not new.
        Tampered: there are objects, and the catalogue of them is gone.
    """
    address = address_of(settings)
    bucket = Bucket(address)
    if new:
        with suppress(Conflict):  # it is somebody's: whose, is looked at next
            bucket.create(OWNER, canonical({"archive": folder.id, "format": FORMAT_VERSION}).encode())
    _refuse_stranger(bucket, folder.id)
    store = BucketStore(folder.path, bucket)
    if not folder.catalogue_place and not has_catalogue_file(folder) and any(store.ids()):
        what = f"This archive has objects in {address.place}, but its catalogue is gone."
        raise Tampered(what, try_this="put it back from a copy of the archive, or from its folder backups")
    return store, address.place


def _refuse_stranger(bucket: Bucket, archive_id: str) -> None:
    place = bucket.address.place
    try:
        owner = json.loads(bytes(bucket.get(OWNER)[1] or b""))["archive"]
    except NotFound:
        what = f"The objects of this archive are not in {place}: nothing there says whose it is."
        raise WrongArchive(what, try_this="correct the settings that begin with storage") from None
    except (ValueError, TypeError, KeyError) as error:
        what = f"{OWNER} in {place} is damaged."
        raise Tampered(what, try_this="put it back from a copy of the bucket") from error
    if owner != archive_id:
        what = f"{place} holds the objects of another archive."
        raise WrongArchive(what, try_this="give this archive a bucket or a prefix of its own in the setting 'storage'")
