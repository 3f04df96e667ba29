"""How old each file is, as a retention policy counts it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from groundside.keep import schema
from groundside.keep.connection import Asking, within
from groundside.model.caller import Scope

_O, _R, _S, _F, _A = schema.original, schema.reading, schema.flight_source, schema.flight, schema.arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """
    A file and since when its time runs.

    Args:
        original_id, case, size: of the file.
        file_name: under which it came first.
        format: empty where nothing understands it.
        flights: how many it tells of.
        since_us: start of the latest of them whose UTC is known; else when the file came.
        by_flight: the former.
    """

    original_id: str
    case: str
    size: int
    file_name: str
    format: str
    flights: int
    since_us: int
    by_flight: bool


class RetentionReads(Asking):
    """Questions about the age of files."""

    def aged(self, before_us: int, scope: Scope) -> Iterator[Aged]:
        """List the files whose time began before some moment, the oldest first."""
        latest = func.max(_F.c.recording_start_us)
        since = func.coalesce(latest, _O.c.received_us)
        name = select(_A.c.file_name).where(_A.c.original_id == _O.c.id).order_by(_A.c.id).limit(1).scalar_subquery()
        query = (
            select(
                _O.c.id,
                _O.c.case_name,
                _O.c.size,
                name.label("file_name"),
                func.coalesce(_R.c.format, "").label("format"),
                func.count(_S.c.flight_id.distinct()).label("flights"),
                since.label("since_us"),
                latest.label("latest"),
            )
            .select_from(_O)
            .outerjoin(_R, _R.c.original_id == _O.c.id)
            .outerjoin(_S, _S.c.original_id == _O.c.id)
            .outerjoin(_F, _F.c.id == _S.c.flight_id)
            .where(within(_O.c.case_name, scope))
            .group_by(_O.c.id, _O.c.case_name, _O.c.size, _O.c.received_us, _R.c.format)
            .having(since < before_us)
            .order_by(since, _O.c.id)
        )
        for r in self.connection.execute(query):
            yield Aged(
                original_id=r.id,
                case=r.case_name,
                size=r.size,
                file_name=r.file_name or "",
                format=r.format,
                flights=r.flights,
                since_us=r.since_us,
                by_flight=r.latest is not None,
            )

    def telling_of(self, flight_ids: Collection[str]) -> set[str]:
        """Give the ids of the files that tell of some flights."""
        told = self.connection.execute(select(_S.c.original_id, _S.c.flight_id))
        return {row.original_id for row in told if row.flight_id in flight_ids}
