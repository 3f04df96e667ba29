"""
XMP packets as tags: attributes or elements, lists, structures, UTF-8 or UTF-16; never an entity, never a document type.

Source: XMP Specification, part 1 (ISO 16684-1:2019), 7; part 3 (Adobe 2020), 1.1.3 for packets past 64 KB.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from groundside.decode.photos.found import Found, Tags
from groundside.model.decoded import Problem
from groundside.native import exif_packet

MOST_BYTES = 4 << 20
MOST_TAGS, DEEPEST = 4096, 32
_RENAMED = {
    "x:xmptk": "XMPToolkit", "drone-dji:GpsLatitude": "GPSLatitude", "drone-dji:GpsLongitude": "GPSLongitude",
    "drone-dji:GpsLongtitude": "GPSLongtitude", "exif:ISOSpeedRatings": "ISO", "exif:PhotographicSensitivity": "ISO",
    "exif:ExposureBiasValue": "ExposureCompensation", "exif:PixelXDimension": "ExifImageWidth",
    "exif:PixelYDimension": "ExifImageHeight", "exif:FocalLengthIn35mmFilm": "FocalLengthIn35mmFormat",
    "exif:BodySerialNumber": "SerialNumber", "tiff:ImageLength": "ImageHeight",
}  # fmt: skip
_PREFIXES = {
    "http://www.dji.com/drone-dji/1.0": "drone-dji", "http://pix4d.com/camera/1.0": "Camera",
    "http://micasense.com/MicaSense/1.0": "MicaSense", "http://micasense.com/DLS/1.0": "DLS",
    "http://www.parrot.com/drone-parrot/1.0": "drone-parrot", "http://www.dji.com/FLIR/1.0": "FLIR",
    "http://ns.adobe.com/exif/1.0": "exif", "http://ns.adobe.com/tiff/1.0": "tiff",
    "http://ns.adobe.com/xap/1.0": "xmp", "http://ns.adobe.com/exif/1.0/aux": "aux",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": "rdf", "adobe:ns:meta": "x",
    "http://purl.org/dc/elements/1.1": "dc", "http://ns.google.com/photos/1.0/panorama": "GPano",
}  # fmt: skip
"""Usual prefixes of what is read, whatever prefix a file gives them."""
_PASSED = frozenset({"rdf:parseType", "rdf:ID", "rdf:nodeID", "rdf:datatype", "rdf:resource", "xml:lang", "xml:space"})
_BESIDE = re.compile(rb"([A-Za-z_][\w.\-]{0,63}:[A-Za-z_][\w.\-]{0,127})\s{0,16}=\s{0,16}\"([^\"<]{0,4096})\"")
_BETWEEN = re.compile(rb"<([A-Za-z_][\w.\-]{0,63}:[A-Za-z_][\w.\-]{0,127})>([^<]{0,4096})</\1\s{0,4}>")
_AROUND = {"": "parent", "li": "rdf"}
"""What an open element becomes when something is in it."""
_ENDS = (b"</x:xmpmeta>", b"</rdf:RDF>")
"""Blanks behind these are room for changes, and need not be read."""
_KNOWN: dict[str, str] = {}
"""Names met before, and what to make of them; bounded, for any file may bring its own."""
_PLAIN: dict[str, str] = dict.fromkeys(_PASSED, "")
"""The same, with those that say nothing."""
_SPACE = re.compile(rb"(xmlns:[\w.\-]{1,64})\s{0,8}=\s{0,8}[\"']([^\"'<]{1,256})[\"']")
_USUAL: dict[str, str] = {}
_MOST_KNOWN = 4096


class _Refused(Exception):
    """Raised inside a handler to leave expat; never leaves this module."""


def read_xmp(packet: bytes, at: int | None, found: Found) -> None:
    """
    Read one packet into what was found; what was there before stays.

    Args:
        packet: from anywhere before its first element to its end.
        at: where it is in the file, for the problems; None where it was put together.
        found: gets tags, notes and problems.
    """
    text = _as_utf8(packet[:MOST_BYTES], found)
    if not text:
        return
    if _read_plain(text, found.tags):
        return
    reader = _Reader(found.tags, _renamed(text))
    try:
        reader.parser.Parse(text, True)
    except _Refused as refused:
        found.problems.append(Problem(at, len(packet), f"XMP {refused}: what stands behind it was not read."))
    except (expat.ExpatError, ValueError, OverflowError) as broken:
        _salvage(text, reader, found, at, broken)


def _as_utf8(packet: bytes, found: Found) -> bytes:
    """Cut off what stands before the first `<` and after the last `>`, and make UTF-8 of UTF-16."""
    if len(packet) < 8:
        return b""
    first = packet.find(b"<")
    if first >= 0 and packet[first + 1 : first + 2] == b"\0":
        packet = packet.decode("utf-16-be" if first & 1 else "utf-16-le", "replace").encode("utf-8", "replace")
        found.notes.append(("xmp-utf16", "The XMP packet is in UTF-16."))
    begin, end = packet.find(b"<"), packet.rfind(b">")
    if begin > 0 and packet[:begin].strip(b"\xef\xbb\xbf \t\r\n\0"):
        found.notes.append(("xmp-prefixed", "Something stands before the XMP packet (GDAL writes xml:XMP=)."))
    for tag in _ENDS:
        if (last := packet.rfind(tag, 0, end + 1)) > begin:
            return packet[begin : last + len(tag)]
    return packet[begin : end + 1] if 0 <= begin < end else b""


def _salvage(text: bytes, reader: _Reader, found: Found, at: int | None, broken: Exception) -> None:
    """Take what single attributes and elements say, where the packet is no XML."""
    why = str(broken).partition(":")[0]
    found.problems.append(Problem(at, len(text), f"XMP is not well-formed XML ({why})."))
    found.notes.append(("xmp-broken", "The XMP packet is not well-formed; its plain properties were taken one by one."))
    if b"<!" in text:
        return
    for pattern in (_BESIDE, _BETWEEN):
        for name, value in pattern.findall(text):
            if name[:5] != b"xmlns" and name.decode("ascii") not in _PASSED:
                reader.property(name.decode("ascii"), value.decode("utf-8", "replace"))


def _read_plain(text: bytes, tags: Tags) -> bool:
    """Read a packet that needs no parser; False where it is not certain that one would find the same."""
    said = exif_packet.packet(text, _PLAIN, _USUAL)
    if said is None:
        return False
    tags.update({key: value for key, value in said.items() if key not in tags} if tags else said)
    return True


def _renamed(text: bytes) -> dict[str, str]:
    """Give the prefixes that are not the usual ones of their name spaces, with those that are."""
    renamed: dict[str, str] = {}
    for declared, space in _SPACE.findall(text):
        name, uri = declared.decode("ascii"), space.decode("utf-8", "replace")
        usual = _PREFIXES.get(uri.rstrip("/#"))
        if usual is not None and usual != name[6:]:
            renamed[name[6:]] = usual
        elif len(_USUAL) < _MOST_KNOWN:
            _USUAL.setdefault(name, uri)
    return renamed


class _Reader:
    """The handlers of one packet."""

    def __init__(self, tags: Tags, renamed: dict[str, str]) -> None:
        self.tags = tags
        self.before = frozenset(tags)
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.ordered_attributes = parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.begin, self.finish
        parser.StartDoctypeDeclHandler = self.doctype
        self.renamed = renamed
        self.path: list[str] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.items: list[list[str]] = []
        self.count = 0

    def doctype(self, *_: object) -> None:
        what = "declares a document type"
        raise _Refused(what)

    def begin(self, name: str, attributes: list[str]) -> None:
        if len(self.open) >= DEEPEST:
            what = "is nested too deeply"
            raise _Refused(what)
        if self.open:
            self.open[-1] = _AROUND.get(self.open[-1], self.open[-1])
        self.parser.CharacterDataHandler = None
        name = self._usual(name) if self.renamed else name
        if name.startswith("rdf:") or name in ("x:xmpmeta", "x:xapmeta"):
            self.open.append("li" if name == "rdf:li" else "rdf")
        else:
            self.path.append(name)
            self.items.append([])
            self.open.append("")
        if attributes:
            self._attributes(attributes)
        if self.open[-1] in _AROUND:
            self.text = []
            self.parser.CharacterDataHandler = self.text.append

    def _attributes(self, attributes: list[str]) -> None:
        plain = not self.path and not self.renamed and self.count + len(attributes) <= MOST_TAGS
        tags, before, known = self.tags, self.before, _KNOWN
        each = iter(attributes)
        for written, value in zip(each, each, strict=True):
            if written[:5] == "xmlns":
                continue
            if plain and written in known:
                key = known[written]
                if key not in before:
                    tags[key] = value
            else:
                self._attribute(self._usual(written) if self.renamed else written, value)

    def _attribute(self, name: str, value: str) -> None:
        if name not in _PASSED:
            self.property(name, value)
        elif name == "rdf:resource" and self.path:
            self.property("", value)
        else:
            return
        self.open[-1] = _AROUND.get(self.open[-1], self.open[-1])

    def _usual(self, name: str) -> str:
        prefix, colon, local = name.partition(":")
        return f"{self.renamed[prefix]}:{local}" if colon and prefix in self.renamed else name

    def finish(self, _: str) -> None:
        kind = self.open.pop()
        text = "".join(self.text) if self.parser.CharacterDataHandler else ""
        self.parser.CharacterDataHandler, self.text = None, []
        if kind == "li" and self.items:
            self.items[-1].append(text)
        elif kind in ("", "parent"):
            items = self.items.pop()
            if items:
                self._keep(self._key(""), items[0] if len(items) == 1 else tuple(items))
            elif kind == "" and (text or self._key("") not in self.tags):
                self._keep(self._key(""), text)
            self.path.pop()

    def property(self, name: str, value: str) -> None:
        """Keep one property of where the walk is; the empty name is that of the element itself."""
        self._keep(self._key(name), value)

    def _key(self, name: str) -> str:
        if not self.path:
            return _named(name)
        rest = [*self.path[1:], name] if name else self.path[1:]
        return _named(self.path[0]) + "".join(_capital(part.rpartition(":")[2]) for part in rest)

    def _keep(self, key: str, value: str | tuple[str, ...]) -> None:
        self.count += 1
        if self.count > MOST_TAGS:
            what = "has too many properties"
            raise _Refused(what)
        if key not in self.before:
            self.tags[key] = value


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _named(name: str) -> str:
    """Name a property as ExifTool does: its group is the prefix, and its first letter is large."""
    key = _KNOWN.get(name)
    if key is None:
        prefix, _, local = name.rpartition(":")
        key = f"XMP-{prefix}:{_RENAMED.get(name) or _capital(local)}"
        if len(_KNOWN) < _MOST_KNOWN and name not in _PASSED:
            _KNOWN[name] = _PLAIN[name] = key
    return key
