"""Missions that were opened on the planning page: what they do at their waypoints, held while the server runs."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from groundside.errors import NotFound

if TYPE_CHECKING:
    from groundside.archive.plan_shown import Carried

MOST_HELD = 8
"""The one that was not used for longest goes first."""


class Opened:
    """What opened missions do, each under a number that only its page knows."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Carried] = OrderedDict()
        self._lock = Lock()

    def hold(self, carried: Carried) -> str:
        """Hold on to it, and give what it is asked for by."""
        with self._lock:
            id_ = secrets.token_hex(16)
            self._held[id_] = carried
            while len(self._held) > MOST_HELD:
                self._held.popitem(last=False)
            return id_

    def get(self, id_: str) -> Carried | None:
        """
        Give it back; None where the id is empty.

        Raises:
            NotFound: it is there no more.
        """
        if not id_:
            return None
        with self._lock:
            if id_ not in self._held:
                raise NotFound("The opened mission is no longer here.", try_this="open its file again")
            self._held.move_to_end(id_)
            return self._held[id_]
