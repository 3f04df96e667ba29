"""The model that finds faces: YuNet of March 2023, carried with the program under its own licence (MIT)."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from groundside.errors import Tampered

NAME = "face_detection_yunet_2023mar.onnx"
SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"


@cache
def face_model() -> bytes:
    """
    Give the model's bytes, after their SHA-256 was checked.

    Raises:
        Tampered: they are not those that this program was shipped with.

    Source: OpenCV Zoo, models/face_detection_yunet, README; W. Wu, H. Peng and S. Yu 2023, "YuNet: A Tiny
    Millisecond-level Face Detector", Machine Intelligence Research 20(5), 656-665.
    """
    return checked((files("groundside.reference") / "data" / NAME).read_bytes())


def checked(data: bytes) -> bytes:
    """
    Give the bytes back if they are the model's.

    Raises:
        Tampered: they are not.
    """
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        what = f"The model that finds faces should read {SHA256:.12}… but reads {found:.12}…."
        raise Tampered(what, try_this="install the program again")
    return data
