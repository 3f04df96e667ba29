"""Quantities over time as a picture, one panel above the other, with the phases of the flight below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.see.report import drawing
from groundside.see.report.drawing import BAD, BAND, GOOD, HAIR, INK, STRONG, WARM, Point

WIDTH = 560.0
LEFT, RIGHT, PANEL, GAP, STRIP = 34.0, 6.0, 50.0, 18.0, 13.0
MOST_POINTS = 1200
LETTER = 4.6
"""About how wide a letter is."""
PHASE_COLOURS = {
    "takeoff": GOOD, "climb": "#7fb08f", "transit": "#9fb7c4", "survey": STRONG, "hover": "#d7b56d",
    "descent": "#c98d63", "landing": WARM, "ground": "#d4d9de", "taxi": "#b9c2cc", "unknown": "#f0f0f0",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Panel:
    """One quantity: its name and unit, and its values, NaN where unknown."""

    title: str
    values: NDArray[np.float64]
    colour: str = STRONG


@dataclass(frozen=True, slots=True)
class Span:
    """A phase, from one second of the chart to another."""

    phase: str
    begin_s: float
    end_s: float


def chart_svg(
    seconds: NDArray[np.float64], panels: Sequence[Panel], spans: Sequence[Span] = (), marks: Sequence[Point] = ()
) -> str:
    """
    Draw quantities over time; empty text where none is known.

    Args:
        seconds: since the beginning, rising.
        panels: with as many values.
        spans: phases, drawn as a strip.
        marks: (number of an event, its second).
    """
    shown = [each for each in panels if np.isfinite(each.values).sum() > 1]
    if not shown or seconds.size < 2 or seconds[-1] <= seconds[0]:
        return ""
    height = len(shown) * (PANEL + GAP) + (STRIP + 8 if spans else 0) + 26
    across = (WIDTH - LEFT - RIGHT) / float(seconds[-1] - seconds[0])
    parts = [p for i, each in enumerate(shown) for p in _panel(each, seconds, across, i * (PANEL + GAP) + GAP)]
    bottom = len(shown) * (PANEL + GAP) + 4
    parts += [p for span in spans for p in _span(span, float(seconds[0]), across, bottom)]
    if spans:
        bottom += STRIP + 4
    parts += _clock(float(seconds[-1] - seconds[0]), across, bottom)
    parts += [p for mark in marks for p in _mark(mark, float(seconds[0]), across)]
    return drawing.svg((WIDTH, height), parts)


def _panel(panel: Panel, seconds: NDArray[np.float64], across: float, top: float) -> Iterable[str]:
    known = np.isfinite(panel.values)
    low, high = float(min(panel.values[known].min(), 0.0)), float(panel.values[known].max())
    high = high if high > low else low + 1.0
    up = PANEL / (high - low)
    yield drawing.box((LEFT, top), (WIDTH - LEFT - RIGHT, PANEL), "#fcfdfd", HAIR)
    yield drawing.text((LEFT, top - 5), panel.title, colour=INK, size=9.5)
    values, digits = drawing.ticks(low, high, 4)
    for value in values:
        y = top + PANEL - (value - low) * up
        yield drawing.polyline([(LEFT, y), (WIDTH - RIGHT, y)], HAIR, 0.4)
        yield drawing.text((LEFT - 4, y + 3), f"{value:.{digits}f}", anchor="end", size=8)
    for rows in _runs(known):
        some = rows[np.linspace(0, rows.size - 1, min(rows.size, MOST_POINTS)).astype(np.int64)]
        x = LEFT + (seconds[some] - seconds[0]) * across
        y = top + PANEL - (panel.values[some] - low) * up
        yield drawing.polyline(list(zip(x.tolist(), y.tolist(), strict=True)), panel.colour, 1.2)


def _runs(known: NDArray[np.bool_]) -> Iterable[NDArray[np.int64]]:
    """Rows without a gap between them: where nothing is known, no line is drawn."""
    rows = np.flatnonzero(known)
    return np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)


def _span(span: Span, begin: float, across: float, top: float) -> Iterable[str]:
    x, wide = LEFT + (span.begin_s - begin) * across, (span.end_s - span.begin_s) * across
    colour = PHASE_COLOURS.get(span.phase, BAND)
    yield drawing.box((x, top), (wide, STRIP), colour)
    if wide > len(span.phase) * LETTER + 4:
        ink = "#ffffff" if colour in {STRONG, GOOD, WARM} else INK
        yield drawing.text((x + wide / 2, top + 10), span.phase, anchor="middle", size=8, colour=ink)


def _clock(length_s: float, across: float, top: float) -> Iterable[str]:
    minutes = length_s >= 180.0
    values, digits = drawing.ticks(0.0, length_s / 60 if minutes else length_s, 8)
    for value in values:
        x = LEFT + value * (60.0 if minutes else 1.0) * across
        yield drawing.text((x, top + 9), f"{value:.{digits}f}", anchor="middle", size=8)
    yield drawing.text((LEFT - 4, top + 9), "min" if minutes else "s", anchor="end", size=8)


def _mark(mark: Point, begin: float, across: float) -> Iterable[str]:
    x = LEFT + (mark[1] - begin) * across
    yield drawing.polyline([(x, GAP), (x, GAP + PANEL)], BAD, 0.5, dashed=True)
    yield drawing.text((x + 1.5, GAP + 6.5), f"{mark[0]:.0f}", size=6.5, colour=BAD)
