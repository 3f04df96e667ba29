"""GPX 1.1, as nearly every map program reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from groundside.model.flight import Flight
from groundside.model.track import Track
from groundside.see.exports.export import Export
from groundside.see.exports.labels import about_times, flight_title, iso_times, xml_text
from groundside.see.exports.runs import runs

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx xmlns="http://www.topografix.com/GPX/1/1" xmlns:gs="urn:groundside:track:1" version="1.1"'
    ' creator="Groundside">\n'
)
_FIX = {0: "none", 2: "2d", 3: "3d", 4: "dgps", 5: "dgps", 6: "dgps"}


def write(flight: Flight, track: Track, out: BinaryIO) -> None:
    """
    Write one track with a segment for each run without a gap.

    `ele` is the altitude above mean sea level and is left out where that is unknown; `time` only where times
    are UTC; height above take-off and ground speed are extensions. Elements are in the order of the schema.

    Source: Topografix, GPX 1.1 schema, http://www.topografix.com/GPX/1/1/gpx.xsd.
    """
    title, about = xml_text(flight_title(flight)), xml_text(about_times(track))
    out.write(f"{_HEAD}<metadata><name>{title}</name><desc>{about}</desc>".encode())
    if track.time_basis.is_utc and track.table.num_rows:
        out.write(f"<time>{iso_times(track.time_us[:1])[0]}</time>".encode())
    out.write(f"</metadata>\n<trk><name>{title}</name>\n".encode())
    columns = _Columns(track)
    for rows in runs(track):
        points = "".join(columns.points(rows))
        out.write(f"<trkseg>\n{points}</trkseg>\n".encode())
    out.write(b"</trk>\n</gpx>\n")


class _Columns:
    """The columns of a track as Python lists, which are faster to walk through than arrays."""

    def __init__(self, track: Track) -> None:
        self._lon = track.floats("lon").tolist()
        self._lat = track.floats("lat").tolist()
        utc = track.time_basis.is_utc
        self._times = [f"<time>{t}</time>" for t in iso_times(track.time_us)] if utc else [""] * len(self._lon)
        self._ele = _elements(track.floats("altitude_m"), "ele")
        self._fix = [f"<fix>{_FIX[f]}</fix>" if f in _FIX else "" for f in track.table.column("fix").to_pylist()]
        satellites = track.table.column("satellites").to_pylist()
        self._sat = ["" if n is None or n < 0 else f"<sat>{n}</sat>" for n in satellites]
        height = _elements(track.floats("height_m"), "gs:height")
        speed = _elements(np.hypot(track.floats("vn_mps"), track.floats("ve_mps")), "gs:speed")
        self._more = [h + s and f"<extensions>{h}{s}</extensions>" for h, s in zip(height, speed, strict=True)]

    def points(self, rows: np.ndarray) -> Iterator[str]:
        """Write each row as a point: ele, time, fix, sat, extensions."""
        for i in rows.tolist():
            inner = f"{self._ele[i]}{self._times[i]}{self._fix[i]}{self._sat[i]}{self._more[i]}"
            yield f'<trkpt lat="{self._lat[i]:.9f}" lon="{self._lon[i]:.9f}">{inner}</trkpt>\n'


def _elements(values: np.ndarray, name: str) -> list[str]:
    return [f"<{name}>{v:.3f}</{name}>" if v == v else "" for v in values.tolist()]


EXPORT = Export(name="gpx", title="GPX 1.1", suffix=".gpx", media_type="application/gpx+xml", write=write)
