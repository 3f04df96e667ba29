"""Whether flights fit the sealed rows they are made of: sources, merges, the track that was chosen, the sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, Select, and_, select

from groundside.keep import schema
from groundside.keep.faults import Fault, FaultKind
from groundside.keep.flight_sums import counted_of, month_name
from groundside.keep.logbook_tables import assignment

_F, _S, _C, _N, _R, _M, _T = (
    schema.flight,
    schema.flight_source,
    schema.cut,
    schema.note,
    schema.reading,
    schema.merge,
    schema.flight_sum,
)
_KEY = ("case_name", "month", "bench", "simulated", "aircraft_folded")
_COUNTED = ("flights", "airborne_us", "distance_mm")
_ADDED = ("case_name", "recording_start_us", "bench", "simulated", "aircraft_folded", "airborne_s", "distance_m")


def flight_faults(connection: Connection) -> Iterator[Fault]:
    """Name flights that do not fit their sources, cuts and merges."""
    for query, what in (
        (_sourceless(), "no file tells of it"),
        (_cutless(), "a source of it is not among the cuts"),
        (_strange(), "the file its track was chosen from is none of its sources"),
        (_unchosen(), "it names another source for its track than its sources do"),
        (_trackless(), "its track is not that of the source it was chosen from"),
        (_unmerged(), "what it was merged into is not what was recorded"),
    ):
        yield from _of_flights(connection.scalars(query), what)


def sum_faults(connection: Connection) -> Iterator[Fault]:
    """Compare the sums of hours and ways with the flights that they are sums of."""
    wanted = select(*(_F.c[name] for name in _ADDED)).where(_F.c.merged_into.is_(None))
    told: Counter[tuple[object, ...]] = Counter()
    for row in connection.execute(wanted, execution_options={"yield_per": 2_000}):
        one = counted_of(row)
        for name, value in zip(_COUNTED, (1, one.airborne_us, one.distance_mm), strict=True):
            told[*one.key, name] += value
    for row in connection.execute(select(_T)):
        for name in _COUNTED:
            told[*(getattr(row, each) for each in _KEY), name] -= getattr(row, name)
    for key in sorted({key[:-1] for key, difference in told.items() if difference}, key=str):
        case, month, *_, aircraft = key
        shown = month_name(month) if isinstance(month, int) else ""
        about = f"flight_sum {case}/{shown or '-'}/{aircraft}"
        yield Fault(FaultKind.CATALOGUE, about, f"The sums of hours and ways are not those of the flights: {about}.")


def _sourceless() -> Select[tuple[str]]:
    told, noted = select(_S.c.flight_id), select(_N.c.flight_id)
    said = (noted, select(assignment.c.flight_id))
    return select(_F.c.id).where(_F.c.merged_into.is_(None), *(_F.c.id.not_in(each) for each in (told, *said)))


def _cutless() -> Select[tuple[str]]:
    # Only of originals that are read: while a rebuild is under way, others have no cuts yet.
    read = select(_S.c.flight_id).join(_R, _R.c.original_id == _S.c.original_id)
    same = and_(_C.c.original_id == _S.c.original_id, _C.c.ordinal == _S.c.ordinal)
    return read.outerjoin(_C, same).where(_C.c.original_id.is_(None))


def _strange() -> Select[tuple[str]]:
    chosen = and_(
        _S.c.flight_id == _F.c.id,
        _S.c.original_id == _F.c.chosen_original,
        _S.c.ordinal == _F.c.chosen_ordinal,
    )
    named = select(_F.c.id).outerjoin(_S, chosen)
    return named.where(_F.c.merged_into.is_(None), _F.c.chosen_original.is_not(None), _S.c.flight_id.is_(None))


def _unchosen() -> Select[tuple[str]]:
    """One of its own sources, but not the one that bears the mark; or only half of a name."""
    marked = and_(_S.c.flight_id == _F.c.id, _S.c.chosen.is_(True))
    other = (_S.c.original_id != _F.c.chosen_original) | (_S.c.ordinal != _F.c.chosen_ordinal)
    half = _F.c.chosen_original.is_(None) & _F.c.chosen_ordinal.is_not(None)
    return select(_F.c.id).join(_S, marked).where(_F.c.merged_into.is_(None), other | half)


def _trackless() -> Select[tuple[str]]:
    chosen = and_(_C.c.original_id == _F.c.chosen_original, _C.c.ordinal == _F.c.chosen_ordinal)
    differs = _F.c.track_object.is_distinct_from(_C.c.track_object)
    return select(_F.c.id).join(_C, chosen).where(_F.c.merged_into.is_(None), differs)


def _unmerged() -> Select[tuple[str]]:
    latest = and_(_M.c.alias == _F.c.id, _M.c.undone_us.is_(None))
    return select(_F.c.id).outerjoin(_M, latest).where(_F.c.merged_into.is_distinct_from(_M.c.into_flight))


def _of_flights(flight_ids: Iterable[object], what: str) -> list[Fault]:
    return [Fault(FaultKind.CATALOGUE, str(each), f"Flight {each}: {what}.") for each in flight_ids]
