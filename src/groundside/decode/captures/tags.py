"""The tags of one image, as a multispectral camera writes them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from groundside.decode.photos.found import Value
from groundside.decode.photos.reading import find
from groundside.decode.photos.window import Window

FORMATS = frozenset({"tiff", "jpeg", "dng"})
MOST_PIXELS = 200_000_000
"""Far more than any multispectral sensor has; a larger header is a lie or another kind of image."""
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


class NotAnImage(ValueError):
    """No image that can be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Tags:
    """
    The tags of one image.

    Args:
        values: by group and name, as `groundside.decode.photos.reading.tags_of` gives them.
        size: width, height.
        bits: of a sample.
    """

    values: Mapping[str, Value]
    size: tuple[int, int]
    bits: int

    def has(self, name: str) -> bool:
        """Say whether there is an XMP property of that name, as `Camera:BandName`."""
        return f"XMP-{name}" in self.values

    def text(self, name: str) -> str:
        """Give the first value of an XMP property, or an empty text; a list of one and a plain text are the same."""
        return next(iter(_texts(self.values.get(f"XMP-{name}"))), "").strip()

    def numbers(self, name: str) -> tuple[float, ...]:
        """Give all numbers of an XMP property, however they were written: a list, commas, semicolons, blanks."""
        several = _texts(self.values.get(f"XMP-{name}"))
        return _finite(float(text) for value in several for text in _NUMBER.findall(value))

    def number(self, name: str) -> float | None:
        """Give the first number of an XMP property, None where there is none."""
        return next(iter(self.numbers(name)), None)

    def anywhere(self, local: str) -> float | None:
        """Give the first number of a name whatever space it stands in: makers have moved some from one to another."""
        names = (key[4:] for key in self.values if key.startswith("XMP-") and key.rpartition(":")[2] == local)
        return next((number for name in names if (number := self.number(name)) is not None), None)

    def exif_text(self, name: str) -> str:
        """Give an EXIF value as text, without what pads it."""
        value = self._exif(name)
        return ("" if value is None or isinstance(value, bytes) else str(value)).strip("\0 \t\r\n")

    def exif_numbers(self, name: str) -> tuple[float, ...]:
        """Give an EXIF value as numbers; a tag that holds one or many is the same here."""
        return _numbers(self._exif(name))

    def exif_number(self, name: str) -> float | None:
        """Give the first number of an EXIF value, None where there is none."""
        return next(iter(self.exif_numbers(name)), None)

    def gps_numbers(self, name: str) -> tuple[float, ...]:
        """Give a value of the GPS directory as numbers."""
        return _numbers(self.values.get(f"GPS:{name}"))

    def gps_text(self, name: str) -> str:
        """Give a value of the GPS directory as text."""
        return str(self.values.get(f"GPS:{name}") or "")

    def _exif(self, name: str) -> Value:
        value = self.values.get(f"ExifIFD:{name}")
        return self.values.get(f"IFD0:{name}") if value is None else value


def _texts(value: Value) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(str(one) for one in value)
    return () if value is None or isinstance(value, bytes) else (str(value),)


def _numbers(value: Value) -> tuple[float, ...]:
    several = value if isinstance(value, tuple) else (value,)
    return _finite(float(one) for one in several if isinstance(one, int | float))


def _finite(numbers: Iterable[float]) -> tuple[float, ...]:
    return tuple(number for number in numbers if math.isfinite(number))


def tags_of(data: bytes) -> Tags:
    """
    Read the tags of one image.

    Raises:
        NotAnImage: it is none, or says that it is far too large to be one of a camera.
    """
    found = find(Window.over(data))
    if found.format not in FORMATS:
        what = "is no TIFF or JPEG image that can be read"
        raise NotAnImage(what)
    width, height = found.width_px or 0, found.height_px or 0
    if width < 1 or height < 1 or width * height > MOST_PIXELS:
        what = f"says that it has {width} x {height} pixels, which no camera here has"
        raise NotAnImage(what)
    bits = found.tags.get("IFD0:BitsPerSample")
    return Tags(found.tags, (width, height), bits if isinstance(bits, int) else 8)
