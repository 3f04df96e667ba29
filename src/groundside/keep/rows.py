"""What goes into the catalogue and comes out of it, where the nouns of `model` do not say it all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from groundside.model.decoded import ByteAccount, Fact, Problem
from groundside.model.digest import Digest
from groundside.model.flight import Cut, Place
from groundside.model.lineage import Derived
from groundside.model.recording import Recording


class ReadingState(StrEnum):
    """How far the reading of an original came."""

    KEPT = "kept"
    """Not tried yet; never stored, this is an original without a reading."""
    READ = "read"
    NOT_UNDERSTOOD = "not-understood"
    TOO_LARGE = "too-large"
    FAILED = "failed"
    LOCKED = "locked"
    """Read, but its track is encrypted and no key is held."""


@dataclass(frozen=True, slots=True)
class Stored:
    """
    Bytes that are durably in the vault.

    Args:
        object_id: the random id that they have there.
        size: how many.
        digest: their SHA-256, as they came.
        key: their data key, 32 bytes, where the archive is sealed; only as the vault gave it, never as read from a row.
    """

    object_id: str
    size: int
    digest: Digest
    key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOriginal:
    """An original as the catalogue lists it; `file_name` is the first name it arrived under."""

    id: str
    object_id: str
    digest: Digest
    size: int
    fingerprint: str
    case: str
    received_us: int
    file_name: str
    state: ReadingState
    format: str
    code: str
    """Name and version of the code that read it; empty while it is only kept."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One time that an original came, and under which name; `origin` is a note on where from."""

    original_id: str
    file_name: str
    origin: str
    at_us: int
    job_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    What one version of the code made of one original.

    Args:
        derived: of which original, by which code, told what.
        format: name of the format; empty where none recognised it.
        problem_count: how many there were; `problems` may hold fewer.
        track: the whole recording's track, already in the vault.
    """

    derived: Derived
    state: ReadingState
    at_us: int
    format: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    account: ByteAccount = field(default_factory=lambda: ByteAccount(0, 0, 0))
    recording: Recording | None = None
    track: Stored | None = None
    track_rows: int = 0


@dataclass(frozen=True, slots=True)
class DerivedObject:
    """An object of the vault that can be made again, and how; `kind` is "track" or a product's name."""

    stored: Stored
    kind: str
    derived: Derived


@dataclass(frozen=True, slots=True, order=True)
class CutRef:
    """Which cut: the original's id and the cut's place in it. The same when the original is read again."""

    original_id: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class Box:
    """Bounds of a track, degrees of WGS 84."""

    min_lon: float
    min_lat: float
    max_lon: float
    max_lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCut:
    """One flight's worth of one recording, with all that a flight made of it alone would show."""

    ref: CutRef
    derived: Derived
    summary: Cut
    box: Box | None = None
    place: Place | None = None
    track_object: str | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightFacts:
    """
    All of a flight that is computed from its sources, and so may be computed again.

    Args:
        summary: as the flight is shown; its times, distance and aircraft are what is searched and sorted by.
        box: bounds of its track; where it has none, the home point is taken.
        track_object: the vault's id of its track; must have been registered as a derived object.
        chosen: the cut whose track it is.
    """

    summary: Cut
    place: Place | None = None
    box: Box | None = None
    track_object: str | None = None
    chosen: CutRef | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """
    How a cut belongs to a flight; see `FlightSource`.

    Args:
        clock_error_s: how far `clock_offset_s` may be off.
        by_person: someone said so, and no rebuild undoes it.
    """

    why: str = ""
    clock_offset_s: float | None = None
    clock_error_s: float | None = None
    chosen: bool = False
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class Attached:
    """A cut that belongs to a flight, and how."""

    ref: CutRef
    flight_id: str
    fit: Fit


@dataclass(frozen=True, slots=True)
class ToldBy:
    """What one source alone says of a flight, and how it belongs to it."""

    kept: KeptCut
    fit: Fit
    format: str
    sha256: Digest
    """Of its file."""


@dataclass(frozen=True, slots=True)
class Note:
    """What someone wrote on a flight, under a key such as "remark" or "pilot"."""

    flight_id: str
    """The flight it was written on, also where that is now an alias."""
    key: str
    text: str
    author: str
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """`alias` was made part of `into`; `undone_us` where that was taken back."""

    id: str
    alias: str
    into: str
    who: str
    at_us: int
    why: str
    by_person: bool
    moved: tuple[CutRef, ...]
    undone_us: int | None


class OfferState(StrEnum):
    """What became of a suggested merge."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A suggestion to a person that a cut tells of a flight; `evidence` is JSON text."""

    id: str
    flight_id: str
    ref: CutRef
    evidence: str
    state: OfferState
    at_us: int
    decided_by: str
    decided_us: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over flights (bench runs and unknown values left out)."""

    flights: int
    airborne_s: float
    distance_m: float
    max_height_m: float | None
    first_start_us: int | None
    last_start_us: int | None
