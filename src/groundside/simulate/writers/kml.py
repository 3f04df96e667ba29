"""
Write a flight as KML, or as KMZ.

The track is a gx:Track: all times, then all places, all angles, and values by the side of them, after OGC KML 2.3
(12-007r2, clause Track) in the namespace that KML 2.2 files use for it, Google's. Places are "longitude latitude
altitude"; the altitude mode is absolute, metres above mean sea level; angles are heading, tilt and roll. A KMZ is a
ZIP archive whose main file is doc.kml (OGC 12-007r2, Annex C). Without times, and as AirData exports it, the track
is a LineString.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from groundside.simulate import MARK
from groundside.simulate.truth import Truth
from groundside.simulate.writers.gpx import Rows, iso_times, placed, spans, told

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">\n<Document>\n'
)
_TAIL = "</Document>\n</kml>\n"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_FIELDS = {
    "speed": ("float", "Speed (m/s)"),
    "height": ("float", "Height above take-off (m)"),
    "battery": ("float", "Battery (%)"),
    "satellites": ("int", "Satellites"),
    "mode": ("string", "Mode"),
}


@dataclass(frozen=True, slots=True)
class Export:
    """
    How to export.

    Args:
        rate_hz: places a second, at most as many as the truth has samples.
        timed: as gx:Track; else as a LineString without any time.
        angles: gx:angles with each place; of a gx:Track.
        extended: speed, height, battery, satellites and mode of each place; of a gx:Track.
        interleaved: each time beside its place, as some programs write it; else all times first.
        segments: after each time without a fix, a new track within a gx:MultiTrack, or a new LineString.
        placemarks: the home point, and what the autopilot said, as points with their time.
    """

    rate_hz: float = 5.0
    timed: bool = True
    angles: bool = False
    extended: bool = True
    interleaved: bool = False
    segments: bool = True
    placemarks: bool = True


def write_kml(truth: Truth, seed: int = 0, options: Export | None = None) -> bytes:
    """
    Write KML; samples without a fix have no place in it.

    Args:
        truth: what happened.
        seed: says nothing here: nothing in the file is drawn by lot.
        options: how to export.
    """
    chosen = options or Export()
    parts = [_HEAD, f"<name>{escape(truth.name)}</name>\n<description>{MARK}</description>\n"]
    if chosen.timed and chosen.extended:
        parts.append(_schema())
    if chosen.placemarks:
        parts += _placemarks(truth, chosen)
    lists = spans(truth, chosen.rate_hz, chosen.segments)
    parts += _timed(truth, lists, chosen) if chosen.timed else _untimed(truth, lists)
    return ("".join(parts) + _TAIL).encode()


def write_kmz(truth: Truth, seed: int = 0, options: Export | None = None) -> bytes:
    """Write the same KML, deflated, as doc.kml in a ZIP archive that says when it was made: never."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        about = zipfile.ZipInfo("doc.kml", _ZIP_EPOCH)
        about.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(about, write_kml(truth, seed, options))
    return out.getvalue()


def _schema() -> str:
    fields = "".join(
        f'<gx:SimpleArrayField name="{name}" type="{kind}"><displayName>{shown}</displayName></gx:SimpleArrayField>\n'
        for name, (kind, shown) in _FIELDS.items()
    )
    return f'<Schema id="flight">\n{fields}</Schema>\n'


def _placemarks(truth: Truth, chosen: Export) -> list[str]:
    if not truth.has_fix.any():
        return []
    home = f"{truth.home.lon:.7f},{truth.home.lat:.7f},{truth.field.altitude_m:.2f}"
    out = [f"<Placemark><name>Home</name><Point><coordinates>{home}</coordinates></Point></Placemark>\n"]
    for time_us, text in told(truth):
        row = placed(truth, time_us)
        if row is not None:
            out.append(
                _placemark(truth, row, iso_times(np.array([time_us], np.int64))[0] if chosen.timed else "", text)
            )
    return out


def _placemark(truth: Truth, row: int, when: str, text: str) -> str:
    place = f"{truth.lon[row]:.7f},{truth.lat[row]:.7f},{truth.altitude_m[row]:.2f}"
    stamp = f"<TimeStamp><when>{when}</when></TimeStamp>" if when else ""
    point = f"<Point><altitudeMode>absolute</altitudeMode><coordinates>{place}</coordinates></Point>"
    return f"<Placemark><name>{escape(text)}</name>{stamp}{point}</Placemark>\n"


def _untimed(truth: Truth, lists: list[Rows]) -> list[str]:
    out: list[str] = []
    for rows in lists:
        out.append(f"<Placemark><name>{escape(truth.name)}</name><LineString>\n")
        out.append("<altitudeMode>absolute</altitudeMode>\n<coordinates>\n")
        out += _places(truth, rows, "%.7f,%.7f,%.2f\n")
        out.append("</coordinates>\n</LineString></Placemark>\n")
    return out


def _timed(truth: Truth, lists: list[Rows], chosen: Export) -> list[str]:
    out = [f"<Placemark><name>{escape(truth.name)}</name>\n"]
    many = len(lists) > 1
    if many:
        out.append("<gx:MultiTrack>\n<altitudeMode>absolute</altitudeMode>\n<gx:interpolate>0</gx:interpolate>\n")
    for rows in lists:
        out += ["<gx:Track>\n<altitudeMode>absolute</altitudeMode>\n", *_moments(truth, rows, chosen)]
        if chosen.extended:
            out += _extended(truth, rows)
        out.append("</gx:Track>\n")
    out.append("</gx:MultiTrack>\n" if many else "")
    return [*out, "</Placemark>\n"]


def _moments(truth: Truth, rows: Rows, chosen: Export) -> list[str]:
    lists = [[f"<when>{t}</when>\n" for t in iso_times(truth.time_us[rows])]]
    lists.append(_places(truth, rows, "<gx:coord>%.7f %.7f %.2f</gx:coord>\n"))
    if chosen.angles:
        looks = (np.mod(truth.yaw_deg[rows], 360.0), truth.pitch_deg[rows], truth.roll_deg[rows])
        turned = zip(*(x.tolist() for x in looks), strict=True)
        lists.append([f"<gx:angles>{y:.1f} {p:.1f} {r:.1f}</gx:angles>\n" for y, p, r in turned])
    ordered = zip(*lists, strict=True) if chosen.interleaved else lists
    return [line for some in ordered for line in some]


def _places(truth: Truth, rows: Rows, template: str) -> list[str]:
    columns = (truth.lon[rows].tolist(), truth.lat[rows].tolist(), truth.altitude_m[rows].tolist())
    return [template % place for place in zip(*columns, strict=True)]


def _extended(truth: Truth, rows: Rows) -> list[str]:
    values = {
        "speed": [f"{x:.2f}" for x in np.hypot(truth.vn_mps, truth.ve_mps)[rows].tolist()],
        "height": [f"{x:.2f}" for x in truth.height_m[rows].tolist()],
        "battery": [f"{x:.0f}" for x in truth.battery_percent[0][rows].tolist()],
        "satellites": [str(x) for x in truth.satellites[rows].tolist()],
        "mode": [str(x) for x in truth.mode[rows].tolist()],
    }
    out = ['<ExtendedData><SchemaData schemaUrl="#flight">\n']
    for name in _FIELDS:
        out.append(f'<gx:SimpleArrayData name="{name}">\n')
        out += [f"<gx:value>{x}</gx:value>\n" for x in values[name]]
        out.append("</gx:SimpleArrayData>\n")
    return [*out, "</SchemaData></ExtendedData>\n"]
