"""Tracks read back, whole or as they are compared: by time, position and height; of those some are kept in memory."""

from __future__ import annotations

from collections.abc import Sequence

from groundside.archive.lately import Lately
from groundside.archive.store import Store
from groundside.errors import NotFound, Tampered
from groundside.keep.positions import POSITIONS, are_positions, positions_in
from groundside.keep.tracks import get_track
from groundside.model.track import Track

_MOST_BYTES = 32 << 20
_TOLD: Lately[bytes] = Lately(len, _MOST_BYTES)
_LATELY: Lately[Track] = Lately(lambda track: 8 * (len(POSITIONS) + 2) * track.table.num_rows, _MOST_BYTES)


def track_of(store: Store, object_id: str | None, columns: Sequence[str] | None = None) -> Track | None:
    """Load a track, if there is one; None where its object is lost, for a rebuild makes it again."""
    if object_id is None:
        return None
    try:
        return get_track(store.vault, object_id, columns)
    except (NotFound, Tampered):
        return None


def learn(object_id: str, positions: bytes) -> None:
    """Take in the positions of a track that was just made, so that its object need not be read; others are ignored."""
    if are_positions(positions):
        _TOLD.put(object_id, positions)


def track_to_compare(store: Store, object_id: str | None) -> Track | None:
    """Give a track with what it is compared by, all else unknown; None where there is none, or its object is lost."""
    if object_id is None:
        return None
    kept = _LATELY.get(object_id)
    if kept is None:
        told = _TOLD.get(object_id)
        kept = positions_in(told) if told is not None else track_of(store, object_id, POSITIONS)
        if kept is not None:
            _LATELY.put(object_id, kept)
    return kept
