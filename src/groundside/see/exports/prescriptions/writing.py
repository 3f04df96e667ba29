"""Files of a prescription put where they are wanted, all of them or none."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from groundside.errors import Conflict, NoSpace
from groundside.see.files import written_whole

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of each entry of an archive: the same prescription gives the same bytes."""


def write_files(files: Mapping[str, bytes], out: Path, *, single: bool) -> list[Path]:
    """
    Write files.

    Args:
        files: relative path to bytes.
        out: a `.zip` for one archive of them all; where there is one file of a format that is one, its name;
            otherwise a folder, such as the root of a memory stick, made if it is not there.
        single: whether the format is one file.

    Returns:
        What was written.

    Raises:
        Conflict: the folder holds one of them already.
        NoSpace: it cannot be written; nothing is left of it.
    """
    if out.suffix.lower() == ".zip":
        with written_whole(out) as stream:
            stream.write(packed(files))
        return [out]
    if single:
        [content] = files.values()
        with written_whole(out) as stream:
            stream.write(content)
        return [out]
    return _into_folder(files, out)


def packed(files: Mapping[str, bytes]) -> bytes:
    """Pack files into one ZIP archive; the same files give the same bytes."""
    from io import BytesIO

    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _into_folder(files: Mapping[str, bytes], out: Path) -> list[Path]:
    there = [name for name in files if (out / name).exists()]
    if there:
        what = f"{out / there[0]} is there already; it may be somebody's task."
        raise Conflict(what, try_this="another folder with --out, or a name that ends in .zip")
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".groundside-", dir=out) as folder:
            for name, content in files.items():
                target = Path(folder) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            return [_moved(Path(folder) / name, out / name) for name in files]
    except OSError as error:
        what = f"{out} cannot be written: {error.strerror}."
        raise NoSpace(what, try_this="make room, or choose another folder with --out") from error


def _moved(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return source.rename(target)
