"""What the tests of keys are made of: a sealed archive with a catalogue, and objects with keys in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from groundside.keep.archive_folder import ArchiveFolder, open_folder
from groundside.keep.catalogue import Catalogue
from groundside.keep.keys.custody import Custody
from groundside.keep.keys.keyring import Keyring, sealing
from groundside.keep.keys.object_keys import CatalogueKeys
from groundside.keep.keys.root import default_file
from groundside.keep.pairing import open_catalogue
from groundside.keep.rows import Stored
from groundside.model.caller import GENERAL
from groundside.settings import Settings
from tests.keep_builders import TESTER, add_original, sqlite_url, stored


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed archive without a vault."""

    folder: ArchiveFolder
    keyring: Keyring
    custody: Custody
    catalogue: Catalogue
    keys: CatalogueKeys

    @property
    def key_file(self) -> Path:
        return default_file(self.folder.id)

    def add(self, case: str = GENERAL) -> Stored:
        """Record an original whose object has a key."""
        new = with_key()
        with self.catalogue.commit(TESTER) as writer:
            add_original(writer, what=new, case=case)
        return new


def with_key(content: bytes | None = None) -> Stored:
    return replace(stored(content), key=os.urandom(32))


@contextmanager
def opened(path: Path, settings: Settings | None = None) -> Iterator[Sealed]:
    """Open the sealed archive in a folder as a process of its own would; it is made where there is none."""
    told = settings or Settings()
    folder = open_folder(path, create=True, seal=sealing(told))
    if told.catalogue is None:
        sqlite_url(folder.path)  # migrated once a run
    catalogue = open_catalogue(folder, told.catalogue)
    keyring = Keyring(folder, told)
    catalogue.custody = Custody(keyring)
    try:
        yield Sealed(folder, keyring, catalogue.custody, catalogue, CatalogueKeys(catalogue, catalogue.custody))
    finally:
        catalogue.close()


def home_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a test a data folder of its own, empty."""
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    return folder
