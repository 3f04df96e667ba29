"""What every verb works on: the vault, the catalogue, the settings and the clock of one archive."""

from __future__ import annotations

import time
from pathlib import Path

from groundside.keep.archive_folder import ArchiveFolder
from groundside.keep.pairing import open_catalogue
from groundside.keep.storage import open_vault
from groundside.settings import Settings


class Store:
    """The open parts of one archive; verbs are functions on it."""

    def __init__(self, folder: ArchiveFolder, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self.vault = open_vault(folder, settings)
        self.catalogue = open_catalogue(folder, settings.catalogue)

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
