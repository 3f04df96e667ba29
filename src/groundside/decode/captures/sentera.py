"""Images of colour cameras turned near-infrared: Sentera D4K. They give relative vigour, never reflectance."""

from __future__ import annotations

from groundside.decode.captures import common
from groundside.decode.captures.moments import moment_us
from groundside.decode.captures.tags import Tags
from groundside.model.capture import Band, Exposure

MAKER = "sentera"


def recognises(tags: Tags) -> bool:
    """Say whether it comes from a Sentera camera."""
    return tags.exif_text("Make").lower() == "sentera"


def band_of(tags: Tags, file: str) -> Band:
    """Read one image; its name is the lens, by which the mixture of its channels is known."""
    time_s, iso = tags.exif_number("ExposureTime"), tags.exif_number("ISO")
    return Band(
        file=file,
        maker=MAKER,
        model=tags.exif_text("LensModel"),
        name="colour",
        index=int(tags.number("Camera:RigCameraIndex") or 0),
        capture=file,
        size=tags.size,
        exposure=Exposure(time_s, iso / 100.0, 0.0, tags.bits) if time_s and iso else None,
        taken_us=moment_us(tags.exif_text("DateTimeOriginal"), tags.exif_text("SubSecTime")),
        position=common.position(tags),
        firmware=tags.exif_text("Software"),
    )
