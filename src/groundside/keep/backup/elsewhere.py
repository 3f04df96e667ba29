"""A restored catalogue, out of its file and into the database that a setting names."""

from __future__ import annotations

from groundside.errors import Tampered
from groundside.keep.archive_folder import ArchiveFolder
from groundside.keep.catalogue import Catalogue
from groundside.keep.checks import row_faults
from groundside.keep.keys.custody import Custody
from groundside.keep.keys.keyring import Keyring
from groundside.keep.location import parse, place
from groundside.keep.table_copy import enter


def move_catalogue(folder: ArchiveFolder, keyring: Keyring, url: str) -> str:
    """
    Bring the catalogue that is in a folder into an empty database, and look through it there; the file goes.

    Args:
        folder: that is not yet an archive.
        keyring: opened.
        url: the setting `catalogue`.

    Returns:
        Which database it is, for the marker.

    Raises:
        Conflict: the database is not empty. WrongArchive: it is that of something else.
        Tampered: what is in it now is not what was in the file; a defect of the database.
        BadSetting, Refused, Unreachable, NoSpace: it cannot be used.
    """
    where = parse(url)
    here = Catalogue.open(folder.catalogue_url, backup_folder=None)
    try:
        with here.read() as reader:
            enter(reader.connection, where)
    finally:
        here.close()
    there = Catalogue.open(where, backup_folder=None)
    try:
        there.custody = Custody(keyring)
        there.belong_to(folder.id, new=False)
        if faults := row_faults(there):
            what = f"The catalogue is not the same in the database: {faults[0].about}: {faults[0].what}"
            raise Tampered(what, try_this="restore into another, empty database")
    finally:
        there.close()
    for each in folder.path.glob("catalogue.sqlite*"):
        each.unlink()
    return place(where)
