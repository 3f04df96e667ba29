"""Happenings that the autopilot tells in words."""

from __future__ import annotations

from collections.abc import Iterator

from groundside.model.happening import Evidence, Happening
from groundside.model.log import Log
from groundside.produce.happenings.kinds import KINDS
from groundside.produce.happenings.touchdown import HARD_MPS
from groundside.produce.happenings.where import Flown
from groundside.produce.happenings.words import HIT, is_grave, is_urgent, topic

_INFO = 6


def said(log: Log, flight: Flown) -> Iterator[Happening]:
    """Give what the messages of a log tell of; the texts that end something end it."""
    running: dict[str, Happening] = {}
    for number, row in enumerate(log.messages.to_pylist()):
        text, severity, time_us = str(row["text"] or "").strip(), row["severity"], row["time_us"]
        evidence = Evidence("messages", number, number + 1, text)
        found = topic(text)
        if found is not None and found.over:
            begun = running.pop(found.kind, None)
            if begun is not None:
                yield _until(begun, time_us, evidence)
            continue
        made = _happening(text, severity, time_us, evidence, flight)
        if made is None:
            continue
        if made.kind in _RUNNING and made.kind not in running:
            running[made.kind] = made
        else:
            yield made
    yield from running.values()


_RUNNING = frozenset({"link_lost", "gnss_lost", "failsafe", "vibration", "estimator", "compass"})


def _happening(
    text: str, severity: int | None, time_us: int | None, evidence: Evidence, flight: Flown
) -> Happening | None:
    hit, found = HIT.search(text), topic(text)
    if hit:
        speed = float(hit[1])
        return _made("hard_landing", text, time_us, evidence, flight, speed) if speed >= HARD_MPS else None
    if found is not None and not (found.kind == "failsafe" and severity == _INFO):
        return _made(found.kind, text, time_us, evidence, flight)
    if is_grave(severity, text):
        return _made("error", text, time_us, evidence, flight)
    return _made("message", text, time_us, evidence, flight) if is_urgent(severity) else None


def _made(
    kind: str, text: str, time_us: int | None, evidence: Evidence, flight: Flown, value: float | None = None
) -> Happening:
    return Happening(
        kind=kind, severity=KINDS[kind], sentence=f"The autopilot said: {text}", start_us=time_us, end_us=time_us,
        place=flight.place(time_us), evidence=(evidence,), value=value,
    )  # fmt: skip


def _until(begun: Happening, end_us: int | None, evidence: Evidence) -> Happening:
    return Happening(
        kind=begun.kind, severity=begun.severity, sentence=begun.sentence, start_us=begun.start_us, end_us=end_us,
        place=begun.place, evidence=(*begun.evidence, evidence),
    )  # fmt: skip
