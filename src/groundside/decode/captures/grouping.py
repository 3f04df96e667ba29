"""Files to captures: all bands of one moment together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from groundside.decode.captures import dji, micasense, sentera, sequoia
from groundside.decode.captures.tags import NotAnImage, tags_of
from groundside.model.capture import Band, Capture

MAKERS = (micasense, dji, sequoia, sentera)
SUFFIXES = frozenset({".tif", ".tiff", ".jpg", ".jpeg"})
_BAND_SUFFIX = re.compile(r"(?:_\d{1,2}|_(?:GRE|RED|REG|NIR|RGB)|_MS_(?:G|R|RE|NIR))$", re.IGNORECASE)


def band_of(data: bytes, file: str) -> Band:
    """
    Read what one image file says of its band.

    Raises:
        NotAnImage: it is no image, or of no camera known here, or does not say which band it is; the text says which.
    """
    tags = tags_of(data)
    maker = next((one for one in MAKERS if one.recognises(tags)), None)
    if maker is None:
        what = "comes from no multispectral camera known here"
        raise NotAnImage(what)
    band = maker.band_of(tags, file)
    if not band.name:
        what = "does not say which band it is"
        raise NotAnImage(what)
    return band


def stem_of(file: str) -> str:
    """Give a file's name without its suffix and without what tells the bands of one capture apart."""
    return _BAND_SUFFIX.sub("", PurePosixPath(file).stem)


def captures_of(bands: Iterable[Band]) -> tuple[list[Capture], list[tuple[str, str]]]:
    """
    Put bands of one moment together, each capture's in the order of the rig.

    Bands are told apart by what the file says, never by the number in its name: band 4 of a RedEdge is near-infrared.

    Returns:
        The captures in order of time, and files left out with the reason.
    """
    groups: dict[tuple[str, str], list[Band]] = {}
    left_out: list[tuple[str, str]] = []
    for band in bands:
        folder = str(PurePosixPath(band.file).parent)
        key = (band.maker, band.capture or f"{folder}/{stem_of(band.file)}")
        group = groups.setdefault(key, [])
        twin = next((one for one in group if one.name == band.name), None)
        if twin is None:
            group.append(band)
        else:
            left_out.append((band.file, f"is the same band of the same capture as {twin.file}"))
    made = [_capture(key[1], group) for key, group in groups.items()]
    return sorted(made, key=lambda one: (one.taken_us or 0, one.name)), left_out


def _capture(key: str, group: list[Band]) -> Capture:
    bands = tuple(sorted(group, key=lambda band: (band.index, band.file)))
    return Capture(key, stem_of(bands[0].file), bands[0].maker, bands)
