"""`pyarrow.compute`, loaded when first used: it takes 9 MB and 30 ms, and most files need nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyarrow.compute import *  # noqa: F403  # pyright: ignore[reportWildcardImportFromLibrary]
else:

    def __getattr__(name: str) -> object:
        import pyarrow.compute

        return getattr(pyarrow.compute, name)
