"""
Several pictures in one JPEG.

Source: Multi-Picture Format (CIPA DC-007, 2009), 5.2.
"""

from __future__ import annotations

import struct

from groundside.decode.photos.exif_names import MPF
from groundside.decode.photos.found import Found
from groundside.decode.photos.window import Octets
from groundside.model.decoded import Problem
from groundside.native import exif

_FORM, _MOST = "IIIHH", 1000
_ENTRY = struct.Struct("<" + _FORM)
_VERSION, _ENTRIES = 0xB000, 0xB002
_KEYS = {tag: f"MPF0:{name}" for tag, name in MPF.items()}
_THUMBNAILS = frozenset({0x010001, 0x010002, 0x010003, 0x010004, 0x010005})
"""Types of pictures that are smaller copies: full HD, VGA and the like."""


def _names(number: int) -> tuple[str, ...]:
    return tuple(f"MPImage{number}:MPImage{what}" for what in ("Type", "Flags", "Format", "Length", "Start"))


_NAMES = tuple(_names(number) for number in range(1, 9))


def read_mpf(data: Octets, at: int, found: Found) -> None:
    """
    Read the list of pictures.

    Args:
        data: from the header of the list's TIFF block on.
        at: where that is in the file: the places of the pictures are counted from there.
        found: gets the tags "MPF0:…" and "MPImageN:…", and how many full pictures there are.
    """
    walked = exif.walk(data, _KEYS)
    if walked is None:
        found.problems.append(Problem(at, len(data), "The list of pictures (MPF) has no header: it was not read."))
        return
    found.tags.update(walked[0])
    for code, _, _, _, value in walked[1]:
        if code == _ENTRIES and isinstance(value, bytes):
            _pictures(value, ">" if walked[3] else "<", at, found)
        elif code in _KEYS and isinstance(value, bytes):
            found.tags[_KEYS[code]] = value.decode("latin-1") if code == _VERSION else value


def _pictures(entries: bytes, order: str, at: int, found: Found) -> None:
    full, tags = 0, found.tags
    whole = entries[: min(len(entries) // _ENTRY.size, _MOST) * _ENTRY.size]
    for number, (flags, size, start, _, _) in enumerate(struct.iter_unpack(order + _FORM, whole), 1):
        kind, flag, form, length, begin = _NAMES[number - 1] if number <= len(_NAMES) else _names(number)
        tags[kind], tags[flag], tags[form] = flags & 0xFFFFFF, flags >> 27, flags >> 24 & 7
        tags[length], tags[begin] = size, start + at if start else 0
        full += flags & 0xFFFFFF not in _THUMBNAILS
    found.frames = max(full, 1)
