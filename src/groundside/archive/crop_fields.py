"""Verbs about fields: their boundaries and what grows there, stated by people, with what was stated before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

from groundside.archive.stating import new_subject, state, stated, taken_back, text_of
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, NotFound
from groundside.keep.canonical import noun
from groundside.keep.catalogue import Reader
from groundside.model.agronomy import Value
from groundside.model.caller import Caller, Scope
from groundside.model.prescription import CropField
from groundside.model.query import Area
from groundside.produce.crop.prescribe.drawn import area_ha

FIELD = "field"
BEGINNINGS = ("", "sown", "bud break")


@dataclass(frozen=True, slots=True)
class FieldStated:
    """A field as it was stated once: when and by whom, and when that ended."""

    field: CropField
    who: str
    at_us: int
    ended_us: int | None


@dataclass(frozen=True, slots=True)
class FieldRecord:
    """A field, and everything that was stated of it, the first first."""

    field: CropField
    history: tuple[FieldStated, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """What is stated of a field; None leaves it as it was."""

    area: Area | None = None
    crop: str | None = None
    cultivar: str | None = None
    begun: date | None = None
    began_with: str | None = None


@verb(Effect.CHANGES)
def add_field(store: Store, caller: Caller, name: str, change: FieldChange) -> FieldRecord:
    """
    State a field; or what is new about one of that name: another crop, a new season. What was stated stays in history.

    Raises:
        BadRequest: a new field has no boundary, or a text is no text.
    """
    with store.catalogue.commit(caller) as writer:
        known = {one.name.casefold(): one for one in stated(writer, FIELD, CropField, caller.scope).values()}
        before = known.get(name.strip().casefold())
        if before is None and change.area is None:
            what = f"There is no field {name[:60]!r} yet, and a new one needs a boundary."
            raise BadRequest(what, try_this="groundside crop field add NAME --boundary FILE")
        made = _changed(before or CropField(new_subject(), text_of(name, "A name"), Area(())), change)
        state(writer, FIELD, made.id, made, at_us=store.now_us())
        return _record(writer, caller.scope, made)


@verb(Effect.REVEALS)
def crop_fields(store: Store, caller: Caller, named: str = "") -> tuple[FieldRecord, ...]:
    """
    List fields by name.

    Args:
        named: only this one.

    Raises:
        NotFound: there is none of that name.
    """
    with store.catalogue.read() as reader:
        known = sorted(stated(reader, FIELD, CropField, caller.scope).values(), key=lambda f: f.name.casefold())
        chosen = [_named(known, named)] if named else known
        return tuple(_record(reader, caller.scope, one) for one in chosen)


@verb(Effect.CHANGES)
def drop_field(store: Store, caller: Caller, named: str) -> None:
    """
    Take a field back; what was stated stays in the history.

    Raises:
        NotFound: there is none of that name.
    """
    with store.catalogue.commit(caller) as writer:
        found = _named(list(stated(writer, FIELD, CropField, caller.scope).values()), named)
        taken_back(writer, FIELD, found.id, at_us=store.now_us())


def _changed(field: CropField, change: FieldChange) -> CropField:
    area = change.area or field.area
    crop = field.crop if change.crop is None else text_of(change.crop, "A crop", needed=False)
    cultivar = field.cultivar if change.cultivar is None else text_of(change.cultivar, "A cultivar", needed=False)
    began_with = field.began_with if change.began_with is None else change.began_with
    if began_with not in BEGINNINGS:
        what = f"A season begins with {' or '.join(BEGINNINGS[1:])}, not {began_with[:40]!r}."
        raise BadRequest(what, try_this="--sown DATE or --bud-break DATE")
    return replace(
        field, area=area, crop=crop, cultivar=cultivar, begun=change.begun or field.begun, began_with=began_with,
        area_ha=area_ha(area),
    )  # fmt: skip


def _record(reader: Reader, scope: Scope, field: CropField) -> FieldRecord:
    every = reader.statements(FIELD, scope, field.id, ended=True)
    said = (FieldStated(noun(CropField, one.said), one.who, one.at_us, one.ended_us) for one in every)
    return FieldRecord(field, tuple(said))


def named_field(reader: Reader, scope: Scope, named: str) -> CropField:
    """
    Find a field by its id or its name.

    Raises:
        NotFound: there is none.
    """
    return _named(list(stated(reader, FIELD, CropField, scope).values()), named)


def _named(known: list[CropField], named: str) -> CropField:
    wanted = named.strip().casefold()
    found = next((one for one in known if wanted in (one.id, one.name.casefold())), None)
    if found is not None:
        return found
    near = get_close_matches(named, [one.name for one in known], n=1, cutoff=0.4)
    what = f"There is no field {named[:60]!r}."
    raise NotFound(what, try_this=f"did you mean {near[0]!r}?" if near else "groundside crop field list")


def field_facts(field: CropField) -> dict[str, Value]:
    """Say what is known of a field, for a prescription to carry."""
    known = {"field": field.name, "crop": field.crop, "cultivar": field.cultivar}
    if field.begun:
        known[field.began_with or "begun"] = field.begun.isoformat()
    return {name: value for name, value in known.items() if value}
