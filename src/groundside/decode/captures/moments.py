"""When an image was taken, from what cameras write."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?")


def moment_us(text: str, fraction: str = "") -> int | None:
    """
    Turn a date and time, and the digits after its second, into microseconds of UTC since 1970.

    Args:
        text: `2019:07:17 22:50:17`, with or without a fraction.
        fraction: digits after the point. RedEdge firmware 5.1.12 writes a minus sign before them: then they are taken
            off, not added, which is what the camera means by it.

    Returns:
        None where the text is no time.
    """
    found = _SECONDS.match(text.strip())
    if found is None:
        return None
    try:
        whole = datetime(*(int(part) for part in found.groups()[:6]), tzinfo=UTC)  # pyright: ignore[reportArgumentType]
    except ValueError:
        return None
    return (whole - _EPOCH) // timedelta(microseconds=1) + _fraction_us(fraction or found.group(7) or "")


def _fraction_us(text: str) -> int:
    digits = text.strip().lstrip("+-")
    if not digits.isdecimal():
        return 0
    parts = round(float(f"0.{digits}") * 1e6)
    return -parts if text.strip().startswith("-") else parts
