"""The logbook: hours, who flew what, signed months, and what happened in a flight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from groundside.archive.assigning import Which
from groundside.archive.logbook import LogbookQuery, Split
from groundside.model import assignment
from groundside.model.logbook import Grouping
from groundside.see import fleet_shapes, logbook_schema, logbook_shapes
from groundside.see.logbook_csv import logbook_csv
from groundside.see.web.answers import Answer
from groundside.see.web.asked import Ask, FlightId
from groundside.see.days import day_of

if TYPE_CHECKING:
    from groundside.model.pilot import Person

router = APIRouter(tags=["logbook"])
ID_PATTERN = "^[0-9a-f]{32}$"
MOST_NAME = 200
MOST_TEXT = 2000
MOST_IDS = 5000
MOST_CHANGES = 1000
By = Grouping | Split


class BookAsked(BaseModel):
    """Which part of a logbook."""

    model_config = ConfigDict(extra="forbid")

    pilot: str = Field("", max_length=MOST_NAME, description="Name of the pilot in command; empty for all flights.")
    from_: str = Field("", alias="from", max_length=10, description="First local day.")
    to: str = Field("", max_length=10, description="Last local day, inside.")
    by: By = Field(Grouping.MONTH, description="What hours are grouped by.")

    def query(self) -> LogbookQuery:
        """
        Put the question in the archive's words.

        Raises:
            BadRequest: a day that is none.
        """
        return LogbookQuery(pilot=self.pilot, first=day_of(self.from_), last=day_of(self.to), by=self.by)


class AssignAsked(BaseModel):
    """Which flights, and what is said of them; an empty text takes it away."""

    model_config = ConfigDict(extra="forbid")

    flights: list[Annotated[str, Field(pattern=ID_PATTERN)]] = Field(min_length=1, max_length=MOST_IDS)
    fields: dict[assignment.Field, Annotated[str, Field(max_length=MOST_TEXT)]] = Field(min_length=1)


class UndoAsked(BaseModel):
    """Which change of assignments to take back: its id, or its first characters."""

    model_config = ConfigDict(extra="forbid")

    change: str = Field(min_length=4, max_length=64)


class SignAsked(BaseModel):
    """Which month of which pilot to sign."""

    model_config = ConfigDict(extra="forbid")

    pilot: str = Field(min_length=1, max_length=MOST_NAME)
    month: str = Field(pattern=r"^\d{4}-\d{2}$")
    note: str = Field("", max_length=MOST_TEXT)


@router.get("/logbook", response_model=logbook_schema.LogbookShape)
def logbook(ask: Ask, asked: Annotated[BookAsked, Query()]) -> Response:
    """Give a logbook: hours by group, flight by flight, what is in no sum and why, signed months."""
    return Answer(logbook_shapes.logbook_shape(ask.archive.logbook(ask.caller, asked.query())))


@router.get("/logbook/overview", response_model=logbook_schema.OverviewShape)
def overview(ask: Ask) -> Response:
    """Give the sums of the whole logbook by month, its newest flights, and how many there are of what."""
    return Answer(logbook_shapes.overview_shape(ask.archive.logbook(ask.caller, LogbookQuery())))


@router.get("/logbook.csv", response_class=Response)
def book_as_csv(ask: Ask, asked: Annotated[BookAsked, Query()]) -> Response:
    """Give a logbook flight by flight as CSV."""
    book = ask.archive.logbook(ask.caller, asked.query())
    headers = {"content-disposition": f'attachment; filename="logbook{_of(book.pilot)}.csv"'}
    return Response(logbook_csv(book), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/logbook/sign", response_model=logbook_schema.SignedShape)
def sign(ask: Ask, asked: SignAsked) -> Response:
    """Sign a month of a pilot's logbook; what changes in it afterwards is then named."""
    signed = ask.archive.sign_logbook(ask.caller, asked.pilot, asked.month, asked.note)
    return Answer(logbook_shapes.signed_shape(signed))


@router.post("/assign", response_model=logbook_schema.AssignDoneShape)
def assign(ask: Ask, asked: AssignAsked) -> Response:
    """Say who flew flights and what for: all of them in one change, which can be taken back."""
    done = ask.archive.assign(ask.caller, Which(ids=tuple(asked.flights)), asked.fields)
    return Answer(logbook_shapes.assign_shape(done))


@router.post("/assign/undo", response_model=logbook_schema.AssignDoneShape)
def undo(ask: Ask, asked: UndoAsked) -> Response:
    """Take a change of assignments back; what somebody changed since stays."""
    return Answer(logbook_shapes.assign_shape(ask.archive.undo_assign(ask.caller, asked.change)))


@router.get("/assign/changes", response_model=logbook_schema.AssignChangesShape)
def changes(ask: Ask, most: Annotated[int, Query(ge=1, le=MOST_CHANGES)] = 50) -> Response:
    """List changes of assignments, the newest first."""
    made = ask.archive.assign_changes(ask.caller, most)
    return Answer({"changes": [logbook_shapes.batch_shape(each) for each in made]})


@router.get("/flights/{flight}/assignments", response_model=logbook_schema.AssignmentsShape)
def assignments(ask: Ask, flight: FlightId) -> Response:
    """List all that a flight ever was assigned, by whom and when."""
    names = {each.person.id: each.person.name for each in ask.archive.people(ask.caller)}
    said = ask.archive.assignments(ask.caller, flight)
    return Answer({"assignments": [logbook_shapes.assigned_shape(each, names) for each in said]})


@router.get("/flights/{flight}/happened", response_model=logbook_schema.HappenedShape)
def happened(ask: Ask, flight: FlightId) -> Response:
    """Say what happened in a flight: phases, events with the rows that tell of them, wind."""
    return Answer(fleet_shapes.happened_shape(ask.archive.happened(ask.caller, flight)))


def _of(person: Person | None) -> str:
    """Give what a person adds to the name of a file: letters and digits only."""
    word = "".join(each for each in (person.name if person else "") if each.isascii() and each.isalnum())
    return f"-{word.lower()}" if word else ""
