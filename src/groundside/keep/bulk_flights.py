"""Many new flights at once, each made of one cut that no other flight can be the same as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

from groundside.keep import schema
from groundside.keep.connection import Changing, insert_rows, new_id
from groundside.keep.flight_columns import facts_columns
from groundside.keep.flight_search import folded
from groundside.keep.flight_sums import counted_of, recount_new, revision
from groundside.keep.originals import as_named
from groundside.keep.path_heads import VERSION
from groundside.keep.places import UNKNOWN_START_US
from groundside.keep.row_seals import insert_sealed
from groundside.keep.rows import CutRef, FlightFacts

_F, _S, _C = schema.flight, schema.flight_source, schema.flight_cell
_P, _T = schema.track_path, schema.flight_text


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFlight:
    """
    A flight of one source.

    Args:
        case: what it belongs to.
        facts: what it shows; `chosen` is its one source.
        file_name: of that source.
        path: of its track, as `paths.path_bytes` gave it; None where it has no track.
        why: it is held to be a flight of its own.
    """

    case: str
    facts: FlightFacts
    file_name: str
    path: bytes | None
    why: str


class BulkFlightWrites(Changing):
    """Many flights at once."""

    def flights_revision(self) -> int:
        """Give the token that stands for all flights as they are; another after every change of one."""
        return revision(self.connection)

    def add_paths(self, paths: Sequence[tuple[str, bytes]]) -> None:
        """Keep the paths of tracks, each under the id of its object; see `PlaceWrites.add_path`."""
        insert_rows(self.connection, _P, [{"track_object": name, "path": path} for name, path in paths])

    def add_flights(self, new: Sequence[NewFlight], *, at_us: int) -> list[str]:
        """
        Record flights, each with its one source, as `add_flight` and `attach_source` would one by one.

        Returns:
            Their random, permanent ids, in order.
        """
        rows = [_row(each, at_us) for each in new]
        if not rows:
            return []
        insert_sealed(self.connection, self.row_key, _F, rows)
        texts = [{"flight_id": r["id"], "search_text": _text(r, each)} for r, each in zip(rows, new, strict=True)]
        insert_rows(self.connection, _T, texts)
        sources = [_source(str(r["id"]), each) for r, each in zip(rows, new, strict=True)]
        insert_sealed(self.connection, self.row_key, _S, sources)
        cells = [entry for row, each in zip(rows, new, strict=True) for entry in _cells(row, each.path)]
        insert_rows(self.connection, _C, cells)
        recount_new(self.connection, [counted_of(_like(row)) for row in rows])
        return [str(row["id"]) for row in rows]


def _row(new: NewFlight, at_us: int) -> dict[str, object]:
    columns = facts_columns(new.facts)
    entered = new.path is not None or new.facts.track_object is None
    fixed = {"id": new_id(), "case_name": new.case, "made_us": at_us}
    return {**fixed, "placed": VERSION if entered else None, **columns}


def _text(row: dict[str, object], new: NewFlight) -> str:
    words = (row["place_folded"], row["aircraft_folded"], as_named(new.file_name))
    return folded(str(word) for word in words if word) or ""


def _source(flight_id: str, new: NewFlight) -> dict[str, object]:
    ref = cast("CutRef", new.facts.chosen)
    where = {"original_id": ref.original_id, "ordinal": ref.ordinal, "flight_id": flight_id}
    return {**where, "clock_offset_s": None, "clock_error_s": None, "why": new.why, "chosen": True, "by_person": False}


def _cells(row: dict[str, object], path: bytes | None) -> list[dict[str, object]]:
    from groundside.keep.place_search import cells_of_flight  # late, as in `places`

    start = row["recording_start_us"]
    start = UNKNOWN_START_US if start is None else start
    found = cells_of_flight(_like({**row, "path": path})) or []
    return [{"cell": cell, "start_us": start, "flight_id": row["id"]} for cell in found]


def _like(row: dict[str, object]) -> Any:  # noqa: ANN401 - it is read as a row of the table is
    return SimpleNamespace(**row)
