"""
EXIF as GDAL writes it into a TIFF: a document of items in one tag, for it has no EXIF directory.

Source: GDAL documentation, "GTiff -- GeoTIFF File Format", metadata: https://gdal.org/drivers/raster/gtiff.html.
"""

from __future__ import annotations

import re

from groundside.decode.photos.found import Found, Value

_TAG = "IFD0:GDALMetadata"
_ITEM = re.compile(r'<Item name="EXIF_(\w{1,64})">([^<]{0,4096})</Item>')
_MOST = 1 << 20
_PART = re.compile(r"\(([-+0-9.eE]{1,40})\)")
_BYTE = re.compile(r"0x([0-9A-Fa-f]{2})")
_GROUPS = {
    **dict.fromkeys(("Make", "Model", "Orientation", "Software", "ImageDescription", "Artist", "Copyright"), "IFD0"),
    "DateTime": "IFD0",
}
_NAMES = {
    "DateTime": "ModifyDate", "DateTimeDigitized": "CreateDate", "ISOSpeedRatings": "ISO",
    "ExposureBiasValue": "ExposureCompensation", "PixelXDimension": "ExifImageWidth",
    "PixelYDimension": "ExifImageHeight", "FocalLengthIn35mmFilm": "FocalLengthIn35mmFormat",
    "BodySerialNumber": "SerialNumber", "SubsecTimeOriginal": "SubSecTimeOriginal", "SubsecTime": "SubSecTime",
}  # fmt: skip


def read_gdal(found: Found) -> None:
    """Take EXIF from GDAL's items, as "GDAL-EXIF:…" with the names of EXIF; what the file has itself stays."""
    text = found.tags.get(_TAG)
    if not isinstance(text, str) or len(text) > _MOST or "EXIF_" not in text:
        return
    for name, value in _ITEM.findall(text):
        usual = _NAMES.get(name, name)
        group = "GPS" if name.startswith("GPS") else _GROUPS.get(name, "ExifIFD")
        found.tags.setdefault(f"GDAL-{group}:{usual}", _value(value))
    found.notes.append(("exif-in-gdal", "EXIF was taken from GDAL's metadata: a program wrote this file anew."))


def _value(text: str) -> Value:
    parts = _PART.findall(text)
    if parts:
        return _plain(tuple(number for part in parts if (number := _number(part)) is not None))
    octets = _BYTE.findall(text)
    if octets:
        return _plain(tuple(int(each, 16) for each in octets))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and text[:1] != "0" else text


def _plain(values: tuple[int | float, ...]) -> Value:
    return values[0] if len(values) == 1 else values


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
