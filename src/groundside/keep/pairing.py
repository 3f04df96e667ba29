"""An archive's folder and its catalogue, in it or in a database elsewhere: never one in each, never a stranger's."""

from __future__ import annotations

from sqlalchemy import URL

from groundside.errors import WrongArchive
from groundside.keep.archive_folder import ArchiveFolder, alone_in, has_catalogue_file, record_catalogue_place
from groundside.keep.catalogue import Catalogue
from groundside.keep.location import parse, place


def open_catalogue(folder: ArchiveFolder, url: str | None) -> Catalogue:
    """
    Open the catalogue of an archive; make it where the archive is new.

    Any number of processes may do so at once.

    Args:
        folder: of the archive.
        url: the setting `catalogue`; None where the catalogue is a file in the folder.

    Raises:
        WrongArchive: the catalogue is elsewhere than the setting says, or is that of another archive.
        Tampered: the database that should hold it is empty, or damaged.
        BadSetting, Refused, Unreachable: the database that the setting names cannot be used.
    """
    elsewhere = parse(url) if url else None
    if folder.catalogue_place or has_catalogue_file(folder):
        return _open(folder, elsewhere)
    with alone_in(folder) as now:
        return _open(now, elsewhere)


def _open(folder: ArchiveFolder, elsewhere: URL | None) -> Catalogue:
    if elsewhere is None:
        return _open_file(folder)
    if not folder.catalogue_place and has_catalogue_file(folder):
        what = "This archive has its catalogue in its folder, and the setting 'catalogue' names a database."
        raise WrongArchive(what, try_this="leave the setting 'catalogue' out, or give another folder with --archive")
    catalogue = Catalogue.open(elsewhere, backup_folder=folder.backups)
    try:
        catalogue.belong_to(folder.id, new=not folder.catalogue_place)
        if not folder.catalogue_place:
            record_catalogue_place(folder, place(elsewhere))
    except BaseException:
        catalogue.close()
        raise
    return catalogue


def _open_file(folder: ArchiveFolder) -> Catalogue:
    if folder.catalogue_place:
        what = f"The catalogue of this archive is in a database: {folder.catalogue_place} when the archive was made."
        raise WrongArchive(what, try_this="set GROUNDSIDE_CATALOGUE to the URL of that database")
    catalogue = Catalogue.open(folder.catalogue_url, backup_folder=folder.backups)
    try:
        catalogue.belong_to(folder.id, new=True)
    except BaseException:
        catalogue.close()
        raise
    return catalogue
