"""
When it was taken.

Sources: Exif 2.32 (CIPA DC-008-2019), 4.6.5 F (dates, fractions of seconds) and 4.6.6 (GPS time, in UTC); MicaSense
imageprocessing, "image.py": a fraction of a second below zero is taken off, and its clock is UTC.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from groundside.decode.photos.normalise.values import Asked
from groundside.model.photo import PhotoTime

_EPOCH = datetime(1970, 1, 1)
_MICRO = timedelta(microseconds=1)
_WRITTEN = re.compile(
    r"(\d{4})[:\-/](\d{2})[:\-/](\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_DAY = re.compile(r"(\d{4})[:\-/](\d{2})[:\-/](\d{2})")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
_FRACTION = re.compile(r"(-?)(\d{1,9})")
_CLOCKS = (
    ("ExifIFD:DateTimeOriginal", "ExifIFD:SubSecTimeOriginal", "ExifIFD:OffsetTimeOriginal"),
    ("ExifIFD:CreateDate", "ExifIFD:SubSecTimeDigitized", "ExifIFD:OffsetTimeDigitized"),
    ("IFD0:ModifyDate", "ExifIFD:SubSecTime", "ExifIFD:OffsetTime"),
)
_UTC = ("XMP-drone-dji:UTCAtExposure", "XMP-drone-skydio:UTCTimestamp")
_PLAIN_LENGTH = len("2031:05:06 10:00:00")
_QUARTER_S = 900
_WIDEST_OFFSET_S = 15 * 3600
_SAME_S = 1.5
"""GPS stamps are whole seconds: what is nearer than this is the same moment."""


def time_of(asked: Asked) -> PhotoTime:
    """Find the camera's clock, and UTC where anything tells it."""
    local, resolution, zone = _local(asked)
    exact = _exact_utc(asked, local)
    if exact is not None:
        return exact
    gps = _gps(asked)
    written = local.isoformat(timespec="microseconds" if local.microsecond else "seconds") if local else ""
    if local is None:
        return PhotoTime(_us(gps), "", None, "gps", 1.0) if gps else _container(asked)
    if zone is not None:
        return PhotoTime(_us(local) - round(zone * 1e6), written, zone, "exif-offset", resolution)
    if gps is not None:
        return _beside_gps(asked, local, gps, PhotoTime(None, written, None, "gps", resolution))
    if asked.text("IFD0:Make") == "MicaSense":
        asked.quirk("micasense-utc", "MicaSense's clock is set by its GPS: the camera's time is taken as UTC.")
        return PhotoTime(_us(local), written, 0.0, "micasense", resolution)
    asked.quirk("local-time", "The camera's clock names no zone and there is no GPS time: UTC is unknown.")
    return PhotoTime(None, written, None, "", resolution)


def _container(asked: Asked) -> PhotoTime:
    """Read the clock of a video: UTC by the standard, yet local with many a drone, which is said."""
    stated = _read(asked.text("Keys:Creationdate"))
    moment, zone = stated or (None, None)
    if moment is not None and zone is not None:
        return PhotoTime(_us(moment) - round(zone * 1e6), moment.isoformat(), zone, "container", 1.0)
    found = _read(asked.text("QuickTime:CreateDate"))
    if found is None:
        return PhotoTime()
    asked.quirk("container-time", "The header's time is UTC by the standard; some drones write local time there.")
    return PhotoTime(_us(found[0]), "", None, "container", 1.0)


def _us(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICRO


def _local(asked: Asked) -> tuple[datetime | None, float, float | None]:
    """Give the camera's clock, its smallest step, and its zone in seconds where that is stated."""
    for date, fraction, zone in _CLOCKS:
        found = _read(asked.text(date))
        if found is None:
            continue
        moment, offset = found
        offset = offset if offset is not None else _zone(asked.text(zone, "ExifIFD:OffsetTime"))
        part = asked.tags.get(fraction, asked.tags.get("ExifIFD:SubSecTime"))
        moment, resolution = _with_fraction(asked, moment, part)
        return moment, resolution, offset
    return None, 1.0, None


def _with_fraction(asked: Asked, moment: datetime, part: object) -> tuple[datetime, float]:
    match = _FRACTION.fullmatch(str(part).strip()) if part is not None else None
    if match is None:
        return moment, 1e-6 if moment.microsecond else 1.0
    seconds = int(match[2]) / 10 ** len(match[2])
    if match[1]:
        asked.quirk("negative-subsecond", f"The fraction of the second is {part}: it is taken off.")
    try:
        return moment + timedelta(seconds=-seconds if match[1] else seconds), 10.0 ** -len(match[2])
    except OverflowError:
        return moment, 1.0


def _read(text: str) -> tuple[datetime, float | None] | None:
    """Read a date and time; None where it is no time, as "0000:00:00 00:00:00"."""
    if len(text) == _PLAIN_LENGTH and text[4] == text[7] == text[13] == text[16] == ":" and text[10] == " ":
        try:
            return datetime.fromisoformat(f"{text[:4]}-{text[5:7]}-{text[8:10]}T{text[11:]}"), None
        except ValueError:
            return None
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    micro = int((match[7] or "0").ljust(6, "0")[:6])
    try:
        moment = datetime(
            int(match[1]), int(match[2]), int(match[3]), int(match[4]), int(match[5]), int(match[6]), micro
        )
    except ValueError:
        return None
    return moment, _zone(match[8] or "")


def _zone(text: str) -> float | None:
    if text == "Z":
        return 0.0
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    seconds = int(match[2]) * 3600.0 + int(match[3]) * 60.0
    return -seconds if match[1] == "-" else seconds


def _exact_utc(asked: Asked, local: datetime | None) -> PhotoTime | None:
    key = asked.first(*_UTC)
    found = _read(asked.text(key)) if key else None
    if found is None:
        return None
    utc = found[0]
    written = local.isoformat() if local else ""
    offset = _nearest_quarter((local - utc).total_seconds()) if local else None
    return PhotoTime(_us(utc), written, offset, "xmp-utc", 1e-6 if utc.microsecond else 1.0)


def _nearest_quarter(seconds: float) -> float | None:
    """Give the offset of a zone that a difference of clocks can be: zones are whole quarters of an hour."""
    nearest = round(seconds / _QUARTER_S) * float(_QUARTER_S)
    return nearest if abs(nearest) <= _WIDEST_OFFSET_S else None


def _gps(asked: Asked) -> datetime | None:
    if "GPS:GPSDateStamp" not in asked.tags:
        return None
    day, clock = _DAY.fullmatch(asked.text("GPS:GPSDateStamp")), asked.numbers("GPS:GPSTimeStamp")
    if day is None or len(clock) != 3:
        return None
    try:
        begin = datetime(int(day[1]), int(day[2]), int(day[3]))
        return begin + timedelta(hours=clock[0], minutes=clock[1], seconds=clock[2])
    except (ValueError, OverflowError):
        return None


def _beside_gps(asked: Asked, local: datetime, gps: datetime, known: PhotoTime) -> PhotoTime:
    """Tell the camera's zone from the GPS time, which lags and is in whole seconds, and so which of both is finer."""
    apart = (local - gps).total_seconds()
    zone = _nearest_quarter(apart)
    if zone is not None and abs(apart - zone) <= _SAME_S:
        return PhotoTime(_us(local) - round(zone * 1e6), known.local, zone, "gps", known.resolution_s)
    asked.quirk("clock-off", f"The camera's clock is {apart:+.3f} s from the GPS time, which is no zone: GPS counts.")
    return PhotoTime(_us(gps), known.local, apart, "gps", 1.0)
