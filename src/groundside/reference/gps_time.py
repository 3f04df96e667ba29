"""
GPS time and UTC.

GPS time counts from 1980-01-06 00:00:00 UTC without leap seconds: IS-GPS-200, section 3.3.4 and 20.3.3.5.2.4.
Leap seconds: IERS Bulletin C, as tabulated in `leap-seconds.list` of the IANA time zone database 2026
(https://www.iana.org/time-zones), which says of itself that it holds until `KNOWN_UNTIL_UNIX_S`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

GPS_EPOCH_UNIX_S = 315_964_800
WEEK_S = 604_800
WEEK_ROLLOVER = 1024
"""Satellites broadcast the week in ten bits (IS-GPS-200, 20.3.3.3.1.1): it starts again every 1024 weeks."""

KNOWN_UNTIL_UNIX_S = 1_814_140_800
"""2027-06-28: until then the table below is complete; after it, a leap second may be missing."""

_US = 1_000_000
_LEAPS_UNIX_S = (
    362_793_600,  # 1981-07-01
    394_329_600,  # 1982-07-01
    425_865_600,  # 1983-07-01
    489_024_000,  # 1985-07-01
    567_993_600,  # 1988-01-01
    631_152_000,  # 1990-01-01
    662_688_000,  # 1991-01-01
    709_948_800,  # 1992-07-01
    741_484_800,  # 1993-07-01
    773_020_800,  # 1994-07-01
    820_454_400,  # 1996-01-01
    867_715_200,  # 1997-07-01
    915_148_800,  # 1999-01-01
    1_136_073_600,  # 2006-01-01
    1_230_768_000,  # 2009-01-01
    1_341_100_800,  # 2012-07-01
    1_435_708_800,  # 2015-07-01
    1_483_228_800,  # 2017-01-01
)
"""Unix time of each UTC midnight from which GPS is one more second ahead."""

# On the GPS scale the midnight after the n-th leap second comes n seconds later than on the Unix scale.
_LEAPS_GPS_S = np.array([unix - GPS_EPOCH_UNIX_S + n for n, unix in enumerate(_LEAPS_UNIX_S, start=1)], dtype=np.int64)

Microseconds = npt.NDArray[np.int64]


def leap_seconds(gps_us: Microseconds) -> npt.NDArray[np.int64]:
    """
    Say by how many whole seconds GPS is ahead of UTC.

    Args:
        gps_us: microseconds since the GPS epoch, on the GPS scale.

    Returns:
        Seconds, 0 before July 1981; the last known number after the end of the table.
    """
    return np.searchsorted(_LEAPS_GPS_S * _US, gps_us, side="right").astype(np.int64)


def utc_us(week: npt.ArrayLike, milliseconds: npt.ArrayLike) -> Microseconds:
    """
    Turn GPS week and time of week into UTC.

    Args:
        week: whole weeks since the GPS epoch, not reduced modulo 1024.
        milliseconds: time of that week; may be 604,800,000 or more.

    Returns:
        UTC microseconds since 1970-01-01. The inserted second, 23:59:60, gets the number of the one after it.
    """
    gps_us = np.asarray(week, np.int64) * (WEEK_S * _US) + np.asarray(milliseconds, np.int64) * 1000
    return gps_us + (GPS_EPOCH_UNIX_S - leap_seconds(gps_us)) * _US


def without_rollover(week: npt.NDArray[np.int64], earliest: int) -> npt.NDArray[np.int64]:
    """
    Undo ten-bit week numbers: add 1024 until no week is before `earliest`.

    Args:
        week: weeks, perhaps reduced modulo 1024; 0 and less mean "unknown" and are left alone.
        earliest: the first week that is possible at all.
    """
    missing = np.maximum(0, -((week - earliest) // WEEK_ROLLOVER))
    return np.where(week > 0, week + missing * WEEK_ROLLOVER, week)
