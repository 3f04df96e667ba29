"""
The directories of a TIFF block: EXIF in a JPEG, or a whole TIFF or DNG. No length or offset in it is trusted.

Sources: TIFF, revision 6.0 (Adobe 1992), section 2; Exif 2.32 (CIPA DC-008, 2019), 4.6.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from enum import IntEnum

from groundside import native
from groundside.native import _exif

Value = int | float | str | bytes | tuple[int | float, ...] | None
"""
A number, numbers, text, or bytes of no known form. None where it is longer than `MOST_BYTES` or `MOST_NUMBERS`.

Text ends at its first NUL, blanks behind it do not count, and it is UTF-8 where it can be that, else Latin-1.
"""
Entry = tuple[int, int, int, int, Value]
"""The directory times 65,536 plus the tag; type; count; where the value is in the block; the value."""
Fault = tuple[int, int, int]
"""What it is (`Code`), at which byte, and the tag: -1 where it concerns a whole directory."""
Walked = tuple[dict[str, int | float | str | tuple[int | float, ...]], list[Entry], list[Fault], bool]
"""
Values that have a name, the first of each; all other entries, and those whose value is bytes or too long; what is
wrong; whether the first byte of a number is its highest.
"""

MOST_BYTES, MOST_NUMBERS = 1 << 16, 1 << 10
"""Longer values are not handed out, only where they are."""
CHAIN, EXIF, GPS, INTEROP, NOTE, SUB = 16, 16, 17, 18, 19, 32
"""Numbers of directories; below CHAIN those that follow one another from the first, from SUB on subordinate ones."""

_BYTE, _ASCII, _LONG, _UNDEFINED, _IFD = 1, 2, 4, 7, 13
_ENTRIES, _FAULTS, _IFDS, _SUBS = 2048, 64, 64, 32
_ENTRY = 12
_TAG_SUB = 0x014A
_BELOW = {0x8769: EXIF, 0x8825: GPS, 0xA005: INTEROP}
_FORMS = {1: "B", 3: "H", 4: "I", 5: "II", 6: "b", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d", 13: "I"}
_WIDTHS = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4)


class Code(IntEnum):
    """What can be wrong; the numbers are those of exif.h."""

    IFD_OUTSIDE = 1
    IFD_CUT = 2
    VALUE_OUTSIDE = 3
    NO_TYPE = 4
    LOOP = 5
    TOO_MANY = 6


def walk(data: bytes | memoryview, keys: dict[int, str], at: int = 0, big: bool = False) -> Walked | None:
    """
    Read every directory from the header on, or one.

    Args:
        data: from the header on, less than 4 GiB; what is in no directory is not looked at.
        keys: names of entries by their directory times 65,536 plus their tag.
        at: where there is one directory to be read, that of a maker note; 0 for all that the header leads to. Offsets
            of its values are counted from the header as well.
        big: of such a directory alone: whether the first byte of its numbers is the highest. It may differ from the
            rest, for programs turn the bytes of what they know and copy the note.

    Returns:
        None where there is no header of a TIFF (with the number 42) at the beginning.
    """
    if native.PLAIN:
        return _plain_walk(data, keys, at, big)
    return _exif.walk(data, at, big, keys, MOST_BYTES, MOST_NUMBERS)


def _plain_walk(data: bytes | memoryview, keys: dict[int, str], at: int, big: bool) -> Walked | None:
    if not 8 <= len(data) <= 0xFFFFFFFF or not 0 <= at < len(data):
        return None
    if not at and bytes(data[:4]) not in (b"II*\0", b"MM\0*"):
        return None
    walk = _Plain(data, big if at else data[0] == ord("M"), keys)
    if at:
        walk.directory(NOTE, at)
    else:
        walk.later(0, walk.numbers("I", 4)[0])
    for ifd, where in walk.directories:
        walk.directory(ifd, where)
    return walk.named, walk.rest, walk.faults, walk.big


class _Plain:
    """The twin of exif.c."""

    def __init__(self, data: bytes | memoryview, big: bool, keys: dict[int, str]) -> None:
        self.data, self.big, self.keys = data, big, keys
        self.subs = self.count = 0
        self.named: dict[str, int | float | str | tuple[int | float, ...]] = {}
        self.rest: list[Entry] = []
        self.faults: list[Fault] = []
        self.directories: list[tuple[int, int]] = []

    def numbers(self, form: str, at: int) -> tuple[int, ...]:
        return struct.unpack_from((">" if self.big else "<") + form, self.data, at)

    def fault(self, code: Code, at: int, tag: int = -1) -> None:
        if len(self.faults) < _FAULTS:
            self.faults.append((int(code), at, tag))

    def later(self, ifd: int, at: int) -> None:
        if any(at == known for _, known in self.directories):
            self.fault(Code.LOOP, at)
        elif len(self.directories) == _IFDS:
            self.fault(Code.TOO_MANY, at)
        else:
            self.directories.append((ifd, at))

    def directory(self, ifd: int, at: int) -> None:
        if at + 2 > len(self.data):
            return self.fault(Code.IFD_OUTSIDE, at)
        (count,) = self.numbers("H", at)
        room = (len(self.data) - at - 2) // _ENTRY
        if count > room:
            self.fault(Code.IFD_CUT, at)
        end = at + 2 + min(count, room) * _ENTRY
        for each in range(at + 2, end, _ENTRY):
            if self.count == _ENTRIES:
                return self.fault(Code.TOO_MANY, each)
            self.entry(ifd, each)
        if ifd < CHAIN - 1 and end + 4 <= len(self.data) and (following := self.numbers("I", end)[0]):
            self.later(ifd + 1, following)
        return None

    def entry(self, ifd: int, at: int) -> None:
        tag, kind, count = self.numbers("HHI", at)
        width = _WIDTHS[kind] if kind < len(_WIDTHS) else 0
        if not width:
            return self.fault(Code.NO_TYPE, at, tag)
        where = at + 8 if width * count <= 4 else self.numbers("I", at + 8)[0]
        if where + width * count > len(self.data):
            return self.fault(Code.VALUE_OUTSIDE, at, tag)
        if ifd == NOTE or not self.below(tag, kind, count, where):
            self.count += 1
            self.keep((ifd << 16 | tag, kind, count, where, self.value(kind, count, where)))
        return None

    def keep(self, entry: Entry) -> None:
        key, value = self.keys.get(entry[0]), entry[-1]
        if key is None or value is None or isinstance(value, bytes):
            self.rest.append(entry)
        else:
            self.named.setdefault(key, value)

    def below(self, tag: int, kind: int, count: int, where: int) -> bool:
        if kind not in (_LONG, _IFD):
            return False
        if tag == _TAG_SUB:
            for k in range(min(count, _SUBS - self.subs)):
                self.later(SUB + self.subs, self.numbers("I", where + 4 * k)[0])
                self.subs += 1
            return True
        if tag not in _BELOW or count != 1:
            return False
        self.later(_BELOW[tag], self.numbers("I", where)[0])
        return True

    def value(self, kind: int, count: int, where: int) -> Value:
        if kind in (_ASCII, _UNDEFINED) or (kind == _BYTE and count != 1):
            octets = bytes(self.data[where : where + count]) if count <= MOST_BYTES else None
            return _text(octets) if kind == _ASCII and octets is not None else octets
        if count > MOST_NUMBERS:
            return None
        form, width = _FORMS[kind], _WIDTHS[kind]
        make: Callable[..., int | float] = _fraction if len(form) > 1 else _same
        values = tuple(make(*self.numbers(form, where + k * width)) for k in range(count))
        return values[0] if count == 1 else values


def _text(value: bytes) -> str:
    value = value.split(b"\0", 1)[0].rstrip(b" \t\n\r\f\v")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _same(value: float) -> float:
    return value


def _fraction(above: int, below: int) -> float:
    if below:
        return above / below
    return math.copysign(math.inf, above) if above else math.nan
