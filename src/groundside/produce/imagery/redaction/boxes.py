"""Boxes in pictures: joining those that mean the same, keeping them inside, turning them with the picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from groundside.model.redaction import Box

SAME = 0.3
"""Share of what two boxes cover together that both cover, from which they mean the same thing."""
WITHIN = 0.7
"""Share of the smaller box that lies in the larger one, from which they mean the same thing."""


def joined(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """
    Join boxes that mean the same thing into one that covers them all, with the best of their scores.

    Returns:
        In order of score, the surest first.
    """
    done: list[Box] = []
    for box in sorted(boxes, key=lambda b: -b.width * b.height):
        whole, apart = box, True
        while apart:
            same = [each for each in done if same_thing(each, whole)]
            apart = bool(same)
            for each in same:
                done.remove(each)
                whole = _union(each, whole)
        done.append(whole)
    return tuple(sorted(done, key=lambda b: (-(b.score or 0.0), b.y, b.x)))


def same_thing(a: Box, b: Box) -> bool:
    """Whether two boxes mean the same thing: both of one kind, and covering enough of each other."""
    wide = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    high = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    if a.shown is not b.shown or wide <= 0 or high <= 0:
        return False
    areas = a.width * a.height, b.width * b.height
    return wide * high > min(WITHIN * min(areas), SAME * (sum(areas) - wide * high))


def _union(a: Box, b: Box) -> Box:
    x, y = min(a.x, b.x), min(a.y, b.y)
    right, low = max(a.x + a.width, b.x + b.width), max(a.y + a.height, b.y + b.height)
    scores = [each.score for each in (a, b) if each.score is not None]
    return replace(a, x=x, y=y, width=right - x, height=low - y, score=max(scores) if scores else None)


def without(boxes: Iterable[Box], dismissed: Sequence[Box]) -> tuple[Box, ...]:
    """Leave out the boxes that mean what a person said need not be hidden."""
    return tuple(each for each in boxes if not any(same_thing(each, known) for known in dismissed))


def inside(box: Box, width: int, height: int) -> Box | None:
    """Give the part of a box that lies in a picture of a size; None where none does."""
    x, y = max(box.x, 0), max(box.y, 0)
    right, low = min(box.x + box.width, width), min(box.y + box.height, height)
    return replace(box, x=x, y=y, width=right - x, height=low - y) if right > x and low > y else None


def turned_back(box: Box, quarters: int, width: int, height: int) -> Box:
    """
    Give a box that was found in a turned picture as it lies in the picture before.

    Args:
        quarters: how often the picture was turned by 90 degrees, counter-clockwise.
        width, height: of the picture before it was turned.
    """
    for left in range(quarters % 4, 0, -1):
        # The picture that this quarter turn was made of lies on its side after an odd number of turns before it.
        wide = width if (left - 1) % 2 == 0 else height
        box = replace(box, x=wide - box.y - box.height, y=box.x, width=box.height, height=box.width)
    return box
