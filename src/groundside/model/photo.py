"""What a photo or a video says of itself: when, where, which way it looked, with what, and what was odd about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundside.model.decoded import Problem
from groundside.model.place import LonLat

Floats = tuple[float, ...]


class Above(StrEnum):
    """What an altitude is counted from."""

    SEA_LEVEL = "sea-level"
    """Mean sea level, as EXIF and the maker say; which geoid is rarely stated."""
    ELLIPSOID = "ellipsoid"
    """The ellipsoid of WGS 84."""
    TAKE_OFF = "take-off"
    """The place where the aircraft took off."""
    GROUND = "ground"
    """The ground below the aircraft."""
    UNSTATED = "unstated"
    """The file does not say; sea level and ellipsoid differ by up to 107 m."""


class HeightSensor(StrEnum):
    """What measured an altitude."""

    RTK = "rtk"
    GNSS = "gnss"
    FUSED = "fused"
    """GNSS and barometer together."""
    BAROMETER = "barometer"
    RANGEFINDER = "rangefinder"
    UNSTATED = "unstated"


class Zero(StrEnum):
    """Which way a camera looks when pitch and roll are zero."""

    FORWARD = "forward"
    """To the horizon, so that pitch -90 looks straight down: gimbals of DJI, Autel, Skydio, Parrot."""
    NADIR = "nadir"
    """Straight down, the top of the image to where yaw points: Pix4D's camera tags, senseFly, MicaSense."""


@dataclass(frozen=True, slots=True)
class Quirk:
    """
    A peculiarity of a file that was recognised and handled.

    Args:
        name: one of the names of docs/reference/photo-metadata.md, like "roll-180".
        what: what was found and what was made of it, in one sentence.
    """

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class PhotoTime:
    """
    When it was taken, and what is known of the clock.

    Args:
        utc_us: UTC microseconds since 1970; None where the zone of the camera's clock is unknown.
        local: the camera's clock as written, ISO 8601 without zone; empty where there is none.
        offset_s: the camera's clock minus UTC in seconds; None where unknown.
        basis: where `utc_us` is from: "gps", "exif-offset", "xmp-utc", "container" (a video's header), or empty.
        resolution_s: the smallest step of the time as written: 1 for whole seconds.
    """

    utc_us: int | None = None
    local: str = ""
    offset_s: float | None = None
    basis: str = ""
    resolution_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Altitude:
    """
    One altitude that a file states.

    Args:
        value_m: metres, up.
        above: above what.
        sensor: measured by what.
        tag: where it stands, as "group:tag".
    """

    value_m: float
    above: Above
    sensor: HeightSensor
    tag: str


@dataclass(frozen=True, slots=True)
class PhotoPosition:
    """
    Where the camera was.

    Args:
        place: longitude and latitude.
        tag: where the latitude stands, as "group:tag"; of several the one with the most digits.
        error_m: horizontal, one standard deviation, as the file states it; None where it does not.
        dilution: of precision, without unit; None where not stated.
    """

    place: LonLat
    tag: str
    error_m: float | None = None
    dilution: float | None = None


@dataclass(frozen=True, slots=True)
class Attitude:
    """
    Which way something points: turned first by yaw about down, then pitch about right, then roll about forward.

    Args:
        yaw_deg: from true north, clockwise, 0 to 360.
        pitch_deg: nose up is positive; None where only the yaw is stated.
        roll_deg: right side down is positive.
        zero: which way a camera looks when pitch and roll are 0; an aircraft's own attitude is always FORWARD.
        tag: where it stands: the group and the first of its tags.
        magnetic: the yaw is from magnetic north.
    """

    yaw_deg: float
    pitch_deg: float | None
    roll_deg: float | None
    zero: Zero = Zero.FORWARD
    tag: str = ""
    magnetic: bool = False


@dataclass(frozen=True, slots=True)
class Rtk:
    """
    What is said of a carrier-phase position.

    Args:
        flag: as the maker numbers it; None where there is none.
        state: "none", "single", "float", "fixed", or "unknown" for a number whose meaning no source tells.
        std_lon_m, std_lat_m, std_height_m: one standard deviation, metres; None where not stated.
        correction_age_s: of the correction data.
    """

    flag: int | None = None
    state: str = "unknown"
    std_lon_m: float | None = None
    std_lat_m: float | None = None
    std_height_m: float | None = None
    correction_age_s: float | None = None


@dataclass(frozen=True, slots=True)
class Camera:
    """
    The camera. The serials and the owner tell who someone is: `Photo.sensitive` says which are there.

    Args:
        make, model: as written.
        firmware: of camera or aircraft.
        serial: of the camera body.
        aircraft_serial: of the aircraft.
        lens: model of the lens.
        lens_serial: of the lens.
        owner: the name of a person, or of a copyright's holder.
    """

    make: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    aircraft_serial: str = ""
    lens: str = ""
    lens_serial: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Dewarp:
    """
    DJI's calibration of one camera.

    Args:
        date: as written.
        fx_px, fy_px: focal lengths in pixels of the full image.
        cx_px, cy_px: principal point, from the centre of the full image.
        k1, k2, p1, p2, k3: distortion by Brown's model, radial and tangential, on coordinates divided by the focal.
    """

    date: str
    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float
    k1: float
    k2: float
    p1: float
    p2: float
    k3: float


@dataclass(frozen=True, slots=True)
class LensModel:
    """
    The lens as Pix4D's tags describe it (MicaSense, Parrot, senseFly, Sentera).

    Args:
        kind: "perspective" or "fisheye".
        principal_point_mm: from the upper left corner of the sensor, x and y; empty where not stated.
        focal_mm: of a perspective lens.
        distortion: of a perspective lens: k1, k2, k3, p1, p2, as written.
        affine: of a fisheye: C, D, E, F in pixels.
        polynomial: of a fisheye, beginning with the constant.
    """

    kind: str
    principal_point_mm: Floats = ()
    focal_mm: float | None = None
    distortion: Floats = ()
    affine: Floats = ()
    polynomial: Floats = ()


@dataclass(frozen=True, slots=True)
class Optics:
    """
    What is known of lens and sensor. None and empty where not stated.

    Args:
        focal_mm: the focal length.
        focal_35mm: what the maker says it is on 36 by 24 mm: by the diagonal or the width, no standard that all keep.
        calibrated_focal_px: in pixels of `calibrated_for_px`.
        calibrated_centre_px: principal point, from the upper left corner, in the same pixels.
        calibrated_for_px: width and height of the image that the calibration and `dewarp` are of, where they tell.
        dewarp: the calibration of this one camera.
        dewarped: the image was corrected in the camera, so `dewarp` is no longer to be applied; None where not stated.
        lens_model: as Pix4D's tags say.
        pixel_pitch_um: distance between pixels, x and y, from the focal plane's resolution.
        digital_zoom: 1 for none.
        rolling_shutter_ms: time from the first line to the last.
        shutter: "mechanical" or "electronic", where stated.
    """

    focal_mm: float | None = None
    focal_35mm: float | None = None
    calibrated_focal_px: float | None = None
    calibrated_centre_px: Floats = ()
    calibrated_for_px: tuple[int, ...] = ()
    dewarp: Dewarp | None = None
    dewarped: bool | None = None
    lens_model: LensModel | None = None
    pixel_pitch_um: Floats = ()
    digital_zoom: float | None = None
    rolling_shutter_ms: float | None = None
    shutter: str = ""


@dataclass(frozen=True, slots=True)
class Exposure:
    """How it was exposed: seconds, f-number, ISO speed, compensation in stops; None where not stated."""

    time_s: float | None = None
    f_number: float | None = None
    iso: float | None = None
    bias_ev: float | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """One spectral band: its name, centre and width at half its height, in nanometres."""

    name: str
    centre_nm: float | None = None
    width_nm: float | None = None


@dataclass(frozen=True, slots=True)
class Rig:
    """
    What several cameras on one mount have in common.

    Args:
        name: of the rig.
        index: which of its cameras this is.
        capture: names the images that were taken at once.
        flight: names the flight, as the camera counts flights.
        bands: of this image, in the order of its channels.
    """

    name: str = ""
    index: int | None = None
    capture: str = ""
    flight: str = ""
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class RangeTarget:
    """
    What a laser range finder pointed at.

    Args:
        distance_m: along the beam.
        place: of the target; None where not stated.
        altitudes: of the target.
        status: as written.
    """

    distance_m: float | None = None
    place: LonLat | None = None
    altitudes: tuple[Altitude, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """
    Where and how a video's camera was at one moment.

    Args:
        at_s: since the beginning of the video.
        place: None where unknown.
        altitudes: that are stated.
    """

    at_s: float
    place: LonLat | None
    altitudes: tuple[Altitude, ...] = ()


@dataclass(frozen=True, slots=True)
class Video:
    """
    What a container of moving pictures says.

    Args:
        duration_s: how long.
        frames_per_s: of the picture track, on average.
        codec: four letters, as "avc1".
        tracks: the kind of each track: "vide", "soun", "sbtl", "text", "meta", "tmcd".
        subtitle: the text of the subtitle track, as SubRip, empty where there is none; the flight decoder reads it.
        samples: positions from the container or from a telemetry track.
        telemetry: name of a telemetry track that is there, read or not ("djmd", "camm", "gpmd"); or empty.
    """

    duration_s: float | None = None
    frames_per_s: float | None = None
    codec: str = ""
    tracks: tuple[str, ...] = ()
    subtitle: str = ""
    samples: tuple[Sample, ...] = ()
    telemetry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """
    What one photo or video says of itself, in one shape for every maker. Nothing here is measured or guessed by us.

    Args:
        kind: "photo" or "video".
        format: "jpeg", "tiff", "dng", "r-jpeg" (a JPEG with temperatures inside), "mp4", "mov".
        width_px, height_px: of the image as stored, before `orientation`; None where not found.
        orientation: 1 to 8, as EXIF numbers them.
        time: when.
        position: where the camera was; None where the file does not say, or says what cannot be.
        altitude: the best of `altitudes` above sea level or the ellipsoid; None where there is none.
        height_above_takeoff_m: None where not stated.
        altitudes: every altitude that is stated.
        camera_attitude: where the camera pointed; None where not stated.
        aircraft_attitude: of the aircraft.
        speed_mps: of the aircraft: north, east, down.
        rtk: of a carrier-phase position; None where nothing is said of it.
        camera: who made it; serials.
        optics: of lens and sensor.
        exposure: of the image.
        rig: spectral bands, and which images belong together; None for a plain camera.
        target: of a laser range finder.
        thermal: which kind of temperatures is inside: "dji", "flir"; or empty.
        frames: how many full images the file has (MPF), previews left out.
        panorama: the projection, as "equirectangular"; or empty.
        video: of moving pictures.
        quirks: what was odd and was handled, in order of name.
        problems: what could not be read.
        sensitive: which fields here tell who or which aircraft someone is, as "camera.serial".
    """

    kind: str = "photo"
    format: str = ""
    width_px: int | None = None
    height_px: int | None = None
    orientation: int = 1
    time: PhotoTime = PhotoTime()
    position: PhotoPosition | None = None
    altitude: Altitude | None = None
    height_above_takeoff_m: float | None = None
    altitudes: tuple[Altitude, ...] = ()
    camera_attitude: Attitude | None = None
    aircraft_attitude: Attitude | None = None
    speed_mps: Floats = ()
    rtk: Rtk | None = None
    camera: Camera = Camera()
    optics: Optics = Optics()
    exposure: Exposure = Exposure()
    rig: Rig | None = None
    target: RangeTarget | None = None
    thermal: str = ""
    frames: int = 1
    panorama: str = ""
    video: Video | None = None
    quirks: tuple[Quirk, ...] = ()
    problems: tuple[Problem, ...] = ()
    sensitive: tuple[str, ...] = ()
