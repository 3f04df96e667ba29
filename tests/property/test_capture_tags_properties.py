"""Whatever bytes a raw capture is made of, reading it either gives a band or says why not."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.decode.captures.grouping import band_of, captures_of
from groundside.decode.captures.pixels import pixels_of
from groundside.decode.captures.tags import NotAnImage
from groundside.produce.crop.alignment.bands import can_align
from groundside.produce.crop.radiometry.light_sensor import level_irradiance
from groundside.produce.crop.radiometry.signal import signal_of
from tests.captures import RedEdge, mavic3m

PIXELS = np.arange(48, dtype=np.uint16).reshape(6, 8) * 1000
WHOLE = (RedEdge(PIXELS).file(), mavic3m(PIXELS))
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="<>&\0", exclude_categories=("Cc",)), max_size=20)
NUMBERS = st.one_of(st.floats().map(str), st.integers().map(str), TEXTS)


def read_all(data: bytes) -> None:
    try:
        band = band_of(data, "IMG_0000_1.tif")
        numbers = pixels_of(data)
    except NotAnImage as why:
        assert str(why)
        return
    with np.errstate(all="ignore"):
        light = signal_of(numbers, band)
    assert light is None or light.shape == numbers.shape
    level_irradiance(band)
    captures, _ = captures_of([band])
    assert not can_align(captures[0].bands)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(WHOLE), st.data())
def test_damaged_captures_never_raise(whole: bytes, data: st.DataObject):
    raw = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    read_all(bytes(raw[: data.draw(st.integers(0, len(raw)))]) if data.draw(st.booleans()) else bytes(raw))


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "Camera:PerspectiveFocalLength", "Camera:PrincipalPoint", "Camera:PerspectiveDistortion",
                "Camera:VignettingCenter", "Camera:VignettingPolynomial", "Camera:VignettingPolynomial2D",
                "Camera:VignettingPolynomial2DName", "Camera:RigRelatives", "Camera:RigCameraIndex",
                "MicaSense:RadiometricCalibration", "DLS:SpectralIrradiance", "DLS:HorizontalIrradiance", "DLS:Yaw",
                "Camera:ReflectArea", "Camera:Albedo", "Camera:CentralWavelength", "DLS:DirectIrradiance",
            ]
        ),
        st.one_of(NUMBERS, st.lists(NUMBERS, max_size=8)),
        max_size=6,
    )
)  # fmt: skip
def test_whatever_the_tags_say_nothing_raises(more: dict[str, str | list[str]]):
    read_all(RedEdge(PIXELS, more=more).file())


@settings(deadline=None, max_examples=40)
@given(st.lists(NUMBERS, min_size=9, max_size=9), NUMBERS, NUMBERS)
def test_whatever_dji_tags_say_nothing_raises(nine: list[str], exposure: str, black: str):
    dewarp = "2022-10-24;" + ",".join(nine)
    read_all(
        mavic3m(PIXELS, DewarpData=dewarp, ExposureTime=exposure, BlackLevel=black, CalibratedHMatrix=",".join(nine))
    )
