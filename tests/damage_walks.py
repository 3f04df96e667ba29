"""
Where the records of undamaged files stand: walked by hand here, with nothing of the decoders.

Binary formats are walked by their chain. Formats of lines are cut at their line ends, which belong to their lines.
Source of the layouts: the publications that the formats of `groundside.decode` name.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Hashable, Iterator, Sequence

from tests.damage import Record

Keys = Sequence[Hashable]
"""What is known of the records of the original, in order, where the walk itself does not read it."""
SIZES = {
    c: size for size, chars in {1: "bBM", 2: "hHcC", 4: "iIeELfn", 8: "dqQ", 16: "N", 64: "Za"}.items() for c in chars
}
CLOCKS = {"TimeUS": "<Q", "TimeMS": "<I"}


def cut(content: bytes, records: Sequence[Record], limit: int) -> bytes:
    """End a file with a record, so that it is no longer than a limit."""
    return content[: max((r.end for r in records if r.end <= limit), default=len(content))]


def dataflash(content: bytes, keys: Keys = ()) -> list[Record]:
    types, at, out = {128: ("FMT", 89, "BBnNZ", ["Type"])}, 0, []
    while at + 3 <= len(content):
        name, size, chars, labels = types[content[at + 2]]
        if name == "FMT":
            number, length, *texts = struct.unpack_from("<BB4s16s64s", content, at + 3)
            called, form, columns = (t.rstrip(b"\0").decode() for t in texts)
            types[number] = (called, length, form, columns.split(","))
        out.append(Record(at, at + size, _moment(name, chars, labels, content[at + 3 : at + size])))
        at += size
    assert at == len(content)
    return out


def _moment(name: str, chars: str, labels: list[str], payload: bytes) -> Hashable:
    clock = next((label for label in labels if label in CLOCKS), None)
    if clock is None:
        return None
    at = sum(SIZES[c] for c in chars[: labels.index(clock)])
    return name, struct.unpack_from(CLOCKS[clock], payload, at)[0]


def _lines(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    for line in content.splitlines(keepends=True):
        yield at, at + len(line), line
        at += len(line)


def dataflash_text(content: bytes, keys: Keys = ()) -> list[Record]:
    timed, out = set(), []
    for start, end, line in _lines(content):
        name, *cells = (c.strip() for c in line.decode().split(","))
        if name == "FMT" and cells[4] == "TimeUS":
            timed.add(cells[2])
        out.append(Record(start, end, (name, int(cells[0])) if name in timed else None))
    return out


def ulog(content: bytes, keys: Keys = ()) -> list[Record]:
    at, topics, out = 16, {}, []
    while at < len(content):
        size, kind = struct.unpack_from("<HB", content, at)
        body, end = content[at + 3 : at + 3 + size], at + 3 + size
        if kind == ord("A"):
            topics[int.from_bytes(body[1:3], "little")] = (body[3:].decode(), body[0])
        if kind == ord("D"):
            number, moment = struct.unpack_from("<HQ", body)
            out.append(Record(at, end, (*topics[number], moment)))
        at = end
    assert at == len(content)
    return out


def tlog(content: bytes, keys: Keys = ()) -> list[Record]:
    return [
        Record(
            start, end, (_named(frame), int.from_bytes(content[start : start + 8], "big")) if _named(frame) else None
        )
        for start, end, frame in _frames(content, 8)
    ]


def raw(content: bytes, keys: Keys = ()) -> list[Record]:
    from pymavlink.dialects.v20 import all as dialect

    reader, out = dialect.MAVLink(None), []
    for start, end, frame in _frames(content, 0):
        moment = getattr(reader.decode(bytearray(frame)), "time_boot_ms", None) if _named(frame) else None
        out.append(Record(start, end, None if moment is None else (_named(frame), moment)))
    return out


def _frames(content: bytes, clock: int) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at < len(content):
        head = content[at + clock : at + clock + 3]
        size = head[1] + (8 if head[0] == 0xFE else 12 + 13 * (head[2] & 1)) + clock
        yield at, at + size, content[at + clock : at + size]
        at += size
    assert at == len(content)


def _named(frame: bytes) -> str | None:
    from pymavlink.dialects.v20 import all as dialect

    number = frame[5] if frame[0] == 0xFE else int.from_bytes(frame[7:10], "little")
    known = dialect.mavlink_map.get(number)
    return known.msgname if known else None


def dji_record(content: bytes, keys: Keys) -> list[Record]:
    """Walk the records; those of type 1 are positions, known by the `keys` in their order."""
    version, wide = content[10], 2 if content[10] > 12 else 1
    end = int.from_bytes(content[:8], "little") if version < 12 else len(content)
    at = int.from_bytes(content[:8], "little") if version > 12 else 536 if version == 12 else 100
    waiting, out = iter(keys), []
    while at < end and content[at : at + 4] not in {b"\x39\x30\0\0", b"\xff\xd8\xff\xfe"}:
        after = at + 2 + wide + int.from_bytes(content[at + 1 : at + 1 + wide], "little")
        assert content[after - 1] == 0xFF
        out.append(Record(at, after, next(waiting) if content[at] == 1 else None))
        at = after
    assert next(waiting, None) is None
    return out


def rows_of_lines(content: bytes, keys: Keys) -> list[Record]:
    """Take the last lines of a table, as many as it has rows; what stands above is its head."""
    return _in_order([(start, end) for start, end, _ in _lines(content)][-len(keys) :], keys)


def fixes(content: bytes, keys: Keys) -> list[Record]:
    return _in_order([(start, end) for start, end, line in _lines(content) if line.startswith(b"B")], keys)


def exposures(content: bytes, keys: Keys) -> list[Record]:
    return _in_order([(start, end) for start, end, line in _lines(content) if line[:1].isdigit()], keys)


def cues(content: bytes, keys: Keys) -> list[Record]:
    blocks = re.finditer(rb"[^\r\n]+\r?\n(?:[^\r\n]+\r?\n)*", content)
    return _in_order([m.span() for m in blocks if b"-->" in m[0]], keys)


def track_points(content: bytes, keys: Keys) -> list[Record]:
    return _in_order([m.span() for m in re.finditer(rb"<trkpt.*?</trkpt>", content, re.DOTALL)], keys)


def times_and_places(content: bytes, keys: Keys) -> list[Record]:
    begin = content.index(b"<gx:Track>")
    whens = [m.span() for m in re.compile(rb"<when>[^<]*</when>").finditer(content, begin)]
    places = [m.span() for m in re.compile(rb"<gx:coord>[^<]*</gx:coord>").finditer(content, begin)]
    assert len(whens) == len(places) == len(keys)
    values = [Record(*m.span()) for m in re.finditer(rb"<gx:value>[^<]*</gx:value>", content)]
    return [Record(*place, key, when) for when, place, key in zip(whens, places, keys, strict=True)] + values


def _in_order(spans: Sequence[tuple[int, int]], keys: Keys) -> list[Record]:
    return [Record(start, end, key) for (start, end), key in zip(spans, keys, strict=True)]
