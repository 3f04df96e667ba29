"""One file on its way in."""

from __future__ import annotations

from dataclasses import dataclass

from groundside.archive.brought import Brought, Held
from groundside.arrive.folder import Arrival, NotTaken
from groundside.keep.rows import KeptOriginal
from groundside.model.results import Received


@dataclass(slots=True)
class Slot:
    """
    One file from when it is found until it is committed.

    Args:
        found: what it was found as.
        held: the original that it turned out to be.
        keys: those that the original is read with.
        sent: its bytes, while a worker has them that may not see this machine's disk.
        here: it is done on this machine, whoever else works.
        deaths: how many workers did not survive it.
        brought: what came of it, ready for the commit.
        said: what there is to say of it, where nothing is to be committed.
        weight: about how many bytes of memory it takes while it waits.
    """

    found: Arrival | NotTaken | KeptOriginal
    held: KeptOriginal | None = None
    keys: str | None = None
    sent: bytes | None = None
    here: bool = False
    deaths: int = 0
    brought: Brought | None = None
    said: Received | None = None
    weight: int = 0

    @property
    def is_ready(self) -> bool:
        """Whether all is done that comes before the commit."""
        return self.brought is not None or self.said is not None

    @property
    def name(self) -> str:
        """Its name, for people."""
        return self.found.file_name if isinstance(self.found, KeptOriginal) else self.found.name

    @property
    def size(self) -> int:
        """Bytes to be read."""
        return 0 if isinstance(self.found, NotTaken) else self.found.size

    @property
    def original(self) -> KeptOriginal | None:
        """The original to be read anew, where it is one."""
        return self.found if isinstance(self.found, KeptOriginal) else self.held

    @property
    def found_elsewhere(self) -> bool:
        """Whether a worker was only told where it is."""
        return self.sent is None and self.original is None and not isinstance(self.found, NotTaken)

    def bring(self, brought: Brought) -> None:
        """Make it ready for the commit."""
        self.brought = brought
        self.weight = 0 if isinstance(brought, Held) else brought.made.weight
