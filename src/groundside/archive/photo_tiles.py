"""Verbs about the pictures of photos as a viewer shows them: tiles, made on demand, kept in memory alone."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, NotFound
from groundside.keep.rows import KeptOriginal
from groundside.model.caller import Caller

if TYPE_CHECKING:
    from groundside.produce.imagery.tiles import Pixels, Shown

TILE_PX = 512
"""Side of a tile, as `produce.imagery.tiles` has it; that module loads Pillow."""
MOST_TILES = 64
"""Of one question: more than a large screen shows."""
MOST_PIXELS = 60_000_000
"""Of decoded pictures in memory, 180 MB; a larger one is kept alone, until the next is looked at."""


class DecodedPictures:
    """The pictures that were decoded last. Nothing of them is written anywhere; they go with the open archive."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], Pixels] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, object_id: str, level: int, decode: Callable[[], Pixels]) -> Pixels:
        """Give a picture at a level; one is decoded at a time, for each may take half a gigabyte."""
        with self._lock:
            key = object_id, level
            found = self._kept.get(key)
            if found is None:
                found = self._kept[key] = decode()
            self._kept.move_to_end(key)
            while (
                len(self._kept) > 1 and sum(each.shape[0] * each.shape[1] for each in self._kept.values()) > MOST_PIXELS
            ):
                self._kept.popitem(last=False)
            return found


_decoded: WeakKeyDictionary[Store, DecodedPictures] = WeakKeyDictionary()


@verb(Effect.REVEALS)
def photo_layout(store: Store, caller: Caller, photo_id: str) -> Shown:
    """
    Say how large a photo is as it is shown, and into how many tiles it goes.

    Raises:
        NotFound: no such photo in the caller's scope.
        NotUnderstood, TooLarge, Unreadable: as `produce.imagery.tiles.picture_at` has it.
    """
    from groundside.produce.imagery.tiles import layout

    of = _original(store, caller, photo_id)
    return layout(store.vault.read(of.object_id), of.file_name)


@verb(Effect.REVEALS)
def photo_tiles(
    store: Store, caller: Caller, photo_id: str, level: int, tiles: Sequence[tuple[int, int]]
) -> list[bytes]:
    """
    Give tiles of a photo as JPEGs without metadata, in the order asked; all of them are one entry in the ledger.

    The original is decoded in memory, under limits; what was decoded last stays there for the next question.

    Args:
        photo_id: of the original.
        level: 0 for full size, each further one is half of the one before.
        tiles: column and row of each.

    Raises:
        NotFound: no such photo in the caller's scope, or it has no such tile.
        BadRequest: more than `MOST_TILES`.
        NotUnderstood, TooLarge, Unreadable: as `produce.imagery.tiles.picture_at` has it.
    """
    from groundside.produce.imagery.tiles import DEEPEST, picture_at, tile

    of = _original(store, caller, photo_id)
    if len(tiles) > MOST_TILES or not 0 <= level <= DEEPEST:
        what = f"At most {MOST_TILES} tiles are given at once, of levels 0 to {DEEPEST}."
        raise BadRequest(what, try_this="ask for fewer")
    kept = _decoded.setdefault(store, DecodedPictures())
    picture = kept.get(of.object_id, level, lambda: picture_at(store.vault.read(of.object_id), level, of.file_name))
    try:
        return [tile(picture, column, row) for column, row in tiles]
    except ValueError as error:
        what = f"{of.file_name} has no such tile at level {level}."
        raise NotFound(what, try_this="ask how the photo is laid out first") from error


def _original(store: Store, caller: Caller, photo_id: str) -> KeptOriginal:
    with store.catalogue.read() as reader:
        if reader.photo(photo_id, caller.scope) is None:
            what = f"There is no photo {photo_id[:40]!r}."
            raise NotFound(what, try_this="groundside photos")
        return reader.original(photo_id, caller.scope)
