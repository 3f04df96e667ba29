"""
Images of fields that are looked at: readable copies beside the server while it runs, and what was computed of them.

Only the archive says which images there are. A request names one by its id; no path ever comes from a browser.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from dataclasses import field as begun
from pathlib import Path
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.requests import ClientDisconnect

from groundside.errors import NotFound, TooLarge, Unreadable
from groundside.model.crop_record import CropImage
from groundside.model.prescription import CropField
from groundside.model.raster import Distribution

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from groundside.archive.crop_feeding import NitrogenReport
    from groundside.archive.crop_records import KeptRaster
    from groundside.archive.crop_shown import ImageLook

MOST_RASTER_BYTES = 4 << 30
MOST_KEPT_BYTES = 8 << 30
MOST_KEPT = 6
MOST_RATES = 12
"""Of one image; the oldest goes first."""


@dataclass
class LayerShown:
    """A raster that was computed: where it lies, how it is spread, and its small picture once it was asked for."""

    path: Path
    spread: Distribution
    values: NDArray[np.float32] | None = None


@dataclass
class RateShown:
    """What a model said for an image, and the map where it made one; `asked` is all that it was asked with."""

    report: NitrogenReport
    index: str
    layer: LayerShown | None


@dataclass
class Looked:
    """One image that is looked at. Whoever computes holds `lock`."""

    image: CropImage
    field: CropField
    raster: Path
    size: int
    seen: ImageLook
    lock: threading.RLock = begun(default_factory=threading.RLock)
    indices: dict[str, LayerShown] = begun(default_factory=dict[str, LayerShown])
    rates: OrderedDict[str, RateShown] = begun(default_factory=OrderedDict[str, RateShown])

    @property
    def folder(self) -> Path:
        """Where all of it lies."""
        return self.raster.parent

    def rate(self, key: str) -> RateShown:
        """
        Give rates that were computed.

        Raises:
            NotFound: they are not here any more.
        """
        if key not in self.rates:
            raise NotFound("These rates are no longer here.", try_this="ask the model again")
        return self.rates[key]

    def keep_rate(self, key: str, made: RateShown) -> None:
        """Keep rates, and let go of the oldest where there are too many."""
        self.rates[key] = made
        while len(self.rates) > MOST_RATES:
            gone = self.rates.popitem(last=False)[1]
            if gone.layer is not None:
                gone.layer.path.unlink(missing_ok=True)


class Scratch:
    """The images of one server that are looked at, in a folder that only its owner may read and that goes with it."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._kept: OrderedDict[str, Looked] = OrderedDict()
        self._lock = threading.Lock()
        self._copying = threading.Lock()

    async def receive(self, name: str, length: str | None, body: AsyncIterator[bytes], limit: int) -> Path:
        """
        Write a raster that is sent into a folder of its own, which the caller takes away or `hold`s.

        Raises:
            TooLarge: more was announced or came than is taken.
            Unreadable: the sender went away.
        """
        del name
        most = min(limit, MOST_RASTER_BYTES)
        if length is not None and length.isdecimal() and int(length) > most:
            raise _too_large(most)
        path = self._new()
        try:
            await _written(path, body, most)
        except BaseException:
            shutil.rmtree(path.parent, ignore_errors=True)
            raise
        return path

    def hold(self, kept: Looked) -> None:
        """Keep an image that is looked at, and let go of those that were not used for longest."""
        with self._lock:
            self._kept[kept.image.id] = kept
            self._kept.move_to_end(kept.image.id)
            while len(self._kept) > 1 and (
                len(self._kept) > MOST_KEPT or sum(each.size for each in self._kept.values()) > MOST_KEPT_BYTES
            ):
                shutil.rmtree(self._kept.popitem(last=False)[1].folder, ignore_errors=True)

    def looked(self, of: KeptRaster) -> Looked:
        """
        Give an image that the archive just gave leave to see; its bytes are copied here where they are not yet.

        Raises:
            TooLarge: it has more than 4 GB.
            BadRequest, NotUnderstood, Unreadable: as `crop_shown.look` says.
        """
        with self._copying:
            with self._lock:
                known = self._kept.get(of.image.id)
            if known is None or known.image != of.image:
                known = _copied(of, self._new())
            elif known.field.area != of.field.area:
                known.indices.clear()
                known.rates.clear()
            self.hold(replace(known, field=of.field) if known.field != of.field else known)
            with self._lock:
                return self._kept[of.image.id]

    def _new(self) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="groundside-fields-"))
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            own = self._folder / secrets.token_hex(16)
        own.mkdir(mode=0o700)
        return own / "image.tif"

    def close(self) -> None:
        """Take all of them away."""
        with self._lock:
            self._kept.clear()
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None


def _copied(of: KeptRaster, path: Path) -> Looked:
    from groundside.archive.crop_shown import look

    try:
        if of.size > MOST_RASTER_BYTES:
            raise _too_large(MOST_RASTER_BYTES)
        with path.open("wb") as stream:
            for piece in of.pieces:
                stream.write(piece)
        return Looked(of.image, of.field, path, of.size, look(path, of.image))
    except BaseException:
        shutil.rmtree(path.parent, ignore_errors=True)
        raise


async def _written(path: Path, body: AsyncIterator[bytes], most: int) -> None:
    taken = 0
    try:
        with path.open("wb") as stream:
            async for chunk in body:
                taken += len(chunk)
                if taken > most:
                    raise _too_large(most)
                await to_thread.run_sync(stream.write, chunk)
    except ClientDisconnect as gone:
        what = f"The sender went away after {taken} bytes."
        raise Unreadable(what, try_this="send it again") from gone


def _too_large(most: int) -> TooLarge:
    what = f"The image has more than {most >> 20} MB, the most that the page takes."
    return TooLarge(what, try_this="a coarser export, or groundside crop index in the shell")
