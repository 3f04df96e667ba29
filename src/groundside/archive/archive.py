"""An open archive: its methods are the verbs of the product."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from groundside.archive import (
    attesting,
    backing_up,
    changing,
    custodian,
    demonstrating,
    disclosing,
    erasing,
    ingesting,
    keeping,
    logged,
    looking,
    summing,
)
from groundside.archive.store import Store
from groundside.keep.archive_folder import open_folder
from groundside.keep.keys.keyring import sealing
from groundside.reference import places
from groundside.settings import Settings


class Archive(Store):
    """
    Everything kept in one folder. Get one by `Archive.open`; use it in a `with` block.

    Each method takes a `Caller` first; see `groundside.archive.verb` for what each does to custody.
    """

    ingest = ingesting.ingest
    receive = ingesting.receive
    watch = ingesting.watch
    resume = ingesting.resume
    flights = looking.flights
    flight = looking.flight
    track = looking.track
    log = logged.log
    diff = logged.diff
    lines = looking.lines
    files = looking.files
    export = looking.export
    resolve = looking.resolve
    totals = summing.totals
    heat = summing.heat
    about = looking.about
    annotate = changing.annotate
    merge = changing.merge
    unmerge = changing.unmerge
    add_keys = changing.add_keys
    jobs = keeping.jobs
    cancel = keeping.cancel
    events = keeping.events
    verify = keeping.verify
    rebuild = keeping.rebuild
    simulate = demonstrating.simulate
    key_status = custodian.key_status
    escrow_root = custodian.escrow_root
    restore_root = custodian.restore_root
    rotate_keys = custodian.rotate_keys
    backup = backing_up.backup
    erasure = erasing.erasure
    erase = erasing.erase
    finish_erasure = erasing.finish_erasure
    hold = erasing.hold
    lift_hold = erasing.lift_hold
    holds = erasing.holds
    evidence = disclosing.evidence
    ledger = attesting.ledger
    ledger_entries = attesting.ledger_entries
    prove = attesting.prove
    consistency = attesting.consistency
    keep_checkpoint = attesting.keep_checkpoint

    @classmethod
    def open(cls, folder: Path, settings: Settings | None = None, *, create: bool = False) -> Self:
        """
        Open the archive in a folder.

        Args:
            create: make one where the folder is empty or not there.

        Raises:
            WrongArchive: the folder is no archive, or a newer program wrote it.
        """
        given = settings or Settings()
        opened = open_folder(folder, create, sealing(given))
        places.use_cache(opened.cache)
        return cls(opened, given)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
