"""Tiny photos and videos that state only what a test is about: TIFF blocks, JPEG, XMP, and boxes of MP4."""

import hashlib
import struct
from collections.abc import Mapping, Sequence
from fractions import Fraction

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SRATIONAL, DOUBLE = 1, 2, 3, 4, 5, 7, 10, 12
Typed = tuple[int, object]
"""A type of TIFF and its value: bytes, or one number or several; fractions as pairs or `Fraction`."""
Directory = Mapping[int, object]

EXIF, GPS, SUB = 0x8769, 0x8825, 0x014A
MAKE, MODEL, SOFTWARE, ORIENTATION = 0x010F, 0x0110, 0x0131, 0x0112
WIDTH, HEIGHT, XMP_TAG = 0x0100, 0x0101, 0x02BC
TAKEN, SUBSEC, OFFSET = 0x9003, 0x9290, 0x9011
LAT_REF, LAT, LON_REF, LON, ALT_REF, ALT = 1, 2, 3, 4, 5, 6
_FORMS = {BYTE: "B", SHORT: "H", LONG: "I", DOUBLE: "d", 13: "I", 6: "b", 8: "h", 9: "i", 11: "f"}
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
NAMESPACES = {
    "drone-dji": "http://www.dji.com/drone-dji/1.0/",
    "Camera": "http://pix4d.com/camera/1.0",
    "MicaSense": "http://micasense.com/MicaSense/1.0/",
    "drone-parrot": "http://www.parrot.com/drone-parrot/1.0/",
    "drone-skydio": "https://www.skydio.com/drone-skydio/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "GPano": "http://ns.google.com/photos/1.0/panorama/",
}


def _typed(value: object) -> Typed:
    """Guess a type: text is ASCII, bytes are UNDEFINED, whole numbers LONG, fractions RATIONAL."""
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], int) and not isinstance(value[1], int):
        return value
    if isinstance(value, str):
        return ASCII, value.encode() + b"\0"
    if isinstance(value, bytes):
        return UNDEFINED, value
    if isinstance(value, int):
        return LONG, [value]
    return RATIONAL, value if isinstance(value, list) else [value]


def _packed(kind: int, value: object, order: str) -> tuple[int, bytes]:
    if isinstance(value, bytes):
        return len(value), value
    parts = value if isinstance(value, list | tuple) else [value]
    if kind in (RATIONAL, SRATIONAL):
        pairs = [p if isinstance(p, tuple) else Fraction(p).limit_denominator(10**6).as_integer_ratio() for p in parts]
        form = "II" if kind == RATIONAL else "ii"
        return len(pairs), b"".join(struct.pack(order + form, *pair) for pair in pairs)
    return len(parts), struct.pack(order + _FORMS[kind] * len(parts), *parts)


def tiff(
    image: Directory,
    exif: Directory | None = None,
    gps: Directory | None = None,
    second: Directory | None = None,
    subs: Sequence[Directory] = (),
    order: str = "<",
) -> bytes:
    """Give a TIFF block: the first directory, those of EXIF and GPS, the second, and subordinate ones."""
    out = bytearray(b"II*\0" if order == "<" else b"MM\0*") + bytes(4)
    places = {
        EXIF: _directory(out, exif, order) if exif else 0,
        GPS: _directory(out, gps, order) if gps else 0,
    }
    below = [_directory(out, each, order) for each in subs]
    entries = {**image, **{tag: (LONG, [at]) for tag, at in places.items() if at}}
    if below:
        entries[SUB] = (LONG, below)
    following = _directory(out, second, order) if second else 0
    first = _directory(out, entries, order, following)
    out[4:8] = struct.pack(order + "I", first)
    return bytes(out)


def _directory(out: bytearray, entries: Directory | None, order: str, following: int = 0) -> int:
    records = []
    for tag, value in sorted((entries or {}).items()):
        kind, given = _typed(value)
        count, octets = _packed(kind, given, order)
        if len(octets) > 4:
            inline = struct.pack(order + "I", len(out))
            out += octets + bytes(len(octets) % 2)
        else:
            inline = octets.ljust(4, b"\0")
        records.append(struct.pack(order + "HHI", tag, kind, count) + inline)
    at = len(out)
    out += struct.pack(order + "H", len(records)) + b"".join(records) + struct.pack(order + "I", following)
    return at


def place(lat: float, lon: float, altitude_m: float | None = None, ref: int = 0) -> dict[int, object]:
    """Give a GPS directory of a place, as cameras write it."""
    told: dict[int, object] = {
        LAT_REF: "N" if lat >= 0 else "S",
        LAT: _degrees(lat),
        LON_REF: "E" if lon >= 0 else "W",
        LON: _degrees(lon),
    }
    if altitude_m is not None:
        told |= {ALT_REF: (BYTE, [ref]), ALT: altitude_m}
    return told


def _degrees(value: float) -> Typed:
    value = abs(value)
    whole = int(value)
    minutes = int((value - whole) * 60)
    return RATIONAL, [(whole, 1), (minutes, 1), (round((value * 3600 - whole * 3600 - minutes * 60) * 1e6), 10**6)]


def segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def jpeg(
    block: bytes = b"", packet: bytes | str = b"", size: tuple[int, int] = (4000, 3000), more: Sequence[bytes] = ()
) -> bytes:
    """Give a JPEG without a picture: EXIF, XMP, other segments, the size, and where the picture would begin."""
    parts = [b"\xff\xd8"]
    if block:
        parts.append(segment(0xE1, b"Exif\0\0" + block))
    if packet:
        packet = packet.encode() if isinstance(packet, str) else packet
        parts.append(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))
    frame = struct.pack(">BHHB", 8, size[1], size[0], 1) + b"\x01\x11\0"
    return b"".join([*parts, *more, segment(0xC0, frame), segment(0xDA, b"\x01\x01\0\0\x3f\0"), b"\xff\xd9"])


def xmp(attributes: Mapping[str, object] | None = None, elements: str = "") -> str:
    """Give an XMP packet, as DJI writes it: properties as attributes; elements as they are given."""
    attributes = attributes or {}
    used = {name.partition(":")[0] for name in attributes} | {p for p in NAMESPACES if f"<{p}:" in elements}
    declared = " ".join(f'xmlns:{p}="{NAMESPACES[p]}"' for p in sorted(used))
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" {declared} {written}>{elements}'
        '</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    )


def dji(**values: object) -> str:
    """Give a packet of DJI's properties: `dji(GimbalRollDegree="+180.00")`."""
    return xmp({f"drone-dji:{name}": value for name, value in values.items()})


def nadir(**values: object) -> str:
    """Give DJI's properties of a camera that looks straight down, but for what is said otherwise."""
    usual = {
        "AbsoluteAltitude": "+150.00", "RelativeAltitude": "+60.00", "GimbalRollDegree": "+0.00",
        "GimbalYawDegree": "+30.00", "GimbalPitchDegree": "-90.00", "FlightRollDegree": "+1.00",
        "FlightYawDegree": "+31.00", "FlightPitchDegree": "-2.00",
    }  # fmt: skip
    return dji(**{**usual, **values})


def extended(packet: bytes, pieces: int = 2) -> tuple[str, list[bytes]]:
    """Cut a long packet into segments; gives the name under which the first packet refers to it."""
    name = hashlib.md5(packet).hexdigest().upper()
    step = -(-len(packet) // pieces)
    head = b"http://ns.adobe.com/xmp/extension/\0" + name.encode()
    cut = [
        segment(0xE1, head + struct.pack(">II", len(packet), at) + packet[at : at + step])
        for at in range(0, len(packet), step)
    ]
    return name, cut


def mpf(kinds: Sequence[int]) -> bytes:
    """Give the segment that lists several pictures, each of a kind of CIPA DC-007."""
    entries = b"".join(struct.pack("<IIIHH", kind, 1000, 0 if k == 0 else 5000, 0, 0) for k, kind in enumerate(kinds))
    block = tiff({0xB000: b"0100", 0xB001: len(kinds), 0xB002: entries})
    return segment(0xE2, b"MPF\0" + block)


def box(kind: str, *inside: bytes) -> bytes:
    """Give a box of an MP4 or MOV file."""
    content = b"".join(inside)
    return struct.pack(">I", len(content) + 8) + kind.encode("latin-1") + content


def full(kind: str, content: bytes, version: int = 0) -> bytes:
    """Give a box with version and flags."""
    return box(kind, bytes((version, 0, 0, 0)), content)


def track(handler: str, codec: str, sizes: Sequence[int], at: int, step: int = 1000, scale: int = 1000) -> bytes:
    """Give a track whose samples lie one behind the other from `at` on, each `step` units of its clock long."""
    entry = box(codec, bytes(6) + b"\0\1" + bytes(16) + struct.pack(">HH", 1920, 1080) + bytes(50))
    table = box(
        "stbl",
        full("stsd", struct.pack(">I", 1) + entry),
        full("stts", struct.pack(">III", 1, len(sizes), step)),
        full("stsz", struct.pack(">II", 0, len(sizes)) + struct.pack(f">{len(sizes)}I", *sizes)),
        full("stsc", struct.pack(">IIII", 1, 1, len(sizes), 1)),
        full("stco", struct.pack(">II", 1, at)),
    )
    clock = full("mdhd", struct.pack(">IIII", 0, 0, scale, step * len(sizes)) + bytes(4))
    kind = full("hdlr", bytes(4) + handler.encode() + bytes(13))
    return box("trak", box("mdia", clock, kind, box("minf", table)))


def movie(
    tracks: Sequence[tuple[str, str, Sequence[bytes]]], user_data: bytes = b"", created: int = 4_018_000_000
) -> bytes:
    """Give an MP4: each track a handler, a codec and its samples; then user data and the seconds since 1904."""
    begin = box("ftyp", b"isom\0\0\2\0isomiso2")
    described, content, at = [], b"", len(begin) + 8
    for handler, codec, samples in tracks:
        described.append(track(handler, codec, [len(each) for each in samples], at + len(content)))
        content += b"".join(samples)
    head = full(
        "mvhd", struct.pack(">IIII", created, created, 1000, 1000 * max(len(s) for _, _, s in tracks)) + bytes(80)
    )
    return begin + box("mdat", content) + box("moov", head, *described, box("udta", user_data))


def cue(text: str) -> bytes:
    """Give one sample of a subtitle track."""
    octets = text.encode()
    return struct.pack(">H", len(octets)) + octets
