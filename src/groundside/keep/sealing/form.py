"""In which form content lies in its store: as it is, or sealed."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from groundside.errors import NotFound
from groundside.keep.durable import sync_folder
from groundside.keep.growth import Growth, PlainGrowth
from groundside.keep.object_id import place_of
from groundside.keep.object_store import Chunks, ObjectStore
from groundside.keep.sealing.growing import SealedGrowth
from groundside.keep.sealing.keys import ObjectKeys, RecentKeys, VaultSecrets, new_key
from groundside.keep.sealing.opening import open_sealed, view_sealed
from groundside.keep.sealing.stream import content_size, seal, sealed_size

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem


class Form(Protocol):
    """What a vault does with content on its way into the store and out of it."""

    def closed(self, object_id: str, chunks: Chunks) -> tuple[Chunks, bytes]:
        """Give what is to be stored of a content, and the object's data key."""
        ...

    def kept(self, object_id: str, key: bytes) -> None:
        """Take note that an object was put."""
        ...

    def gone(self, object_id: str) -> None:
        """Take note that an object is no more."""
        ...

    def most(self, limit: int | None) -> int | None:
        """Say how many bytes are stored at most of a content with a limit."""
        ...

    def size(self, store: ObjectStore, object_id: str) -> int:
        """Count the bytes of content."""
        ...

    def open(self, store: ObjectStore, object_id: str) -> BinaryIO:
        """Open the content for reading."""
        ...

    def view(self, store: ObjectStore, object_id: str) -> AbstractContextManager[memoryview]:
        """Give all of the content as read-only memory."""
        ...

    def files(self, store: ObjectStore, object_ids: Sequence[str]) -> tuple[FileSystem, list[str]]:
        """Name contents for pyarrow's datasets."""
        ...

    def growth(self, object_id: str) -> Growth:
        """Say how a growing object lies in its file."""
        ...

    def knows(self, object_id: str) -> bool:
        """Whether an object that is there can be opened."""
        ...

    def finish(self, store: ObjectStore, file: Path, object_id: str, content: Iterator[bytes]) -> bytes:
        """Make a growing object's file an object; give its data key."""
        ...


class PlainForm:
    """Content as it is."""

    def closed(self, object_id: str, chunks: Chunks) -> tuple[Chunks, bytes]:
        """Give the content itself, and no key."""
        return chunks, b""

    def kept(self, object_id: str, key: bytes) -> None:
        """Do nothing: there is no key."""

    def gone(self, object_id: str) -> None:
        """Do nothing: there is no key."""

    def most(self, limit: int | None) -> int | None:
        """Give the limit itself."""
        return limit

    def size(self, store: ObjectStore, object_id: str) -> int:
        """Count the bytes."""
        return store.size(object_id)

    def open(self, store: ObjectStore, object_id: str) -> BinaryIO:
        """Open the bytes for reading."""
        return store.open(object_id)

    def view(self, store: ObjectStore, object_id: str) -> AbstractContextManager[memoryview]:
        """Give all bytes as read-only memory."""
        return store.view(object_id)

    def files(self, store: ObjectStore, object_ids: Sequence[str]) -> tuple[FileSystem, list[str]]:
        """Have pyarrow read the store by itself."""
        return store.files(object_ids)

    def growth(self, object_id: str) -> Growth:
        """Bytes as they came."""
        return PlainGrowth()

    def knows(self, object_id: str) -> bool:
        """Always: it takes no key."""
        return True

    def finish(self, store: ObjectStore, file: Path, object_id: str, content: Iterator[bytes]) -> bytes:
        """Take the file as it is."""
        store.adopt(file, object_id)
        return b""


class SealedForm:
    """
    Content encrypted, every object under a data key of its own.

    Args:
        keys: knows those of objects that are catalogued, or were given to a worker.
        secrets: of the archive.
    """

    def __init__(self, keys: ObjectKeys, secrets: VaultSecrets) -> None:
        self._keys = RecentKeys(keys)
        self._secrets = secrets

    def closed(self, object_id: str, chunks: Chunks) -> tuple[Chunks, bytes]:
        """Seal the content under a new key."""
        key = new_key()
        return seal(chunks, key, object_id), key

    def kept(self, object_id: str, key: bytes) -> None:
        """Remember the key until it is catalogued."""
        self._keys.remember(object_id, key)

    def gone(self, object_id: str) -> None:
        """Forget the key."""
        self._keys.forget(object_id)

    def most(self, limit: int | None) -> int | None:
        """Count headers and tags in."""
        return None if limit is None else sealed_size(limit)

    def size(self, store: ObjectStore, object_id: str) -> int:
        """Count the bytes of content, which takes no key."""
        return content_size(object_id, store.size(object_id))

    def open(self, store: ObjectStore, object_id: str) -> BinaryIO:
        """Open the content for reading, decrypting what is asked for."""
        return self._opened(store, object_id)

    @contextmanager
    def view(self, store: ObjectStore, object_id: str) -> Generator[memoryview]:
        """Decrypt all of the content into memory that no file holds."""
        with store.view(object_id) as sealed:
            opened = view_sealed(object_id, self._keys.key_of(object_id), sealed)
            content = opened.__enter__()
        try:
            yield content
        finally:
            opened.__exit__(None, None, None)

    def files(self, store: ObjectStore, object_ids: Sequence[str]) -> tuple[FileSystem, list[str]]:
        """Have pyarrow read by way of us."""
        from groundside.keep.sealing.file_system import sealed_file_system  # takes 0.1 s that most need not spend

        names = [place_of(each) for each in object_ids]
        known = self._keys.keys_of(object_ids)  # one question for all of them
        return sealed_file_system(lambda object_id: self._opened(store, object_id, known.get(object_id))), names

    def growth(self, object_id: str) -> Growth:
        """Frames, encrypted one by one."""
        return SealedGrowth(object_id, self._secrets.growing_key)

    def knows(self, object_id: str) -> bool:
        """Whether its key is known; where it is not, nobody was ever told of the object, or it was erased."""
        try:
            self._keys.key_of(object_id)
        except NotFound:
            return False
        return True

    def finish(self, store: ObjectStore, file: Path, object_id: str, content: Iterator[bytes]) -> bytes:
        """Seal all of the content anew, as one object; only then the file goes."""
        sealed, key = self.closed(object_id, content)
        store.put(object_id, sealed)
        file.unlink(missing_ok=True)
        sync_folder(file.parent)
        self.kept(object_id, key)
        return key

    def _opened(self, store: ObjectStore, object_id: str, key: bytes | None = None) -> BinaryIO:
        file = store.open(object_id)  # first, for what is not there at all has no key either
        try:
            return open_sealed(object_id, key or self._keys.key_of(object_id), file)
        except BaseException:
            file.close()
            raise
