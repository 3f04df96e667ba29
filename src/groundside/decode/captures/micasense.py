"""
Bands of MicaSense RedEdge, RedEdge-M, RedEdge-MX and Altum.

Source: the tags as MicaSense publishes them, "MicaSense RedEdge and Altum Image Processing Tutorials",
https://github.com/micasense/imageprocessing. No image of an Altum was read here: it is experimental.
"""

from __future__ import annotations

from groundside.decode.captures import common
from groundside.decode.captures.moments import moment_us
from groundside.decode.captures.tags import Tags
from groundside.model.capture import Band, Exposure, Lens, Light, PanelSaid, Plane, Radial

MAKER = "micasense"
WRONG_EXPOSURE_S, RIGHT_EXPOSURE_S = 1.0 / 6329.0, 0.000274
"""Early RedEdge firmware writes the first where it exposed for the second. Source: MicaSense, as above."""
MM_LONGEST = 100.0
"""A focal length above this is in pixels: no drone carries a multispectral lens of 10 cm."""
DLS2_UNIT = 0.01
"""From uW cm-2 nm-1 to W m-2 nm-1, where the tag of the scale is missing. Source: MicaSense, as above, issue 47."""
GOOD_HORIZONTAL = {"altum": (1, 2, 3), "rededge": (5, 1, 7), "rededge-m": (5, 1, 7)}
"""Firmware since which the horizontal irradiance is right, by model. Source: MicaSense, as above."""


def recognises(tags: Tags) -> bool:
    """Say whether the camera's maker is MicaSense, by the EXIF name or the XMP space."""
    return tags.exif_text("Make").lower() == "micasense" or tags.has("MicaSense:CaptureId")


def band_of(tags: Tags, file: str) -> Band:
    """Read one band; what the file does not say is None."""
    quirks: list[str] = []
    return Band(
        file=file,
        maker=MAKER,
        model=tags.exif_text("Model"),
        name=common.band_name(tags.text("Camera:BandName")),
        index=int(tags.number("Camera:RigCameraIndex") or 0),
        capture=tags.text("MicaSense:CaptureId"),
        size=tags.size,
        exposure=_exposure(tags, quirks),
        wavelength_nm=tags.number("Camera:CentralWavelength"),
        width_nm=tags.number("Camera:WavelengthFWHM"),
        taken_us=_moment(tags, quirks),
        position=common.position(tags),
        vignetting=_vignetting(tags),
        lens=_lens(tags, quirks),
        light=_light(tags, quirks),
        rotation_deg=common.triple(tags.numbers("Camera:RigRelatives")),
        panel=_panel(tags),
        firmware=tags.exif_text("Software"),
        quirks=tuple(quirks),
    )


def _moment(tags: Tags, quirks: list[str]) -> int | None:
    fraction = tags.exif_text("SubSecTime")
    if fraction.startswith("-"):
        quirks.append(f"the fraction of the second is negative ({fraction}): it was taken off")
    return moment_us(tags.exif_text("DateTimeOriginal"), fraction)


def _exposure(tags: Tags, quirks: list[str]) -> Exposure | None:
    coefficients = tags.numbers("MicaSense:RadiometricCalibration")
    time_s, iso = tags.exif_number("ExposureTime"), tags.exif_number("ISOSpeed")
    iso = iso or tags.exif_number("ISO")
    if len(coefficients) < 3 or not time_s or not iso or time_s < 0 or iso < 0:
        return None
    if abs(time_s - WRONG_EXPOSURE_S) < 1e-6 and "altum" not in tags.exif_text("Model").lower():
        quirks.append(f"exposure of 1/6329 s is a known fault of the firmware: read as {RIGHT_EXPOSURE_S} s")
        time_s = RIGHT_EXPOSURE_S
    return Exposure(time_s, iso / 100.0, common.mean_black_level(tags) or 0.0, tags.bits, coefficients[:3])


def _vignetting(tags: Tags) -> Radial | Plane | None:
    plane = common.plane(tags)
    if plane is not None:
        return plane
    centre, coefficients = tags.numbers("Camera:VignettingCenter"), tags.numbers("Camera:VignettingPolynomial")
    if len(centre) != 2 or not coefficients:
        return None
    return Radial((centre[0], centre[1]), coefficients, divides=True)


def _lens(tags: Tags, quirks: list[str]) -> Lens | None:
    density = common.pixels_per_mm(tags)
    focal, point = tags.number("Camera:PerspectiveFocalLength"), tags.numbers("Camera:PrincipalPoint")
    k = tags.numbers("Camera:PerspectiveDistortion")
    if density is None or not focal or len(point) != 2 or len(k) < 5:
        return None
    unit = tags.text("Camera:PerspectiveFocalLengthUnits").lower()
    in_pixels = focal > MM_LONGEST if not unit else unit != "mm"
    if in_pixels:
        quirks.append(f"the focal length of {focal:.1f} has no unit of length: it is in pixels")
    focal_px = (focal, focal * density[1] / density[0]) if in_pixels else (focal * density[0], focal * density[1])
    return Lens(focal_px, (point[0] * density[0], point[1] * density[1]), (k[0], k[1], k[3], k[4], k[2]))


def _light(tags: Tags, quirks: list[str]) -> Light | None:
    measured = tags.anywhere("SpectralIrradiance")
    measured = tags.number("Camera:Irradiance") if measured is None else measured
    level = tags.anywhere("HorizontalIrradiance")
    if (measured or 0.0) <= 0 and (level or 0.0) <= 0:
        return None
    unit = tags.anywhere("IrradianceScaleToSIUnits")
    if unit is None:
        unit = 1.0 if level is None else DLS2_UNIT
    if level is not None and not _level_is_right(tags):
        quirks.append("horizontal irradiance of this firmware is wrong: worked out from its direct and diffuse parts")
        level = None
    direct, scattered = tags.anywhere("DirectIrradiance"), tags.anywhere("ScatteredIrradiance")
    pose = tuple(tags.number(f"DLS:{name}") for name in ("Yaw", "Pitch", "Roll"))
    return Light(
        measured=(measured or 0.0) * unit,
        horizontal=_times(level, unit),
        direct=_times(direct, unit),
        scattered=_times(scattered, unit),
        pose_rad=None if None in pose else common.triple(tuple(part for part in pose if part is not None)),
    )


def _times(value: float | None, unit: float) -> float | None:
    return value * unit if value else None


def _level_is_right(tags: Tags) -> bool:
    since = GOOD_HORIZONTAL.get(tags.exif_text("Model").lower())
    parts = tags.exif_text("Software").lstrip("v").split("-")[0].split(".")
    version = tuple(int(part) for part in parts if part.isdecimal())
    return since is None or not version or version >= since


def _panel(tags: Tags) -> PanelSaid | None:
    serial, albedo = tags.text("MicaSense:PanelSerial"), tags.number("Camera:Albedo")
    area = tags.numbers("Camera:ReflectArea")
    corners = tuple(zip(area[0::2], area[1::2], strict=True)) if len(area) == 8 else ()
    if not serial and albedo is None and not corners:
        return None
    return PanelSaid(serial, corners, albedo if albedo and 0 < albedo <= 1 else None)
