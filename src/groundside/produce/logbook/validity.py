"""
How long something is valid that was obtained on a date.

Source for months and years: Regulation (EEC, Euratom) No 1182/71, article 3(1) and (2)(c): the day of the event is not
counted, and a period ends with the same date of its last month, or with the last day of that month where it has no such
date. "Calendar months" of 14 CFR run to the end of the last of them.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from groundside.model.pilot import Period, Unit

_MONTHS = {Unit.MONTHS: 1, Unit.CALENDAR_MONTHS: 1, Unit.YEARS: 12}


def valid_through(obtained: date, period: Period) -> date:
    """
    Give the last date on which something is valid.

    Args:
        obtained: the date on which it was done or issued.
        period: how long it holds.

    Returns:
        A local date, the whole of which is still valid; never later than 31 December 9999.

    >>> valid_through(date(2024, 2, 29), Period(5, Unit.YEARS))
    datetime.date(2029, 2, 28)
    >>> valid_through(date(2024, 1, 15), Period(24, Unit.CALENDAR_MONTHS))
    datetime.date(2026, 1, 31)
    """
    if period.unit is Unit.DAYS:
        days = min(period.count, (date.max - obtained).days)
        return obtained + timedelta(days=days)
    months = obtained.year * 12 + obtained.month - 1 + period.count * _MONTHS[period.unit]
    year, month = divmod(months, 12)
    if year > date.max.year:
        return date.max
    last = monthrange(year, month + 1)[1]
    whole = period.unit is Unit.CALENDAR_MONTHS
    return date(year, month + 1, last if whole else min(obtained.day, last))
