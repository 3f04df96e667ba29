"""Plans as files: one by itself, several flights together in a ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundside.model.mission import Mission


def packed(missions: Sequence[Mission], name: str) -> tuple[bytes, str]:
    """
    Write missions in the format of a name's suffix.

    Returns:
        The bytes and their name: those of the one mission, or a ZIP of numbered files.

    Raises:
        BadRequest: the file would mean another flight.
    """
    from groundside.archive.missions import encode_mission

    if len(missions) == 1:
        return encode_mission(missions[0], name).content, name
    path, whole = PurePath(name), io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, each in enumerate(missions, start=1):
            part = f"{path.stem}-{number}{path.suffix}"
            archive.writestr(zipfile.ZipInfo(part), encode_mission(each, part).content)
    return whole.getvalue(), f"{path.stem}.zip"
