"""Pictures of reports as SVG: text that other people wrote is escaped, numbers are checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor, isfinite, log10
from xml.sax.saxutils import escape

INK, QUIET, HAIR, BAND = "#18212b", "#55606c", "#b9c2cc", "#eef2f5"
STRONG, BAD, GOOD, WARM = "#0b5563", "#a3261d", "#1d6b3a", "#b8661b"
FACE = "Libertinus Serif"
STEPS = (1.0, 2.0, 5.0, 10.0)
Point = tuple[float, float]


def round_step(span: float, most: int) -> float:
    """
    Give a step of 1, 2 or 5 times a power of ten that goes into a span at most `most` times.

    >>> round_step(87.0, 5), round_step(0.0031, 4)
    (20.0, 0.001)
    """
    if not isfinite(span) or span <= 0.0:
        return 1.0
    power = 10.0 ** floor(log10(span / most))
    return float(f"{next(power * s for s in STEPS if span / (power * s) <= most):.6g}")


def round_down(value: float) -> float:
    """
    Give the greatest of 1, 2 and 5 times a power of ten that is no more than a value.

    >>> round_down(187.0), round_down(0.6)
    (100.0, 0.5)
    """
    power = 10.0 ** floor(log10(value))
    return float(f"{max(power * s for s in STEPS[:-1] if power * s <= value * (1 + 1e-9)):.6g}")


def decimals(step: float) -> int:
    """Say how many decimals a step needs."""
    return max(0, -floor(log10(step) + 1e-9))


def ticks(low: float, high: float, most: int) -> tuple[list[float], int]:
    """List round values from `low` to `high`, and how many decimals they need."""
    step = round_step(high - low, most)
    first = -floor(-low / step + 1e-9)
    return [n * step for n in range(first, floor(high / step + 1e-9) + 1)], decimals(step)


def text(at: Point, words: str, *, size: float = 9.0, colour: str = QUIET, anchor: str = "start") -> str:
    """Write words."""
    face = f'font-family="{FACE}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}"'
    return f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" {face}>{escape(words)}</text>'


def polyline(points: Sequence[Point], colour: str, width: float, *, dashed: bool = False) -> str:
    """Draw a line."""
    dash = ' stroke-dasharray="5 3"' if dashed else ""
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dash}'
        ' stroke-linejoin="round" stroke-linecap="round"/>'
    )


def polygon(rings: Iterable[Sequence[Point]], fill: str, edge: str, opacity: float) -> str:
    """Draw an area with its holes."""
    path = " ".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in ring) + "Z" for ring in rings if ring)
    look = f'fill="{fill}" fill-opacity="{opacity:g}" fill-rule="evenodd" stroke="{edge}" stroke-width="1"'
    return f'<path d="{path}" {look}/>'


def box(at: Point, size: Point, fill: str, edge: str = "none") -> str:
    """Draw a rectangle."""
    place = f'x="{at[0]:.1f}" y="{at[1]:.1f}" width="{max(size[0], 0.0):.1f}" height="{max(size[1], 0.0):.1f}"'
    return f'<rect {place} fill="{fill}" stroke="{edge}" stroke-width="0.8"/>'


def svg(size: Point, parts: Iterable[str]) -> str:
    """Put a picture together."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]:g} {size[1]:g}" '
    return head + f'width="{size[0]:g}" height="{size[1]:g}">' + "".join(parts) + "</svg>"
