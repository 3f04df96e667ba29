"""Planned against flown, as JSON for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from groundside.archive.plan_comparing import Compared

MOST_POINTS = 2000
DEGREE_DIGITS = 7


def compared_shape(done: Compared, track: pa.Table | None) -> dict[str, Any]:
    """Tell a comparison, its gaps, and where was flown, thinned to 2,000 places."""
    from groundside.archive.plan_comparing import gap_shapes

    c = done.comparison
    return {
        "area_m2": round(c.area_m2, 1), "covered": round(c.covered, 6), "gap_m2": round(c.gap_m2, 1),
        "planned_photos": c.planned_photos, "flown_photos": c.flown_photos, "photos_from": done.photos_from,
        "gaps": [each["geometry"]["coordinates"][0] for each in gap_shapes(done)],  # pyright: ignore
        "flown": [] if track is None else _flown(track),
    }  # fmt: skip


def _flown(track: pa.Table) -> list[list[float]]:
    lon, lat = (track.column(name).to_numpy(zero_copy_only=False) for name in ("lon", "lat"))
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if not len(known):
        return []
    rows = known[np.unique(np.linspace(0, len(known) - 1, MOST_POINTS).astype(np.int64))]
    return np.round(np.stack([lon[rows], lat[rows]], axis=1), DEGREE_DIGITS).tolist()
