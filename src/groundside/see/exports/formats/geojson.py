"""GeoJSON (RFC 7946), for web maps and GIS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from groundside.model.flight import Flight
from groundside.model.track import Track
from groundside.see.exports.export import Export
from groundside.see.exports.labels import SIMULATED, about_times, flight_title, iso_times
from groundside.see.exports.runs import runs

_HALF_TURN, _TURN = 180.0, 360.0


@dataclass(frozen=True, slots=True)
class _Line:
    """Columns of one unbroken line: time_us, lon, lat, height_m, altitude_m; shape (5, points)."""

    columns: np.ndarray


def write(flight: Flight, track: Track, out: BinaryIO) -> None:
    """
    Write a collection with one feature for each unbroken line, cut at gaps and at the antimeridian.

    Positions are longitude and latitude only: the third number would be a height above the ellipsoid (section
    4), which a track does not hold. Heights, altitudes and times are lists in the properties, one value a
    position; times are ISO 8601 where they are UTC (`times`), else seconds since the first row (`times_s`).

    Source: Butler and others 2016, RFC 7946, sections 3.1.9 (the antimeridian) and 6.1 (other members).
    """
    whole = np.vstack(
        [
            track.time_us.astype(np.float64),
            *(track.floats(n) for n in ("lon", "lat", "height_m", "altitude_m")),
        ]
    )
    lines = [line for rows in runs(track) for line in _cut(whole[:, rows])]
    about = {"name": flight_title(flight), "flight": flight.id, "about_times": about_times(track)}
    if flight.simulated:
        about["label"] = SIMULATED
    features = [_feature(line, number, about, track) for number, line in enumerate(lines)]
    collection = {"type": "FeatureCollection", **about, "features": features}
    out.write(json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode())


def _cut(columns: np.ndarray) -> list[_Line]:
    """Cut a line where it crosses the antimeridian; both parts get the point on it, interpolated."""
    lon = columns[1]
    parts: list[_Line] = []
    begin: list[np.ndarray] = []
    start = 0
    for i in np.flatnonzero(np.abs(np.diff(lon)) > _HALF_TURN).tolist():
        side = _HALF_TURN if lon[i] > 0 else -_HALF_TURN
        before, after = columns[:, i], columns[:, i + 1].copy()
        after[1] += 2 * side
        share = (side - before[1]) / (after[1] - before[1]) if after[1] != before[1] else 0.0
        border = before + share * (after - before)
        border[1] = side
        parts.append(_Line(np.column_stack([*begin, columns[:, start : i + 1], border])))
        beyond = border.copy()
        beyond[1] = -side
        begin, start = [beyond], i + 1
    return [*parts, _Line(np.column_stack([*begin, columns[:, start:]]))]


def _feature(line: _Line, number: int, about: dict[str, str], track: Track) -> dict[str, object]:
    time, lon, lat, height, altitude = line.columns
    points = [list(p) for p in zip(lon.tolist(), lat.tolist(), strict=True)]
    geometry = (
        {"type": "LineString", "coordinates": points}
        if len(points) > 1
        else {"type": "Point", "coordinates": points[0]}
    )
    if track.time_basis.is_utc:
        times: dict[str, object] = {"times": iso_times(time.astype(np.int64)).tolist()}
    else:
        times = {"times_s": ((time - track.time_us[0]) / 1e6).tolist()}
    properties = {
        **about,
        "segment": number,
        **times,
        "height_m": _list(height),
        "altitude_m": _list(altitude),
    }
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _list(values: np.ndarray) -> list[float | None]:
    return [None if v != v else round(v, 3) for v in values.tolist()]


EXPORT = Export(name="geojson", title="GeoJSON", suffix=".geojson", media_type="application/geo+json", write=write)
