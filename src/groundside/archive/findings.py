"""Verbs about findings: pinned to pixels of photos, and so to the ground; with their history. Nothing is deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groundside.archive.footprints import pin as pinned
from groundside.archive.naming_photos import photo_named
from groundside.archive.stating import SHORTEST_PREFIX, new_subject, state, stated, text_of
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.decode.photos.reading import read_photo
from groundside.decode.photos.window import Window
from groundside.errors import BadRequest, Conflict, NotFound
from groundside.keep.canonical import noun
from groundside.keep.catalogue import Reader, Writer
from groundside.keep.rows import KeptOriginal
from groundside.model.caller import Caller, Scope
from groundside.model.finding import Asset, Finding, FindingChange, FindingQuery, FindingVersion, Pin, Status
from groundside.model.footprint import NoFootprint
from groundside.model.photo import Photo

if TYPE_CHECKING:
    from groundside.model.surface import Surface

FINDING, ASSET = "finding", "asset"
"""Kinds of statements about photos. The subject of a finding is "PHOTO/FINDING": it goes when the photo is erased."""


@verb(Effect.CHANGES)
def add_finding(  # noqa: PLR0913 - the ground is two questions
    store: Store,
    caller: Caller,
    photo: str,
    pin: Pin,
    said: FindingChange,
    surface: Surface | None = None,
    ground_height_m: float | None = None,
) -> Finding:
    """
    Enter what was found in a photo, and where on the ground that is.

    Args:
        photo: id, SHA-256 or the beginning of one, or name of a photo of the archive.
        pin: where in the photo, in pixels as stored.
        said: at least of what type it is.
        surface: an elevation model; None for level ground.
        ground_height_m: of level ground, above what the photo's altitude is above; None for that of take-off.

    Raises:
        NotFound: no such photo, or no such asset.
        BadRequest: the pin lies outside of the photo, or a text that is none.
    """
    with store.catalogue.commit(caller) as writer:
        of = photo_named(store, writer, photo, caller.scope)
        image = _photo(store, of)
        _check(pin, image, of.file_name)
        middle = pin.x_px + pin.width_px / 2.0, pin.y_px + pin.height_px / 2.0
        place = pinned(image, middle, surface, ground_height_m)
        new = Finding(
            id=new_subject(),
            photo=of.id,
            file=of.file_name,
            pin=pin,
            type=text_of(said.type or "", "A type of finding"),
        )
        if isinstance(place, NoFootprint):
            new = replace(new, why=(place.why,))
        else:
            new = replace(new, ground=place.point, over=place.ground, why=place.notes)
        return _written(store, writer, _changed(writer, caller, new, said))


@verb(Effect.CHANGES)
def edit_finding(store: Store, caller: Caller, finding_id: str, change: FindingChange) -> Finding:
    """
    Say something else of a finding: also that it is closed. What was said before stays in its history.

    Raises:
        NotFound: no such finding, or no such asset.
        BadRequest: a text that is none.
    """
    with store.catalogue.commit(caller) as writer:
        known = _finding(writer, caller.scope, finding_id)
        return _written(store, writer, _changed(writer, caller, known, change))


@verb(Effect.REVEALS)
def findings(store: Store, caller: Caller, asked: FindingQuery) -> tuple[Finding, ...]:
    """
    List findings, the worst first; those that are closed or dismissed come last.

    Raises:
        NotFound: no such photo or asset.
    """
    with store.catalogue.read() as reader:
        photo = photo_named(store, reader, asked.photo, caller.scope).id if asked.photo else ""
        asset = _asset(reader, caller.scope, asked.asset).id if asked.asset else ""
        found = _findings(reader, caller.scope)
    wanted = {"photo": photo, "asset": asset, "type": asked.type, "status": asked.status, "severity": asked.severity}
    fit = [each for each in found if all(not value or getattr(each, name) == value for name, value in wanted.items())]
    return tuple(sorted((each for each in fit if asked.box is None or _inside(each, asked.box)), key=_order))


@verb(Effect.REVEALS)
def finding(store: Store, caller: Caller, finding_id: str) -> tuple[FindingVersion, ...]:
    """
    Give one finding with its history, the oldest first.

    Raises:
        NotFound: no such finding.
    """
    with store.catalogue.read() as reader:
        known = _finding(reader, caller.scope, finding_id)
        every = reader.statements(FINDING, caller.scope, _subject(known), ended=True)
    return tuple(FindingVersion(noun(Finding, each.said), each.who, each.at_us) for each in every)


@verb(Effect.CHANGES)
def add_asset(store: Store, caller: Caller, asset: Asset, photo: str = "") -> Asset:
    """
    Enter an asset, or say more of the one of that name: its type, what it is part of, a photo that shows it.

    Args:
        asset: its id and photos are filled in; `part_of` may be a name.
        photo: one that shows it; empty for none.

    Raises:
        NotFound: no such photo, or no asset that it is to be part of.
        BadRequest: a text that is none.
        Conflict: it would be part of itself.
    """
    with store.catalogue.commit(caller) as writer:
        name = text_of(asset.name, "The name of an asset")
        known = stated(writer, ASSET, Asset, caller.scope)
        was = next((each for each in known.values() if each.name.casefold() == name.casefold()), None)
        new = was or Asset(id=new_subject(), name=name)
        part_of = _asset(writer, caller.scope, asset.part_of).id if asset.part_of else new.part_of
        shown = (photo_named(store, writer, photo, caller.scope).id,) if photo else ()
        new = replace(
            new,
            type=text_of(asset.type, "A type of asset", needed=False) or new.type,
            part_of=part_of,
            photos=tuple(dict.fromkeys((*new.photos, *shown))),
        )
        _refuse_circle({**known, new.id: new}, new)
        state(writer, ASSET, new.id, new, at_us=store.now_us())
    return new


@verb(Effect.REVEALS)
def assets(store: Store, caller: Caller) -> tuple[Asset, ...]:
    """List what is inspected, by name."""
    with store.catalogue.read() as reader:
        return tuple(sorted(stated(reader, ASSET, Asset, caller.scope).values(), key=lambda each: each.name.casefold()))


def _photo(store: Store, of: KeptOriginal) -> Photo:
    with store.vault.view(of.object_id) as data:
        return read_photo(Window.over(data))[0]


def _check(pin: Pin, image: Photo, name: str) -> None:
    if image.kind != "photo" or not image.width_px or not image.height_px:
        what = f"{name} is no photo whose pixels could be pointed at."
        raise BadRequest(what, try_this="groundside finding add with a JPEG, TIFF or DNG file of the archive")
    right, low = pin.x_px + pin.width_px, pin.y_px + pin.height_px
    whole = 0 <= pin.x_px <= right <= image.width_px and 0 <= pin.y_px <= low <= image.height_px
    if not whole or min(pin.width_px, pin.height_px) < 0:
        what = f"({pin.x_px:g}, {pin.y_px:g}) is not in {name}, which has {image.width_px} by {image.height_px} pixels."
        raise BadRequest(what, try_this="--at X,Y in pixels from the upper left corner of the image as stored")


def _changed(reader: Reader, caller: Caller, of: Finding, change: FindingChange) -> Finding:
    asset = change.asset
    if asset:
        asset = _asset(reader, caller.scope, asset).id
    given = {"severity": change.severity, "status": change.status, "asset": asset}
    if change.type is not None:
        given["type"] = text_of(change.type, "A type of finding")
    for name, what in (("note", "A note"), ("assigned", "Who it is assigned to")):
        text = getattr(change, name)
        if text is not None:
            given[name] = text_of(text, what, needed=False)
    return replace(of, **{name: value for name, value in given.items() if value is not None})


def _written(store: Store, writer: Writer, new: Finding) -> Finding:
    state(writer, FINDING, _subject(new), new, at_us=store.now_us())
    return new


def _subject(of: Finding) -> str:
    return f"{of.photo}/{of.id}"


def _findings(reader: Reader, scope: Scope) -> list[Finding]:
    """Give the findings in photos that are in the scope."""
    mine = {each.id for each in reader.originals(scope)}
    return [each for each in stated(reader, FINDING, Finding, scope).values() if each.photo in mine]


def _finding(reader: Reader, scope: Scope, beginning: str) -> Finding:
    wanted = beginning.strip().lower()
    found = [each for each in _findings(reader, scope) if len(wanted) >= SHORTEST_PREFIX and each.id.startswith(wanted)]
    if len(found) != 1:
        what = f"{'Several findings begin' if found else 'There is no finding that begins'} with {beginning[:40]!r}."
        raise NotFound(what, try_this="groundside finding list")
    return found[0]


def _asset(reader: Reader, scope: Scope, named: str) -> Asset:
    known = stated(reader, ASSET, Asset, scope).values()
    found = [each for each in known if named.strip().casefold() in {each.name.casefold(), each.id}]
    if len(found) != 1:
        what = f"There is no asset {named[:60]!r}."
        raise NotFound(what, try_this="groundside finding assets; groundside finding asset NAME adds one")
    return found[0]


def _refuse_circle(known: dict[str, Asset], new: Asset) -> None:
    above, steps = new.part_of, 0
    while above and above in known and steps <= len(known):
        if above == new.id:
            what = f"{new.name} would be a part of itself."
            raise Conflict(what, try_this="groundside finding assets")
        above, steps = known[above].part_of, steps + 1


def _inside(of: Finding, box: tuple[float, float, float, float]) -> bool:
    if of.ground is None:
        return False
    west, south, east, north = box
    lon, lat = of.ground.place.lon, of.ground.place.lat
    return south <= lat <= north and any(west <= lon + turn <= east for turn in (0.0, 360.0, -360.0))


def _order(of: Finding) -> tuple[bool, int, str, str]:
    done = of.status in {Status.CLOSED, Status.DISMISSED}
    return done, -list(type(of.severity)).index(of.severity), of.file, of.id
