"""Where a fact or a formula comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A published source: its title, its address, and where in it to look."""

    title: str
    url: str
    where: str = ""
