"""
Lens and sensor.

Sources: DJI, Mavic 3M guide and Phantom 4 Multispectral guide (DewarpData: date; fx, fy, cx, cy, k1, k2, p1, p2, k3, in
pixels, the centre counted from the middle); Pix4D, "Specifications for camera information in XMP"; Exif 2.32, 4.6.5.
"""

from __future__ import annotations

from groundside.decode.photos.normalise.remembered import Remembered, Size
from groundside.decode.photos.normalise.values import Asked, numbers_of
from groundside.model.photo import Dewarp, LensModel, Optics
from groundside.reference.photo_cameras import rolling_shutter_ms

_UM_OF_UNIT = {2: 25_400.0, 3: 10_000.0, 4: 1_000.0, 5: 1.0}
"""FocalPlaneResolutionUnit; 4 and 5 are not EXIF's, yet MicaSense and Parrot write them."""
_RESIZED_BY = 0.01
_PARTS = 9
_LONGEST_MM = 300.0


def _optics_of(asked: Asked, size: Size) -> Optics:
    focal_px = asked.number("XMP-drone-dji:CalibratedFocalLength")
    centre = tuple(
        each
        for name in ("X", "Y")
        if (each := asked.number(f"XMP-drone-dji:CalibratedOpticalCenter{name}")) is not None
    )
    dewarp, flag = _dewarp(asked), asked.whole("XMP-drone-dji:DewarpFlag")
    shutter = asked.text("XMP-drone-dji:ShutterType").lower()
    return Optics(
        focal_mm=_positive(asked.number("ExifIFD:FocalLength", "IFD0:FocalLength", "XMP-exif:FocalLength")),
        focal_35mm=_positive(asked.number("ExifIFD:FocalLengthIn35mmFormat", "XMP-exif:FocalLengthIn35mmFormat")),
        calibrated_focal_px=_positive(focal_px),
        calibrated_centre_px=centre if len(centre) == 2 else (),
        calibrated_for_px=_calibrated_for(asked, size, centre),
        dewarp=dewarp,
        dewarped=None if flag is None else flag != 0,
        lens_model=_lens_model(asked),
        pixel_pitch_um=_pitch(asked),
        digital_zoom=_positive(asked.number("ExifIFD:DigitalZoomRatio")),
        rolling_shutter_ms=_rolling(asked, size, shutter),
        shutter=shutter,
    )


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0 else None


def _dewarp(asked: Asked) -> Dewarp | None:
    written = asked.text("XMP-drone-dji:DewarpData")
    date, _, numbers = written.rpartition(";")
    parts = numbers_of(numbers)
    if len(parts) != _PARTS or parts[0] <= 0 or parts[1] <= 0:
        if written:
            asked.quirk("dewarp-unusable", "DewarpData does not have nine numbers with focal lengths above 0.")
        return None
    return Dewarp(date.strip(), *parts)


def _calibrated_for(asked: Asked, size: Size, centre: tuple[float, ...]) -> tuple[int, ...]:
    """Tell the size of the image that was taken, by EXIF or by its middle: another than this where it was resized."""
    width, height = asked.whole("ExifIFD:ExifImageWidth"), asked.whole("ExifIFD:ExifImageHeight")
    taken = (width, height) if width and height else ()
    if len(centre) == 2 and centre[0] > 0 and centre[1] > 0 and (not taken or _other(taken[0], 2 * centre[0])):
        taken = (round(2 * centre[0]), round(2 * centre[1]))
    if not taken:
        return tuple(each for each in size if each) if all(size) else ()
    if size[0] and _other(size[0], taken[0]) and not _swapped(taken, size):
        asked.quirk(
            "resized",
            f"The image is {size[0]} pixels wide and was taken with {taken[0]}: calibrations are of that.",
        )
    return taken


def _other(one: float, other: float) -> bool:
    return abs(one - other) > _RESIZED_BY * other


def _swapped(taken: tuple[int, ...], stored: tuple[int | None, int | None]) -> bool:
    return taken == (stored[1], stored[0])


def _lens_model(asked: Asked) -> LensModel | None:
    kind = asked.text("XMP-Camera:ModelType").lower()
    if kind not in ("perspective", "fisheye"):
        return None
    focal = _focal_mm(asked)
    return LensModel(
        kind=kind,
        principal_point_mm=asked.numbers("XMP-Camera:PrincipalPoint"),
        focal_mm=_positive(focal),
        distortion=asked.numbers("XMP-Camera:PerspectiveDistortion"),
        affine=asked.numbers("XMP-Camera:FisheyeAffineMatrix"),
        polynomial=asked.numbers("XMP-Camera:FisheyePolynomial"),
    )


def _focal_mm(asked: Asked) -> float | None:
    """Read the focal length: where the unit is missing it is millimetres or pixels, whichever EXIF's is nearer to."""
    focal = asked.number("XMP-Camera:PerspectiveFocalLength")
    units = asked.text("XMP-Camera:PerspectiveFocalLengthUnits").lower()
    if focal is None or units == "mm":
        return focal
    pitch, told = _pitch(asked), asked.number("ExifIFD:FocalLength")
    in_pixels = focal * pitch[0] / 1000 if pitch else None
    if units in ("px", "pixel", "pixels"):
        return in_pixels
    if units:
        asked.quirk("focal-unit-other", f"PerspectiveFocalLength is in {units[:16]}: it is not used.")
        return None
    is_pixels = focal > _LONGEST_MM
    if in_pixels is not None and told is not None:
        is_pixels = abs(in_pixels - told) < abs(focal - told)
    unit = "pixels" if is_pixels else "millimetres"
    asked.quirk("focal-unit-missing", f"PerspectiveFocalLength names no unit: by its size it is in {unit}.")
    return in_pixels if is_pixels else focal


def _pitch(asked: Asked) -> tuple[float, ...]:
    unit = _UM_OF_UNIT.get(asked.whole("ExifIFD:FocalPlaneResolutionUnit", "IFD0:FocalPlaneResolutionUnit") or 2)
    x, y = (asked.number(f"ExifIFD:FocalPlane{axis}Resolution", f"IFD0:FocalPlane{axis}Resolution") for axis in "XY")
    if unit is None or x is None or x <= 0:
        return ()
    return unit / x, unit / (y if y and y > 0 else x)


def _rolling(asked: Asked, size: Size, shutter: str) -> float | None:
    if shutter.startswith("mechanical"):
        return None
    pixels = size[0] * size[1] if size[0] and size[1] else None
    return rolling_shutter_ms(asked.text("IFD0:Make"), asked.text("IFD0:Model"), pixels)


optics_of = Remembered(
    _optics_of,
    (
        *(f"XMP-drone-dji:{name}" for name in ("CalibratedFocalLength", "CalibratedOpticalCenterX")),
        *(f"XMP-drone-dji:{name}" for name in ("CalibratedOpticalCenterY", "DewarpData", "DewarpFlag", "ShutterType")),
        *(f"{group}:FocalLength" for group in ("ExifIFD", "IFD0", "XMP-exif")),
        *(f"{group}:FocalLengthIn35mmFormat" for group in ("ExifIFD", "XMP-exif")),
        *(f"ExifIFD:{name}" for name in ("DigitalZoomRatio", "ExifImageWidth", "ExifImageHeight")),
        *(f"XMP-Camera:{name}" for name in ("ModelType", "PerspectiveFocalLength", "PerspectiveFocalLengthUnits")),
        *(f"XMP-Camera:{name}" for name in ("PrincipalPoint", "PerspectiveDistortion", "FisheyeAffineMatrix")),
        "XMP-Camera:FisheyePolynomial",
        *(f"{group}:FocalPlaneResolutionUnit" for group in ("ExifIFD", "IFD0")),
        *(f"{group}:FocalPlane{axis}Resolution" for group in ("ExifIFD", "IFD0") for axis in "XY"),
        "IFD0:Make",
        "IFD0:Model",
    ),
)
"""Find what is known of lens and sensor."""
