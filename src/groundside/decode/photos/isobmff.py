"""
MP4 and MOV: what the container says of itself.

Sources: ISO/IEC 14496-12:2022 (boxes), QuickTime File Format Specification (Apple 2016: user data, the 1904 clock),
ISO 6709:2008, annex H (positions as text).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundside.decode.photos.found import Found
from groundside.decode.photos.movie_tracks import Span, Track, children, read_track
from groundside.decode.photos.telemetry import samples_of, subtitle_of
from groundside.decode.photos.window import Window
from groundside.decode.photos.xmp import MOST_BYTES, read_xmp
from groundside.model.decoded import Problem
from groundside.model.photo import Sample, Video

_BRANDS_AT, _BEGINS = 4, (b"ftyp", b"moov", b"wide", b"mdat", b"skip", b"free")
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_MOST_BOXES, _MOST_TRACKS, _MOST_MOOV = 10_000, 64, 1 << 26
_EPOCH_1904 = datetime(1904, 1, 1)
"""As it stands: the file does not say whose clock it is."""
_TELEMETRY = ("camm", "djmd", "gpmd", "dbgi")
_TEXTS = {b"\xa9mak": "Make", b"\xa9mod": "Model", b"\xa9swr": "SoftwareVersion", b"\xa9day": "ContentCreateDate"}
_PLACE = re.compile(
    r"([+-]\d{2}(?:\.\d{1,10})?)([+-]\d{3}(?:\.\d{1,10})?)([+-]\d{1,5}(?:\.\d{1,6})?)?(?:CRS\w{1,20})?/?"
)


@dataclass(slots=True)
class _Movie:
    duration_s: float | None = None


def is_movie(head: bytes) -> bool:
    """Whether a file begins like an MP4 or MOV."""
    return len(head) >= 8 and head[_BRANDS_AT:8] in _BEGINS


def read_movie(window: Window, found: Found) -> None:
    """Read the boxes of a file, without its pictures."""
    head = bytes(window.head[:12])
    found.format = "mov" if head[4:8] != b"ftyp" or head[8:12] == b"qt  " else "mp4"
    tracks: list[Track] = []
    movie = _Movie()
    for kind, at, size in _top(window, found):
        if kind == b"moov" and size <= _MOST_MOOV and not tracks:
            octets = bytes(window.take(at, size))
            if len(octets) < size:
                found.problems.append(Problem(at, size, "The movie box is not whole."))
            _movie(octets, tracks, movie, found)
        elif kind == b"uuid" and 16 < size <= MOST_BYTES + 16 and bytes(window.take(at, 16)) == _XMP:
            read_xmp(bytes(window.take(at + 16, size - 16)), at + 16, found)
    if not tracks:
        found.problems.append(Problem(None, 0, "No track is described: the recording was not closed, or is cut off."))
    _tell(window, found, tracks, movie)


def _top(window: Window, found: Found) -> Iterator[tuple[bytes, int, int]]:
    """Give kind, place and size of what is in each box of the file itself."""
    at = 0
    for _ in range(_MOST_BOXES):
        head = bytes(window.take(at, 16))
        if len(head) < 8:
            return
        size, start = struct.unpack(">I", head[:4])[0], 8
        if size == 1 and len(head) == 16:
            size, start = struct.unpack(">Q", head[8:])[0], 16
        elif size == 0:
            size = window.size - at
        if size < start:
            found.problems.append(Problem(at, window.size - at, "The boxes of the file break off here."))
            return
        yield head[4:8], at + start, min(size, window.size - at) - start
        if at + size > window.size:
            found.problems.append(Problem(at, window.size - at, "The file ends inside a box."))
        at += size


def _movie(octets: bytes, tracks: list[Track], movie: _Movie, found: Found) -> None:
    for kind, inside in children(octets, Span(0, len(octets))):
        if kind == b"mvhd":
            _header(octets[inside.begin : inside.end], movie, found)
        elif kind == b"trak" and len(tracks) < _MOST_TRACKS:
            tracks.append(read_track(octets, inside))
        elif kind == b"udta":
            _user_data(octets, inside, found)
        elif kind == b"meta":
            _keys(octets, inside, found)


def _header(octets: bytes, movie: _Movie, found: Found) -> None:
    form = ">QQIQ" if octets[:1] == b"\1" else ">IIII"
    if len(octets) < 4 + struct.calcsize(form):
        return
    created, _, scale, duration = struct.unpack_from(form, octets, 4)
    if scale:
        movie.duration_s = duration / scale
        found.tags["QuickTime:Duration"] = movie.duration_s
        found.tags["QuickTime:TimeScale"] = scale
    try:
        moment = _EPOCH_1904 + timedelta(seconds=created)
    except OverflowError:
        return
    found.tags["QuickTime:CreateDate"] = moment.strftime("%Y:%m:%d %H:%M:%S") if created else "0000:00:00 00:00:00"


def _user_data(octets: bytes, span: Span, found: Found) -> None:
    for kind, inside in children(octets, span):
        content = octets[inside.begin : inside.end]
        if kind == b"\xa9xyz":
            _place(_text(content), "UserData", found)
        elif kind in _TEXTS and len(content) > 4:
            found.tags[f"UserData:{_TEXTS[kind]}"] = _text(content)
        elif kind == b"XMP_":
            read_xmp(content, None, found)
        elif kind == b"meta":
            _keys(octets, inside, found)


def _text(content: bytes) -> str:
    """Read a text behind its length and language, both of two bytes."""
    length = int.from_bytes(content[:2], "big")
    return content[4 : 4 + length].split(b"\0", 1)[0].decode("utf-8", "replace").strip()


def _keys(octets: bytes, span: Span, found: Found) -> None:
    """Read metadata by named keys: a list of names, and values that count through it."""
    begin = span.begin if octets[span.begin + 4 : span.begin + 8] == b"hdlr" else span.begin + 4
    boxes = dict(children(octets, Span(begin, span.end)))
    if b"keys" not in boxes or b"ilst" not in boxes:
        return
    listed = boxes[b"keys"]
    names = [octets[each.begin : each.end] for _, each in children(octets, Span(listed.begin + 8, listed.end))]
    for kind, item in children(octets, boxes[b"ilst"]):
        number = int.from_bytes(kind, "big")
        data = dict(children(octets, item)).get(b"data")
        if data is None or not 1 <= number <= len(names):
            continue
        name = names[number - 1].decode("utf-8", "replace").rpartition("quicktime.")[2]
        value = octets[data.begin + 8 : data.end].decode("utf-8", "replace").strip("\0 ")
        if name == "location.ISO6709":
            _place(value, "Keys", found)
        elif len(name) <= 64 and len(value) <= 4096:
            found.tags[f"Keys:{name[:1].upper()}{name[1:]}"] = value


def _place(text: str, group: str, found: Found) -> None:
    match = _PLACE.fullmatch(text)
    if match:
        found.tags[f"{group}:GPSCoordinates"] = tuple(float(part) for part in match.groups() if part)


def _tell(window: Window, found: Found, tracks: list[Track], movie: _Movie) -> None:
    picture = next((track for track in tracks if track.handler == "vide"), None)
    if picture is not None:
        found.width_px, found.height_px = picture.width_px, picture.height_px
    for number, track in enumerate(tracks, 1):
        found.tags[f"Track{number}:HandlerType"] = track.handler
        found.tags[f"Track{number}:CompressorID"] = track.codec
    subtitle = subtitle_of(window, tracks, found)
    samples: tuple[Sample, ...] = samples_of(window, tracks, subtitle, found)
    telemetry = next((track.codec for track in tracks if track.codec in _TELEMETRY), "")
    if telemetry in ("djmd", "gpmd"):
        found.notes.append(
            ("telemetry-unread", f"There is a telemetry track of the kind {telemetry}, which is not read.")
        )
    found.video = Video(
        duration_s=movie.duration_s,
        frames_per_s=picture.frames_per_s if picture else None,
        codec=picture.codec if picture else "",
        tracks=tuple(track.handler for track in tracks),
        subtitle=subtitle,
        samples=samples,
        telemetry=telemetry,
    )
