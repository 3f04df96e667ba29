"""How far long work has come."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One report of progress: files and bytes done of all, and the name of the one at hand."""

    done_files: int
    total_files: int
    done_bytes: int
    total_bytes: int
    name: str
