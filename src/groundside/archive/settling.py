"""What was made of an original becomes rows, objects and flights, in one transaction with its event."""

from __future__ import annotations

import json
from dataclasses import replace

from groundside.archive.composing import box_of, place_at, recompose
from groundside.archive.deriving import Derivation
from groundside.archive.matching import place_cut
from groundside.archive.store import Store
from groundside.keep.catalogue import Writer
from groundside.keep.logs import KIND as LOG
from groundside.keep.logs import put_log
from groundside.keep.rows import CutRef, KeptCut, KeptOriginal, Reading, ReadingState, Stored
from groundside.keep.tracks import put_track
from groundside.model.caller import EVERYTHING, Caller
from groundside.model.flight import Cut
from groundside.model.lineage import Derived
from groundside.model.place import LonLat
from groundside.model.track import Track


class KeysChanged(Exception):
    """Keys were added while the original was read without them; it is to be read again."""


def settle(
    store: Store, caller: Caller, original: KeptOriginal, derivation: Derivation, keys: str | None
) -> tuple[str, ...]:
    """
    Record a reading in place of an earlier one, and settle its cuts into flights.

    Args:
        keys: those the derivation was made with, as the catalogue held them.

    Returns:
        Ids of the flights that the original tells of.

    Raises:
        KeysChanged: the catalogue holds other keys by now; nothing was changed.
    """
    derived = Derived(original.id, derivation.code)
    pieces = [_piece(derivation.track, cut) for cut in derivation.cuts]
    tracks = [put_track(store.vault, piece) if piece else None for piece in pieces]
    log = put_log(store.vault, derivation.log) if derivation.log else None
    kept = [
        _kept_cut(derived, derivation, cut, piece, track)
        for cut, piece, track in zip(derivation.cuts, pieces, tracks, strict=True)
    ]
    forgotten: list[str] = []
    try:
        with store.catalogue.commit(caller) as writer:
            if writer.keychain(original.id, caller.scope) != keys:
                raise KeysChanged
            forgotten = _record(store, writer, derivation, derived, tracks)
            if log:
                writer.add_derived(log, LOG, derived)
            flights = _settle_cuts(store, writer, original, kept, derivation.format)
            details = json.dumps({"state": derivation.state, "code": derived.code, "flights": len(flights)})
            writer.event("read", about=original.id, details=details, at_us=store.now_us(), case=original.case)
    finally:
        _discard_unreferred(store, [*forgotten, *(o.object_id for o in (*tracks, log) if o)])
    return flights


def _piece(track: Track | None, cut: Cut) -> Track | None:
    if track is None or cut.end_row <= cut.first_row:
        return None
    rows = track.table.slice(cut.first_row, cut.end_row - cut.first_row)
    return Track(rows, track.time_basis, track.time_error_s)


def _kept_cut(derived: Derived, derivation: Derivation, cut: Cut, piece: Track | None, track: Stored | None) -> KeptCut:
    home = cut.home if cut.home and cut.home.is_position else None
    first = None if home else _first_position(piece)
    if first:
        note = "place and time zone are those of the first position: where it took off is not known"
        cut = replace(cut, inferences=(*cut.inferences, note))
    return KeptCut(
        ref=CutRef(derived.original_id, cut.ordinal),
        derived=derived,
        summary=cut,
        box=box_of(piece),
        place=place_at(home or first),
        track_object=track.object_id if track else None,
        simulated=derivation.simulated,
    )


def _first_position(track: Track | None) -> LonLat | None:
    if track is None:
        return None
    lon, lat = track.floats("lon"), track.floats("lat")
    known = (lon == lon) & (lat == lat)  # not NaN
    if not known.any():
        return None
    row = int(known.argmax())
    return LonLat(float(lon[row]), float(lat[row]))


def _record(
    store: Store, writer: Writer, derivation: Derivation, derived: Derived, tracks: list[Stored | None]
) -> list[str]:
    decoded = derivation.decoded
    forgotten = writer.set_reading(
        Reading(
            derived=derived,
            state=ReadingState(derivation.state),
            at_us=store.now_us(),
            format=derivation.format,
            facts=decoded.facts,
            problems=decoded.problems,
            problem_count=len(decoded.problems),
            account=decoded.account,
            recording=derivation.recording,
            track_rows=sum(c.track_rows for c in derivation.cuts),
        )
    )
    for track in tracks:
        if track:
            writer.add_derived(track, "track", derived)
    return forgotten


def _settle_cuts(
    store: Store, writer: Writer, original: KeptOriginal, kept: list[KeptCut], format_name: str
) -> tuple[str, ...]:
    writer.set_cuts(original.id, kept)
    here = {each.ref for each in kept}
    for was in writer.attached_from(original.id, writer.caller.scope):
        if was.ref not in here:
            writer.detach_source(was.ref)
            recompose(store, writer, was.flight_id)
    placed = [place_cut(store, writer, each, original.case, format_name) for each in kept]
    return tuple(dict.fromkeys(writer.resolve(each, writer.caller.scope) for each in placed))


def _discard_unreferred(store: Store, object_ids: list[str]) -> None:
    """Remove objects that no row refers to; asked of the catalogue, for an interrupt can come after a commit."""
    with store.catalogue.read() as reader:
        gone = [object_id for object_id in object_ids if not reader.refers_to(object_id, EVERYTHING)]
    for object_id in gone:
        store.vault.discard(object_id)
