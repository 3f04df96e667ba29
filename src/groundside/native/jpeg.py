"""
An eighth of a JPEG: the mean of each block of 8 by 8 pixels, which its constant term tells; all else is passed over.

Sources: ITU-T T.81 (1992), annexes B, C and F; the order of the coefficients does not matter here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from groundside import native
from groundside.native import _jpeg

Plane = tuple[int, int, bytes, int, int]
"""Width and height in blocks; one byte a block, row by row, 0 to 255; blocks of a unit of the scan, across and down."""
Means = tuple[int, int, list[Plane]]
"""Width and height of the picture in pixels; one plane where it is grey, or Y, Cb and Cr."""

_APP0, _APP14, _SOS, _DHT, _DQT, _DRI = 0xE0, 0xEE, 0xDA, 0xC4, 0xDB, 0xDD
_SEQUENTIAL = (0xC0, 0xC1)
_RESTARTS = range(0xD0, 0xD8)
_LARGEST_SIZE, _LARGEST_TERM, _SEGMENTS = 15, 32767, 4096
_Codes = dict[tuple[int, int], int]
"""Symbols by the length of their code and the code."""


def means(data: bytes | memoryview, most_pixels: int) -> Means | None:
    """
    Give the mean of each block of a JPEG.

    Args:
        data: the whole file; what follows the picture is not looked at.
        most_pixels: of the picture.

    Returns:
        None where it is no sequential JPEG of 8 bits with Huffman codes, grey or YCbCr, in one scan; where it is
        larger; and where its data break off or are not what they should be. Another decoder may still make something of
        those.
    """
    return (_plain_means if native.PLAIN else _jpeg.means)(data, most_pixels)


class _Unreadable(Exception):
    """Raised inside this module to leave; never leaves it."""


def _check(holds: bool) -> None:
    if not holds:
        raise _Unreadable


def _parts(whole: int, part: int) -> int:
    return -(-whole // part)


@dataclass(slots=True)
class _Part:
    id: int
    across: int
    down: int
    table: int
    dc: _Codes = field(default_factory=dict[tuple[int, int], int])
    ac: _Codes = field(default_factory=dict[tuple[int, int], int])
    step: int = 0
    width: int = 0
    term: int = 0
    values: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])


def _plain_means(data: bytes | memoryview, most_pixels: int) -> Means | None:
    try:
        return _Plain(bytes(data), most_pixels).means()
    except (_Unreadable, IndexError):
        return None


class _Plain:
    """The twin of jpeg.c."""

    def __init__(self, data: bytes, most_pixels: int) -> None:
        self.data, self.most_pixels = data, most_pixels
        self.codes: dict[tuple[int, int], _Codes] = {}
        self.steps: dict[int, int] = {}
        self.parts: list[_Part] = []
        self.width = self.height = self.restart = 0
        self.at = 2

    def means(self) -> Means:
        _check(len(self.data) >= 4 and self.data[:2] == b"\xff\xd8")
        for _ in range(_SEGMENTS):
            _check(self.at + 4 <= len(self.data) and self.data[self.at] == 0xFF)
            marker, length = self.data[self.at + 1], self._word(self.at + 2)
            if marker == 0xFF:
                self.at += 1
                continue
            _check(length >= 2 and self.at + 2 + length <= len(self.data))
            self._segment(marker, self.data[self.at + 4 : self.at + 2 + length])
            self.at += 2 + length
            if marker == _SOS:
                return self._decoded()
        raise _Unreadable

    def _word(self, at: int) -> int:
        return self.data[at] << 8 | self.data[at + 1]

    def _segment(self, marker: int, body: bytes) -> None:
        if marker in _SEQUENTIAL:
            self._frame(body)
        elif marker == _DHT:
            self._know_codes(body)
        elif marker == _DQT:
            self._know_steps(body)
        elif marker == _DRI:
            _check(len(body) == 2)
            self.restart = int.from_bytes(body, "big")
        elif marker == _SOS:
            self._scan(body)
        elif marker == _APP14:
            _check(len(body) < 12 or body[:5] != b"Adobe" or body[11] == 1)
        else:
            _check(marker >= _APP0)

    def _know_codes(self, body: bytes) -> None:
        while len(body) >= 17:
            kind, which, counts = body[0] >> 4, body[0] & 15, body[1:17]
            _check(kind <= 1 and which <= 3 and sum(counts) <= 256 and len(body) >= 17 + sum(counts))
            codes: _Codes = {}
            code, symbols = 0, iter(body[17:])
            for length, count in enumerate(counts, 1):
                _check(code + count <= 1 << length)
                codes |= {(length, code + k): next(symbols) for k in range(count)}
                code = (code + count) << 1
            self.codes[kind, which] = codes
            body = body[17 + sum(counts) :]
        _check(not body)

    def _know_steps(self, body: bytes) -> None:
        while body:
            wide, which = body[0] >> 4, body[0] & 15
            length = 129 if wide else 65
            _check(wide <= 1 and which <= 3 and len(body) >= length)
            self.steps[which] = body[1] << 8 | body[2] if wide else body[1]
            body = body[length:]

    def _frame(self, body: bytes) -> None:
        _check(len(body) >= 6 and not self.parts and body[0] == 8)
        _check(body[5] in (1, 3) and len(body) == 6 + 3 * body[5])
        self.height, self.width = body[1] << 8 | body[2], body[3] << 8 | body[4]
        _check(0 < self.width * self.height <= self.most_pixels)
        alone = body[5] == 1
        for at in range(6, len(body), 3):
            across, down = (1, 1) if alone else (body[at + 1] >> 4, body[at + 1] & 15)
            _check(1 <= across <= 4 and 1 <= down <= 4 and body[at + 2] <= 3)
            self.parts.append(_Part(body[at], across, down, body[at + 2]))
        _check([part.id for part in self.parts] != list(b"RGB"))

    def _scan(self, body: bytes) -> None:
        _check(bool(self.parts) and bool(body) and body[0] == len(self.parts) and len(body) == 4 + 2 * body[0])
        for part, at in zip(self.parts, range(1, len(body), 2), strict=False):
            dc, ac = (0, body[at + 1] >> 4), (1, body[at + 1] & 15)
            part.step = self.steps.get(part.table, 0)
            _check(body[at] == part.id and part.step > 0 and dc in self.codes and ac in self.codes)
            part.dc, part.ac = self.codes[dc], self.codes[ac]
        _check(body[-3:] == b"\x00\x3f\x00")

    def _decoded(self) -> Means:
        across, down = max(part.across for part in self.parts), max(part.down for part in self.parts)
        wide = _parts(self.width, 8 * across)
        units = wide * _parts(self.height, 8 * down)
        step = self.restart or units
        for number, begin in enumerate(range(0, units, step)):
            bits, marker = self._cleaned()
            last = begin + step >= units
            _check(marker not in _RESTARTS if last else marker == _RESTARTS[number % 8])
            for part in self.parts:
                part.term = 0
            for unit in range(begin, min(begin + step, units)):
                self._unit(bits, unit % wide, unit // wide)
        return self.width, self.height, [self._plane(part, across, down) for part in self.parts]

    def _plane(self, part: _Part, across: int, down: int) -> Plane:
        width = _parts(_parts(self.width * part.across, across), 8)
        height = _parts(_parts(self.height * part.down, down), 8)
        values = bytes(part.values[x, y] for y in range(height) for x in range(width))
        return width, height, values, part.across, part.down

    def _cleaned(self) -> tuple[_Bits, int]:
        clean = bytearray()
        while True:
            mark = self.data.find(b"\xff", self.at)
            _check(mark >= 0)
            clean += self.data[self.at : mark]
            self.at = mark + 1
            while self.data[self.at] == 0xFF:
                self.at += 1
            marker = self.data[self.at]
            self.at += 1
            if marker:
                return _Bits(bytes(clean)), marker
            clean.append(0xFF)

    def _unit(self, bits: _Bits, x: int, y: int) -> None:
        for part in self.parts:
            for v in range(part.down):
                for h in range(part.across):
                    part.term += bits.signed(bits.symbol(part.dc))
                    _check(abs(part.term) <= _LARGEST_TERM)
                    bits.pass_over(part.ac)
                    mean = (part.term * part.step + 4 >> 3) + 128
                    part.values[x * part.across + h, y * part.down + v] = min(max(mean, 0), 255)


class _Bits:
    def __init__(self, data: bytes) -> None:
        self.value, self.left = int.from_bytes(data, "big"), 8 * len(data)

    def take(self, count: int) -> int:
        _check(count <= self.left)
        self.left -= count
        return self.value >> self.left & (1 << count) - 1

    def symbol(self, codes: _Codes) -> int:
        code = 0
        for length in range(1, 17):
            code = code << 1 | self.take(1)
            if (length, code) in codes:
                return codes[length, code]
        raise _Unreadable

    def signed(self, size: int) -> int:
        _check(size <= _LARGEST_SIZE)
        value = self.take(size)
        return value - (1 << size) + 1 if size and value < 1 << (size - 1) else value

    def pass_over(self, codes: _Codes) -> None:
        k = 1
        while k < 64:
            run, size = divmod(self.symbol(codes), 16)
            if not size and run < 15:
                return
            self.take(size)
            k += run + 1
            _check(k <= 64)
