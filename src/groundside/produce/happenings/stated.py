"""Happenings that the recorder states as events."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from groundside.model.happening import Evidence, Happening, Severity
from groundside.model.log import Log
from groundside.produce.happenings.kinds import KINDS, LASTING
from groundside.produce.happenings.where import Flown
from groundside.produce.happenings.words import kind_of_error

BRIEF_US = 1_000_000
"""What is over in a second is a notice."""
_SENTENCES = {
    "armed": "The motors were armed", "disarmed": "The motors were disarmed", "takeoff": "It took off",
    "landing": "It landed", "failsafe": "A failsafe took over", "gnss_lost": "The satellite position was lost",
    "battery_low": "The battery was low", "battery_critical": "The battery was critically low",
    "link_lost": "The link was lost", "hard_landing": "It landed hard", "crash": "It crashed",
    "clock_jump": "The recorder's clock was set", "geofence": "It crossed the geofence",
    "dropout": "The recorder lost data", "error": "The autopilot reported an error",
}  # fmt: skip
_OVER = frozenset({*LASTING.values()})
_INSIDE_AGAIN = "inside"
Row = dict[str, Any]


def stated(log: Log, flight: Flown) -> Iterator[Happening]:
    """Give what the events of a log state; what lasts reaches to the event that ends it."""
    rows = log.events.to_pylist()
    endings = {over: [i for i, row in enumerate(rows) if row["kind"] == over] for over in _OVER}
    for number, row in enumerate(rows):
        kind = str(row["kind"])
        if kind in _OVER or (kind == "geofence" and _INSIDE_AGAIN in str(row["text"]).lower()):
            continue
        kind = kind_of_error(str(row["text"])) if kind in {"error", "other"} else kind
        kind = kind if kind in KINDS else "other"
        yield _happening(rows, number, kind, _ending(rows, number, endings.get(LASTING.get(kind, ""), [])), flight)


def _happening(rows: list[Row], number: int, kind: str, ending: int | None, flight: Flown) -> Happening:
    row = rows[number]
    text, start_us = str(row["text"]), row["time_us"]
    end_us = start_us if kind not in LASTING else None if ending is None else rows[ending]["time_us"]
    evidence = [Evidence("events", number, number + 1, text, str(row["origin"]))]
    if ending is not None:
        last = rows[ending]
        evidence.append(Evidence("events", ending, ending + 1, str(last["text"]), str(last["origin"])))
    brief = kind in LASTING and start_us is not None and end_us is not None and end_us - start_us < BRIEF_US
    return Happening(
        kind=kind, severity=min(KINDS[kind], Severity.NOTICE) if brief else KINDS[kind],
        sentence=_sentence(kind, text), start_us=start_us, end_us=end_us, place=flight.place(start_us),
        evidence=tuple(evidence),
    )  # fmt: skip


def _ending(rows: list[Row], number: int, endings: list[int]) -> int | None:
    """Find the event that ends another: the next that does, of the same table where there is one."""
    later = endings[bisect_right(endings, number) :]
    same = next((i for i in later if rows[i]["origin"] == rows[number]["origin"]), None)
    return same if same is not None else next(iter(later), None)


def _sentence(kind: str, text: str) -> str:
    if kind == "mode":
        return f"The mode became {text}."
    plain = _SENTENCES.get(kind)
    return f"{text}." if plain is None or not text else f"{plain}: {text}."
