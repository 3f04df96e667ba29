"""Elevation models that were sent to the planning page: kept beside the server while it runs, and no longer."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anyio import to_thread
from starlette.requests import ClientDisconnect

from groundside.errors import NotFound, TooLarge, Unreadable

MOST_BYTES = 512 << 20
MOST_KEPT = 4
"""The one that was not used for longest goes first."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One elevation model: what it is asked for by, what its sender calls it, where it lies, and what it says."""

    id: str
    name: str
    path: Path
    datum: str
    cell_m: float


class Grounds:
    """Keeps the elevation models of one server in a folder that goes with it."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._kept: OrderedDict[str, Ground] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, id_: str) -> Path | None:
        """
        Give where the model of this id lies; None where the id is empty.

        Raises:
            NotFound: there is none any more.
        """
        if not id_:
            return None
        with self._lock:
            if id_ not in self._kept:
                raise NotFound("This elevation model is no longer here.", try_this="choose its file again")
            self._kept.move_to_end(id_)
            return self._kept[id_].path

    async def receive(self, name: str, body: AsyncIterator[bytes]) -> Ground:
        """
        Take an elevation model in.

        Raises:
            TooLarge: it has more than 512 MB.
            NotUnderstood, BadRequest, Unreadable: it is no GeoTIFF that says where it lies; the sender went away.
        """
        id_ = secrets.token_hex(16)
        path = self._place() / f"{id_}.tif"
        try:
            await _written(path, body)
            ground = await to_thread.run_sync(_looked_at, id_, name, path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        with self._lock:
            self._kept[id_] = ground
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)[1].path.unlink(missing_ok=True)
        return ground

    def _place(self) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="groundside-ground-"))
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            return self._folder

    def close(self) -> None:
        """Take all of them away."""
        with self._lock:
            self._kept.clear()
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None


async def _written(path: Path, body: AsyncIterator[bytes]) -> None:
    taken = 0
    try:
        with path.open("wb") as stream:
            async for chunk in body:
                taken += len(chunk)
                if taken > MOST_BYTES:
                    what = f"The elevation model is larger than {MOST_BYTES >> 20} MB."
                    raise TooLarge(what, try_this="cut out the part that you fly over: gdalwarp -te")
                stream.write(chunk)
    except ClientDisconnect as gone:
        what = f"The sender went away after {taken} bytes."
        raise Unreadable(what, try_this="send it again") from gone


def _looked_at(id_: str, name: str, path: Path) -> Ground:
    from groundside.archive.plan_ground import ground_of
    from groundside.errors import GroundsideError

    try:
        with ground_of(path) as surface:
            assert surface is not None
            return Ground(id_, name, path, surface.datum, surface.cell_m)
    except GroundsideError as error:
        raise type(error)(error.what.replace(path.name, name), try_this=error.try_this) from None


def ground_shape(ground: Ground) -> dict[str, Any]:
    """Tell it as JSON."""
    return {"id": ground.id, "name": ground.name, "datum": ground.datum, "cell_m": round(ground.cell_m, 2)}
