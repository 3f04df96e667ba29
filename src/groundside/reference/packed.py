"""What is in a ZIP archive, read into memory with limits; no path is used and nothing is written."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

MAGIC = b"PK\x03\x04"
MOST_ENTRIES = 1000
MOST_RATIO = 200
_ALWAYS = 1 << 20


class BadArchive(ValueError):  # it is one kind of bad value, told by who reads the file
    """The archive cannot be read, or unpacks to more than it should."""


def unpacked(data: bytes, wanted: Callable[[str], bool], most_bytes: int) -> dict[str, bytes]:
    """
    Unpack those entries of an archive whose names are wanted.

    Args:
        data: the archive.
        wanted: told a name as it stands there, says whether it is.
        most_bytes: of all of them together.

    Raises:
        BadArchive: it is no archive, is damaged or encrypted, or one of them is a bomb.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                what = f"it has more than {MOST_ENTRIES} entries"
                raise BadArchive(what)
            found: dict[str, bytes] = {}
            for entry in entries:
                if not entry.is_dir() and wanted(entry.filename):
                    room = most_bytes - sum(map(len, found.values()))
                    found[entry.filename] = _content(archive, entry, room)
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        if isinstance(error, BadArchive):
            raise
        what = f"it is no archive that can be read ({str(error)[:80]})"
        raise BadArchive(what) from error


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    most = min(room, max(_ALWAYS, MOST_RATIO * entry.compress_size))
    with archive.open(entry) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        what = f"{entry.filename[:80]!r} in it unpacks to more than {most:,} bytes"
        raise BadArchive(what)
    return content
