"""What a derivative goes on saying of itself: nothing, or a few fields that its owner chose, written anew."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from PIL import Image, TiffImagePlugin

from groundside.model.photo import Photo
from groundside.model.redaction import Keep

_EXIF, _GPS = 0x8769, 0x8825
_MAKE, _MODEL = 0x010F, 0x0110
_TAKEN, _OFFSET = 0x9003, 0x9011
_EXPOSURE, _F_NUMBER, _ISO = 0x829A, 0x829D, 0x8827
_LAT_REF, _LAT, _LON_REF, _LON = 1, 2, 3, 4
_LONGEST = 64
_MICRO = 1_000_000
_Tags = dict[int, object]


def exif_of(photo: Photo | None, keep: Collection[Keep]) -> bytes:
    """
    Make EXIF of the fields that were chosen, from what the photo was understood to say.

    Nothing is copied from the file: what is not understood does not get through.

    Args:
        photo: what the file says; None where it says nothing.
        keep: which fields.

    Returns:
        A block for a JPEG file; empty where there is nothing to say.

    Source: CIPA DC-008-2023, "Exif 3.0", 4.6.
    """
    if photo is None or not keep:
        return b""
    exif = Image.Exif()
    main, details, gps = _main(photo, keep), _details(photo, keep), _gps(photo, keep)
    for tag, value in main.items():
        exif[tag] = value
    for directory, tags in ((_EXIF, details), (_GPS, gps)):
        if tags:
            exif.get_ifd(directory).update(tags)
            exif[directory] = exif.get_ifd(directory)
    return exif.tobytes() if main or details or gps else b""


def _main(photo: Photo, keep: Collection[Keep]) -> _Tags:
    if Keep.CAMERA not in keep:
        return {}
    camera = photo.camera
    # A serial or a name that a maker put into the model's name would get through: it is left out then.
    secrets = [s.casefold() for s in (camera.serial, camera.aircraft_serial, camera.lens_serial, camera.owner) if s]
    told = {_MAKE: _words(camera.make), _MODEL: _words(camera.model)}
    return {tag: text for tag, text in told.items() if text and not any(s in text.casefold() for s in secrets)}


def _details(photo: Photo, keep: Collection[Keep]) -> _Tags:
    told: _Tags = {}
    if Keep.TIME in keep and len(photo.time.local) >= 19:
        told[_TAKEN] = photo.time.local[:19].replace("-", ":").replace("T", " ")
        if photo.time.offset_s is not None:
            told[_OFFSET] = _offset(photo.time.offset_s)
    if Keep.EXPOSURE in keep:
        for tag, value in ((_EXPOSURE, photo.exposure.time_s), (_F_NUMBER, photo.exposure.f_number)):
            if value is not None and 0.0 < value < _MICRO:
                told[tag] = _rational(Fraction(value))
        if photo.exposure.iso is not None and 0.0 < photo.exposure.iso < 1 << 16:
            told[_ISO] = round(photo.exposure.iso)
    return told


def _gps(photo: Photo, keep: Collection[Keep]) -> _Tags:
    if Keep.POSITION not in keep or photo.position is None:
        return {}
    place = photo.position.place
    return {
        _LAT_REF: "N" if place.lat >= 0 else "S",
        _LAT: _degrees(abs(place.lat)),
        _LON_REF: "E" if place.lon >= 0 else "W",
        _LON: _degrees(abs(place.lon)),
    }


def _degrees(value: float) -> tuple[TiffImagePlugin.IFDRational, ...]:
    minutes, seconds = divmod(value * 3600.0, 60.0)
    whole, minutes = divmod(minutes, 60.0)
    return tuple(_rational(Fraction(part).limit_denominator(10_000)) for part in (whole, minutes, seconds))


def _rational(value: Fraction) -> TiffImagePlugin.IFDRational:
    near = value.limit_denominator(10_000) if value > Fraction(1, 1000) else value.limit_denominator(_MICRO)
    return TiffImagePlugin.IFDRational(near.numerator, near.denominator)


def _offset(seconds: float) -> str:
    minutes = round(abs(seconds) / 60.0)
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def _words(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isprintable())[:_LONGEST].strip()
