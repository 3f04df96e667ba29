"""Where an aircraft leaned further than its autopilot is set to allow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from groundside.model.happening import Evidence, Happening
from groundside.model.log import Log
from groundside.model.source import Source
from groundside.produce.happenings.kinds import KINDS
from groundside.produce.happenings.seen import lasting
from groundside.produce.happenings.where import Flown

SOURCE = Source(
    "ArduPilot, ANGLE_MAX", "https://ardupilot.org/copter/docs/parameters.html#angle-max-angle-max", "centidegrees"
)
_NAME, _HUNDREDTHS = "ANGLE_MAX", 100.0
_LEAST_S = 0.2
_ACRO = "acro"


def leaning(log: Log, flight: Flown) -> Iterator[Happening]:
    """Give where roll or pitch exceeded ANGLE_MAX in the air, as multirotors state it."""
    limit = _limit_deg(log)
    if limit is None or flight.kind not in {"multirotor", "helicopter"}:
        return
    roll, pitch = (np.abs(flight.track.floats(name)) for name in ("roll_deg", "pitch_deg"))
    lean = np.fmax(roll, pitch)
    with np.errstate(invalid="ignore"):
        over = (lean > limit) & flight.in_air()
    for a, b in lasting(flight, over, _LEAST_S):
        most, start_us = float(np.nanmax(lean[a:b])), int(flight.signals.time_us[a])
        acro = str(flight.track.table["mode"][a].as_py() or "").lower() == _ACRO
        yield Happening(
            kind="lean", severity=KINDS["lean"], start_us=start_us, place=flight.place(start_us), value=most,
            end_us=int(flight.signals.time_us[min(b, flight.signals.rows - 1)]), sources=(SOURCE,),
            sentence=f"It leaned {most:.0f}°, with ANGLE_MAX at {limit:.0f}°"
            + (", in Acro, where that limit does not hold." if acro else "."),
            evidence=(Evidence("track", a, b, f"{most:.1f}° at the most", "roll_deg, pitch_deg"),),
        )  # fmt: skip


def _limit_deg(log: Log) -> float | None:
    names = log.parameters["name"].to_pylist()
    if _NAME not in names:
        return None
    value = log.parameters["value"][names.index(_NAME)].as_py()
    return value / _HUNDREDTHS if value else None
