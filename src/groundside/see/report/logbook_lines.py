"""Lines of a logbook in whole seconds, cut into pages whose totals are carried forward."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from groundside.model.logbook import Light, Sight

if TYPE_CHECKING:
    from groundside.archive.logbook import BookEntry
    from groundside.model.logbook import Hours, Totals

ROWS_A_PAGE = 20
MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Seconds:
    """
    What the columns of a logbook add up: flights, and whole seconds.

    `total` is day, twilight, night and unknown light; simulated flights are in none of these.
    """

    flights: int = 0
    total: int = 0
    day: int = 0
    twilight: int = 0
    night: int = 0
    unknown: int = 0
    beyond: int = 0
    simulated: int = 0

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Seconds)))


@dataclass(frozen=True, slots=True)
class Line:
    """One flight with its number in the book and its times; `why_not` says why it is in no sum."""

    number: int
    entry: BookEntry
    seconds: Seconds
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Lines of a page, what they add up to, and what was brought forward to it."""

    lines: tuple[Line, ...]
    here: Seconds
    before: Seconds

    @property
    def to_date(self) -> Seconds:
        """What is carried to the next page."""
        return self.before + self.here


def added(seconds: Iterable[Seconds]) -> Seconds:
    """Add up."""
    return sum(seconds, Seconds())


def lines_of(entries: Sequence[BookEntry], totals: Totals) -> tuple[Line, ...]:
    """Round the times of every line to whole seconds, part by part, so that what is printed adds up as printed."""
    out = {each.flight_id: each.why for some in (totals.unknown, totals.covered, totals.doubtful) for each in some}
    return tuple(
        Line(number, entry, _seconds(entry, counted=entry.line.flight.id not in out), out.get(entry.line.flight.id, ""))
        for number, entry in enumerate(entries, start=1)
    )


def _seconds(entry: BookEntry, *, counted: bool) -> Seconds:
    line = entry.line
    if not counted or line.total_ms is None:
        return Seconds()
    light = line.light or Light(unknown_ms=line.total_ms)
    parts = [_whole(ms) for ms in (light.day_ms, light.twilight_ms, light.night_ms, light.unknown_ms)]
    if line.flight.simulated:
        return Seconds(simulated=sum(parts))
    beyond = sum(parts) if line.flight.sight is Sight.BEYOND else 0
    return Seconds(1, sum(parts), *parts, beyond=beyond)


def carried_seconds(totals: Totals, entries: Sequence[BookEntry]) -> Seconds:
    """Give the hours that are carried over from another logbook: all hours but those of the lines."""
    flown, made_up = totals.flown.whole, totals.simulated.whole
    names = ("day_ms", "twilight_ms", "night_ms", "unknown_light_ms")
    out = {each.flight_id for some in (totals.unknown, totals.covered, totals.doubtful) for each in some}
    real = [e.line for e in entries if not e.line.flight.simulated and e.line.flight.id not in out]
    of_lines = dict.fromkeys((*names, "beyond_sight_ms"), 0)
    for line in real:
        light = line.light or Light(unknown_ms=line.total_ms or 0)
        for name, ms in zip(names, (light.day_ms, light.twilight_ms, light.night_ms, light.unknown_ms), strict=True):
            of_lines[name] += ms
        of_lines["beyond_sight_ms"] += (line.total_ms or 0) if line.flight.sight is Sight.BEYOND else 0
    parts = [_whole(_of(flown, name) - of_lines[name]) for name in names]
    beyond = _whole(flown.beyond_sight_ms - of_lines["beyond_sight_ms"])
    return Seconds(0, sum(parts), *parts, beyond=beyond, simulated=_whole(made_up.carried_ms))


def pages_of(lines: Sequence[Line], before: Seconds, rows: int = ROWS_A_PAGE) -> tuple[Page, ...]:
    """Cut lines into pages; each brings forward what the one before it carries. There is at least one page."""
    pages: list[Page] = []
    for first in range(0, max(len(lines), 1), rows):
        some = tuple(lines[first : first + rows])
        pages.append(Page(some, added(each.seconds for each in some), before))
        before = pages[-1].to_date
    return tuple(pages)


def _of(hours: Hours, name: str) -> int:
    return int(getattr(hours, name))


def _whole(ms: int) -> int:
    return round(ms / MILLISECONDS)
