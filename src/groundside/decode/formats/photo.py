"""Photos of drones and other cameras: JPEG (also with temperatures inside), TIFF and DNG."""

from __future__ import annotations

from groundside.decode.format import Coverage, Format, Options
from groundside.decode.photos.facts import decoded, no_recording, no_track
from groundside.model.decoded import Decoded
from groundside.model.source import Source

_STARTS = (b"\xff\xd8\xff", b"II*\0", b"MM\0*")


def recognises(head: bytes) -> bool:
    """It begins as JPEG and TIFF files do."""
    return head.startswith(_STARTS)


def decode(data: memoryview, options: Options) -> Decoded:
    """Read what a photo says of itself; no tables. Options are unused."""
    del options
    return decoded(data)


FORMAT = Format(
    name="photo",
    title="Photo (JPEG, TIFF, DNG)",
    kind="photo",
    suffixes=(".jpg", ".jpeg", ".tif", ".tiff", ".dng"),
    recognises=recognises,
    decode=decode,
    recording=no_recording,
    track=no_track,
    source=Source("CIPA DC-008-2019, Exchangeable image file format 2.32", "https://www.cipa.jp/e/std/std-sec.html"),
    coverage=Coverage(
        reads=(
            "EXIF, XMP and MPF of JPEG, TIFF and DNG: time, position, altitudes, attitudes, camera, lens, exposure,"
            " spectral bands, laser range finder; see photo-metadata.md.",
        ),
        infers=("What quirks of makers mean: each is named among the inferences.",),
        leaves=("Maker notes, and temperatures inside of R-JPEG: the bytes stay in the original.",),
        checked_on=("The real images of the corpus, against ExifTool, value by value.",),
    ),
)
