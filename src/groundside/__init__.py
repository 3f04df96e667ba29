"""
Everything your drones record, kept on your side of the ground.

Read a log without any archive:

    import groundside
    log = groundside.read("00000001.BIN")
    log.tables["GPS[0]"], log.track(), log.problems
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundside.archive.reading import read as read

__version__ = "0.1.0"
__all__ = ["__version__", "read"]


def __getattr__(name: str) -> object:
    if name == "read":  # loaded on first use, so that the shell starts quickly
        from groundside.archive.reading import read

        return read
    what = f"module 'groundside' has no attribute {name!r}"
    raise AttributeError(what)
