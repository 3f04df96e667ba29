"""The contract of a format plug-in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from groundside.model.decoded import Decoded, Fact
from groundside.model.log import Log
from groundside.model.recording import Recording
from groundside.model.source import Source
from groundside.model.track import Track

HEAD_BYTES = 64 * 1024
"""How much of the start of a file `recognises` is shown; the whole file where it is shorter."""

Kind = Literal["log", "photo", "video", "mission", "capture"]


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """
    One key of an encrypted flight record.

    Args:
        feature_point: which family of records it opens, as DJI numbers them.
        key: AES key, 32 bytes.
        iv: first initialisation vector, 16 bytes.
    """

    feature_point: int
    key: bytes
    iv: bytes


Keychains = tuple[tuple[KeyEntry, ...], ...]
"""The key groups of one file, in the order in which the file switches between them."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a decoder may be given besides the bytes."""

    keychains: Keychains = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """
    What a decoder reads and what not, for people; the reference page is made of it. One sentence or name an entry.

    Args:
        reads: versions, dialects and variants that are read.
        infers: what is inferred and not read, and said so in the facts.
        leaves: what is not understood, and kept as unknown bytes or passed over.
        checked_on: real files it was checked on, and against what.
    """

    reads: tuple[str, ...] = ()
    infers: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    checked_on: tuple[str, ...] = ()


NOT_SAID = Coverage()


@dataclass(frozen=True, slots=True)
class Format:
    """
    How to recognise and read one kind of file.

    Args:
        name: short and permanent, as it is stored: "ardupilot-dataflash".
        title: as people read it.
        kind: what sort of file it is.
        suffixes: usual file suffixes, lower case with the dot; a hint for people, never trusted.
        recognises: shown the first `HEAD_BYTES`, says whether this is such a file; cheap; never raises.
        decode: reads the whole; never raises on bad bytes; memory bounded by the size of `data`.
        recording: sums a decoded file up in normalised terms.
        track: makes the one track of it, in order of time; None where there is none.
        source: where the format is described.
        version: of this decoder; raised whenever its output changes, so that `rebuild` knows what is stale.
        key_request: for encrypted files, what to ask the key service (plain JSON values); None where nothing
            is encrypted.
        keys_from_answer: reads what the key service answered (parsed JSON); raises `BadRequest` where that
            makes no sense.
        log: parameters, messages, events and hardware; None where such a file never holds any.
        own_clock_us: how much the clock of its tables is behind that of its track, where its tables are `LateTables`
            that can be cut by time; None where they cannot.
        magic: bytes that begin such files and no others, so that no other format needs to be asked; empty where there
            are none.
        begins: shown the same as `recognises`, says whether the file begins as such files and no others do, in a
            microsecond where it does not; None where only the magic, or a look at all of it, can tell.
        coverage: what is read and what not, for the reference page.
        experimental: built from a description only; no real file was read by anyone here yet.
    """

    name: str
    title: str
    kind: Kind
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    decode: Callable[[memoryview, Options], Decoded]
    recording: Callable[[Decoded], Recording]
    track: Callable[[Decoded], Track | None]
    source: Source
    version: int = 1
    key_request: Callable[[memoryview], dict[str, Fact] | None] | None = None
    keys_from_answer: Callable[[object], Keychains] | None = None
    log: Callable[[Decoded], Log] | None = None
    own_clock_us: Callable[[Decoded], int] | None = None
    magic: bytes = b""
    begins: Callable[[bytes], bool] | None = None
    coverage: Coverage = NOT_SAID
    experimental: bool = False
