"""
What flights come to, month by month and aircraft by aircraft, kept up with every change of a flight.

Sums are whole microseconds and millimetres, so that taking a flight away takes away exactly what it brought.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, insert, select, true, update

from groundside.keep import schema
from groundside.keep.connection import within
from groundside.model.caller import Scope
from groundside.model.query import FlightQuery, FlightTotal

_F, _M, _N = schema.flight, schema.flight_sum, schema.change
UNKNOWN_MONTH = -1_000_000_000
"""Of flights whose UTC is unknown."""
MOST_S, MOST_M = 1e8, 1e9
"""A longer time (3 years) or way is a defect of a file: counted as this much, or it would hide all others."""
FLIGHTS = "flights"
"""Name of the token that every change of a flight replaces."""
NOTHING = FlightTotal(0, 0.0, 0.0)
Key = tuple[str, int, bool, bool, str]


@dataclass(frozen=True, slots=True)
class Counted:
    """What one flight brings to the sums, and to which."""

    key: Key
    airborne_us: int
    distance_mm: int


def counted(connection: Connection, flight_id: str) -> Counted | None:
    """Say what a flight brings to the sums; None where it is not there or part of another."""
    row = connection.execute(select(_F).where(_F.c.id == flight_id, _F.c.merged_into.is_(None))).one_or_none()
    return counted_of(row) if row else None


def counted_of(row: Row[tuple[object, ...]]) -> Counted:
    """Say what a row of the table `flight` brings to the sums."""
    key = (row.case_name, month_of(row.recording_start_us), row.bench, row.simulated, row.aircraft_folded or "")
    time_us = round(min(row.airborne_s or 0.0, MOST_S) * 1e6)
    return Counted(key, time_us, round(min(row.distance_m or 0.0, MOST_M) * 1e3))


def recount(connection: Connection, before: Counted | None, after: Counted | None) -> None:
    """Take what a flight brought before out of the sums, and put in what it brings now."""
    touch(connection)
    if before == after:
        return
    for one, sign in ((before, -1), (after, 1)):
        if one:
            _add(connection, one, sign)


def recount_new(connection: Connection, news: Sequence[Counted]) -> None:
    """Put what new flights bring into the sums."""
    touch(connection)
    by_key: dict[Key, list[Counted]] = {}
    for one in news:
        by_key.setdefault(one.key, []).append(one)
    there = _keys_there(connection, by_key)
    for statement, known in ((_ADD, True), (insert(_M), False)):
        some = [_together(key, by_key[key], own=known) for key in by_key if (key in there) is known]
        if some:
            connection.execute(statement, some)


def touch(connection: Connection) -> None:
    """Say that something about flights changed, so that nothing found before is taken for what is."""
    token = secrets.randbits(62)  # not a count: a change that was undone must not lend its number to another
    if not connection.execute(update(_N).where(_N.c.name == FLIGHTS).values(token=token)).rowcount:
        connection.execute(insert(_N).values(name=FLIGHTS, token=token))


def revision(connection: Connection) -> int:
    """Give the token that stands for the flights as they are; another after every change."""
    return connection.scalar(select(_N.c.token).where(_N.c.name == FLIGHTS)) or 0


def month_of(start_us: int | None) -> int:
    """Number the UTC month of a time: 0 is January 1970."""
    if start_us is None:
        return UNKNOWN_MONTH
    import numpy as np  # late: it takes a tenth of a second

    return int(np.datetime64(start_us, "us").astype("datetime64[M]").astype(int))


def month_start_us(month: int) -> int:
    """Give the first microsecond of a month."""
    import numpy as np

    return int(np.datetime64(month, "M").astype("datetime64[us]").astype(int))


def month_name(month: int) -> str:
    """Write a month as "2026-05"; empty where it is unknown."""
    import numpy as np

    return "" if month == UNKNOWN_MONTH else str(np.datetime64(month, "M"))


def plain(asked: FlightQuery) -> bool:
    """Whether the sums alone can tell what the flights asked for come to."""
    return not asked.text and asked.near is None and asked.inside is None


def sums_of(
    connection: Connection, asked: FlightQuery, scope: Scope, aircraft: Sequence[str] | None = None
) -> FlightTotal:
    """Sum up the flights asked for; the question must be `plain`. `aircraft` are those that it means, if looked up."""
    months, edges = _months(asked)
    whole = _read(connection, and_(_conditions(asked, scope, aircraft), months))
    parts = [_of_edge(connection, asked, scope, edge) for edge in edges]
    return FlightTotal(
        whole.flights + sum(each.flights for each in parts),
        whole.airborne_s + sum(each.airborne_s for each in parts),
        whole.distance_m + sum(each.distance_m for each in parts),
    )


def grouped(connection: Connection, asked: FlightQuery, scope: Scope, by: str) -> dict[str, FlightTotal] | None:
    """
    Sum up by the column `month` or `aircraft_folded`; None where the sums alone cannot tell.

    Args:
        connection: of the catalogue.
        asked: `plain`, and not beginning or ending within a month.
        scope: what the caller may see.
        by: "month" or "aircraft_folded".
    """
    months, edges = _months(asked)
    if edges or not plain(asked):
        return None
    column = _M.c[by]
    query = select(column, *_SUMS).where(_conditions(asked, scope), months).group_by(column).order_by(column)
    named = {row[0]: _total(*row[1:]) for row in connection.execute(query)}
    return {month_name(k) if by == "month" else str(k): total for k, total in named.items() if total.flights}


def aircraft_of(connection: Connection, scope: Scope) -> list[str]:
    """List all aircraft by name, model and serial, folded to one case; empty text for those that say nothing."""
    return list(connection.scalars(select(_M.c.aircraft_folded).where(within(_M.c.case_name, scope)).distinct()))


def starts(
    connection: Connection, asked: FlightQuery, scope: Scope, aircraft: Sequence[str] | None
) -> list[tuple[int, int]]:
    """List the months in which flights asked for began, in order, with how many: (month, flights)."""
    wanted = and_(_conditions(asked, scope, aircraft), _months(asked)[0], _M.c.month > UNKNOWN_MONTH)
    query = select(_M.c.month, func.sum(_M.c.flights)).where(wanted).group_by(_M.c.month).order_by(_M.c.month)
    return [(int(month), int(flights)) for month, flights in connection.execute(query)]


def contains(column: ColumnElement[str], words: str) -> ColumnElement[bool]:
    """Hold a query to rows whose text contains some words, in any case."""
    return column.contains(words.casefold(), autoescape=True) if words else true()


_SUMS = (
    func.coalesce(func.sum(_M.c.flights), 0),
    func.coalesce(func.sum(_M.c.airborne_us), 0),
    func.coalesce(func.sum(_M.c.distance_mm), 0),
)


def _read(connection: Connection, wanted: ColumnElement[bool]) -> FlightTotal:
    return _total(*connection.execute(select(*_SUMS).where(wanted)).one())


def _total(flights: int, airborne_us: int, distance_mm: int) -> FlightTotal:
    return FlightTotal(int(flights), int(airborne_us) / 1e6, int(distance_mm) / 1e3)


def _conditions(asked: FlightQuery, scope: Scope, aircraft: Sequence[str] | None = None) -> ColumnElement[bool]:
    named = contains(_M.c.aircraft_folded, asked.aircraft) if aircraft is None else _M.c.aircraft_folded.in_(aircraft)
    return and_(
        within(_M.c.case_name, scope),
        true() if asked.bench else _M.c.bench.is_(False),
        named if asked.aircraft else true(),
    )


def _months(asked: FlightQuery) -> tuple[ColumnElement[bool], list[tuple[int, int]]]:
    """Say which months are asked for whole, and which stretches of others (from, to: half open)."""
    if asked.from_us is None and asked.to_us is None:
        return true(), []
    first = month_of(asked.from_us) if asked.from_us is not None else UNKNOWN_MONTH + 1
    last = month_of(asked.to_us) if asked.to_us is not None else -UNKNOWN_MONTH
    edges: list[tuple[int, int]] = []
    if asked.from_us is not None and asked.from_us != month_start_us(first):
        end = month_start_us(first + 1)
        edges.append((asked.from_us, end if asked.to_us is None else min(end, asked.to_us)))
        first += 1
    if asked.to_us is not None and last >= first and asked.to_us != month_start_us(last):
        edges.append((month_start_us(last), asked.to_us))
    whole = and_(_M.c.month >= first, _M.c.month < last)
    return whole, [edge for edge in edges if edge[0] < edge[1]]


def _of_edge(connection: Connection, asked: FlightQuery, scope: Scope, edge: tuple[int, int]) -> FlightTotal:
    start = _F.c.recording_start_us
    query = select(
        func.count(), func.coalesce(func.sum(_F.c.airborne_s), 0.0), func.coalesce(func.sum(_F.c.distance_m), 0.0)
    ).where(
        _F.c.merged_into.is_(None),
        start >= edge[0],
        start < edge[1],
        within(_F.c.case_name, scope),
        true() if asked.bench else _F.c.bench.is_(False),
        contains(_F.c.aircraft_folded, asked.aircraft),
    )
    row = connection.execute(query).one()
    return FlightTotal(int(row[0]), float(row[1]), float(row[2]))


def _add(connection: Connection, one: Counted, sign: int) -> None:
    values = dict(zip(_KEY, one.key, strict=True))
    more = {"flights": sign, "airborne_us": sign * one.airborne_us, "distance_mm": sign * one.distance_mm}
    told = {f"own_{name}": value for name, value in values.items()} | {f"more_{n}": v for n, v in more.items()}
    if not connection.execute(_ADD, told).rowcount:
        connection.execute(insert(_M), {**values, **more})


def _keys_there(connection: Connection, keys: Collection[Key]) -> set[Key]:
    """Say which of some keys have sums; there are as many as one commit has files."""
    columns = [_M.c[name] for name in _KEY]
    cases, months, _, _, aircraft = (sorted({key[n] for key in keys}) for n in range(len(_KEY)))
    query = select(*columns).where(columns[0].in_(cases), columns[1].in_(months), columns[4].in_(aircraft))
    return {cast("Key", tuple(row)) for row in connection.execute(query)}


def _together(key: Key, some: Sequence[Counted], *, own: bool) -> dict[str, object]:
    """Give the parameters of `_ADD` where its row is there (`own`), else the row."""
    sums = (len(some), sum(each.airborne_us for each in some), sum(each.distance_mm for each in some))
    names = (*(f"own_{n}" for n in _KEY), *(f"more_{n}" for n in _SUMMED)) if own else (*_KEY, *_SUMMED)
    return dict(zip(names, (*key, *sums), strict=True))


_KEY = ("case_name", "month", "bench", "simulated", "aircraft_folded")
_SUMMED = ("flights", "airborne_us", "distance_mm")
_ADD = (
    update(_M)
    .where(*(_M.c[name] == bindparam(f"own_{name}") for name in _KEY))
    .values({name: _M.c[name] + bindparam(f"more_{name}") for name in _SUMMED})
)
