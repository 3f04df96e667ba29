"""Drawings in KML and KMZ (OGC 12-007r2)."""

from __future__ import annotations

from groundside.decode.areas.found import Found, position, refusal, ring
from groundside.errors import BadRequest
from groundside.model.place import LonLat
from groundside.model.query import Ring
from groundside.reference.packed import MAGIC, BadArchive, unpacked
from groundside.reference.xml_tree import BadXml, Node, document_in

MOST_BYTES = 64 << 20


def read(data: bytes, found: Found) -> None:
    """
    Read a drawing; rings that are not closed are closed.

    Raises:
        BadRequest: it is no KML.
    """
    try:
        root = document_in(_document(data)).root
    except BadXml as error:
        why = f"The KML is broken at byte {error.offset:,}: {error.why}."
        raise refusal(why, "save it again in the program that wrote it") from error
    if root.name != "kml":
        why = f"Its first element is {root.name[:40]!r}, not 'kml'."
        raise refusal(why)
    for node in root.walk():
        if node.name == "Polygon":
            found.polygons.append(_polygon(node, found))
        elif node.name == "LineString" and len(line := _places(node)) > 1:
            found.lines.append(tuple(line))
        elif node.name == "Point":
            found.points += _places(node)[:1]


def _document(data: bytes) -> bytes:
    if not data.startswith(MAGIC):
        return data
    try:
        entries = unpacked(data, lambda name: name.lower().endswith(".kml"), MOST_BYTES)
    except BadArchive as error:
        why = f"The archive cannot be used: {error}."
        raise refusal(why) from error
    if not entries:
        raise refusal("There is no .kml in the archive.")
    return next((each for name, each in entries.items() if name.lower() == "doc.kml"), next(iter(entries.values())))


def _polygon(node: Node, found: Found) -> tuple[Ring, ...]:
    outer = [ring for each in node.all("outerBoundaryIs") for ring in each.all("LinearRing")]
    inner = [ring for each in node.all("innerBoundaryIs") for ring in each.all("LinearRing")]
    if not outer:
        why = f"The polygon at byte {node.offset:,} has no outer ring."
        raise refusal(why)
    return tuple(_ring(each, found) for each in (*outer[:1], *inner))


def _ring(node: Node, found: Found) -> Ring:
    places = _places(node)
    if places and places[0] != places[-1]:
        found.say("A ring was not closed: it was.", node.offset)
        places.append(places[0])
    return ring(places)


def _places(node: Node) -> list[LonLat]:
    return [_place(text, node) for text in node.said("coordinates").split()]


def _place(text: str, node: Node) -> LonLat:
    try:
        lon, lat = (float(each) for each in text.split(",")[:2])
        return position(lon, lat)
    except BadRequest:
        raise
    except ValueError as error:
        why = f"{text[:60]!r} at byte {node.offset:,} is no position: longitude,latitude."
        raise refusal(why) from error
