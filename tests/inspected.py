"""Large photos to be inspected and shared: some with a real face in them, all with a place and a serial."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from tests import faces
from tests.photo_builders import MAKE, MODEL, SHORT, TAKEN, Fraction, nadir, place, tiff
from tests.photo_flights import with_tags

SERIAL = "SERIALKANARIE77"
PLACE = (46.9, 7.5)
SIZE = (2400, 1800)
FACE_HEIGHT = 120
FACE_AT = (900, 500)
"""Where the portrait is pasted."""


@dataclass(frozen=True)
class Pictured:
    """A photo, and where in it the face is: left, top, width, height; None where there is none."""

    content: bytes
    face: tuple[float, float, float, float] | None


def photo_with_place(picture: np.ndarray, number: int = 0, pitch: float = -90.0) -> bytes:
    """Write a picture as a DJI camera does, with position, serial and time."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=88)
    exif = {TAKEN: f"2031:05:06 10:00:{number:02}", 0x920A: Fraction(88, 10), 0xA405: (SHORT, [24]), 0xA431: SERIAL}
    lat, lon = PLACE[0] + number * 2e-4, PLACE[1]
    block = tiff({MAKE: "DJI", MODEL: "M1"}, exif, place(lat, lon, 500.0))
    return with_tags(out.getvalue(), block, nadir(GimbalPitchDegree=f"{pitch:+.2f}"))


def ground(seed: int = 0) -> np.ndarray:
    """A plain scene without a face: soft blobs, drawn."""
    rng = np.random.default_rng(seed)
    small = rng.integers(70, 170, (9, 12, 3), dtype=np.uint8)
    return cv2.resize(small, SIZE, interpolation=cv2.INTER_CUBIC)


def with_face(number: int = 0, pitch: float = -20.0) -> Pictured:
    """A scene into which the portrait of scikit-image is pasted, its face `FACE_HEIGHT` pixels high."""
    k = FACE_HEIGHT / faces.PORTRAIT_FACE[3]
    person = cv2.resize(faces.portrait(), None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
    scene, (x, y) = ground(number), FACE_AT
    scene[y : y + person.shape[0], x : x + person.shape[1]] = person
    left, top, wide, high = (value * k for value in faces.PORTRAIT_FACE)
    return Pictured(photo_with_place(scene, number, pitch), (x + left, y + top, wide, high))
