"""Whether a file is a track in KML or KMZ, and neither a map nor a plan."""

from __future__ import annotations

import re

from groundside.decode.formats.kml.archive import LOCAL, document_of, unpack
from groundside.decode.xml_scan import root_of

_HEAD_BYTES = 64 * 1024
_TRACK = re.compile(rb"<(?:\w{1,20}:)?(?:Track[\s>]|coord>)")
"""A place of a track is one too: its start may be damaged."""
_STAMP = re.compile(rb"<(?:\w{1,20}:)?TimeStamp[\s>]")
_LINE = re.compile(rb"<(?:\w{1,20}:)?LineString[\s>]")
_LIST = re.compile(rb"<(?:\w{1,20}:)?coordinates>([^<]*)")
_MISSION = (b"xmlns:wpml", b"<wpml:", b"dji.com/wpmz")
_PLANNED = re.compile(
    rb"<(?:\w{1,20}:)?(?:name|description)>[^<]*\b(?:mission|waypoints?|wayline|flight plan|planned)\b", re.I
)
_LEAST_VERTICES = 20


def recognises(head: bytes) -> bool:
    """
    Say whether these are the first bytes of a KML document with a track, or of a KMZ file that holds one.

    A track or points with time are one. A line without time is one where it has as many corners as a recorded path, and
    where the document does not call itself a mission or a plan. Missions of DJI (WPML) never are.
    """
    if head.startswith(LOCAL):
        data = memoryview(head)
        entry = document_of(data)
        return entry is not None and _is_track(unpack(data, entry, most=_HEAD_BYTES).content)
    return _is_track(head)


def _is_track(head: bytes) -> bool:
    if root_of(head) != "kml" or any(sign in head for sign in _MISSION):
        return False
    if _TRACK.search(head) or (_STAMP.search(head) and b"<when" in head):
        return True
    if not _LINE.search(head) or _PLANNED.search(head):
        return False
    return any(len(found[1].split()) >= _LEAST_VERTICES for found in _LIST.finditer(head))
