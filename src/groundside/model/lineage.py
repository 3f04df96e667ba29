"""Derived rows and objects name what they came from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Derived:
    """
    Lineage of something that can be made again.

    Args:
        original_id: catalogue id of the original it was made from.
        code: name and version of the code that made it: "ardupilot-dataflash/1".
        parameters: what it was told, as canonical JSON text.
    """

    original_id: str
    code: str
    parameters: str = "{}"
