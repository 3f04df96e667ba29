"""Workers for many files: how much one is given at once, what it may take, and their start ahead of the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundside.archive.store import Store
from groundside.arrive.folder import Arrival
from groundside.workers import Limits, hands_of, start

PARCEL_FILES, PARCEL_BYTES = 32, 4 << 20
"""What one worker is given at once: little, so that all end together; enough that one flush of the disk serves many."""
_RUN = "groundside.archive.errands:run"
"""What they do; by name, for whoever hires them early has not loaded it."""


@dataclass(frozen=True, slots=True)
class How:
    """
    How files are brought in.

    Args:
        limit: larger files are not taken; the setting `max_file_bytes` where None.
        workers: who reads; the setting `workers` where None.
        job_id: of the job that brings them, None where there is none.
    """

    limit: int | None = None
    workers: str | None = None
    job_id: str | None = None


def limits_of(store: Store) -> Limits:
    """Say what one worker may take."""
    return Limits(store.settings.worker_memory_bytes, store.settings.worker_seconds)


def hire(store: Store, named: str | None, found: Sequence[Arrival]) -> None:
    """
    Start as many processes as will have anything to do: they load their code while whoever hires them loads its own.

    Args:
        store: the archive.
        named: who is to work, as `crew` takes it; the setting `workers` where None.
        found: what is to be done.
    """
    parcels = max(-(-len(found) // PARCEL_FILES), sum(each.size for each in found) // PARCEL_BYTES)
    hands = hands_of((store.settings.workers if named is None else named) or "")
    start(_RUN, limits_of(store), min(hands, parcels))
