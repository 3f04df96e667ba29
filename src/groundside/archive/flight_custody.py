"""The verb `flight_custody`: which entries of the ledger bind a flight's files and what was done with it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.keep.ledger.checkpoint import open_checkpoint
from groundside.keep.proving import Proven, proven
from groundside.keep.rows import KeptOriginal
from groundside.model.caller import Caller
from groundside.model.digest import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundFile:
    """
    A file that tells of a flight.

    Args:
        file: the name that it came under.
        size: in bytes.
        sha256: of its bytes.
        received_us: when it first came.
        entry: number of the entry of the ledger that binds these bytes; None where none does yet.
    """

    file: str
    size: int
    sha256: Digest
    received_us: int
    entry: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightCustody:
    """
    What the ledger says of a flight.

    Args:
        archive_id: of the archive.
        key: that verifies the ledger's signatures.
        size: how many entries the ledger has; 0 before its first.
        root: SHA-256 over them; empty before the first.
        files: the flight's files.
        happened: (UTC microseconds, what, who, entry) of what was done with the flight and its files, in order.
    """

    archive_id: str
    key: str
    size: int
    root: bytes
    files: tuple[BoundFile, ...]
    happened: tuple[tuple[int, str, str, int], ...]


@verb(Effect.REVEALS)
def flight_custody(store: Store, caller: Caller, flight_id: str) -> FlightCustody:
    """
    Say which entries of the ledger bind the files of a flight, verified before it is said.

    Args:
        flight_id: which.

    Raises:
        NotFound: no such flight in the caller's scope.
        Tampered: a signature, an entry or an event does not hold.
    """
    key = store.custody.verifier()
    with store.catalogue.read() as reader:
        found = reader.flight(flight_id, caller.scope)
        ids = dict.fromkeys(source.recording_id for source in found.sources)
        files = [reader.original(each, caller.scope) for each in ids]
        about = [*ids, found.id, *found.aliases]
        proof = proven(reader.connection, about, caller.scope, key)
    state = None if proof is None else open_checkpoint(proof.checkpoint, key).checkpoint
    return FlightCustody(
        archive_id=store.folder.id, key=str(key), size=state.size if state else 0, root=state.root if state else b"",
        files=tuple(_file(each, proof) for each in files), happened=_happened(proof),
    )  # fmt: skip


def _file(original: KeptOriginal, proof: Proven | None) -> BoundFile:
    sha256 = original.digest
    events = proof.events if proof else ()
    arrivals = [each for each in events if (each.said["what"], each.said["about"]) == ("ingest", original.id)]
    bound = [each.entry for each in arrivals if json.loads(each.said["details"]).get("sha256") == sha256.hex]
    return BoundFile(
        file=original.file_name, size=original.size, sha256=sha256, received_us=original.received_us,
        entry=bound[0] if bound else None,
    )  # fmt: skip


def _happened(proof: Proven | None) -> tuple[tuple[int, str, str, int], ...]:
    events = sorted(proof.events if proof else (), key=lambda each: each.seq)
    return tuple((int(e.said["at_us"]), str(e.said["what"]), str(e.said["who"]), e.entry) for e in events)
