"""What every verb works on: the vault, the catalogue, the settings and the clock of one archive."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from groundside.errors import NotFound, Tampered
from groundside.keep.actions import begin
from groundside.keep.archive_folder import ArchiveFolder
from groundside.keep.keys.custody import Custody
from groundside.keep.keys.keyring import Keyring
from groundside.keep.keys.object_keys import CatalogueKeys
from groundside.keep.pairing import open_catalogue
from groundside.keep.residency import refuse_abroad
from groundside.keep.storage import open_store, vault_over
from groundside.model.caller import Caller
from groundside.outbound import Passage, gate
from groundside.settings import Settings

OPENING = Caller("groundside", "opening")
"""Whoever opens an archive is not known yet: each verb says that for itself."""


class Store:
    """The open parts of one archive; verbs are functions on it."""

    def __init__(self, folder: ArchiveFolder, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        refuse_abroad(settings)
        with gate(settings.outbound) as passed:
            self.objects = open_store(folder, settings)  # first, for it notices objects whose catalogue is gone
            self.catalogue = open_catalogue(folder, settings.catalogue)
        self.keyring = Keyring(folder, settings)
        self.custody = self.catalogue.custody = Custody(self.keyring)
        self.keys = CatalogueKeys(self.catalogue, self.custody)
        if not (folder.sealed or folder.has_keyring):
            self.catalogue.adopt()
        self.vault = vault_over(self.objects, self.keys, self.keyring, sealed=folder.sealed)
        self.passed = tuple(passed)
        """Whither connections were opened with it."""
        enter_passages(self, OPENING, self.passed)

    def now_us(self) -> int:
        """Tell the time: UTC microseconds."""
        return time.time_ns() // 1000

    @property
    def cache(self) -> Path:
        """Where rebuildable copies may be written."""
        return self.folder.cache

    def key_to_lend(self, object_id: str) -> str:
        """
        Give the key of one object for a worker that is to read it, in hexadecimal.

        Empty where the archive is not sealed, and where no key is to be had: the worker then says that it has none.
        """
        if not self.folder.sealed:
            return ""
        try:
            return self.keys.key_of(object_id).hex()
        except (NotFound, Tampered):
            return ""

    def close(self) -> None:
        """Let go of the database."""
        self.catalogue.close()


def enter_passages(store: Store, caller: Caller, passed: Sequence[Passage], hands: int = 1) -> None:
    """
    Enter in the ledger whither connections were opened; nothing where there were none.

    Args:
        caller: on whose behalf; where that is no action of a verb, an entry of its own is made.
        passed: what the gate let pass.
        hands: how many processes opened their own.
    """
    if not passed:
        return
    acting = caller if caller.action else replace(caller, action=begin("outbound"))
    with store.catalogue.commit(acting) as writer:
        for each in passed:
            details = json.dumps({**asdict(each), "processes": hands})
            writer.event("outbound", about=f"{each.host}:{each.port}", details=details, at_us=store.now_us())
        if not caller.action:
            writer.seal(acting.action, at_us=store.now_us())
