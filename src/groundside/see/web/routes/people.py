"""People: who flies, what they hold, who may fly what."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from groundside.archive.people import PersonChange
from groundside.model.pilot import Qualification
from groundside.see import logbook_schema, logbook_shapes
from groundside.see.ical import expiries
from groundside.see.web.answers import Answer
from groundside.see.web.asked import Ask
from groundside.see.days import day_of

router = APIRouter(tags=["people"])
MOST_NAME = 200
MOST_DAYS = 3660
MOST_CERTIFICATES = 50
PersonId = Annotated[str, Path(pattern="^[0-9a-zA-Z_-]{4,64}$", description="Id of a person.")]
Name = Annotated[str, Field(min_length=1, max_length=MOST_NAME)]


class CertificateAsked(BaseModel):
    """A test, training or certificate; dates are those printed on it."""

    model_config = ConfigDict(extra="forbid")

    kind: Name
    obtained: date
    expires: date | None = None
    number: str = Field("", max_length=MOST_NAME)


class PersonAsked(BaseModel):
    """What to enter or change of a person; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    zone: Name | None = None
    add: list[CertificateAsked] = Field(default_factory=list, max_length=MOST_CERTIFICATES)
    remove: list[Name] = Field(default_factory=list, max_length=MOST_CERTIFICATES)

    def change(self) -> PersonChange:
        """Put it in the archive's words."""
        add = tuple(
            Qualification(id="", pilot="", kind=q.kind, obtained=q.obtained, expires=q.expires, number=q.number)
            for q in self.add
        )
        return PersonChange(name=self.name, zone=self.zone, add=add, remove=tuple(self.remove))


class NewPersonAsked(PersonAsked):
    """A person who is not here yet."""

    name: Name = Field()  # pyright: ignore[reportIncompatibleVariableOverride] - needed here


class CurrencyAsked(BaseModel):
    """Of whom, for which day, and how far ahead."""

    model_config = ConfigDict(extra="forbid")

    pilot: str = Field("", max_length=MOST_NAME, description="Name; empty for everybody.")
    on: str = Field("", max_length=10, description="Local day; tomorrow at everybody's home where empty.")
    within: int = Field(60, ge=0, le=MOST_DAYS, description="How many days to look ahead for what lapses.")


@router.get("/people", response_model=logbook_schema.PeopleShape)
def people(ask: Ask) -> Response:
    """List people by name, with what they hold."""
    return Answer({"people": [logbook_shapes.person_shape(each) for each in ask.archive.people(ask.caller)]})


@router.post("/people", response_model=logbook_schema.PersonShape)
def add(ask: Ask, asked: NewPersonAsked) -> Response:
    """Enter a person."""
    return Answer(logbook_shapes.person_shape(ask.archive.add_person(ask.caller, asked.name, asked.change())))


@router.post("/people/{person}", response_model=logbook_schema.PersonShape)
def edit(ask: Ask, person: PersonId, asked: PersonAsked) -> Response:
    """Change what is known of a person; what was known before stays in the history."""
    return Answer(logbook_shapes.person_shape(ask.archive.edit_person(ask.caller, person, asked.change())))


@router.get("/currency", response_model=logbook_schema.CurrencyShape)
def currency(ask: Ask, asked: Annotated[CurrencyAsked, Query()]) -> Response:
    """Say who may fly what on a day, and what lapses in the days after it."""
    found = ask.archive.currency(ask.caller, asked.pilot, on=day_of(asked.on), within_days=asked.within)
    rules = [logbook_shapes.currency_rule_shape(each) for each in found.rules]
    return Answer({**logbook_shapes.currency_shape(found), "within_days": asked.within, "rules": rules})


@router.get("/currency.ics", response_class=Response)
def calendar(ask: Ask) -> Response:
    """Give what lapses as a calendar."""
    found = ask.archive.currency(ask.caller)
    made = expiries(found, ask.archive.about(ask.caller).archive_id)
    headers = {"content-disposition": 'attachment; filename="expiries.ics"'}
    return Response(made, media_type="text/calendar; charset=utf-8", headers=headers)
