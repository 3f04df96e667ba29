"""Flights that an older program left are entered among the places, from their tracks."""

from __future__ import annotations

from collections.abc import Sequence

from groundside.archive.compared import track_of
from groundside.archive.store import Store
from groundside.keep.paths import path_bytes
from groundside.model.caller import Caller

AT_ONCE = 100


def place_owed(store: Store, caller: Caller) -> int:
    """
    Enter every flight that is not entered yet and whose track can be read; others go on being read each time.

    May be stopped at any moment: each hundred flights are one commit.

    Returns:
        How many were entered.
    """
    done, after = 0, ""
    while True:
        with store.catalogue.read() as reader:
            owed = reader.flights_unplaced(caller.scope, after, AT_ONCE)
        if not owed:
            return done
        after = owed[-1][0]
        done += _place(store, caller, owed)


def _place(store: Store, caller: Caller, owed: Sequence[tuple[str, str | None]]) -> int:
    tracks = {track: track_of(store, track, ["lon", "lat"]) for _, track in owed if track}
    paths = {track: path_bytes(read) for track, read in tracks.items() if read is not None}
    done = 0
    with store.catalogue.commit(caller) as writer:
        for flight, track in writer.flights_unplaced(caller.scope, "", None, [flight for flight, _ in owed]):
            if track and track in paths:
                writer.put_path(track, paths.pop(track))
            elif track:
                continue
            writer.enter(flight)
            done += 1
    return done
