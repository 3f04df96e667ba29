"""The verb `evidence`: flights with their files and all that proves them, about to leave for another party."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

import groundside
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, Conflict
from groundside.keep.catalogue import Reader
from groundside.keep.ledger import standalone
from groundside.keep.proving import Cosigned, Proven, ProvenEntry, ProvenEvent, proven
from groundside.keep.rows import KeptOriginal
from groundside.keep.tracks import get_track
from groundside.model.caller import Caller
from groundside.model.decoded import Problem
from groundside.model.digest import Digest
from groundside.model.flight import Flight
from groundside.model.track import Track

__all__ = ["Cosigned", "Evidence", "EvidenceFile", "EvidenceFlight", "Proven", "ProvenEntry", "ProvenEvent", "evidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """
    An original that tells of one of the flights.

    Args:
        id: permanent; events name it so.
        name: the first that it came under.
        received_us: when it first came, UTC microseconds.
        others: how many flights it tells of that are not in this evidence: its bytes tell of them nonetheless.
        open: opens its bytes, as they came, to be read once.
    """

    id: str
    name: str
    size: int
    sha256: Digest
    format: str
    received_us: int
    others: int
    open: Callable[[], BinaryIO] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFlight:
    """A flight, the problems that were met in its files (file, problem), and what reads its track: None without one."""

    flight: Flight
    problems: tuple[tuple[str, Problem], ...]
    track: Callable[[], Track] | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """
    All that goes into a package.

    Args:
        archive_id: of the archive it is from.
        version: of this program.
        made_us: when, UTC microseconds.
        who, why: who gave it out, and the reason.
        flights: as they were asked for, each once.
        files: their originals.
        proven: what the ledger says of them.
        verifier: the program that verifies the package, which needs only Python.
    """

    archive_id: str
    version: str
    made_us: int
    who: str
    why: str
    flights: tuple[EvidenceFlight, ...]
    files: tuple[EvidenceFile, ...]
    proven: Proven
    verifier: bytes = field(repr=False)


@verb(Effect.REVEALS)
def evidence(store: Store, caller: Caller, flights: Sequence[str], why: str) -> Evidence:
    """
    Give flights with their files and what proves them. That they leave, and why, is recorded before they do.

    Nothing is said of other flights, except by the bytes of a file that tells of several.

    Args:
        flights: their ids.
        why: the reason, and for whom.

    Raises:
        BadRequest: no flight, or no reason.
        NotFound: no such flight in the caller's scope.
        Conflict: the ledger does not bind the bytes of a file, for an older program took it in.
    """
    if not flights or not why.strip():
        what = "Evidence is of one flight at least, and is given for a reason."
        raise BadRequest(what, try_this="groundside evidence FLIGHT --to FOLDER --why 'insurance claim 4711'")
    with store.catalogue.read() as reader:
        found = list({each.id: each for each in (reader.flight(one, caller.scope) for one in flights)}.values())
        files = _files(store, reader, caller, found)
        about = [*(each.id for each in files), *(name for one in found for name in (one.id, *one.aliases))]
        proof = proven(reader.connection, about, caller.scope, store.custody.verifier())
        told = tuple(_flight(store, reader, caller, each) for each in found)
    proof = _binding(proof, files)
    now_us = store.now_us()
    with store.catalogue.commit(caller) as writer:
        for one in found:
            details = json.dumps({"why": why, "files": [source.recording_id for source in one.sources]})
            writer.event("evidence", about=one.id, details=details, at_us=now_us, case=one.case)
    return Evidence(
        archive_id=store.folder.id,
        version=groundside.__version__,
        made_us=now_us,
        who=caller.who,
        why=why,
        flights=told,
        files=files,
        proven=proof,
        verifier=Path(standalone.__file__).read_bytes(),
    )


def _files(store: Store, reader: Reader, caller: Caller, found: Sequence[Flight]) -> tuple[EvidenceFile, ...]:
    wanted = {each.id for each in found}
    ids = dict.fromkeys(source.recording_id for one in found for source in one.sources)
    return tuple(_file(store, reader, caller, reader.original(each, caller.scope), wanted) for each in ids)


def _file(store: Store, reader: Reader, caller: Caller, original: KeptOriginal, wanted: set[str]) -> EvidenceFile:
    told = {reader.resolve(a.flight_id, caller.scope) for a in reader.attached_from(original.id, caller.scope)}
    return EvidenceFile(
        id=original.id,
        name=original.file_name,
        size=original.size,
        sha256=original.digest,
        format=original.format,
        received_us=original.received_us,
        others=len(told - wanted),
        open=partial(store.vault.open, original.object_id),
    )


def _flight(store: Store, reader: Reader, caller: Caller, found: Flight) -> EvidenceFlight:
    readings = [(s.file, reader.reading(s.recording_id, caller.scope)) for s in found.sources]
    problems = tuple((file, problem) for file, reading in readings if reading for problem in reading.problems)
    track = found.track_object
    return EvidenceFlight(
        flight=found,
        problems=problems,
        track=partial(get_track, store.vault, track) if track is not None else None,
    )


def _binding(proof: Proven | None, files: Iterable[EvidenceFile]) -> Proven:
    for each in files:
        if proof is None or not proof.binds(each.id, each.sha256.hex):
            what = f"The ledger does not bind the bytes of {each.name}: an older program took it in, or work goes on."
            raise Conflict(what, try_this="wait for running ingests; else ingest that file again, under another name")
    if proof is None:
        what = "There is no ledger yet that could prove anything."
        raise Conflict(what, try_this="groundside ingest PATH")
    return proof
