"""Gather timed tracks, timed points and lines of a KML document as its elements go by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from groundside.decode.formats.kml.pairs import TimedTrack
from groundside.decode.xml_scan import Plan, Texts, local_name, strings_of

I64 = NDArray[np.int64]

_IN_TRACK = ("kml", "Document", "Placemark", "Track")
_PLACEMARK = ("kml", "Document", "Placemark")
PLAN = Plan(
    resume={
        "when": _IN_TRACK,
        "coord": _IN_TRACK,
        "angles": _IN_TRACK,
        "Track": _PLACEMARK,
        "LineString": _PLACEMARK,
        "Placemark": ("kml", "Document"),
        "Folder": ("kml", "Document"),
    },
    records=frozenset({"when", "coord"}),
    lists={"coordinates": ("kml", "Document", "Placemark", "LineString")},
)
ROWS = frozenset({"when", "coord", "angles", "value"})
"""Elements of which there are long rows."""
_GEOMETRIES = frozenset({"Point", "LineString", "LinearRing"})
_MOST_TEXT = 1000
_TRACK_END = re.compile(rb"</(?:[\w.\-]{1,64}:)?Track\s*>")
_IN_TRACKS = frozenset(
    {
        "when",
        "coord",
        "angles",
        "altitudeMode",
        "extrude",
        "tessellate",
        "interpolate",
        "Model",
        "value",
        "ExtendedData",
        "SchemaData",
        "SimpleArrayData",
        "Data",
        "SimpleData",
    }
)


@dataclass(slots=True)
class Line:
    """A line: texts of its coordinates, in pieces where it was damaged, and how its heights are meant."""

    texts: list[str] = field(default_factory=list[str])
    mode: str = ""
    offset: int = 0


@dataclass(slots=True)
class Mark:
    """A point with a time."""

    offset: int
    when: str
    coordinates: str
    mode: str
    name: str


@dataclass(slots=True)
class _Placemark:
    name: str = ""
    when: str = ""
    coordinates: str = ""
    mode: str = ""
    offset: int = 0
    torn: bool = False


class Gatherer:
    """Takes in the elements of a KML document; see `groundside.decode.xml_scan.Reader`."""

    def __init__(self) -> None:
        self.tracks: list[TimedTrack] = []
        self.lines: list[Line] = []
        self.marks: list[Mark] = []
        self.untimed_points = 0
        self.said: list[str] = []
        self._track: TimedTrack | None = None
        self._line: Line | None = None
        self._placemark: _Placemark | None = None
        self._geometry = ""
        self._leaf = ""
        self._array = ""

    def begin(self, name: str, attributes: Mapping[str, str], offset: int) -> None:
        """Take in the start of an element."""
        self._leaf = name
        local = local_name(name)
        if local == "Track":
            self._close_track(whole=False)
            self._track = TimedTrack(offset)
            self.tracks.append(self._track)
        elif local == "Placemark":
            self._close_track(whole=False)
            self._placemark, self._geometry = _Placemark(offset=offset), ""
        elif local in _GEOMETRIES:
            self._geometry = local
            if local == "LineString":
                self._line = Line(offset=offset)
                self.lines.append(self._line)
        elif local == "SimpleArrayData":
            self._array = attributes.get("name", "")
        if self._track is not None and local not in _IN_TRACKS and local != "Track":
            self._track.suspect()

    def finish(self, name: str, text: str, offset: int) -> None:
        """Take in the end of an element."""
        local, leaf = local_name(name), self._leaf == name
        self._leaf = ""
        if leaf:
            self._leaf_of(local, text, offset)
        elif local in PLAN.records and self._track is not None:
            self._track.tear()
        if local == "Track":
            self._close_track(whole=True)
        elif local in _GEOMETRIES:
            self._geometry = ""
        elif local == "Placemark":
            self._close_placemark()
        elif local == "SimpleArrayData":
            self._array = ""

    def _leaf_of(self, local: str, text: str, offset: int) -> None:
        if local in {"when", "coord", "angles"}:
            self._timed(local, text, offset)
        elif local == "coordinates":
            self._coordinates(text)
        elif local == "altitudeMode":
            self._mode(text.strip())
        elif local == "value" and self._array and self._track is not None:
            self._track.array(self._array).append(text)
        elif local in {"name", "description"}:
            self._named(local, text)

    def _named(self, local: str, text: str) -> None:
        if self._placemark is not None and local == "name":
            self._placemark.name = text.strip()[:_MOST_TEXT]
        if len(self.said) < _MOST_TEXT:
            self.said.append(text.strip()[:_MOST_TEXT])

    def _timed(self, local: str, text: str, offset: int) -> None:
        """
        Take in a time or a place.

        A time behind places, where those stood behind all times, is of a new track. What comes behind values was moved
        there, and nobody can tell where it belongs.
        """
        track = self._track
        if track is None and local == "when" and self._placemark is not None and not self._placemark.torn:
            self._placemark.when = text
            return
        if track is not None and track.is_over:
            track.tear()
            return
        if track is None or (local == "when" and track.is_behind_times):
            if track is not None:
                track.tail_lost = True
            track = self._track = TimedTrack(offset, head_lost=True)
            self.tracks.append(track)
        if local == "when":
            track.whens.append(text)
        elif local == "coord":
            track.place(text, offset)
        else:
            track.angles.append(text)

    def more(self, local: str, texts: Texts | list[str], offsets: I64) -> bool:
        """
        Take in elements of the same name right behind the last, none of which holds an element.

        Args:
            local: their name, one of `ROWS`.
            texts: in them.
            offsets: of their ends.

        Returns:
            Whether they were taken in; where not, they are to be told one by one.
        """
        track = self._track
        if track is None or (local == "value" and not self._array) or (local != "value" and track.is_over):
            return False
        if local == "when":
            track.whens += strings_of(texts)
        elif local == "coord":
            track.coords += strings_of(texts)
            track.offsets += offsets.tolist()
            track.before += [len(track.whens)] * len(texts)
        elif local == "angles":
            track.angles += strings_of(texts)
        else:
            track.array(self._array).extend(texts)
        return True

    def _coordinates(self, text: str) -> None:
        if self._geometry == "LineString" and self._line is not None:
            self._line.texts.append(text)
        elif self._geometry == "Point" and self._placemark is not None:
            self._placemark.coordinates = text

    def _mode(self, mode: str) -> None:
        if self._track is not None:
            self._track.mode = mode
        elif self._geometry == "LineString" and self._line is not None:
            self._line.mode = mode
        elif self._placemark is not None:
            self._placemark.mode = mode

    def _close_track(self, *, whole: bool) -> None:
        if self._track is not None and not whole and not self._track.is_over:
            self._track.tail_lost = True
        self._track = None

    def _close_placemark(self) -> None:
        mark, self._placemark = self._placemark, None
        if mark is None or not mark.coordinates or mark.torn:
            return
        if mark.when:
            self.marks.append(Mark(mark.offset, mark.when, mark.coordinates, mark.mode, mark.name))
        else:
            self.untimed_points += 1

    def close(self) -> None:
        """Note that the document is over: what is still open misses its end."""
        self._close_track(whole=False)

    def torn(self, name: str, text: str, lost: bytes) -> None:
        """Note where the open track broke; keep of a line what stands before the break."""
        if self._track is not None:
            self._track.tear()
            if _TRACK_END.search(lost):
                self._close_track(whole=True)
        if self._placemark is not None:
            self._placemark.torn = True
        if local_name(name) == "coordinates" and self._geometry == "LineString" and self._line is not None:
            self._line.texts.append(text[: len(text) - len(text.split()[-1])] if text[-1:].strip() else text)
        elif self._geometry != "LineString":
            self._geometry = ""
        self._leaf = ""
