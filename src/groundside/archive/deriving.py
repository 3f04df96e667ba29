"""What can be made of one original: a pure function of its bytes, so that any worker may run it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from groundside.archive.photo_facts import photo_in
from groundside.archive.reading import Reading, formats, read
from groundside.model.decoded import ByteAccount, Decoded, Problem
from groundside.model.flight import Cut
from groundside.model.footprint import Footprint, NoFootprint
from groundside.model.log import Log
from groundside.model.photo import Photo
from groundside.model.recording import Recording, TimeBasis
from groundside.model.track import Track
from groundside.produce.flight.cut import cut

READ, LOCKED, NOT_UNDERSTOOD, TOO_LARGE, FAILED = "read", "locked", "not-understood", "too-large", "failed"
MARK_WORD = "SIMULATED"
PICTURES = ("photo", "video")
"""Kinds of formats of which no flights are made."""
PRODUCE_VERSION = 4
"""Raised when the cutting of flights changes, so that what was cut before counts as stale."""


@dataclass(frozen=True, slots=True)
class Picture:
    """
    What was made of a photo or video besides.

    Args:
        photo: what the file says.
        footprint: what it shows of the ground, over level ground at the height of take-off; None of a video.
        thumbnail: a small JPEG of it; None where its pixels cannot be decoded.
    """

    photo: Photo
    footprint: Footprint | NoFootprint | None
    thumbnail: bytes | None


@dataclass(frozen=True, slots=True)
class Derivation:
    """
    All that was made of one original.

    Args:
        code: name and version of the decoder and of the cutting: the lineage.
        format: name of the format, empty where none recognised it.
        state: "read", "locked", "not-understood", "too-large" or "failed".
        decoded: facts, problems and the account of bytes, without tables: they are not kept.
        cuts: the flights in it.
        track: the track of the whole recording.
        simulated: the file says of itself that it was simulated.
        picture: of a photo or video; None of every other file.
    """

    code: str
    format: str
    state: str
    decoded: Decoded
    recording: Recording
    cuts: tuple[Cut, ...]
    track: Track | None
    simulated: bool = False
    picture: Picture | None = None


def current_codes(limit: int) -> frozenset[str]:
    """Give the lineage names that this program would write now, with a limit of so many bytes to read."""
    reads = {_code(f"{f.name}/{f.version}") for f in formats()}
    return frozenset({*reads, _unrecognised(), _too_large(limit)})


def derive(data: memoryview, keys: object, limit: int) -> Derivation:
    """
    Recognise, decode, and cut into flights.

    Args:
        data: the whole original.
        keys: the answer of a key service, or None.
        limit: larger originals are not read.

    Raises:
        MemoryError: this process may not have as much as it takes.
    """
    if len(data) > limit:
        what = f"larger than max_decode_bytes ({limit:,}); kept, not read"
        return _unread(TOO_LARGE, _lost(len(data), what), _too_large(limit))
    try:
        return _derived(read(data, keys=keys), data)
    except MemoryError:
        raise
    except Exception as defect:  # one decoder's defect must not stop the folder
        return failed(len(data), f"the decoder failed, which is a defect of it: {type(defect).__name__}: {defect}")


def log_in(data: memoryview, keys: object) -> Log:
    """
    Read what an original says besides its track: parameters, messages, events, hardware.

    Asked for when somebody wants to see it, of an original that `derive` could read; empty where that is nothing.

    Raises:
        MemoryError: this process may not have as much as it takes.
    """
    return read(data, keys=keys).log()


def failed(size: int, why: str, code: str = "") -> Derivation:
    """
    Say of an original that it could not be read, and why.

    Args:
        size: of the original.
        why: one sentence.
        code: the lineage; empty where it is to be tried again when there are other formats.
    """
    return _unread(FAILED, _lost(size, why), code or _unrecognised())


def given_up(memory_bytes: int, seconds: float) -> str:
    """Give the lineage of what no worker survived reading within some limits: to be tried again within others."""
    return _code(f"given-up/{memory_bytes}/{seconds:g}")


def _derived(reading: Reading, data: memoryview) -> Derivation:
    if reading.kind is None:
        return _unread(NOT_UNDERSTOOD, reading.decoded, _unrecognised())
    if reading.kind.kind in PICTURES:
        return _of_picture(reading, data)
    recording, track = reading.recording(), reading.timed_track()
    return Derivation(
        code=_code(reading.code),
        format=reading.kind.name,
        state=LOCKED if recording.track_locked else READ,
        decoded=reading.said(),
        recording=recording,
        cuts=cut(recording, track) if _tells_of_a_flight(recording, track) else (),
        track=track,
        simulated=reading.facts.get("simulated") is True or MARK_WORD in recording.aircraft.name,
    )


def _of_picture(reading: Reading, data: memoryview) -> Derivation:
    from groundside.archive.footprints import footprint_of  # late: whoever reads logs needs none of this
    from groundside.produce.imagery.thumbnail import thumbnail

    photo = photo_in(reading.facts)
    if photo is None or reading.kind is None:
        return _unread(NOT_UNDERSTOOD, reading.decoded, _unrecognised())
    still = photo.kind == "photo"
    picture = Picture(photo, footprint_of(photo) if still else None, thumbnail(data) if still else None)
    return Derivation(
        code=_code(reading.code),
        format=reading.kind.name,
        state=READ,
        decoded=reading.said(),
        recording=reading.recording(),
        cuts=(),
        track=None,
        simulated=reading.facts.get("simulated") is True,
        picture=picture,
    )


def _tells_of_a_flight(recording: Recording, track: Track | None) -> bool:
    """Whether there is anything to put into a logbook: a track, or when or how long it was."""
    if track is not None or recording.track_locked:
        return True
    return recording.start_us is not None or bool(recording.local_start) or bool(recording.duration_s)


def _unread(state: str, decoded: Decoded, code: str) -> Derivation:
    nothing = Recording(time_basis=TimeBasis.NONE)
    return Derivation(code, "", state, decoded, nothing, (), None)


def _lost(size: int, why: str) -> Decoded:
    return Decoded({}, {}, (Problem(0, size, why),), ByteAccount(size, 0, size))


def _code(decoder: str) -> str:
    return f"{decoder}+cut/{PRODUCE_VERSION}"


def _unrecognised() -> str:
    """Name all formats known, so that what none of them reads is tried again when there are new ones."""
    known = ",".join(sorted(f"{f.name}/{f.version}" for f in formats()))
    return _code(f"unrecognised/{hashlib.sha256(known.encode()).hexdigest()[:12]}")


def _too_large(limit: int) -> str:
    return _code(f"too-large/{limit}")
