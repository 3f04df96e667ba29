"""ExifTool as the oracle: run by perl as another program, and what its values and ours have in common."""

import json
import math
import shutil
import subprocess
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

HERE = Path(__file__).resolve().parents[1] / "peers" / "exiftool"
PROGRAM = HERE / "node_modules" / "exiftool-vendored.pl" / "bin" / "exiftool"
ITS_OWN = ("System:", "ExifTool:", "File:", "Composite:", "SourceFile")
APEX = ("ShutterSpeedValue", "ApertureValue", "MaxApertureValue")
DIGITS = 2e-9
"""ExifTool writes fractions with ten digits."""

HERE_TOO = {
    "JFIF:": "the header that JPEG files had before EXIF: nothing about a photo stands in it",
    "ICC": "a colour profile",
    "GeoTiff:": "a raster with a place of its own is no photo; the raster reader reads it",
    "IPTC:": "press captions",
    "Photoshop:": "settings of a program",
    "ThumbnailImage": "the picture itself, of which we have place and length",
    "PreviewImage": "the picture itself, of which we have place and length",
    "DependentImage": "which pictures of an MPF belong together",
    "IFD0:GeoTiff": "a raster with a place of its own is no photo",
    "Canon:": "a maker note: kept by us as it is, and DJI's alone is read",
}
"""Tags that only ExifTool gives, by the beginning or end of their name, and why."""


def command() -> list[str] | None:
    """What runs it, or None where it is not there."""
    if PROGRAM.is_file() and shutil.which("perl"):
        return ["perl", str(PROGRAM)]
    return [found] if (found := shutil.which("exiftool")) else None


def tags_of(paths: Iterable[Path]) -> list[dict[str, object]]:
    """
    What it says of each file.

    It is run once for each folder: it takes an XMP tag that it does not know for no list where the first file has one
    entry of it, and then hands out only the first entry of all others.
    """
    said: list[dict[str, object]] = []
    for _, group in groupby(paths, lambda path: path.parent):
        asked = [*(command() or []), "-j", "-n", "-G1", "-a", *map(str, group)]
        told = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
        said += [{k: v for k, v in each.items() if not k.startswith(ITS_OWN)} for each in told]
    return said


def why_equal(name: str, ours: object, theirs: object) -> str | None:
    """Say in what way both say the same; None where they do not."""
    for way, same in WAYS.items():
        if same(name, ours, theirs):
            return way
    return None


def _numbers(value: object) -> list[float] | None:
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    parts = value if isinstance(value, list | tuple) else [value]
    found = []
    for part in parts:
        if part == "undef":
            found.append(math.nan)
        elif part == "inf":
            found.append(math.inf)
        else:
            try:
                found.append(float(part))
            except (TypeError, ValueError):
                return None
    return found


def _close(ours: list[float] | None, theirs: list[float] | None) -> bool:
    if not ours or theirs is None or len(ours) != len(theirs):
        return False
    return all(
        math.isclose(a, b, rel_tol=DIGITS, abs_tol=1e-12) or (math.isnan(a) and math.isnan(b))
        for a, b in zip(ours, theirs, strict=True)
    )


def _same(_: str, ours: object, theirs: object) -> bool:
    return ours == theirs or (isinstance(theirs, list) and list(ours) == theirs if isinstance(ours, tuple) else False)


def _as_text(_: str, ours: object, theirs: object) -> bool:
    parts = ours if isinstance(ours, tuple) else (ours,)
    others = theirs if isinstance(theirs, list) else [theirs]
    return [str(part).strip() for part in parts] == [str(part).strip() for part in others]


def _degrees(name: str, ours: object, theirs: object) -> bool:
    if not name.startswith("GPS:") or not isinstance(ours, tuple):
        return False
    return _close([sum(part / 60**k for k, part in enumerate(ours))], _numbers(theirs))


def _clock(name: str, ours: object, theirs: object) -> bool:
    parts = str(theirs).split(":")
    return name == "GPS:GPSTimeStamp" and isinstance(ours, tuple) and _close(list(ours), _numbers(parts))


def _apex(name: str, ours: object, theirs: object) -> bool:
    if not name.endswith(APEX) or not isinstance(ours, float | str):
        return False
    units = float(str(ours).partition(" EV")[0])
    value = 2.0**-units if name.endswith("ShutterSpeedValue") else 2.0 ** (units / 2)
    return math.isclose(value, float(theirs), rel_tol=1e-8)


def _length(_: str, ours: object, theirs: object) -> bool:
    if not isinstance(theirs, str) or not theirs.startswith("(Binary data "):
        return False
    return ours is None or not isinstance(ours, bytes) or f" {len(ours)} bytes" in theirs


def _dashes(name: str, ours: object, theirs: object) -> bool:
    return isinstance(ours, str) and name.startswith("XMP-") and ours.replace("-", ":", 2).replace("T", " ") == theirs


def _truth(_: str, ours: object, theirs: object) -> bool:
    return isinstance(theirs, bool) and str(ours).lower() == str(theirs).lower()


def _inside(_: str, ours: object, theirs: object) -> bool:
    return isinstance(ours, bytes) and isinstance(theirs, str) and ours.rstrip(b"\0").decode("latin-1") == theirs


WAYS = {
    "the same value": _same,
    "the same numbers; ExifTool writes fractions with ten digits and lists with blanks": lambda _, a, b: _close(
        _numbers(a), _numbers(b)
    ),
    "the same text; XMP's blanks at its ends are kept by us": _as_text,
    "degrees, minutes, seconds are kept by us and summed up by ExifTool": _degrees,
    "hours, minutes, seconds are kept by us and written with colons by ExifTool": _clock,
    "APEX units are kept by us and made seconds and f-numbers by ExifTool": _apex,
    "ExifTool names only the length; it is the same": _length,
    "dates of XMP are kept by us as written and get colons by ExifTool": _dashes,
    "XMP's True and False are kept by us as text": _truth,
    "bytes of no stated characters are kept by us, and text to ExifTool": _inside,
}
"""In which ways two values are equal, with what explains the difference; asked in this order."""
