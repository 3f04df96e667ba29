"""One file, whatever container it is: its tags, and the same brought into one shape."""

from __future__ import annotations

from groundside.decode.photos.found import Found, Tags
from groundside.decode.photos.gdal_metadata import read_gdal
from groundside.decode.photos.isobmff import is_movie, read_movie
from groundside.decode.photos.jpeg_segments import START, read_jpeg
from groundside.decode.photos.normalise import photo_of
from groundside.decode.photos.tiff_ifd import read_tiff
from groundside.decode.photos.window import Octets, Window
from groundside.decode.photos.xmp import read_xmp
from groundside.model.decoded import Problem
from groundside.model.photo import Photo

_TIFF = (b"II*\0", b"MM\0*")
_BIG = (b"II+\0", b"MM\0+")


def find(window: Window) -> Found:
    """Read the tags of a file; `format` is empty where it is no photo or video that is known here. Never raises."""
    found = Found()
    head = bytes(window.head[:16])
    if head.startswith(START):
        read_jpeg(window, found)
    elif head[:4] in _TIFF:
        for packet in read_tiff(window.whole(), found):
            read_xmp(packet, None, found)
        read_gdal(found)
    elif is_movie(head):
        read_movie(window, found)
    elif head[:4] in _BIG:
        found.problems.append(Problem(0, window.size, "A BigTIFF: no camera writes such, and its tags are not read."))
    else:
        found.problems.append(Problem(0, window.size, "This is no JPEG, TIFF, DNG, MP4 or MOV file."))
    return found


def read_photo(window: Window) -> tuple[Photo, Tags]:
    """
    Read a file, and bring what it says into one shape.

    Args:
        window: on the file.

    Returns:
        The photo (its `format` is empty where the file is of no kind known here), and every tag as it is written.
    """
    found = find(window)
    return photo_of(found), found.tags


def tags_of(data: Octets) -> Tags:
    """
    Give every tag of a photo or video that is in memory, as it is written; empty where it is none.

    Args:
        data: the whole file, or a memory map of it.

    Returns:
        By "group:tag" as `exiftool -G1` names them: "IFD0:Make", "ExifIFD:ExposureTime", "GPS:GPSLatitude" (degrees,
        minutes, seconds), "SubIFD:ImageWidth", "XMP-MicaSense:RadiometricCalibration". Numbers of EXIF are numbers
        (a fraction 0/0 is NaN) or tuples of them; all of XMP is text, and a list a tuple of texts where it has more
        than one entry; bytes of no known form are bytes; None where a value has more than 64 KiB or 1,024 numbers.

    Example:
        >>> tags_of(b"no photo")
        {}
    """
    return find(Window.over(data)).tags


__all__ = ["Photo", "find", "read_photo", "tags_of"]
