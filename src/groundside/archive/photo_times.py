"""The verb that counts photos by when they were taken: for the timeline of the gallery."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from groundside.archive.photos import found
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.keep.catalogue import Reader
from groundside.model.caller import Caller, Scope
from groundside.model.kept_photo import PhotoQuery, PhotoTimes

_MINUTE, _HOUR, _DAY = 60_000_000, 3_600_000_000, 86_400_000_000
STEPS_US = (
    _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR, _DAY, 7 * _DAY, 28 * _DAY, 91 * _DAY, 364 * _DAY,
)  # fmt: skip
MOST_BARS = 100
"""Between the first and the last: more are thinner than a finger or a pointer hits."""


@verb(Effect.REVEALS)
def photo_times(store: Store, caller: Caller, asked: PhotoQuery) -> PhotoTimes:
    """
    Count the photos asked for by time, in steps that give at most `MOST_BARS` bars; pages are not looked at.

    Raises:
        NotFound: there is no such flight in the caller's scope.
    """
    asked = replace(asked, limit=None, offset=0)
    with store.catalogue.read() as reader:
        if asked.seeing is not None or asked.near is not None or asked.box is not None:
            return _counted(reader, asked, caller.scope)
        if asked.flight:
            asked = replace(asked, flight=reader.resolve(asked.flight, caller.scope))
        first, last = reader.photo_span(asked, caller.scope)
        step = step_us(first, last)
        bars = reader.photo_counts(asked, step, caller.scope)
        undated = reader.count_photos(asked, caller.scope) - sum(bars.values())
    return PhotoTimes(step, tuple((number * step, count) for number, count in bars.items()), undated)


def _counted(reader: Reader, asked: PhotoQuery, scope: Scope) -> PhotoTimes:
    """Count what is found by place, which only the outlines decide."""
    photos = [each.photo for each in found(reader, asked, scope).photos]
    times = [at for each in photos if (at := each.taken_us if each.taken_us is not None else each.clock_us) is not None]
    step = step_us(min(times, default=None), max(times, default=None))
    bars = sorted(Counter(at // step for at in times).items())
    return PhotoTimes(step, tuple((number * step, count) for number, count in bars), len(photos) - len(times))


def step_us(first: int | None, last: int | None) -> int:
    """
    Choose how long a bar is.

    >>> step_us(0, 86_400_000_000) // 60_000_000, step_us(None, None) // 60_000_000
    (15, 1)
    """
    if first is None or last is None:
        return STEPS_US[0]
    fits = (step for step in STEPS_US if last // step - first // step < MOST_BARS)
    return next(fits, STEPS_US[-1])
