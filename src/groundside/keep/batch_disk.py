"""Many files made durable together: all data with one flush, all names with another."""

from __future__ import annotations

from collections.abc import Mapping

from groundside.errors import GroundsideError, Unreadable
from groundside.keep.barrier import Barrier
from groundside.keep.durable import disk_errors
from groundside.keep.object_store import Chunks
from groundside.keep.shelf import Shelf


class DiskBatch:
    """
    As `StoreBatch`; each flush succeeds or fails as a whole.

    Where one flush for all cannot be trusted, every file is synced by itself as it is put.

    Raises:
        OSError: the folder cannot be opened.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._waiting: dict[str, None] = {}
        self._lost: dict[str, GroundsideError] = {}
        self._barrier = Barrier(shelf.objects) if shelf.flushes_at_once else None

    @property
    def lost(self) -> Mapping[str, GroundsideError]:
        """Ids that did not become durable, each with why."""
        return self._lost

    def put(self, object_id: str, chunks: Chunks, most: int | None = None) -> None:
        """Write bytes that the next flush makes durable."""
        self._shelf.write(object_id, chunks, sync=self._barrier is None)
        self._waiting[object_id] = None

    def discard(self, object_id: str) -> None:
        """Take out again what was put and not flushed."""
        if object_id in self._waiting:
            del self._waiting[object_id]
            self._shelf.forget([object_id])

    def flush(self) -> None:
        """Return when all that was put is durable and can be read."""
        if not self._waiting:
            return
        try:
            with disk_errors():
                self._make_durable()
        except GroundsideError as error:
            self._give_up(error)
            raise
        except BaseException:
            self._give_up(Unreadable("It was interrupted before it was durable."))
            raise
        self._waiting.clear()

    def close(self) -> None:
        """Remove what was not flushed, and let go of the disk."""
        self._shelf.forget(self._waiting)
        self._waiting.clear()
        if self._barrier:
            self._barrier.close()

    def _make_durable(self) -> None:
        if self._barrier:
            self._barrier.wait()  # data before names: a name must never lead to less than the whole
        changed = self._shelf.rename_all(self._waiting)
        if self._barrier:
            self._barrier.wait()
        else:
            self._shelf.sync_names(changed)

    def _give_up(self, why: GroundsideError) -> None:
        self._lost |= dict.fromkeys(self._waiting, why)
        self._shelf.forget(self._waiting)
        self._waiting.clear()
