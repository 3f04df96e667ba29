"""What can be made of one original: a pure function of its bytes, so that any worker may run it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from groundside.archive.reading import options_for
from groundside.decode.format import HEAD_BYTES
from groundside.decode.known import formats, recognise
from groundside.decode.reading import Reading, not_understood, read_bytes
from groundside.model.decoded import ByteAccount, Decoded, Problem
from groundside.model.flight import Cut
from groundside.model.recording import Recording, TimeBasis
from groundside.model.track import Track
from groundside.produce.flight.cut import cut
from groundside.simulate import MARK

READ, LOCKED, NOT_UNDERSTOOD, TOO_LARGE, FAILED = "read", "locked", "not-understood", "too-large", "failed"
MARK_WITHIN, MARK_WORD = 1 << 20, "SIMULATED"
PRODUCE_VERSION = 1
"""Raised when the cutting of flights changes, so that what was cut before counts as stale."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """
    All that was made of one original.

    Args:
        code: name and version of the decoder and of the cutting: the lineage.
        format: name of the format, empty where none recognised it.
        state: "read", "locked", "not-understood", "too-large" or "failed".
        decoded: facts, problems and the account of bytes; its tables are not kept.
        cuts: the flights in it.
        track: the track of the whole recording.
        simulated: the file says of itself that it was simulated.
    """

    code: str
    format: str
    state: str
    decoded: Decoded
    recording: Recording
    cuts: tuple[Cut, ...]
    track: Track | None
    simulated: bool = False


def current_codes() -> frozenset[str]:
    """Give the lineage names that this program would write now."""
    return frozenset({*(_code(f"{f.name}/{f.version}") for f in formats()), _code("unrecognised/1")})


def derive(data: memoryview, keys: object, limit: int) -> Derivation:
    """
    Recognise, decode, and cut into flights.

    Args:
        data: the whole original.
        keys: the answer of a key service, or None.
        limit: larger originals are not read.
    """
    if len(data) > limit:
        return _unread(len(data), TOO_LARGE, f"larger than max_decode_bytes ({limit:,}); kept, not read")
    try:
        kind = recognise(bytes(data[:HEAD_BYTES]))
        return _derived(read_bytes(data, options_for(kind, keys)), marked=_is_marked(data))
    except Exception as defect:  # noqa: BLE001, RUF100 - a defect in one decoder must not stop the folder
        return _unread(
            len(data),
            FAILED,
            f"the decoder failed, which is a defect of it: {type(defect).__name__}: {defect}",
        )


def _derived(reading: Reading, *, marked: bool) -> Derivation:
    if reading.kind is None:
        return _unread(reading.account.total, NOT_UNDERSTOOD, reading.problems[0].what)
    recording, track = reading.recording(), reading.track()
    return Derivation(
        code=_code(reading.code),
        format=reading.kind.name,
        state=LOCKED if recording.track_locked else READ,
        decoded=replace(reading.decoded, tables={}),
        recording=recording,
        cuts=cut(recording, track),
        track=track,
        simulated=marked or reading.facts.get("simulated") is True or MARK_WORD in recording.aircraft.name,
    )


def _unread(size: int, state: str, why: str) -> Derivation:
    decoded = not_understood(size) if state == NOT_UNDERSTOOD else _lost(size, why)
    nothing = Recording(time_basis=TimeBasis.NONE)
    return Derivation(_code("unrecognised/1"), "", state, decoded, nothing, (), None)


def _lost(size: int, why: str) -> Decoded:
    return Decoded({}, {}, (Problem(0, size, why),), ByteAccount(size, 0, size))


def _code(decoder: str) -> str:
    return f"{decoder}+cut/{PRODUCE_VERSION}"


def _is_marked(data: memoryview) -> bool:
    """Whether our own simulator wrote it: it leaves its mark near the start of whatever it writes."""
    return MARK.encode() in bytes(data[:MARK_WITHIN])
