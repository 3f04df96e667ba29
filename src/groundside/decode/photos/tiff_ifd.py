"""Directories of a TIFF block as tags: EXIF in a JPEG, and TIFF and DNG files."""

from __future__ import annotations

import struct
from codecs import utf_16_le_decode
from collections.abc import Callable

from groundside.decode.photos.exif_names import KEYS, key_of
from groundside.decode.photos.found import Found, Tags, Value
from groundside.model.decoded import Problem
from groundside.native import exif

Octets = bytes | memoryview
XMP_TAG, DNG_VERSION, THUMBNAIL = 0x02BC, "IFD0:DNGVersion", "IFD1:ThumbnailOffset"
NOTE_TAG = exif.EXIF << 16 | 0x927C
_MOST_XMP = 4 << 20
_MOST_NOTE_ENTRIES = 64
_BYTE, _UNDEFINED = 1, 7
_CHARSET = 8
_NOTES = {code: key for code, key in KEYS.items() if code >> 16 == exif.NOTE}
_WHY = {
    exif.Code.IFD_OUTSIDE: "A directory of tags would lie outside the file",
    exif.Code.IFD_CUT: "A directory of tags is cut off: its first entries were read",
    exif.Code.VALUE_OUTSIDE: "The value of a tag would lie outside the file",
    exif.Code.NO_TYPE: "A tag has a type that does not exist",
    exif.Code.LOOP: "A directory of tags is named twice: it was read once",
    exif.Code.TOO_MANY: "There are too many tags: the rest was given up",
}


def read_block(data: Octets, at: int, found: Found) -> list[bytes]:
    """
    Read the tags of a block into what was found.

    Args:
        data: from the header of the TIFF on.
        at: where that is in the file, for the problems.
        found: gets tags and problems.

    Returns:
        The packets of XMP in it.
    """
    walked = exif.walk(data, KEYS)
    if walked is None:
        found.problems.append(Problem(at, len(data), "The EXIF block has no header: none of it was read."))
        return []
    named, rest, faults, _ = walked
    tags = found.tags
    tags.update({key: value for key, value in named.items() if key not in tags} if tags else named)
    packets = _take(data, rest, tags)
    found.problems.extend([_problem(fault, at) for fault in faults])
    _read_note(data, rest, tags)
    thumbnail = tags.get(THUMBNAIL)
    if at and isinstance(thumbnail, int):
        tags[THUMBNAIL] = thumbnail + at
    return packets


def _take(data: Octets, entries: list[exif.Entry], tags: Tags) -> list[bytes]:
    packets: list[bytes] = []
    for code, kind, count, where, value in entries:
        key, form = _PLANS.get(code) or (key_of(code), None)
        if code & 0xFFFF == XMP_TAG and kind in (_BYTE, _UNDEFINED) and count <= _MOST_XMP:
            packets.append(bytes(data[where : where + count]))
        elif key not in tags:
            if isinstance(value, bytes):
                tags[key] = form(value) if form else _unformed(kind, value)
            else:
                tags[key] = value
    return packets


def _unformed(kind: int, value: bytes) -> Value:
    return tuple(value) if kind == _BYTE and len(value) <= exif.MOST_NUMBERS else value


def text_of(value: bytes) -> str:
    """Read text: UTF-8 where it is that, else Latin-1; blanks behind it do not count."""
    try:
        return value.decode("utf-8").rstrip()
    except UnicodeDecodeError:
        return value.decode("latin-1").rstrip()


def _short(value: bytes) -> Value:
    return text_of(value.split(b"\0", 1)[0])


def _numbers(value: bytes) -> Value:
    return tuple(value)


def _one(value: bytes) -> Value:
    return value[0] if len(value) == 1 else tuple(value)


def _wide(value: bytes) -> Value:
    value = value.rstrip(b"\0") + b"\0"
    return utf_16_le_decode(value[: len(value) & ~1], "replace")[0].split("\0", 1)[0].rstrip()


def _marked(value: bytes) -> Value:
    """Text behind eight bytes that name its characters (Exif 2.32, 4.6.6, UserComment)."""
    mark, text = value[:_CHARSET], value[_CHARSET:]
    if mark.startswith(b"UNICODE"):
        return utf_16_le_decode(text[: len(text) & ~1], "replace")[0].rstrip("\0 ")
    if mark in (b"ASCII\0\0\0", bytes(_CHARSET)):
        return _short(text)
    return _short(value)


_FORMS: dict[str, Callable[[bytes], Value]] = {
    **dict.fromkeys(("ExifVersion", "FlashpixVersion", "InteropVersion", "OriginalRawFileName"), _short),
    **dict.fromkeys(("ComponentsConfiguration", "GPSVersionID", "DNGVersion", "DNGBackwardVersion"), _numbers),
    **dict.fromkeys(("FileSource", "SceneType"), _one),
    **dict.fromkeys(("XPTitle", "XPComment", "XPAuthor", "XPKeywords", "XPSubject"), _wide),
    **dict.fromkeys(("UserComment", "GPSProcessingMethod", "GPSAreaInformation"), _marked),
}


_PLANS = {code: (key, _FORMS.get(key.partition(":")[2])) for code, key in KEYS.items()}
"""The name of an entry, and what makes a value of its bytes."""


def _read_note(data: Octets, rest: list[exif.Entry], tags: Tags) -> None:
    """Read DJI's maker note where it is a directory; all others stay bytes."""
    if tags.get("IFD0:Make") != "DJI":
        return
    for code, _, count, where, _ in rest:
        if code == NOTE_TAG and count > _MOST_NOTE_ENTRIES:
            big = _order_of(data, where)
            walked = exif.walk(data, _NOTES, where, big) if big is not None else None
            tags.update(walked[0] if walked else {})
            return


def _order_of(data: Octets, at: int) -> bool | None:
    """Tell the order of bytes of a note, which may differ from the rest; None where it is no directory."""
    head = bytes(data[at : at + 4])
    for big, order in ((False, "<HH"), (True, ">HH")):
        count, first = struct.unpack(order, head)
        if 1 <= count <= _MOST_NOTE_ENTRIES and first == 1:
            return big
    return None


def _problem(fault: exif.Fault, at: int) -> Problem:
    code, where, tag = fault
    named = f" (tag 0x{tag:04x})" if tag >= 0 else ""
    return Problem(at + where, 12 if tag >= 0 else 0, f"{_WHY[exif.Code(code)]}{named}.")


def read_tiff(data: Octets, found: Found) -> list[bytes]:
    """Read a TIFF or DNG file; gives the packets of XMP in it."""
    packets = read_block(data, 0, found)
    tags = found.tags
    found.format = "dng" if DNG_VERSION in tags else "tiff"
    groups = ("IFD0", "SubIFD", *(f"SubIFD{k}" for k in range(1, 8)))
    sizes = [(tags.get(f"{g}:ImageWidth"), tags.get(f"{g}:ImageHeight")) for g in groups]
    known = [(w, h) for w, h in sizes if isinstance(w, int) and isinstance(h, int) and w > 0 and h > 0]
    if known:
        found.width_px, found.height_px = max(known, key=lambda size: size[0] * size[1])
    return packets
