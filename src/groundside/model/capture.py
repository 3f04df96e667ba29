"""What a multispectral camera records: bands, captures, panels, and the reflectance made of them."""

from __future__ import annotations

from dataclasses import dataclass, field

Point = tuple[float, float]
"""A place in an image: x, then y, in pixels from the centre of the first one."""


@dataclass(frozen=True, slots=True)
class Radial:
    """
    Darkening towards the edge as a polynomial of the distance from a centre.

    Args:
        centre: in pixels.
        coefficients: of r, r^2, ... in pixels; the polynomial begins with 1.
        divides: whether its maker divides by the polynomial (MicaSense) or multiplies with it (DJI).
    """

    centre: Point
    coefficients: tuple[float, ...]
    divides: bool


@dataclass(frozen=True, slots=True)
class Plane:
    """
    Darkening as a polynomial of x / width and y / height, by which is divided.

    Args:
        powers: of x and of y, one pair for each coefficient.
        coefficients: as many as `powers`.
    """

    powers: tuple[tuple[int, int], ...]
    coefficients: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Lens:
    """
    A perspective camera in pixels (Brown's distortion).

    Args:
        focal_px: along x and along y.
        centre: the principal point.
        distortion: k1, k2, p1, p2, k3.
    """

    focal_px: tuple[float, float]
    centre: Point
    distortion: tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Light:
    """
    What the light sensor on top of the aircraft said of one band.

    Args:
        measured: irradiance on the sensor as it was tilted; W m-2 nm-1, or the maker's own unit where `absolute` is
            false.
        horizontal: irradiance on a level surface, where the camera says it.
        direct, scattered: its parts, where the camera says them.
        pose_rad: yaw, pitch, roll of the sensor, north-east-down.
        absolute: whether the unit is W m-2 nm-1.
    """

    measured: float
    horizontal: float | None = None
    direct: float | None = None
    scattered: float | None = None
    pose_rad: tuple[float, float, float] | None = None
    absolute: bool = True


@dataclass(frozen=True, slots=True)
class Exposure:
    """
    How one image was exposed, and the maker's coefficients of the sensor.

    Args:
        time_s: exposure time.
        gain: as a factor: ISO / 100 where the camera says ISO.
        black_level: digital number of no light.
        bits: of a digital number.
        coefficients: of the maker's radiometric model, in the maker's order.
        f_number: of the lens, where it is needed.
        adjustment: DJI's factor that makes the bands of one camera comparable.
    """

    time_s: float
    gain: float
    black_level: float
    bits: int
    coefficients: tuple[float, ...] = ()
    f_number: float | None = None
    adjustment: float = 1.0


@dataclass(frozen=True, slots=True)
class PanelSaid:
    """What the camera itself wrote of a panel that it found: serial, corners, reflectance; each where it is there."""

    serial: str = ""
    corners: tuple[Point, ...] = ()
    albedo: float | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """
    What one image file of one band says of itself.

    Args:
        file: its name below the folder that was read.
        maker: `micasense`, `dji`, `sequoia` or `sentera`.
        model: of the camera.
        name: `blue`, `green`, `red`, `red edge`, `nir` or `lwir`; else what the file says, in small letters.
        index: place in the rig, which need not be the number in the file's name.
        capture: key that the bands of one moment share.
        size: width and height in pixels.
        exposure: None where it is not known, and then there is no radiance either.
        taken_us: UTC, microseconds since 1970; None where it is not known.
        position: lon, lat in degrees of WGS 84; None where there was no fix.
        rotation_deg: of the band against the rig's reference, about x, y and z.
        homography: row by row, from this band to the rig's reference, undistorted pixels.
        quirks: what was read otherwise than the tag says, and why.
    """

    file: str
    maker: str
    model: str
    name: str
    index: int
    capture: str
    size: tuple[int, int]
    exposure: Exposure | None
    wavelength_nm: float | None = None
    width_nm: float | None = None
    taken_us: int | None = None
    position: tuple[float, float] | None = None
    vignetting: Radial | Plane | None = None
    lens: Lens | None = None
    light: Light | None = None
    rotation_deg: tuple[float, float, float] | None = None
    homography: tuple[float, ...] | None = None
    panel: PanelSaid | None = None
    firmware: str = ""
    quirks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Capture:
    """
    All bands of one moment.

    Args:
        key: what they share.
        name: of the first file, without its band and suffix.
        bands: in the order of the rig.
    """

    key: str
    name: str
    maker: str
    bands: tuple[Band, ...]

    @property
    def taken_us(self) -> int | None:
        """When it was taken: UTC, microseconds since 1970, as the first band that knows it says."""
        return next((band.taken_us for band in self.bands if band.taken_us is not None), None)


@dataclass(frozen=True, slots=True)
class Panel:
    """
    A panel of known reflectance, as one band saw it.

    Args:
        serial: from its code or from the file; empty where neither could be read.
        corners: of the area that was measured, in the undistorted image.
        code: corners of the code beside it, in the undistorted image; empty where none was found.
        found_by: `code`, `camera`, `hand` or `likeness` (the code of another band, found again).
        mean, deviation: of the signal in the area.
        pixels, saturated: how many, and how many of them at the end of the scale.
        albedo: reflectance of the panel in this band; None where nobody said.
        albedo_from: who said.
    """

    serial: str
    corners: tuple[Point, ...]
    code: tuple[Point, ...]
    found_by: str
    mean: float
    deviation: float
    pixels: int
    saturated: int
    albedo: float | None = None
    albedo_from: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an uncertainty: what it comes from, and its relative standard uncertainty; None where unknown."""

    what: str
    relative: float | None


@dataclass(frozen=True, slots=True)
class Reflectance:
    """
    How the reflectance of one band came about.

    Args:
        method: `panel-light`, `panel`, `light` or `relative` (known but for one factor that all bands share).
        irradiance: what pi times the signal was divided by.
        panel_irradiance: at the moment of the panel.
        light_ratio: light sensor at the capture to light sensor at the panel, both level.
        light_now, light_then: the two of it.
        sun_elevation_deg: where it was needed to level the light sensor.
        relative_uncertainty: standard, one sigma, of the parts that are known; None where none is.
        parts: what it is made of.
        panel_file: the image of the panel that was used.
        notes: what a reader must know.
    """

    method: str
    irradiance: float
    panel_irradiance: float | None = None
    light_ratio: float | None = None
    light_now: float | None = None
    light_then: float | None = None
    sun_elevation_deg: float | None = None
    relative_uncertainty: float | None = None
    parts: tuple[Part, ...] = ()
    panel_file: str = ""
    notes: tuple[str, ...] = field(default=())
