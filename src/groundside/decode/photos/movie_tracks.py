"""
The tracks of an MP4 or MOV: what each is, and where its samples are.

Source: ISO/IEC 14496-12:2022, 8.3 to 8.7.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

_MOST_CHILDREN = 4096
MOST_SAMPLES = 200_000


class Span(NamedTuple):
    """A stretch of bytes, from `begin` to before `end`."""

    begin: int
    end: int


@dataclass(slots=True)
class Track:
    """
    One track.

    Args:
        handler: what it holds: "vide", "soun", "text", "sbtl", "meta", "tmcd".
        codec: four letters.
        width_px, height_px: of a picture.
        scale: units of its clock in a second.
        duration: in these.
        count: samples.
        octets: the movie box, in which the tables are.
        tables: where each table is: "stts", "stsz", "stsc", "stco", "co64".
    """

    octets: bytes
    tables: dict[bytes, Span]
    handler: str = ""
    codec: str = ""
    width_px: int | None = None
    height_px: int | None = None
    scale: int = 0
    duration: int = 0

    @property
    def frames_per_s(self) -> float | None:
        """Samples in a second, on average."""
        count = self._numbers(b"stsz", 4, 2)
        if not self.scale or not self.duration or len(count) < 2 or not count[1]:
            return None
        return count[1] * self.scale / self.duration

    def samples(self) -> Iterator[tuple[float, float, int, int]]:
        """Give of each sample when it begins and ends in seconds, where it is in the file, and its size in bytes."""
        times = self._times()
        for (at, size), (begin, end) in zip(self._places(), times, strict=False):
            yield begin, end, at, size

    def _numbers(self, table: bytes, skip: int, most: int) -> tuple[int, ...]:
        """Give numbers of four bytes behind the first `skip` bytes of a table: at most so many."""
        span = self.tables.get(table)
        if span is None:
            return ()
        count = max(min((span.end - span.begin - skip) // 4, most), 0)
        return struct.unpack_from(f">{count}I", self.octets, span.begin + skip)

    def _times(self) -> Iterator[tuple[float, float]]:
        at, scale = 0, self.scale or 1
        table = self._numbers(b"stts", 8, 2 * MOST_SAMPLES)
        for count, step in zip(table[::2], table[1::2], strict=False):
            for _ in range(min(count, MOST_SAMPLES)):
                yield at / scale, (at + step) / scale
                at += step

    def _places(self) -> Iterator[tuple[int, int]]:
        sizes = self._sizes()
        chunks = self._numbers(b"stco", 8, MOST_SAMPLES) or self._wide_chunks()
        runs = self._numbers(b"stsc", 8, 3 * MOST_SAMPLES)
        firsts, each = runs[0::3], runs[1::3]
        run = sample = 0
        for number, at in enumerate(chunks, 1):
            while run + 1 < len(firsts) and firsts[run + 1] <= number:
                run += 1
            for _ in range(each[run] if run < len(each) else 0):
                if sample >= len(sizes):
                    return
                yield at, sizes[sample]
                at += sizes[sample]
                sample += 1

    def _sizes(self) -> tuple[int, ...]:
        head = self._numbers(b"stsz", 4, 2)
        if len(head) < 2:
            return ()
        if head[0]:
            return (head[0],) * min(head[1], MOST_SAMPLES)
        return self._numbers(b"stsz", 12, min(head[1], MOST_SAMPLES))

    def _wide_chunks(self) -> tuple[int, ...]:
        halves = self._numbers(b"co64", 8, 2 * MOST_SAMPLES)
        return tuple(high << 32 | low for high, low in zip(halves[::2], halves[1::2], strict=False))


def children(octets: bytes, span: Span) -> Iterator[tuple[bytes, Span]]:
    """Give kind and inside of each box in a stretch of bytes; stops where one does not fit."""
    at = span.begin
    for _ in range(_MOST_CHILDREN):
        if at + 8 > span.end:
            return
        size, begin = int.from_bytes(octets[at : at + 4], "big"), at + 8
        if size == 1:
            size, begin = int.from_bytes(octets[at + 8 : at + 16], "big"), at + 16
        elif size == 0:
            size = span.end - at
        if at + size > span.end or at + size < begin:
            return
        yield octets[at + 4 : at + 8], Span(begin, at + size)
        at += size


def read_track(octets: bytes, span: Span) -> Track:
    """Read what a track box says."""
    track = Track(octets, {})
    for kind, inside in children(octets, span):
        if kind == b"mdia":
            _media(track, inside)
    return track


def _media(track: Track, span: Span) -> None:
    octets = track.octets
    for kind, inside in children(octets, span):
        if kind == b"hdlr":
            track.handler = octets[inside.begin + 8 : inside.begin + 12].decode("latin-1").strip("\0 ")
        elif kind == b"mdhd":
            wide = octets[inside.begin : inside.begin + 1] == b"\1"
            form, at = (">IQ", 20) if wide else (">II", 12)
            if inside.begin + at + struct.calcsize(form) <= inside.end:
                track.scale, track.duration = struct.unpack_from(form, octets, inside.begin + at)
        elif kind == b"minf":
            for inner, stretch in children(octets, inside):
                if inner == b"stbl":
                    _table(track, stretch)


def _table(track: Track, span: Span) -> None:
    for kind, inside in children(track.octets, span):
        if kind == b"stsd":
            _description(track, Span(inside.begin + 8, inside.end))
        else:
            track.tables.setdefault(kind, inside)


def _description(track: Track, span: Span) -> None:
    for kind, inside in children(track.octets, span):
        track.codec = kind.decode("latin-1").strip("\0 ")
        if track.handler == "vide" and inside.end - inside.begin >= 28:
            width, height = struct.unpack_from(">HH", track.octets, inside.begin + 24)
            track.width_px, track.height_px = width or None, height or None
        return
