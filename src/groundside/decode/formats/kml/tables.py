"""Texts of tracks, points and lines become columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.formats.kml.gather import Line, Mark
from groundside.decode.formats.kml.pairs import Pairs, TimedTrack
from groundside.decode.xml_scan import Texts, given_numbers, instants_of, joined, numbers_of
from groundside.model.table import Column, table
from groundside.native import xml

F64 = NDArray[np.float64]
_MEMORY, _BYTES_A_CELL, _FEW_BYTES = 4, 8, 1 << 16
_ANGLES = ("heading_deg", "tilt_deg", "roll_deg")


def places_of(texts: Sequence[str], sign: str | None) -> F64:
    """
    Read longitude, latitude and height, shape (texts, 3); NaN where there is none.

    Args:
        texts: one place each.
        sign: what stands between the numbers; None is white space.
    """
    whole = joined(texts)
    found = xml.words(whole.data, whole.spans, sign or "") if whole is not None and len(whole) else None
    if whole is not None and found is not None:
        return np.stack([numbers_of(Texts(whole.data, found[:, k])) for k in range(3)], axis=1)
    parts = [text.split(sign) for text in texts]
    columns = [numbers_of([p[k] if 2 <= len(p) <= 3 and k < len(p) else None for p in parts]) for k in range(3)]
    return np.stack(columns, axis=1) if texts else np.empty((0, 3))


def track_table(tracks: Sequence[TimedTrack], pairs: Sequence[Pairs]) -> pa.Table:
    """Make the table of all timed tracks: one row for each place that has a time; see `with_values`."""
    whens = [track.whens[k] for track, found in zip(tracks, pairs, strict=True) for k in found.whens.tolist()]
    coords = [track.coords[k] for track, found in zip(tracks, pairs, strict=True) for k in found.coords.tolist()]
    offsets = [track.offsets[k] for track, found in zip(tracks, pairs, strict=True) for k in found.coords.tolist()]
    numbers = np.repeat(np.arange(len(tracks)), [len(found.coords) for found in pairs])
    modes = [track.mode or (None if track.head_torn else mode_of("")) for track in tracks]
    columns = {
        "offset": Column(np.array(offsets, np.int64), "bytes"),
        "track": Column(numbers.astype(np.int32)),
        **_placed(places_of(coords, None), "gx:coord"),
        "altitude_mode": Column(pa.array(modes, pa.string()).take(pa.array(numbers, pa.int64())), "", "altitudeMode"),
        **timed(whens),
    }
    return table(columns)


def with_values(places: pa.Table, tracks: Sequence[TimedTrack], size: int) -> pa.Table:
    """Add to the table of all timed tracks what else was recorded at each place, where nothing is missing."""
    if not all(track.whole and not track.values_torn for track in tracks):
        return places
    more = table(_angles(tracks) | _arrays(tracks, places.num_rows, size))
    for number, name in enumerate(more.column_names):
        places = places.append_column(more.schema.field(number), more.column(name))
    return places


def mode_of(mode: str) -> str:
    """Give how heights are meant; `clampToGround` where a document does not say (OGC 12-007r2, 9.20)."""
    return mode or "clampToGround"


def timed(texts: Sequence[str]) -> dict[str, Column]:
    """Make the two columns of time."""
    read = instants_of(texts)
    unknown = ~read.known
    return {
        "time_us": Column(pa.array(read.time_us, mask=unknown), "us", "when, since 1970 of UTC, or of a wall clock"),
        "time_zoned": Column(pa.array(read.zoned, mask=unknown), "", "whether when states its zone"),
    }


def mark_table(marks: Sequence[Mark]) -> pa.Table:
    """Make the table of points with a time."""
    return table(
        {
            "offset": Column(np.array([m.offset for m in marks], np.int64), "bytes"),
            **_placed(places_of([m.coordinates.strip() for m in marks], ","), "Point.coordinates"),
            "altitude_mode": Column(pa.array([mode_of(m.mode) for m in marks], pa.string()), "", "altitudeMode"),
            "name": Column(pa.array([m.name for m in marks], pa.string()), "", "name"),
            **timed([m.when for m in marks]),
        }
    )


def line_table(lines: Sequence[Line]) -> pa.Table:
    """Make the table of the corners of all lines; these have no time."""
    corners = [[word for text in line.texts for word in text.split()] for line in lines]
    numbers = np.repeat(np.arange(len(lines)), [len(c) for c in corners])
    modes = pa.array([mode_of(line.mode) for line in lines], pa.string()).take(pa.array(numbers, pa.int64()))
    places = places_of([word for words in corners for word in words], ",")
    return table(
        {
            "line": Column(numbers.astype(np.int32)),
            **_placed(places, "LineString.coordinates"),
            "altitude_mode": Column(modes, "", "altitudeMode"),
        }
    )


def _placed(places: F64, origin: str) -> dict[str, Column]:
    lon, lat, height = (np.ascontiguousarray(places[:, k]) for k in range(3))
    return {
        "lon": Column(lon, "deg", origin),
        "lat": Column(lat, "deg", origin),
        "height_raw": Column(height, "m", f"{origin}, above what altitude_mode says"),
    }


def _angles(tracks: Sequence[TimedTrack]) -> dict[str, Column]:
    if not tracks or not all(len(track.angles) == len(track.coords) for track in tracks):
        return {}
    parts = [text.split() for track in tracks for text in track.angles]
    return {
        name: Column(numbers_of([p[k] if len(p) == 3 else None for p in parts]), "deg", "gx:angles")
        for k, name in enumerate(_ANGLES)
    }


def _arrays(tracks: Sequence[TimedTrack], rows: int, size: int) -> dict[str, Column]:
    """Take the arrays that every track has, one value a place, and as many as memory allows."""
    names = (
        [n for n in tracks[0].arrays if all(len(t.arrays.get(n, ())) == len(t.coords) for t in tracks)]
        if tracks
        else []
    )
    most = (_MEMORY * size + _FEW_BYTES) // (_BYTES_A_CELL * max(rows, 1))
    return {
        f"data:{name}": _array([text for t in tracks for text in t.arrays[name].strings], name) for name in names[:most]
    }


def _array(texts: list[str], name: str) -> Column:
    if not _begins_with_a_number(texts):
        return Column(pa.array(texts, pa.string()), "", f"gx:SimpleArrayData {name}")
    values, given = given_numbers(texts)
    numeric = bool((np.isfinite(values) | ~given).all())
    texts_or_numbers: Any = values if numeric else pa.array(texts, pa.string())
    return Column(texts_or_numbers, "", f"gx:SimpleArrayData {name}")


def _begins_with_a_number(texts: list[str]) -> bool:
    """Say whether the first text that is given is a number; most columns of words end here."""
    first = next((text for text in texts if text.strip()), "0")
    return bool(np.isfinite(numbers_of([first])[0]))
