"""Photos that state only what a test is about; taken from 100 m, straight down, above nowhere in particular."""

from dataclasses import replace

from groundside.model.photo import (
    Above,
    Altitude,
    Attitude,
    Camera,
    Dewarp,
    HeightSensor,
    Optics,
    Photo,
    PhotoPosition,
    PhotoTime,
    Rtk,
)
from groundside.model.place import LonLat

HERE = LonLat(7.5, 46.9)
WIDTH, HEIGHT = 5472, 3648
DEWARP = Dewarp("", 3657.0, 3650.0, -4.0, 23.0, -0.267, 0.112, 9e-4, 9e-5, -0.033)
PLAIN = Optics(calibrated_focal_px=3657.0, calibrated_centre_px=(2736.0, 1824.0), calibrated_for_px=(WIDTH, HEIGHT))
CALIBRATED = replace(PLAIN, dewarp=DEWARP, dewarped=False)
FIXED = Rtk(50, "fixed", 0.01, 0.01, 0.02)


def photo_at(
    place: LonLat = HERE,
    *,
    altitude_m: float | None = 600.0,
    above: Above = Above.ELLIPSOID,
    relative_m: float | None = 100.0,
    look: tuple[float, float, float] | None = (0.0, -90.0, 0.0),
    optics: Optics = PLAIN,
    rtk: Rtk | None = FIXED,
) -> Photo:
    """A photo with position, heights, yaw, pitch, roll, and a lens."""
    altitude = None if altitude_m is None else Altitude(altitude_m, above, HeightSensor.RTK, "test")
    return Photo(
        format="jpeg",
        width_px=WIDTH,
        height_px=HEIGHT,
        time=PhotoTime(1_700_000_000_000_000, "2023-11-14T23:13:20"),
        position=PhotoPosition(place, "test"),
        altitude=altitude,
        altitudes=(altitude,) if altitude else (),
        height_above_takeoff_m=relative_m,
        camera_attitude=None if look is None else Attitude(*look),
        rtk=rtk,
        camera=Camera("Maker", "Model", serial="SERIAL-CANARY", owner="OWNER-CANARY"),
        optics=optics,
    )
