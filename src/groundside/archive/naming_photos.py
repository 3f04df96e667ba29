"""Which photo of the archive a person means: the beginning of an id or of a SHA-256, or a name."""

from __future__ import annotations

from groundside.archive.store import Store
from groundside.errors import NotFound
from groundside.keep.catalogue import Reader
from groundside.keep.rows import KeptOriginal
from groundside.model.caller import Scope
from groundside.model.digest import Digest

SHORTEST_PREFIX = 4
_HEX = frozenset("0123456789abcdef")
_SHA256_LENGTH = 64


def photo_named(store: Store, reader: Reader, named: str, scope: Scope) -> KeptOriginal:
    """
    Find the photo that is meant.

    Args:
        named: the beginning of an id or of a SHA-256, at least four characters; or the name under which it came.

    Raises:
        NotFound: there is none in the scope, or there are several.
    """
    wanted = named.strip().lower()
    if len(wanted) == _SHA256_LENGTH and set(wanted) <= _HEX:
        found = reader.find_original(store.vault.fingerprint(Digest(wanted)), scope)
        fit = [found] if found else []
    else:
        fit = _fitting(reader.originals(scope), wanted)
    if len(fit) != 1:
        how_many = f"{len(fit)} photos are" if fit else "No photo of this archive is"
        what = f"{how_many} called {named[:64]!r}."
        raise NotFound(what, try_this="groundside ingest FILE; or: groundside files --json, and give its SHA-256")
    return fit[0]


def _fitting(every: list[KeptOriginal], wanted: str) -> list[KeptOriginal]:
    begin = len(wanted) >= SHORTEST_PREFIX and set(wanted) <= _HEX
    by_id = [each for each in every if begin and (each.id.startswith(wanted) or each.digest.hex.startswith(wanted))]
    return by_id or [each for each in every if each.file_name.lower() == wanted]
