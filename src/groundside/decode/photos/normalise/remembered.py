"""What many photos of one camera have in common is worked out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from groundside.decode.photos.normalise.values import Asked
from groundside.model.photo import Quirk

_MOST = 256
_LONGEST = 4096
Made = TypeVar("Made")
Size = tuple[int | None, int | None]


class Remembered(Generic[Made]):
    """
    A function of some tags and of the image's size that remembers what it gave for the same ones.

    Args:
        make: the function; it asks for no tag but these, and a test holds it to that.
        keys: the tags.
    """

    __slots__ = ("_known", "keys", "make")

    def __init__(self, make: Callable[[Asked, Size], Made], keys: tuple[str, ...]) -> None:
        self.make, self.keys = make, keys
        self._known: dict[tuple[object, ...], tuple[Made, tuple[Quirk, ...]]] = {}

    def __call__(self, asked: Asked, size: Size) -> Made:
        """Give what the function makes of these tags, and name the quirks that it finds."""
        get = asked.tags.get
        key = (size, *map(get, self.keys))
        known = self._known.get(key)
        if known is None:
            known = self._make(asked, size, key)
        for quirk in known[1]:
            asked.quirk(quirk.name, quirk.what)
        return known[0]

    def _make(self, asked: Asked, size: Size, key: tuple[object, ...]) -> tuple[Made, tuple[Quirk, ...]]:
        alone = Asked(asked.tags)
        made = self.make(alone, size), alone.quirks()
        # Any file may bring long or ever new values: what is kept of them is bounded.
        if len(self._known) >= _MOST:
            self._known.clear()
        if all(not isinstance(each, str | bytes | tuple) or len(each) <= _LONGEST for each in key):
            self._known[key] = made
        return made
