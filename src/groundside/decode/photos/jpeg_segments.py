"""
JPEG: the segments before the picture, each looked at once.

Sources: ITU-T T.81 (1992), annex B; Exif 2.32 (CIPA DC-008-2019), 4.5; XMP part 3 (Adobe 2020), 1.1.3;
MPF (CIPA DC-007, 2009); temperatures of DJI and FLIR: https://exiftool.org/TagNames/JPEG.html.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator

from groundside.decode.photos.found import Found
from groundside.decode.photos.mpf import read_mpf
from groundside.decode.photos.tiff_ifd import read_block
from groundside.decode.photos.window import Octets, Window
from groundside.decode.photos.xmp import MOST_BYTES, read_xmp
from groundside.model.decoded import Problem

START, MOST_SEGMENTS = b"\xff\xd8\xff", 4096
_SOS, _EOI, _APP1, _APP2, _APP3, _APP4 = 0xDA, 0xD9, 0xE1, 0xE2, 0xE3, 0xE4
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_READ = frozenset({_APP1, _APP2, _APP4}) | _SIZES
_EXIF, _XMP = b"Exif\0", b"http://ns.adobe.com/xap/1.0/\0"
_MORE = b"http://ns.adobe.com/xmp/extension/\0"
_GUID, _NUMBERS = 32, 40
_EXTENDED = "XMP-xmpNote:HasExtendedXMP"
_HEAD = struct.Struct(">BBH")
_DJI_HEAT = (b"\xaa\x55\x12\x06", b"\xaa\x55\x38\x00")


def read_jpeg(window: Window, found: Found) -> None:
    """Read what stands before the picture."""
    found.format = "jpeg"
    chunks: dict[bytes, dict[int, bytes]] = {}
    packets: list[tuple[int, bytes]] = []
    for marker, at, payload in _segments(window, found):
        if marker in _SIZES:
            _take_size(payload, found)
        elif marker == _APP1:
            packets.extend(_app1(at, payload, found, chunks))
        elif marker == _APP2 and payload[:4] == b"MPF\0":
            read_mpf(payload[4:], at + 4, found)
        elif marker == _APP3:
            found.thermal = found.thermal or "app3"
        elif marker == _APP4 and bytes(payload[:4]) in _DJI_HEAT:
            found.thermal = "dji"
    for at, packet in packets:
        read_xmp(packet, at, found)
    _extend(chunks, found)
    if found.thermal in ("dji", "flir"):
        found.format = "r-jpeg"
    if found.width_px is None:
        found.problems.append(Problem(None, 0, "The JPEG does not say how large its picture is."))


def _segments(window: Window, found: Found) -> Iterator[tuple[int, int, Octets]]:
    """Give marker, place and payload of each segment; payloads that nobody reads are not fetched."""
    at, near = 2, len(window.head) - 4
    for _ in range(MOST_SEGMENTS):
        mark, marker, length = _HEAD.unpack_from(window.first, at) if at <= near else _head(window.take(at, 4))
        if mark != 0xFF:
            break
        if marker in (_SOS, _EOI):
            return
        if marker == 0xFF or marker in _ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if length < 2:
            break
        payload = window.take(at + 4, length - 2) if marker in _READ else b""
        if marker in _READ and len(payload) < length - 2:
            found.problems.append(Problem(at, window.size - at, "The file ends inside a segment."))
        yield marker, at + 4, payload
        at += 2 + length
    what = "The file ends before its picture begins." if at + 2 > window.size else "The segments break off here."
    found.problems.append(Problem(min(at, window.size), max(window.size - at, 0), what))


def _head(octets: Octets) -> tuple[int, int, int]:
    """Read mark, marker and length, where the file may end in them: 0 is none of the three."""
    if len(octets) < 2:
        return 0, 0, 0
    return octets[0], octets[1], octets[2] << 8 | octets[3] if len(octets) == 4 else 0


def _take_size(payload: Octets, found: Found) -> None:
    if len(payload) >= 5 and found.width_px is None:
        height, width = payload[1] << 8 | payload[2], payload[3] << 8 | payload[4]
        if width and height:
            found.width_px, found.height_px = width, height


def _app1(at: int, payload: Octets, found: Found, chunks: dict[bytes, dict[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    head = bytes(payload[: len(_MORE)])
    if head.startswith(_EXIF):
        for packet in read_block(payload[6:], at + 6, found):
            yield at, packet
    elif head.startswith(_XMP):
        yield at + len(_XMP), bytes(payload[len(_XMP) :])
    elif head == _MORE:
        _collect(bytes(payload[len(_MORE) :]), chunks)
    elif head.startswith(b"FLIR\0"):
        found.thermal = "flir"
    elif b"<x:xmpmeta" in bytes(payload[:512]):
        found.notes.append(("xmp-unmarked", "The XMP packet stands in a segment without its usual mark."))
        yield at, bytes(payload)


def _collect(payload: bytes, chunks: dict[bytes, dict[int, bytes]]) -> None:
    """Keep one piece of a packet that is too long for one segment, by its place in the whole."""
    if len(payload) < _NUMBERS:
        return
    pieces = chunks.setdefault(payload[:_GUID], {})
    if sum(map(len, pieces.values())) + len(payload) <= MOST_BYTES:
        pieces[int.from_bytes(payload[_GUID + 4 : _NUMBERS], "big")] = payload[_NUMBERS:]


def _extend(chunks: dict[bytes, dict[int, bytes]], found: Found) -> None:
    """Read the long packet that the first one names; others belong to no one."""
    name = found.tags.get(_EXTENDED)
    if not isinstance(name, str):
        return
    pieces = chunks.get(name.encode("ascii", "replace"), {})
    whole = b"".join(pieces[at] for at in sorted(pieces))
    if hashlib.md5(whole, usedforsecurity=False).hexdigest().upper() != name.upper():
        found.problems.append(Problem(None, len(whole), "The extended XMP packet is not whole: it was not read."))
        return
    read_xmp(whole, None, found)
