"""Pictures in and out: what is shown, upright, and nothing else of the file."""

from __future__ import annotations

import io
import warnings
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from groundside.errors import NotUnderstood, TooLarge, Unreadable

Pixels = NDArray[np.uint8]

FORMATS = ("JPEG", "PNG", "TIFF", "WEBP")
QUALITY = 90
MOST_PIXELS = 170_000_000
"""Of one picture: what Pillow opens at all."""
_DNG_VERSION = 0xC612
_SHOWN = frozenset({"RGB", "L", "RGBA", "P", "CMYK", "YCbCr", "LA", "1"})
_BAD = (OSError, SyntaxError, ValueError, EOFError)
"""What Pillow raises on a file that is broken."""


def opened(data: bytes, name: str) -> Pixels:
    """
    Give a picture as it is shown: its first frame, turned as EXIF says, in sRGB.

    Args:
        data: the file.
        name: of the file, for errors.

    Returns:
        Red, green, blue; shape (rows, columns, 3).

    Raises:
        NotUnderstood: it is no JPEG, PNG, TIFF or WebP, or has other than 8 bits a colour.
        TooLarge: it has more pixels than can be taken in.
        Unreadable: it is broken or cut short.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
        return _shown(picture, name)
    except Image.UnidentifiedImageError as error:
        what = f"{name} is no picture that can be redacted."
        raise NotUnderstood(what, try_this="JPEG, PNG, TIFF and WebP files are taken") from error
    except Image.DecompressionBombError as error:
        raise _too_large(name) from error
    except _BAD as error:
        what = f"{name} is broken or cut short: {error}."
        raise Unreadable(what, try_this="take the file from its medium again") from error


def _shown(picture: Image.Image, name: str) -> Pixels:
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_large(name)
    if _DNG_VERSION in getattr(picture, "tag_v2", ()):
        what = f"{name} is a DNG: what it shows has first to be developed."
        raise NotUnderstood(what, try_this="develop it to JPEG with a raw converter, and redact that")
    if picture.mode not in _SHOWN:
        what = f"{name} holds measurements ({picture.mode}), not a picture to look at."
        raise NotUnderstood(what, try_this="export it as an 8-bit picture first")
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    plain = upright if upright.mode == "RGB" else over_white(upright)
    if isinstance(profile, bytes) and upright.mode == "RGB":
        plain = in_srgb(plain, profile)
    return np.array(plain, dtype=np.uint8)


def over_white(picture: Image.Image) -> Image.Image:
    """Bring any mode to red, green, blue; what is transparent becomes white, for pixels under it may show something."""
    if "A" not in picture.mode and "transparency" not in picture.info:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered).convert("RGB")


def in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Bring colours to sRGB, for the profile is not carried along; one that cannot be read is left out."""
    with suppress(ImageCms.PyCMSError, *_BAD):
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"))
        return turned if turned is not None else picture
    return picture


def _too_large(name: str) -> TooLarge:
    return TooLarge(f"{name} has more than {MOST_PIXELS:,} pixels.", try_this="redact parts of it")


def jpeg(picture: Pixels, exif: bytes = b"") -> bytes:
    """
    Write a picture as a JPEG file that holds nothing but it.

    Args:
        picture: red, green, blue; shape (rows, columns, 3).
        exif: a block of EXIF that was made for it; empty for none.
    """
    out = io.BytesIO()
    Image.fromarray(picture, "RGB").save(out, "JPEG", quality=QUALITY, subsampling=0, exif=exif)
    return out.getvalue()
