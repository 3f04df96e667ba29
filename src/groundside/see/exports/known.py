"""Which exports are known, and the one of a given name."""

from __future__ import annotations

from functools import cache

from groundside.errors import BadRequest
from groundside.plugins import found
from groundside.see.exports.export import Export


@cache
def exports() -> tuple[Export, ...]:
    """Give every known export, in order of module name; loaded on first use."""
    return found("groundside.see.exports.formats", "EXPORT", Export)


def choose(name: str) -> Export:
    """
    Find an export by its name, in any case.

    Raises:
        BadRequest: there is none of that name.
    """
    chosen = next((e for e in exports() if e.name == name.lower()), None)
    if chosen is None:
        what = f"There is no export called {name[:80]!r}."
        raise BadRequest(what, try_this=f"groundside export ID --to {'|'.join(e.name for e in exports())}")
    return chosen
