"""Pictures to be redacted, and what the files that come of it say."""

import io

import numpy as np
from PIL import Image

from groundside.decode.photos.reading import read_photo
from groundside.decode.photos.window import Window
from groundside.model.photo import Photo

RNG = np.random.default_rng(7)


def noise(width: int = 96, height: int = 64) -> np.ndarray:
    return RNG.integers(0, 256, (height, width, 3), dtype=np.uint8)


def as_file(picture: np.ndarray, kind: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, kind, **more)
    return out.getvalue()


def segments_of(data: bytes) -> list[int]:
    found, at = [], 2
    while data[at + 1] != 0xDA:
        found.append(at)
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return found


def said(data: bytes) -> Photo:
    return read_photo(Window.over(data))[0]
