"""What is hidden in photos, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from groundside.model.redaction import Box
from groundside.see.inspection_schema import BoxShape, ReviewHistoryShape, ReviewShape, ReviewStepShape
from groundside.see.text import iso, shown_text

if TYPE_CHECKING:
    from groundside.archive.reviewing import Reviewed, ReviewStep


def review_shape(of: Reviewed) -> ReviewShape:
    """What is to be hidden in one photo, and who said so last."""
    review = of.review
    return {
        "photo": of.photo,
        "file": shown_text(of.file),
        "confirmed": review.confirmed,
        "boxes": [box_shape(each) for each in review.boxes],
        "dismissed": [box_shape(each) for each in review.dismissed],
        "code": review.code or None,
        "why": of.why or None,
        "who": of.who or None,
        "at": iso(of.at_us) if of.at_us else None,
        "at_us": of.at_us,
    }


def review_history_shape(of: Reviewed, steps: Sequence[ReviewStep]) -> ReviewHistoryShape:
    """What is to be hidden in one photo, and what everybody said of it."""
    return {**review_shape(of), "history": [_step(each) for each in steps]}


def _step(of: ReviewStep) -> ReviewStepShape:
    review = of.review
    return {
        "at": iso(of.at_us),
        "who": of.who,
        "confirmed": review.confirmed,
        "boxes": len(review.boxes),
        "dismissed": len(review.dismissed),
        "code": review.code or None,
    }


def box_shape(of: Box) -> BoxShape:
    """One box."""
    return {
        "x": of.x,
        "y": of.y,
        "width": of.width,
        "height": of.height,
        "shown": of.shown.value,
        "score": None if of.score is None else round(of.score, 3),
    }
