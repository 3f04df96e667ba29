"""A SHA-256 digest, checked at the edge so that nothing unchecked ever reaches a path or a query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from groundside.errors import BadRequest

_HEX = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """
    The SHA-256 of some bytes, as 64 lower-case hexadecimal characters.

    Raises:
        BadRequest: the text is not exactly that.
    """

    hex: str

    def __post_init__(self) -> None:
        if not _HEX.match(self.hex):
            what = f"{self.hex[:80]!r} is not a SHA-256 digest (64 characters 0-9 and a-f)."
            raise BadRequest(what)

    @classmethod
    def of_bytes(cls, raw: bytes) -> Self:
        """Make a digest of the 32 bytes that a hash function gave."""
        return cls(raw.hex())

    def __str__(self) -> str:
        return self.hex
