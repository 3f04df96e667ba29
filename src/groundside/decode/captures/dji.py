"""
Bands of DJI P4 Multispectral and Mavic 3 Multispectral. Experimental: built from DJI's guides, no image was read here.

Source: DJI 2020, "P4 Multispectral Image Processing Guide", v1.0; DJI 2023, "Mavic 3M Image Processing Guide", v1.0.
"""

from __future__ import annotations

from groundside.decode.captures import common
from groundside.decode.captures.moments import moment_us
from groundside.decode.captures.tags import Tags
from groundside.model.capture import Band, Exposure, Lens, Light, Radial

MAKER = "dji"
P4M_MODEL, P4M_BLACK, P4M_CENTRE = "fc6360", 4096.0, (800.0, 650.0)
"""What the guide of 2020 states where the image does not."""
_SPACE = "drone-dji:"


def recognises(tags: Tags) -> bool:
    """Say whether it is one band of a DJI multispectral camera, and not its colour image."""
    return tags.has(f"{_SPACE}SensorGain") and tags.has(f"{_SPACE}ExposureTime") and tags.bits == 16


def band_of(tags: Tags, file: str) -> Band:
    """Read one band; what the file does not say is None."""
    wavelength, width = _wavelength(tags)
    matrix = tags.numbers(f"{_SPACE}CalibratedHMatrix") or tags.numbers(f"{_SPACE}DewarpHMatrix")
    return Band(
        file=file,
        maker=MAKER,
        model=tags.exif_text("Model"),
        name=common.band_name(tags.text(f"{_SPACE}BandName") or tags.text("Camera:BandName")),
        index=int(tags.number("Camera:RigCameraIndex") or 0),
        capture=tags.text(f"{_SPACE}CaptureUUID") or tags.text("Camera:CaptureUUID"),
        size=tags.size,
        exposure=_exposure(tags),
        wavelength_nm=wavelength,
        width_nm=width,
        taken_us=moment_us(tags.text(f"{_SPACE}UTCAtExposure")),
        position=_position(tags),
        vignetting=_vignetting(tags),
        lens=_lens(tags),
        light=_light(tags),
        homography=matrix if len(matrix) == 9 else None,
        firmware=tags.exif_text("Software"),
        quirks=("experimental: read by the maker's guide, no real image of this camera was seen",),
    )


def _wavelength(tags: Tags) -> tuple[float | None, float | None]:
    """Read `560(+/-16)nm`, or the two tags that say it apart."""
    said = tags.numbers(f"{_SPACE}BandFreq")
    if said:
        return said[0], 2 * abs(said[1]) if len(said) > 1 else None
    return tags.number("Camera:CentralWavelength"), tags.number("Camera:WavelengthFWHM")


def _exposure(tags: Tags) -> Exposure | None:
    time_us, gain = tags.number(f"{_SPACE}ExposureTime"), tags.number(f"{_SPACE}SensorGain")
    black = tags.number(f"{_SPACE}BlackLevel")
    black = common.mean_black_level(tags) if black is None else black
    black = tags.number("Camera:BlackCurrent") if black is None else black
    if black is None and is_p4m(tags.exif_text("Model")):
        black = P4M_BLACK
    if not time_us or not gain or black is None or time_us < 0 or gain < 0:
        return None
    adjustment = tags.number(f"{_SPACE}SensorGainAdjustment") or 1.0
    return Exposure(time_us / 1e6, gain, black, tags.bits, adjustment=adjustment)


def is_p4m(model: str) -> bool:
    """Say whether the camera is that of the P4 Multispectral, whose numbers are of 65535 and not of 65536."""
    return model.strip().lower() == P4M_MODEL


def _vignetting(tags: Tags) -> Radial | None:
    coefficients = tags.numbers(f"{_SPACE}VignettingData") or tags.numbers("Camera:VignettingPolynomial")
    x, y = tags.number(f"{_SPACE}CalibratedOpticalCenterX"), tags.number(f"{_SPACE}CalibratedOpticalCenterY")
    if not coefficients:
        return None
    if x is not None and y is not None:
        return Radial((x, y), coefficients, divides=False)
    return Radial(P4M_CENTRE, coefficients, divides=False) if is_p4m(tags.exif_text("Model")) else None


def _lens(tags: Tags) -> Lens | None:
    """Read `date;fx,fy,cx,cy,k1,k2,p1,p2,k3`, whose centre is an offset from the calibrated one."""
    said = tags.text(f"{_SPACE}DewarpData").partition(";")[2].split(",")
    try:
        fx, fy, dx, dy, k1, k2, p1, p2, k3 = (float(part) for part in said[:9])
    except ValueError:
        return None
    x, y = tags.number(f"{_SPACE}CalibratedOpticalCenterX"), tags.number(f"{_SPACE}CalibratedOpticalCenterY")
    centre = (tags.size[0] / 2 if x is None else x, tags.size[1] / 2 if y is None else y)
    return Lens((fx, fy), (centre[0] + dx, centre[1] + dy), (k1, k2, p1, p2, k3)) if fx > 0 and fy > 0 else None


def _light(tags: Tags) -> Light | None:
    irradiance = tags.number(f"{_SPACE}Irradiance")
    return Light(irradiance, absolute=False) if irradiance and irradiance > 0 else None


def _position(tags: Tags) -> tuple[float, float] | None:
    lat = tags.number(f"{_SPACE}GPSLatitude")
    lon = tags.number(f"{_SPACE}GPSLongitude") or tags.number(f"{_SPACE}GPSLongtitude")
    if lat and lon and abs(lat) <= 90 and abs(lon) <= 180:
        return lon, lat
    return common.position(tags)
