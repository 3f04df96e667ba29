"""Whether a file begins like a flight record."""

from __future__ import annotations

from groundside.decode.formats.dji_record.chain import Seen, find_chain
from groundside.decode.formats.dji_record.layout import (
    DETAILS_IN_FRONT_BYTES,
    FIRST_DETAILS_IN_FRONT,
    FIRST_ENCRYPTED,
    FIRST_LONG_PREFIX,
    FIRST_MS,
    LAST_MS,
    LONG_PREFIX,
    Prefix,
    prefix_of,
)

_MAGIC = slice(12, 20)
_LEAST_BLOCK, _MOST_BLOCK = 64, 1 << 13
_TIME_AT = LONG_PREFIX + 91


def recognises(head: bytes) -> bool:
    """A plausible prefix, and behind it what that version has there: a block, details, or records."""
    prefix = prefix_of(head)
    if prefix is None or (prefix.version >= FIRST_LONG_PREFIX and any(head[_MAGIC])):
        return False
    if prefix.version >= FIRST_ENCRYPTED:
        return _has_block(head)
    if prefix.version == FIRST_DETAILS_IN_FRONT:
        stated = int.from_bytes(head[_TIME_AT : _TIME_AT + 8], "little")
        return FIRST_MS <= stated < LAST_MS or _has_records(head, LONG_PREFIX + DETAILS_IN_FRONT_BYTES)
    return _begins_behind(prefix, head) and _has_records(head, prefix.size)


def _has_block(head: bytes) -> bool:
    block = head[LONG_PREFIX : LONG_PREFIX + 3]
    return len(block) == 3 and block[0] == 0 and _LEAST_BLOCK <= int.from_bytes(block[1:], "little") < _MOST_BLOCK


def _begins_behind(prefix: Prefix, head: bytes) -> bool:
    return prefix.offset == 0 or prefix.offset >= prefix.size


def _has_records(head: bytes, start: int) -> bool:
    return find_chain(memoryview(head), start, len(head), Seen(wide=False)) < len(head)
