"""How old each file is, as a retention policy counts it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import case, func, select

from groundside.errors import Tampered
from groundside.keep import schema
from groundside.keep.connection import Asking, Changing, by_hundreds, within
from groundside.keep.logbook_tables import statement
from groundside.keep.proved_rows import proved_rows
from groundside.model.caller import Scope

_O, _R, _S, _F, _A, _E = (
    schema.original,
    schema.reading,
    schema.flight_source,
    schema.flight,
    schema.arrival,
    schema.event,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """
    A file and since when its time runs.

    Args:
        original_id, case, size: of the file.
        file_name: under which it came first.
        format: empty where nothing understands it.
        flights: how many it tells of.
        since_us: start of the latest of them whose UTC is known, unless that is after the file came; else when it came.
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
        newest = func.max(_F.c.recording_start_us)
        # What began after its own file came had a wrong clock: it would be kept for ever.
        latest = case((newest > _O.c.received_us, None), else_=newest)
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

    def telling_of(self, flight_ids: Collection[str], scope: Scope) -> set[str]:
        """Give the ids of the files that tell of some flights."""
        query = select(_S.c.original_id, _S.c.flight_id).join(_O, _O.c.id == _S.c.original_id)
        told = self.connection.execute(query.where(within(_O.c.case_name, scope)))
        return {row.original_id for row in told if row.flight_id in flight_ids}


def prove_policies(writer: Changing, kind: str) -> None:
    """
    See that policies are those that people stated last and did not take back, before anything is erased for them.

    Args:
        writer: of the commit that erases.
        kind: of statement that a policy is.

    Raises:
        Tampered: one was altered, made up or put back.
    """
    rows = proved_rows(writer, statement, statement.c.kind == kind, statement.c.ended_us.is_(None))
    told = proved_rows(writer, _E, _E.c.what.in_([f"{kind}.stated", f"{kind}.taken_back"]))
    if rows is not None and told is not None:
        last = {str(each["about"]): each for each in sorted(told, key=lambda each: int(each["seq"]))}
        stated = {(about, int(each["at_us"])) for about, each in last.items() if each["what"] == f"{kind}.stated"}
        if {(str(row["subject"]), int(row["at_us"])) for row in rows} <= stated:
            return
    what = "The retention policies of this archive are not what people stated: nothing is erased."
    raise Tampered(what, try_this="groundside verify, which names the rows")


def prove_ages(writer: Changing, originals: Collection[str]) -> None:
    """
    See that what says how old some files are is as it was written, before they are erased for their age.

    Raises:
        Tampered: it was altered.
    """
    for some in by_hundreds(originals):
        told = proved_rows(writer, _S, _S.c.original_id.in_(some))
        flights = {str(each["flight_id"]) for each in told or ()}
        others = (
            proved_rows(writer, table, column.in_(values))
            for table, column, values in (
                (_O, _O.c.id, some),
                (_R, _R.c.original_id, some),
                (_F, _F.c.id, sorted(flights)),
            )
        )
        if told is None or any(each is None for each in others):
            what = "What says how old files are was altered: nothing is erased for it."
            raise Tampered(what, try_this="groundside verify, which names the rows")
