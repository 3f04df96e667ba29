"""What an aircraft did because of something that happened, where its recorder states no failsafe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from groundside.model.happening import Evidence, Happening
from groundside.produce.flight.phases_pattern import RETURNING
from groundside.produce.happenings.kinds import KINDS
from groundside.produce.happenings.where import Flown

SOON_US = 10_000_000
"""An autopilot acts on a lost link or a low battery some seconds after it notices."""
_CAUSES = {"link_lost": "the link was lost", "battery_low": "the battery was low",
           "battery_critical": "the battery was critically low"}  # fmt: skip
_LANDING = "land"


def followed(found: Sequence[Happening], flight: Flown) -> Iterator[Happening]:
    """Give where the mode became one of returning or landing right after a cause; a pilot may have asked for it."""
    if any(h.kind == "failsafe" for h in found):
        return
    for row in _turns_back(flight):
        time_us = int(flight.signals.time_us[row])
        cause = next((h for h in found if h.kind in _CAUSES and _just_before(h, time_us)), None)
        if cause is not None and cause.start_us is not None:
            mode, seconds = flight.track.table["mode"][row].as_py(), (time_us - cause.start_us) / 1e6
            yield Happening(
                kind="failsafe", severity=KINDS["failsafe"], start_us=time_us, end_us=time_us,
                sentence=f"The mode became {mode} {seconds:.0f} s after {_CAUSES[cause.kind]}.",
                place=flight.place(time_us),
                evidence=(Evidence("track", row, row + 1, str(mode), "mode"), *cause.evidence),
            )  # fmt: skip


def _just_before(cause: Happening, time_us: int) -> bool:
    return cause.start_us is not None and 0 <= time_us - cause.start_us <= SOON_US


def _turns_back(flight: Flown) -> list[int]:
    """List the rows in the air at which the mode becomes one of returning or landing."""
    column = flight.track.table["mode"].combine_chunks().dictionary_encode()
    words = [str(w) for w in column.dictionary.to_pylist()]
    back = np.array([RETURNING.search(w) is not None or _LANDING in w.lower() for w in words] + [False], np.bool_)
    index = column.indices.fill_null(len(words)).to_numpy()
    changed = np.flatnonzero(np.diff(index) != 0) + 1
    air = flight.in_air()
    return [int(row) for row in changed if back[index[row]] and air[row]]
