"""What comes before the commit: files that are new, that are held, that were read anew; with all that is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groundside.archive.preparing import Prepared, Product
from groundside.keep.rows import KeptOriginal, Stored

Blob = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Incoming:
    """
    A file about to be kept.

    Args:
        name: for people.
        origin: a note on where it came from.
        job_id: of the job that brings it; None where there is none.
    """

    name: str
    origin: str
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """
    What a worker made of a file, its objects already in the vault.

    Args:
        prepared: what the catalogue will hold.
        objects: what `Product.content` numbers.
        sent: what `Product.path` and `Product.positions` number.
        keys: those that it was read with, as the catalogue held them.
    """

    prepared: Prepared
    objects: Mapping[int, Stored]
    sent: Mapping[int, bytes]
    keys: str | None = None

    @classmethod
    def of(
        cls, prepared: Prepared, objects: Mapping[int, Stored], blobs: Sequence[Blob], keys: str | None = None
    ) -> Made:
        """Take of the blobs of a worker's answer what belongs to one file."""
        numbers = {number for p in prepared.products for number in (p.path, p.positions) if number is not None}
        return cls(prepared, objects, {number: bytes(blobs[number]) for number in numbers}, keys)

    def path(self, product: Product) -> bytes | None:
        """Give the path of a track; None of what has none."""
        return None if product.path is None else self.sent[product.path]

    def positions(self, product: Product) -> bytes | None:
        """Give the times and positions of a track; None where they were not sent along."""
        return None if product.positions is None else self.sent[product.positions]

    @property
    def weight(self) -> int:
        """About how many bytes of memory it takes."""
        rows = (self.prepared.reading, *self.prepared.cuts)
        texts = sum(len(text) for row in rows for text in row.values() if isinstance(text, str))
        return texts + sum(len(each) for each in self.sent.values())


@dataclass(frozen=True, slots=True)
class Arriving:
    """A file that comes: its bytes already in the vault, and what was made of them."""

    incoming: Incoming
    stored: Stored
    made: Made


@dataclass(frozen=True, slots=True)
class Held:
    """A file that came, whose very bytes are held and still there."""

    incoming: Incoming
    original_id: str


@dataclass(frozen=True, slots=True)
class Reread:
    """An original that is in the catalogue, read anew; `again` says how it came just now, None where it did not."""

    original: KeptOriginal
    made: Made
    again: Incoming | None = None


Brought = Arriving | Held | Reread


def objects_of(file: Brought) -> list[Stored]:
    """List the objects in the vault that came with a file."""
    own = [file.stored] if isinstance(file, Arriving) else []
    return own if isinstance(file, Held) else [*own, *file.made.objects.values()]
