"""Verbs about what belongs to a field: images of a day, weather, strips and zones that were drawn, prescriptions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from groundside.archive.crop_fields import named_field
from groundside.archive.ingesting import receive
from groundside.archive.photos import CHUNK_BYTES
from groundside.archive.stating import new_subject, state, stated, taken_back, text_of
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, NotFound, TooLarge
from groundside.keep.catalogue import Reader
from groundside.model.caller import Caller, Scope
from groundside.model.crop_record import STRIP, ZONE, CropImage, CropPatch, CropTask, CropWeather
from groundside.model.digest import Digest
from groundside.model.prescription import CropField

Record = TypeVar("Record", CropImage, CropWeather, CropPatch, CropTask)
KINDS: dict[str, type[CropImage] | type[CropWeather] | type[CropPatch] | type[CropTask]] = {
    "field-image": CropImage, "field-weather": CropWeather, "field-patch": CropPatch, "field-task": CropTask,
}  # fmt: skip
IMAGE, WEATHER, PATCH, TASK = KINDS
MOST_WEATHER = 60_000
"""Characters: several years of a line a day."""
MOST_OF_A_FIELD = 2000


@dataclass(frozen=True, slots=True)
class FieldRecords:
    """All that belongs to a field, each by day or name; `weather` is None where there is none."""

    field: CropField
    images: tuple[CropImage, ...]
    weather: CropWeather | None
    patches: tuple[CropPatch, ...]
    tasks: tuple[CropTask, ...]


@dataclass(frozen=True, slots=True)
class KeptRaster:
    """An image of a field and its bytes: how many, the digest of them, and the bytes in order."""

    image: CropImage
    field: CropField
    size: int
    sha256: str
    pieces: Iterator[bytes]


@verb(Effect.CHANGES)
def add_crop_image(store: Store, caller: Caller, field: str, path: Path, said: CropImage) -> CropImage:
    """
    Take a raster in as an image of a field.

    Args:
        store, caller: as of every verb.
        field: its id or name.
        path: of the raster.
        said: what is known of it; `id`, `field` and `original` are found here.

    Raises:
        NotFound: there is no such field.
        TooLarge: past `max_file_bytes`, or the field has 2,000 images.
    """
    with store.catalogue.read() as reader:
        found = named_field(reader, caller.scope, field)
        _room(_of(reader, CropImage, IMAGE, caller.scope, found.id))
    digest = hashlib.sha256()
    receive(store, caller, said.file, _pieces_of(path, digest.update))
    with store.catalogue.commit(caller) as writer:
        original = writer.find_original(store.vault.fingerprint(Digest(digest.hexdigest())), caller.scope)
        if original is None:
            what = f"{said.file} was not kept."
            raise NotFound(what, try_this="send it again")
        made = replace(said, id=new_subject(), field=found.id, original=original.id)
        state(writer, IMAGE, made.id, made, at_us=store.now_us())
    return made


@verb(Effect.REVEALS)
def crop_records(store: Store, caller: Caller, field: str) -> FieldRecords:
    """
    Give all that belongs to a field.

    Raises:
        NotFound: there is no such field.
    """
    with store.catalogue.read() as reader:
        found = named_field(reader, caller.scope, field)
        weather = _of(reader, CropWeather, WEATHER, caller.scope, found.id)
        return FieldRecords(
            found,
            tuple(sorted(_of(reader, CropImage, IMAGE, caller.scope, found.id), key=lambda one: (one.taken, one.id))),
            weather[-1] if weather else None,
            tuple(_of(reader, CropPatch, PATCH, caller.scope, found.id)),
            tuple(_of(reader, CropTask, TASK, caller.scope, found.id)),
        )


@verb(Effect.REVEALS)
def crop_raster(store: Store, caller: Caller, image: str) -> KeptRaster:
    """
    Give an image of a field, byte for byte.

    Raises:
        NotFound: there is no such image, or its bytes were erased.
    """
    with store.catalogue.read() as reader:
        found = stated(reader, IMAGE, CropImage, caller.scope).get(image)
        if found is None:
            raise _nothing(image)
        field = named_field(reader, caller.scope, found.field)
        original = reader.original(found.original, caller.scope)
    return KeptRaster(found, field, original.size, str(original.digest), _pieces(store, original.object_id))


@verb(Effect.CHANGES)
def set_crop_weather(store: Store, caller: Caller, field: str, name: str, table: str) -> CropWeather:
    """
    State the weather of a field, in place of what was stated before.

    Args:
        store, caller: as of every verb.
        field: its id or name.
        name: of the file.
        table: its text: a row a day, as `groundside crop stage` reads it.

    Raises:
        NotFound: there is no such field.
        TooLarge: more than 60,000 characters.
        BadRequest: it is no such table.
    """
    from groundside.produce.crop.stages.weather import weather_of

    if len(table) > MOST_WEATHER:
        what = f"A table of weather has at most {MOST_WEATHER:,} characters here."
        raise TooLarge(what, try_this="the days of this season alone")
    weather_of(table)
    with store.catalogue.commit(caller) as writer:
        found = named_field(writer, caller.scope, field)
        for old in _of(writer, CropWeather, WEATHER, caller.scope, found.id):
            taken_back(writer, WEATHER, old.id, at_us=store.now_us())
        made = CropWeather(id=new_subject(), field=found.id, name=text_of(name, "A name"), table=table)
        state(writer, WEATHER, made.id, made, at_us=store.now_us())
    return made


@verb(Effect.CHANGES)
def add_crop_patch(store: Store, caller: Caller, field: str, said: CropPatch) -> CropPatch:
    """
    State a strip or a zone of a field.

    Raises:
        NotFound: there is no such field.
        BadRequest: it is neither, has no area, or is a zone without a rate.
        TooLarge: the field has 2,000 already.
    """
    if said.kind not in (STRIP, ZONE) or not said.area.polygons:
        what = f"What is drawn in a field is a {STRIP} or a {ZONE}, with an area."
        raise BadRequest(what, try_this=STRIP)
    if said.kind == ZONE and said.rate_kg_ha is None:
        what = "A zone has a rate, in kg N/ha."
        raise BadRequest(what, try_this="a number of 0 or more")
    with store.catalogue.commit(caller) as writer:
        found = named_field(writer, caller.scope, field)
        _room(_of(writer, CropPatch, PATCH, caller.scope, found.id))
        made = replace(said, id=new_subject(), field=found.id, name=text_of(said.name, "A name"))
        state(writer, PATCH, made.id, made, at_us=store.now_us())
    return made


@verb(Effect.CHANGES)
def note_prescription(store: Store, caller: Caller, field: str, said: CropTask) -> CropTask:
    """
    State that a prescription was taken away; the day is today's.

    Raises:
        NotFound: there is no such field.
    """
    at_us = store.now_us()
    with store.catalogue.commit(caller) as writer:
        found = named_field(writer, caller.scope, field)
        made = replace(said, id=new_subject(), field=found.id, day=_day(at_us))
        state(writer, TASK, made.id, made, at_us=at_us)
    return made


@verb(Effect.CHANGES)
def drop_crop_record(store: Store, caller: Caller, record: str) -> None:
    """
    Take an image, weather, a strip, a zone or a prescription back; the bytes of an image stay an original.

    Raises:
        NotFound: there is none of that id.
    """
    with store.catalogue.commit(caller) as writer:
        if not any(taken_back(writer, kind, record, at_us=store.now_us()) for kind in KINDS):
            raise _nothing(record)


def _of(reader: Reader, of: type[Record], kind: str, scope: Scope, field: str) -> list[Record]:
    return [one for one in stated(reader, kind, of, scope).values() if one.field == field]


def _room(there: list[CropImage] | list[CropPatch]) -> None:
    if len(there) >= MOST_OF_A_FIELD:
        what = f"A field holds at most {MOST_OF_A_FIELD:,} of them."
        raise TooLarge(what, try_this="take some back first")


def _nothing(record: str) -> NotFound:
    what = f"No field has {record[:40]!r}."
    return NotFound(what, try_this="groundside crop field list")


def _day(at_us: int) -> date:
    return datetime.fromtimestamp(at_us / 1e6, UTC).date()


def _pieces_of(path: Path, seen: Callable[[bytes], object]) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK_BYTES):
            seen(piece)
            yield piece


def _pieces(store: Store, object_id: str) -> Iterator[bytes]:
    with store.vault.open(object_id) as stream:
        while piece := stream.read(CHUNK_BYTES):
            yield piece
