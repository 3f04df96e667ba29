"""KML 2.2, for Google Earth and the like; with time where UTC is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from groundside.model.flight import Flight
from groundside.model.track import Track
from groundside.see.exports.export import Export
from groundside.see.exports.labels import about_times, flight_title, iso_times, xml_text
from groundside.see.exports.runs import runs

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">\n<Document>\n'
)
_STYLE = '<Style id="flight"><LineStyle><color>ff0088ff</color><width>3</width></LineStyle></Style>\n'


@dataclass(frozen=True, slots=True)
class _Vertical:
    mode: str
    metres: np.ndarray
    about: str


def write(flight: Flight, track: Track, out: BinaryIO) -> None:
    """
    Write one placemark: tracks with time where times are UTC, else lines; one for each run without a gap.

    Vertical positions are heights above take-off shown as heights above ground where every position has one;
    else altitudes above mean sea level where every position has one; else the line lies on the ground. The
    description says which.

    Source: OGC 07-147r2, KML 2.2; gx:Track: Google, KML Reference.
    """
    title = xml_text(flight_title(flight))
    vertical = _vertical(track)
    about = xml_text(f"{about_times(track)} {vertical.about}")
    out.write(f"{_HEAD}<name>{title}</name>\n<description>{about}</description>\n{_STYLE}".encode())
    pieces = runs(track)
    if pieces:
        out.write(f"<Placemark><name>{title}</name><styleUrl>#flight</styleUrl>\n".encode())
        for text in _tracks(track, pieces, vertical) if track.time_basis.is_utc else _lines(track, pieces, vertical):
            out.write(text.encode())
        out.write(b"</Placemark>\n")
    out.write(b"</Document>\n</kml>\n")


def _vertical(track: Track) -> _Vertical:
    here = np.isfinite(track.floats("lon"))
    height, altitude = track.floats("height_m"), track.floats("altitude_m")
    if here.any() and np.isfinite(height[here]).all():
        about = "Heights above take-off are shown as heights above ground, which is right over level ground only."
        return _Vertical("relativeToGround", height, about)
    if here.any() and np.isfinite(altitude[here]).all():
        return _Vertical("absolute", altitude, "Altitudes are above mean sea level.")
    return _Vertical("clampToGround", np.zeros(len(height)), "Heights are unknown: the line lies on the ground.")


def _tracks(track: Track, pieces: list[np.ndarray], vertical: _Vertical) -> Iterator[str]:
    times = iso_times(track.time_us)
    lon, lat = track.floats("lon"), track.floats("lat")
    yield "<gx:MultiTrack><gx:interpolate>0</gx:interpolate>\n"
    for rows in pieces:
        yield f"<gx:Track><altitudeMode>{vertical.mode}</altitudeMode>\n"
        yield "".join(f"<when>{times[i]}</when>\n" for i in rows)
        yield "".join(f"<gx:coord>{lon[i]:.9f} {lat[i]:.9f} {vertical.metres[i]:.3f}</gx:coord>\n" for i in rows)
        yield "</gx:Track>\n"
    yield "</gx:MultiTrack>\n"


def _lines(track: Track, pieces: list[np.ndarray], vertical: _Vertical) -> Iterator[str]:
    lon, lat = track.floats("lon"), track.floats("lat")
    yield "<MultiGeometry>\n"
    for rows in pieces:
        ends = rows if len(rows) > 1 else np.repeat(rows, 2)
        yield f"<LineString><tessellate>1</tessellate><altitudeMode>{vertical.mode}</altitudeMode>\n"
        yield "<coordinates>\n"
        yield "".join(f"{lon[i]:.9f},{lat[i]:.9f},{vertical.metres[i]:.3f}\n" for i in ends)
        yield "</coordinates></LineString>\n"
    yield "</MultiGeometry>\n"


EXPORT = Export(
    name="kml", title="KML 2.2", suffix=".kml", media_type="application/vnd.google-earth.kml+xml", write=write
)
