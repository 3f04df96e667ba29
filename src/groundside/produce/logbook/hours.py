"""Hours flown, grouped; every grouping of the same flights adds up to the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from groundside.model.logbook import (
    Basis,
    CarriedOver,
    Grouping,
    Hours,
    LeftOut,
    Light,
    LogbookLine,
    Sight,
    Sums,
    Totals,
)
from groundside.produce.logbook.carried import Covered, check, covered, hours_of

BEFORE = "carried over to "
"""What the key of carried-over hours begins with where they are grouped by time; the first date not covered follows."""

Keyed = tuple[str, Hours]


def totals(lines: Iterable[LogbookLine], carried: Sequence[CarriedOver], by: Grouping) -> Totals:
    """
    Add up a logbook.

    Args:
        lines: of the pilots that are asked about; a flight that comes twice counts once.
        carried: hours from before, of the same pilots.
        by: what the groups are.

    Returns:
        Sums of real and of simulated flights apart, and every flight that is in none of them, with the reason.

    Raises:
        BadRequest: carried-over hours do not add up, or two of them may hold the same flights.
    """
    check(carried)
    once = _Sorted(carried)
    for line in lines:
        once.take(line)
    return Totals(
        by=by,
        flown=_sums(once.counted, carried, by, simulated=False),
        simulated=_sums(once.counted, carried, by, simulated=True),
        unknown=tuple(once.unknown),
        covered=tuple(once.covered),
        doubtful=tuple(once.doubtful),
        repeated=tuple(once.repeated),
    )


class _Sorted:
    """Lines sorted into those that count and those that do not."""

    def __init__(self, carried: Sequence[CarriedOver]) -> None:
        self._carried = carried
        self._seen: set[str] = set()
        self.counted: list[LogbookLine] = []
        self.unknown: list[LeftOut] = []
        self.covered: list[LeftOut] = []
        self.doubtful: list[LeftOut] = []
        self.repeated: list[str] = []

    def take(self, line: LogbookLine) -> None:
        """Sort one line in."""
        name = line.flight.id
        if name in self._seen:
            self.repeated.append(name)
            return
        self._seen.add(name)
        verdict, of = max(((covered(line, one), one.id) for one in self._carried), default=(Covered.NO, ""))
        if verdict is Covered.YES:
            self.covered.append(LeftOut(name, f"the carried-over hours {of!r} hold it already"))
        elif line.total_ms is None:
            self.unknown.append(LeftOut(name, "nobody knows how long it was"))
        elif verdict is Covered.DOUBTFUL:
            self.doubtful.append(LeftOut(name, f"the carried-over hours {of!r} may hold it already"))
        else:
            self.counted.append(line)


def _sums(lines: Sequence[LogbookLine], carried: Sequence[CarriedOver], by: Grouping, *, simulated: bool) -> Sums:
    pairs: list[Keyed] = [(_key(line, by), _hours(line)) for line in lines if line.flight.simulated == simulated]
    pairs += [(_carried_key(one, by), hours_of(one)) for one in carried if one.simulated == simulated]
    groups: dict[str, Hours] = {}
    for key, hours in pairs:
        groups[key] = groups.get(key, Hours()) + hours
    return Sums(tuple(sorted(groups.items())), sum(groups.values(), Hours()))


def _key(line: LogbookLine, by: Grouping) -> str:
    if by in {Grouping.DAY, Grouping.MONTH, Grouping.YEAR}:
        day = "" if line.date is None else line.date.isoformat()
        return day[: {Grouping.DAY: 10, Grouping.MONTH: 7, Grouping.YEAR: 4}[by]]
    return getattr(line.flight, by.value)


def _carried_key(one: CarriedOver, by: Grouping) -> str:
    if by in {Grouping.DAY, Grouping.MONTH, Grouping.YEAR}:
        return f"{BEFORE}{one.as_of.isoformat()}"
    return getattr(one, by.value)


def _hours(line: LogbookLine) -> Hours:
    """Give a line of known length as a sum of one."""
    total_ms, light, sight = line.total_ms or 0, line.light or Light(), line.flight.sight
    return Hours(
        flights=1,
        total_ms=total_ms,
        day_ms=light.day_ms,
        twilight_ms=light.twilight_ms,
        night_ms=light.night_ms,
        unknown_light_ms=light.unknown_ms,
        part107_twilight_ms=light.part107_twilight_ms,
        part107_unknown_ms=light.part107_unknown_ms,
        within_sight_ms=total_ms if sight is Sight.WITHIN else 0,
        beyond_sight_ms=total_ms if sight is Sight.BEYOND else 0,
        unknown_sight_ms=total_ms if sight is Sight.UNKNOWN else 0,
        recording_ms=total_ms if line.basis is Basis.RECORDING else 0,
    )
