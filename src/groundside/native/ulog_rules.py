"""
What each kind of ULog message demands by itself, whatever stands in the rest of the file.

Source: PX4 user guide, "ULog File Format" (docs.px4.io/main/en/dev_log/ulog_file_format).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

HEADER_BYTES = 3
FILE_HEADER_BYTES = 16
FLAG_BITS_BYTES = 40
SYNC = b"\x2f\x73\x13\x20\x25\x0c\xbb\x12"
KINDS = b"DABCFILMOPQRS"
"""All kinds of message; what `D` and `R` demand depends on the rest of the file."""

Rule = Callable[[memoryview, int, int], int]
"""Of a file, and of where a message begins and ends: bytes of text looked at, or its complement where it fails."""

_NAME = rb"[A-Za-z0-9_\-/]"
_FORMAT = re.compile(
    _NAME + rb"{1,128}:(?:" + _NAME + rb"{1,128}+(?:\[[1-9]\d{0,4}\])?+ \w{1,128}+(?:;|\Z))++", re.ASCII
)
_END_OF_FIELD = ord(";")
_SUBSCRIPTION = re.compile(_NAME + rb"{1,128}\Z")
_KEY = re.compile(rb"(\w{1,128})(?:\[(\d{0,5})\])?+ (" + _NAME + rb"{1,128})\Z", re.ASCII)
_TEXT = re.compile(rb"[^\x00-\x06\x0e-\x1a\x1c-\x1f]*+")
_VALUES: Mapping[bytes, int] = {
    b"int8_t": 1, b"uint8_t": 1, b"int16_t": 2, b"uint16_t": 2, b"int32_t": 4, b"uint32_t": 4, b"int64_t": 8,
    b"uint64_t": 8, b"float": 4, b"double": 8, b"bool": 1, b"char": 1,
}  # fmt: skip
_PARAMETERS = (b"int32_t", b"float")
_LEVELS = frozenset(b"01234567")
_FAILS = ~0


def _holds(met: bool) -> int:
    return 0 if met else _FAILS


def _fills(pattern: re.Pattern[bytes], data: memoryview, at: int, end: int) -> int:
    match = pattern.match(data, at, end) if at <= end else None
    if match is None:
        return _FAILS
    effort = match.end() - at
    return effort if match.end() == end else ~effort


def _format(data: memoryview, at: int, end: int) -> int:
    effort = _fills(_FORMAT, data, at + HEADER_BYTES, end)
    return effort if effort < 0 or data[end - 1] == _END_OF_FIELD or _leads(data, end) else ~effort


def _leads(data: memoryview, end: int) -> bool:
    """Whether a message ends where the file does or another begins: an unfinished format may be two, run into one."""
    return end + HEADER_BYTES > len(data) or data[end + HEADER_BYTES - 1] in KINDS


def _subscription(data: memoryview, at: int, end: int) -> int:
    return _holds(_SUBSCRIPTION.match(data, at + HEADER_BYTES + 3, end) is not None)


def _information(data: memoryview, at: int, end: int) -> int:
    return _pair(data, at + HEADER_BYTES, end)


def _multi_information(data: memoryview, at: int, end: int) -> int:
    first = at + HEADER_BYTES
    return _pair(data, first + 1, end) if end > first and data[first] <= 1 else _FAILS


def _parameter(data: memoryview, at: int, end: int) -> int:
    return _pair(data, at + HEADER_BYTES, end, _PARAMETERS)


def _default(data: memoryview, at: int, end: int) -> int:
    first = at + HEADER_BYTES
    return _pair(data, first + 1, end, _PARAMETERS) if end > first and data[first] > 0 else _FAILS


def _pair(data: memoryview, at: int, end: int, types: tuple[bytes, ...] = ()) -> int:
    """Whether a length, a key "type name" of it, and a value of that type fill a message."""
    if at >= end or at + 1 + data[at] > end:
        return _FAILS
    value_at = at + 1 + data[at]
    match = _KEY.match(data, at + 1, value_at)
    if match is None or (types and (match[1] not in types or match[2] is not None)):
        return _FAILS
    size = _VALUES.get(match[1])
    if size is not None and end - value_at != size * int(match[2] or 1):
        return _FAILS
    return _fills(_TEXT, data, value_at, end) if match[1] == b"char" else 0


def _text(data: memoryview, at: int, end: int) -> int:
    return _line(data, at + HEADER_BYTES, end, 9)


def _tagged_text(data: memoryview, at: int, end: int) -> int:
    return _line(data, at + HEADER_BYTES, end, 11)


def _line(data: memoryview, at: int, end: int, head: int) -> int:
    return _fills(_TEXT, data, at + head, end) if at + head <= end and data[at] in _LEVELS else _FAILS


def _sync(data: memoryview, at: int, end: int) -> int:
    return _holds(bytes(data[at + HEADER_BYTES : end]) == SYNC)


def _dropout(data: memoryview, at: int, end: int) -> int:
    del data
    return _holds(end - at == HEADER_BYTES + 2)


def _flag_bits(data: memoryview, at: int, end: int) -> int:
    del data
    return _holds(at == FILE_HEADER_BYTES and end - at >= HEADER_BYTES + FLAG_BITS_BYTES)


RULES: Mapping[int, Rule] = {
    ord("A"): _subscription,
    ord("B"): _flag_bits,
    ord("C"): _tagged_text,
    ord("F"): _format,
    ord("I"): _information,
    ord("L"): _text,
    ord("M"): _multi_information,
    ord("O"): _dropout,
    ord("P"): _parameter,
    ord("Q"): _default,
    ord("S"): _sync,
}
