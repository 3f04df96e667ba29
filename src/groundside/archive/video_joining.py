"""When a video began, by laying the positions of its own telemetry on the tracks of flights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundside.archive.store import Store
from groundside.decode.photos.reading import read_photo
from groundside.decode.photos.window import Window
from groundside.keep.photos import ToJoin
from groundside.model.photo import Sample
from groundside.produce.imagery.clock_fit import ClockFit, Course, fit_clock

MOST_OFF_S = 15 * 3600.0
"""The clock of a video's header is UTC by the standard, yet local time with many a drone."""


def telemetry_of(store: Store, object_id: str) -> tuple[Sample, ...]:
    """
    Read where a video says that it was, second by second: of the sealed original only its tables and that track.

    Raises:
        NotFound: no such object.
        Tampered: what was kept is not what is there.
    """
    with store.vault.open(object_id) as stream:

        def fetch(at: int, count: int) -> bytes:
            stream.seek(at)
            return stream.read(count)

        photo, _ = read_photo(Window(store.vault.size(object_id), fetch, lambda: store.vault.read(object_id)))
    return photo.video.samples if photo.video is not None else ()


def fit_video(
    video: ToJoin, samples: Sequence[Sample], courses: Sequence[Course | None]
) -> tuple[ClockFit, int] | None:
    """
    Find how far the clock in a video's header is ahead of UTC.

    Args:
        video: whose clock it is.
        samples: what its telemetry says.
        courses: of the flights that it may have been taken in; None of one whose track is not known.

    Returns:
        The offset at which the most of its positions lie on one track, and which of the courses that is; None where it
        has no telemetry that is read, or that fits no track, or several offsets as well.
    """
    placed = [(each.at_s, each.place.lon, each.place.lat) for each in samples if each.place is not None]
    if not placed:
        return None
    at_s, lon, lat = np.array(placed, np.float64).T
    best: tuple[ClockFit, int] | None = None
    for number, course in enumerate(courses):
        if course is None:
            continue
        fit = fit_clock(course, video.clock_us / 1e6 + at_s, course.plane.to_metres(lon, lat), MOST_OFF_S)
        if fit is not None and (best is None or (fit.photos, -fit.away_m) > (best[0].photos, -best[0].away_m)):
            best = fit, number
    return best
