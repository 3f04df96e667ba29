"""The recording and the track of a decoded MRK file: where the camera was at each exposure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.model.decoded import Decoded
from groundside.model.recording import Recording, TimeBasis
from groundside.model.table import Column, origin_of
from groundside.model.track import Track, track_of

_ERROR_S = 0.001
"""Times have six digits behind the second; what they mark within an exposure is not said."""
_FIX = {0: 0, 16: 3, 50: 6, **dict.fromkeys(range(32, 50), 5)}
"""Quality to kind of fix: Matrice 4 Series User Manual, p. 90 (RtkFlag); P4R White Paper V2, column 13."""
_UNDESCRIBED = "Quality {} is not described by DJI: the kind of fix is taken as unknown there."
_DOUBLE = "{} exposures are at or before the time of the one before: they are not in the track."


@dataclass(frozen=True, slots=True)
class _Times:
    """Rows in order of time, their times, and what these count."""

    rows: NDArray[np.int64]
    time_us: NDArray[np.int64]
    basis: TimeBasis
    inferences: tuple[str, ...] = ()


def make_recording(decoded: Decoded) -> Recording:
    """Sum the file up: first and last exposure, and how many there are."""
    rows = decoded.tables["exposures"]
    times = _times(rows)
    utc = times.basis.is_utc and len(times.time_us) > 0
    said = decoded.facts.get("inferences")
    quality = np.unique(rows.column("quality").to_numpy())
    strange = tuple(_UNDESCRIBED.format(int(q)) for q in quality if int(q) not in _FIX)
    return Recording(
        time_basis=times.basis,
        start_us=int(times.time_us[0]) if utc else None,
        duration_s=float(times.time_us[-1] - times.time_us[0]) / 1e6 if len(times.time_us) else None,
        time_error_s=_ERROR_S if utc else None,
        rows_expected=rows.num_rows,
        inferences=(*(map(str, said) if isinstance(said, list) else ()), *strange, *times.inferences),
    )


def make_track(decoded: Decoded) -> Track | None:
    """Make the track: positions of the camera at the exposures, with no height, for none above sea level is known."""
    rows = decoded.tables["exposures"]
    times = _times(rows)
    if not len(times.rows):
        return None
    fix = pa.array([_FIX.get(int(q)) for q in rows.column("quality").to_numpy()[times.rows]], pa.int8())
    columns = {
        "time_us": Column(times.time_us, "us", origin_of(rows, "utc_us")),
        "lon": Column(rows.column("longitude").to_numpy()[times.rows], "deg", "column 8: of the camera"),
        "lat": Column(rows.column("latitude").to_numpy()[times.rows], "deg", "column 7: of the camera"),
        "fix": Column(fix, "", "column 13"),
    }
    return track_of(columns, times.basis, _ERROR_S if times.basis.is_utc else None)


def _times(rows: pa.Table) -> _Times:
    week = np.asarray(rows.column("gps_week").combine_chunks().is_valid())
    known = np.flatnonzero(week)
    if len(known) or not rows.num_rows:
        values, basis = rows.column("utc_us").combine_chunks().fill_null(0).to_numpy()[known], TimeBasis.UTC_GNSS
        said = _missing(rows.num_rows - len(known))
        basis = basis if len(known) else TimeBasis.NONE
    else:
        known, basis = np.arange(rows.num_rows), TimeBasis.BOOT
        of_week = rows.column("gps_time_of_week_s").to_numpy()
        values, said = np.round((of_week - of_week.min()) * 1e6).astype(np.int64), (_NO_WEEK,)
    return _ascending(known, values, basis, said)


_NO_WEEK = "No line states the GPS week: times count from the first exposure."


def _missing(count: int) -> tuple[str, ...]:
    return (f"{count} exposures have no GPS week: they are not in the track.",) if count else ()


def _ascending(rows: NDArray[np.int64], values: NDArray[np.int64], basis: TimeBasis, said: tuple[str, ...]) -> _Times:
    order = np.argsort(values, kind="stable")
    rows, values = rows[order], values[order]
    new = np.append(True, np.diff(values) > 0)[: len(values)]
    if not new.all():
        said += (_DOUBLE.format(int((~new).sum())),)
    return _Times(rows[new], values[new], basis, said)
