"""
Altitudes: every one that is stated, and above what.

Sources: Exif 2.32 and 3.0 (CIPA DC-008), GPSAltitudeRef; DJI's schema of its telemetry (dvtm_library.proto,
GpsAltType): the RTK altitude is above the ellipsoid, the pressure altitude is not. Of its fused altitude the schema
says ellipsoid and users report sea level, so it stays unstated.
"""

from __future__ import annotations

from groundside.decode.photos.normalise.values import Asked
from groundside.model.photo import Above, Altitude, HeightSensor

_TYPES = {
    "pressurealt": (Above.UNSTATED, HeightSensor.BAROMETER),
    "gpsfusionalt": (Above.UNSTATED, HeightSensor.FUSED),
    "rtkalt": (Above.ELLIPSOID, HeightSensor.RTK),
}
_BELOW_SEA, _ABOVE_ELLIPSOID, _BELOW_ELLIPSOID = 1, 2, 3
_EXIF, _REF = "GPS:GPSAltitude", "GPS:GPSAltitudeRef"
_OTHERS = (
    ("XMP-drone-skydio:AbsoluteAltitude", Above.SEA_LEVEL, HeightSensor.UNSTATED),
    ("XMP-drone:AbsoluteAltitude", Above.UNSTATED, HeightSensor.UNSTATED),
    ("XMP-drone-dji:RelativeAltitude", Above.TAKE_OFF, HeightSensor.UNSTATED),
    ("XMP-drone-skydio:RelativeAltitude", Above.TAKE_OFF, HeightSensor.UNSTATED),
    ("XMP-drone:RelativeAltitude", Above.TAKE_OFF, HeightSensor.UNSTATED),
    ("XMP-Camera:AboveGroundAltitude", Above.GROUND, HeightSensor.UNSTATED),
    ("XMP-MicaSense:PressureAlt", Above.UNSTATED, HeightSensor.BAROMETER),
)
_DJI = "XMP-drone-dji:AbsoluteAltitude"
_SAME_M = 0.5


def altitudes_of(asked: Asked, void: bool) -> tuple[Altitude, ...]:
    """
    Find every altitude.

    Args:
        asked: the tags.
        void: the receiver had no fix, so what EXIF says does not count.
    """
    above, sensor = _dji_type(asked)
    found: list[Altitude] = []
    dji = asked.number(_DJI)
    if dji is not None:
        found.append(Altitude(dji, above, sensor, _DJI))
    if not void and (exif := _exif(asked, dji, above, sensor)) is not None:
        found.append(exif)
    for key, over, how in _OTHERS:
        if key in asked.tags and (value := asked.number(key)) is not None:
            found.append(Altitude(value, over, how, key))
    for key in ("Keys:GPSCoordinates", "UserData:GPSCoordinates"):
        if key in asked.tags and len(parts := asked.numbers(key)) == 3:
            found.append(Altitude(parts[2], Above.UNSTATED, HeightSensor.UNSTATED, key))
            break
    return tuple(found)


def best_of(altitudes: tuple[Altitude, ...]) -> Altitude | None:
    """Choose the first that is neither above take-off nor above the ground, and not the barometer's if it may be."""
    fit = [each for each in altitudes if each.above not in (Above.TAKE_OFF, Above.GROUND)]
    steady = [each for each in fit if each.sensor is not HeightSensor.BAROMETER]
    return next(iter(steady or fit), None)


def _dji_type(asked: Asked) -> tuple[Above, HeightSensor]:
    written = asked.text("XMP-drone-dji:AltitudeType")
    if not written:
        rtk = asked.number("XMP-drone-dji:RtkFlag")
        return Above.SEA_LEVEL if rtk is None else Above.UNSTATED, HeightSensor.UNSTATED
    above, sensor = _TYPES.get(written.lower(), (Above.UNSTATED, HeightSensor.UNSTATED))
    asked.quirk("altitude-type", f"AltitudeType is {written}: measured by {sensor}, above {above}.")
    return above, sensor


def _exif(asked: Asked, dji: float | None, above: Above, sensor: HeightSensor) -> Altitude | None:
    value = asked.number(_EXIF)
    if value is None:
        return None
    ref = _ref(asked)
    if ref in (_BELOW_SEA, _BELOW_ELLIPSOID):
        value = _below(asked, value, dji)
    if ref in (_ABOVE_ELLIPSOID, _BELOW_ELLIPSOID):
        return Altitude(value, Above.ELLIPSOID, HeightSensor.GNSS, _EXIF)
    if dji is not None and abs(value - dji) <= _SAME_M:
        return Altitude(value, above, sensor, _EXIF)
    return Altitude(value, Above.SEA_LEVEL, HeightSensor.GNSS, _EXIF)


def _ref(asked: Asked) -> int:
    value = asked.tags.get(_REF)
    if isinstance(value, str):
        return int(value) if value in ("0", "1", "2", "3") else 0
    if isinstance(value, tuple) and value:
        value = value[0]
    return int(value) if isinstance(value, int | float) and value in (1, 2, 3) else 0


def _below(asked: Asked, value: float, dji: float | None) -> float:
    """Turn the sign, unless the maker's own tag says that the reference is wrong."""
    if dji is not None and dji > 0 and abs(abs(value) - dji) <= _SAME_M:
        asked.quirk("altitude-ref-wrong", f"{_REF} says below, {_DJI} says {dji:+.2f} m: the latter counts.")
        return abs(value)
    asked.quirk("below-sea", f"{_REF} says below: {_EXIF} counts downwards.")
    return -abs(value)
