"""The kernel that reads an eighth of a JPEG and its twin agree on every file, and on whole ones with libjpeg."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from groundside.native import _jpeg, jpeg
from groundside.produce.imagery.thumbnail import LONGEST_PX, thumbnail

MOST = 10_000_000


@st.composite
def pictures(draw: st.DrawFn) -> bytes:
    wide, tall = draw(st.integers(1, 50)), draw(st.integers(1, 40))
    grain = np.random.default_rng(draw(st.integers(0, 99)))
    smooth = np.add.outer(np.arange(tall) * 3, np.arange(wide) * 2)[..., None] % 256
    values = np.clip(smooth + grain.normal(0, draw(st.sampled_from([0, 5, 60])), (tall, wide, 3)), 0, 255)
    image = Image.fromarray(values.astype(np.uint8))
    out = io.BytesIO()
    image.convert(draw(st.sampled_from(["RGB", "L", "CMYK", "RGB"]))).save(
        out,
        "JPEG",
        quality=draw(st.sampled_from([1, 50, 80, 95, 100])),
        subsampling=draw(st.integers(0, 2)),
        optimize=draw(st.booleans()),
        progressive=draw(st.sampled_from([False, False, True])),
        restart_marker_blocks=draw(st.sampled_from([0, 0, 1, 3])),
    )
    return out.getvalue()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(pictures()))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data) - 1))
        how = draw(st.sampled_from(["flip", "flip", "mark", "cut", "double"]))
        if how == "flip":
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif how == "mark":
            data[at : at + 2] = bytes([0xFF, draw(st.sampled_from([0, 0xC0, 0xD0, 0xD1, 0xD9, 0xFF]))])
        elif how == "cut":
            del data[max(at, 4) :]
        else:
            data[at:at] = data[at : at + 20]
    return bytes(data)


@settings(deadline=None, max_examples=60)
@given(damaged())
def test_the_kernel_and_its_twin_agree(data: bytes):
    assert _jpeg.means(data, MOST) == jpeg._plain_means(data, MOST)


@settings(deadline=None, max_examples=30)
@given(pictures())
def test_whole_pictures_are_as_libjpeg_has_them(data: bytes):
    found = _jpeg.means(data, MOST)
    with Image.open(io.BytesIO(data)) as opened:
        if opened.info.get("progressive") or opened.mode == "CMYK":
            assert found is None
            return
        if min(opened.size) < 8:  # libjpeg is not asked for less than a pixel
            return
        assert found is not None and found[:2] == opened.size
        opened.draft("L" if opened.mode == "L" else "YCbCr", (1, 1))
        wanted = np.asarray(opened)
    wide, tall, values, _, _ = found[2][0]
    luma = np.frombuffer(values, np.uint8).reshape(tall, wide)
    assert np.array_equal(luma, wanted if wanted.ndim == 2 else wanted[..., 0])


def test_a_picture_that_is_too_large_is_not_read():
    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "JPEG")
    assert _jpeg.means(out.getvalue(), 64 * 64) is not None
    assert _jpeg.means(out.getvalue(), 64 * 64 - 1) is None is jpeg._plain_means(out.getvalue(), 64 * 64 - 1)


def test_a_small_image_is_upright_and_as_the_whole_picture_made_small():
    wide, tall = 8 * LONGEST_PX + 24, 1601
    x, y = np.meshgrid(np.arange(wide), np.arange(tall))
    values = np.stack([x // 12 % 256, y // 8 % 256, (x + y) // 40 % 256], -1).astype(np.uint8)
    whole, out = Image.fromarray(values), io.BytesIO()
    exif = whole.getexif()
    exif[0x0112] = 6
    whole.save(out, "JPEG", quality=95, exif=exif)
    small = thumbnail(out.getvalue())
    assert small is not None
    with Image.open(io.BytesIO(small)) as shown:
        wanted = whole.resize((LONGEST_PX, 198), Image.Resampling.BICUBIC).transpose(Image.Transpose.ROTATE_270)
        assert shown.size == wanted.size
        apart = np.abs(np.asarray(shown.convert("RGB"), float) - np.asarray(wanted, float))
    assert apart.mean() < 2.5
    cut = out.getvalue()[: len(out.getvalue()) // 2]
    assert thumbnail(cut) is None


@pytest.mark.parametrize(("subsampling", "quality", "restart"), [(2, 97, 0), (1, 100, 0), (0, 90, 1), (2, 80, 70)])
def test_a_picture_larger_than_what_is_cleaned_at_once_is_as_libjpeg_has_it(
    subsampling: int, quality: int, restart: int
):
    grain = np.random.default_rng(8)
    out = io.BytesIO()
    whole = Image.fromarray(grain.integers(0, 256, (600, 709, 3), np.uint8))
    whole.save(out, "JPEG", quality=quality, subsampling=subsampling, restart_marker_blocks=restart)
    assert len(out.getvalue()) > 3 * 65_536
    found = _jpeg.means(out.getvalue(), MOST)
    with Image.open(out) as opened:
        opened.draft("YCbCr", (1, 1))
        wanted = np.asarray(opened)[..., 0]
    assert found is not None
    wide, tall, values, _, _ = found[2][0]
    assert np.array_equal(np.frombuffer(values, np.uint8).reshape(tall, wide), wanted)
