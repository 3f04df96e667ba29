"""
Write a flight as a GPX 1.1 track.

Elements, their order and units after the schema http://www.topografix.com/GPX/1/1/gpx.xsd: degrees of WGS 84,
metres of elevation, UTC with fractions of a second, a new segment for each span of continuous track. Speed (m/s)
and course (degrees) are in Garmin's TrackPointExtension/v2. The style "airdata" is that of a real export:
longitude first, a speed that the schema does not know, and no metadata.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

from groundside.simulate import MARK
from groundside.simulate.motion import RATE_HZ
from groundside.simulate.truth import Truth

Rows = NDArray[np.intp]

NAMESPACE = "http://www.topografix.com/GPX/1/1"
EXTENSION = "http://www.garmin.com/xmlschemas/TrackPointExtension/v2"

_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator={quoteattr(MARK)} xmlns="{NAMESPACE}"'
_TAIL = "  </trk>\n</gpx>\n"


@dataclass(frozen=True, slots=True)
class Export:
    """
    How to export.

    Args:
        rate_hz: points a second, at most as many as the truth has samples.
        timed: points say when.
        segments: a new segment after each time without a fix; else all points are in one.
        extensions: points say speed and course; "schema" only.
        waypoints: the home point, and what the autopilot said, as points that are not of the track; "schema" only.
        style: "schema" or "airdata".
    """

    rate_hz: float = 5.0
    timed: bool = True
    segments: bool = True
    extensions: bool = True
    waypoints: bool = True
    style: Literal["schema", "airdata"] = "schema"


def write(truth: Truth, seed: int = 0, options: Export | None = None) -> bytes:
    """
    Write the track; samples without a fix have no place in it.

    Args:
        truth: what happened.
        seed: says nothing here: nothing in the file is drawn by lot.
        options: how to export.
    """
    chosen = options or Export()
    points = _airdata_points if chosen.style == "airdata" else _points
    parts = [_opened(truth, chosen)]
    for rows in spans(truth, chosen.rate_hz, chosen.segments):
        parts += ["    <trkseg>\n", *points(truth, rows, chosen), "    </trkseg>\n"]
    return ("".join(parts) + _TAIL).encode()


def thinned(count: int, rate_hz: float) -> Rows:
    """Choose so many samples a second, the first among them."""
    share = min(rate_hz / RATE_HZ, 1.0)
    return np.flatnonzero(np.diff(np.floor(np.arange(count) * share + 1e-9), prepend=-1.0))


def spans(truth: Truth, rate_hz: float, apart: bool = True) -> list[Rows]:
    """
    Give the samples with a position, in one list for each span without a break.

    Args:
        truth: what happened.
        rate_hz: samples a second to choose.
        apart: else one list of all.
    """
    rows = thinned(len(truth), rate_hz)
    known = truth.has_fix & np.isfinite(truth.lat) & np.isfinite(truth.lon)
    broken = np.cumsum(~known)[rows] if apart else np.zeros(len(rows), np.int64)
    kept = known[rows]
    rows, broken = rows[kept], broken[kept]
    return np.split(rows, np.flatnonzero(np.diff(broken)) + 1) if len(rows) else []


def iso_times(time_us: NDArray[np.int64]) -> list[str]:
    """Print UTC as ISO 8601 with milliseconds and a Z."""
    return [f"{t}Z" for t in np.datetime_as_string(time_us.astype("datetime64[us]"), unit="ms").tolist()]


def course_deg(truth: Truth, rows: Rows) -> NDArray[np.float64]:
    """Give the direction over ground, 0 to 360 from true north."""
    return np.mod(np.degrees(np.arctan2(truth.ve_mps[rows], truth.vn_mps[rows])), 360.0)


def placed(truth: Truth, time_us: int) -> int | None:
    """Find the last sample with a position until then, or the first; None where there is none."""
    rows = np.concatenate(spans(truth, RATE_HZ)) if truth.has_fix.any() else np.empty(0, np.intp)
    if not len(rows):
        return None
    return int(rows[max(0, int(np.searchsorted(truth.time_us[rows], time_us, side="right")) - 1)])


def told(truth: Truth) -> list[tuple[int, str]]:
    """List what may be said beside the track: UTC and text of each message, and of each fault that anyone notices."""
    said = [(m.time_us, m.text) for m in truth.messages]
    return sorted(said + [(f.start_us, f.kind.replace("_", " ")) for f in truth.faults if f.kind != "clock_jump"])


def _opened(truth: Truth, chosen: Export) -> str:
    name = f"    <name>{escape(truth.name)}</name>\n"
    if chosen.style == "airdata":
        return f"{_HEAD}>\n  <trk>\n{name}"
    extension = f' xmlns:gpxtpx="{EXTENSION}"' if chosen.extensions else ""
    time = f"<time>{iso_times(truth.time_us[:1])[0]}</time>" if chosen.timed else ""
    metadata = f"  <metadata><name>{escape(truth.name)}</name><desc>{MARK}</desc>{time}</metadata>\n"
    waypoints = "".join(_waypoints(truth, chosen)) if chosen.waypoints else ""
    about = f"    <desc>{MARK}</desc>\n    <type>{escape(truth.mission)}</type>\n"
    return f"{_HEAD}{extension}>\n{metadata}{waypoints}  <trk>\n{name}{about}"


def _waypoints(truth: Truth, chosen: Export) -> Iterator[str]:
    home = truth.home
    if truth.has_fix.any():
        yield _waypoint(home.lat, home.lon, truth.field.altitude_m, "", "Home")
    for time_us, text in told(truth):
        row = placed(truth, time_us)
        if row is not None:
            time = f"<time>{iso_times(np.array([time_us], np.int64))[0]}</time>" if chosen.timed else ""
            yield _waypoint(float(truth.lat[row]), float(truth.lon[row]), float(truth.altitude_m[row]), time, text)


def _waypoint(lat: float, lon: float, altitude: float, time: str, text: str) -> str:
    place = f'  <wpt lat="{lat:.7f}" lon="{lon:.7f}"><ele>{altitude:.2f}</ele>'
    return f"{place}{time}<name>{escape(text)}</name></wpt>\n"


def _points(truth: Truth, rows: Rows, chosen: Export) -> list[str]:
    parts = ['      <trkpt lat="%.7f" lon="%.7f"><ele>%.2f</ele>']
    columns: list[list[object]] = [truth.lat[rows].tolist(), truth.lon[rows].tolist(), truth.altitude_m[rows].tolist()]
    if chosen.timed:
        parts.append("<time>%s</time>")
        columns.append(list(iso_times(truth.time_us[rows])))
    parts.append("<fix>3d</fix><sat>%d</sat>")
    columns.append(truth.satellites[rows].tolist())
    if chosen.extensions:
        speed = "<gpxtpx:speed>%.2f</gpxtpx:speed><gpxtpx:course>%.1f</gpxtpx:course>"
        parts.append(f"<extensions><gpxtpx:TrackPointExtension>{speed}</gpxtpx:TrackPointExtension></extensions>")
        columns += [np.hypot(truth.vn_mps, truth.ve_mps)[rows].tolist(), course_deg(truth, rows).tolist()]
    return _filled("".join(parts) + "</trkpt>\n", columns)


def _airdata_points(truth: Truth, rows: Rows, chosen: Export) -> list[str]:
    tabs = "\t" * 4
    head = f'\n\t\t\t<trkpt lon="%.13g" lat="%.13g">\n{tabs}<ele>%.7f</ele>\n{tabs}<speed>%.2f</speed>\n'
    speed = np.hypot(truth.vn_mps, truth.ve_mps)
    columns: list[list[object]] = [a[rows].tolist() for a in (truth.lon, truth.lat, truth.altitude_m, speed)]
    if chosen.timed:
        head += f"{tabs}<time>%s</time>\n"
        columns.append(list(iso_times(truth.time_us[rows])))
    return _filled(head + "\t\t\t</trkpt>", columns)


def _filled(template: str, columns: list[list[object]]) -> list[str]:
    return [template % row for row in zip(*columns, strict=True)]
