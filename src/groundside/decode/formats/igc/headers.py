"""
H records: who, what and when.

Source: FAI/IGC, Technical specification for GNSS flight recorders, appendix A, 3.3 (H record), 7 (three-letter codes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

_EPOCH = date(1970, 1, 1).toordinal()
_CENTURY_FROM = 80
"""The format is of 1994: two digits of a year from 80 on are of the last century."""
_DATE = re.compile(r"[^\d]*(\d\d)(\d\d)(\d\d)(?:\D|\Z)")
_HEADER = re.compile(r"H[A-Z]([A-Z0-9]{3})(.*)", re.DOTALL)
_UNKNOWN = frozenset({"", "NIL", "NKN", "NOT SET", "UNKNOWN"})
NAMES = {
    "PLT": "pilot",
    "CM2": "crew_2",
    "GTY": "glider_type",
    "GID": "glider_id",
    "CID": "competition_id",
    "CCL": "competition_class",
    "RFW": "firmware",
    "RHW": "hardware",
    "FTY": "recorder",
    "GPS": "gnss_receiver",
    "PRS": "pressure_sensor",
    "DTM": "datum",
    "TZN": "time_zone",
    "SIT": "site",
    "CLB": "club",
    "FRS": "security",
    "ALG": "gnss_altitude",
    "ALP": "pressure_altitude",
    "FXA": "accuracy_m",
}
_MOST_TEXT = 500


@dataclass(slots=True)
class Headers:
    """
    What the H records say.

    Args:
        days: since 1970 of the first date; None where there is none.
        dates: how many different ones.
        said: by the names above; what is unknown is left out.
    """

    days: int | None = None
    dates: int = 0
    said: dict[str, str] = field(default_factory=dict[str, str])


def headers_of(lines: Iterable[str]) -> Headers:
    """Read H records; of those that come twice the first holds."""
    found = Headers()
    days: set[int] = set()
    for line in lines:
        match = _HEADER.match(line)
        if match is None:
            continue
        code, text = match[1], match[2]
        if code == "DTE":
            day = _day(text)
            if day is not None:
                days.add(day)
                found.days = day if found.days is None else found.days
        elif code in NAMES and (value := _value(text)).upper() not in _UNKNOWN:
            found.said.setdefault(NAMES[code], value[:_MOST_TEXT])
    found.dates = len(days)
    return found


def _day(text: str) -> int | None:
    """Read DDMMYY, in the old form (HFDTE160701) and the new one (HFDTEDATE:160701,01)."""
    match = _DATE.match(text)
    if match is None:
        return None
    day, month, year = (int(match[k]) for k in (1, 2, 3))
    try:
        return date(year + (1900 if year >= _CENTURY_FROM else 2000), month, day).toordinal() - _EPOCH
    except ValueError:
        return None


def _value(text: str) -> str:
    """Give what stands behind the long name and its colon; all of it where there is no colon."""
    name, colon, value = text.partition(":")
    return (value if colon else name).strip()
