"""What every verb works on: the vault, the catalogue, the settings and the clock of one archive."""

from __future__ import annotations

import time
from pathlib import Path

from groundside.keep.archive_folder import ArchiveFolder
from groundside.keep.catalogue import Catalogue
from groundside.keep.vault import Vault
from groundside.settings import Settings


class Store:
    """The open parts of one archive; verbs are functions on it."""

    def __init__(self, folder: ArchiveFolder, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self.vault = Vault(folder.path, folder.key)
        self.catalogue = Catalogue.open(folder.catalogue_url, backup_folder=folder.backups)

    def now_us(self) -> int:
        """Tell the time: UTC microseconds."""
        return time.time_ns() // 1000

    @property
    def cache(self) -> Path:
        """Where rebuildable copies may be written."""
        return self.folder.cache

    def close(self) -> None:
        """Let go of the database."""
        self.catalogue.close()
