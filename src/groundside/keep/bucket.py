"""One bucket of an S3-compatible server: the only module that speaks to it, by way of obstore."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, cast

import obstore
from obstore.store import S3Store

from groundside.errors import BadSetting, Conflict, NotFound
from groundside.keep.bucket_address import BucketAddress, Key
from groundside.keep.object_id import missing
from groundside.keep.storage_errors import storage_errors

if TYPE_CHECKING:
    from obstore.store import S3Credential

PIECE = 8 << 20
"""What one request carries at most, so that a time limit for a request is none for an object."""
_PARTS_AT_ONCE = 4
_PARTS = 9_000
"""S3 takes 10,000 parts for one object."""


@dataclass(frozen=True, slots=True)
class Patience:
    """
    How long to wait for a server, and how often to try again.

    Args:
        connect_s: until a connection stands.
        request_s: for one request with all it carries, of `PIECE` bytes at most.
        retries: after the first try; only of what may be repeated.
        total_s: after which no further try is begun.
    """

    connect_s: float = 5
    request_s: float = 120
    retries: int = 4
    total_s: float = 60


@dataclass(frozen=True, slots=True)
class Listed:
    """One object as the server lists it."""

    key: str
    size: int
    written: datetime


class Bucket:
    """
    Objects by key, below the prefix of the address.

    Every request is signed over what it carries, so the server refuses what was altered on the way.

    Raises:
        BadSetting: the address cannot be used.
        Refused: it is beyond this machine, and the setting `outbound` does not allow it.
    """

    def __init__(self, address: BucketAddress, patience: Patience | None = None) -> None:
        self.address = address
        address.permit()
        self._opened = _store(address, patience or Patience())
        _first_process()

    @property
    def _store(self) -> S3Store:
        if os.getpid() != _first_process():
            what = (
                "a bucket cannot be used in a fork of the process that opened one: the client's threads are not in it"
            )
            raise RuntimeError(what)
        return self._opened

    def create(self, key: str, content: bytes | memoryview) -> None:
        """
        Keep some bytes; durable when this returns.

        Raises:
            Conflict: the key is taken; nothing was changed.
        """
        try:
            with storage_errors(self.address.place):
                obstore.put(self._store, key, content, mode="create", use_multipart=False)
        except Conflict:
            # Where the first answer was lost, the client asked again and met what it had kept itself.
            if self.get(key)[1] != content:
                raise

    def create_from(self, key: str, content: Iterator[bytes | memoryview], most: int | None) -> None:
        """
        Keep a stream of any length, in parts; durable, and to be seen, when this returns.

        Args:
            content: what reading it raises passes through; nothing is kept then.
            most: bytes that may come at most, where that is known.

        Raises:
            Conflict: the key is taken; nothing was changed.
        """
        if self.has(key):
            what = f"An object of that name is in {self.address.place} already; it was not touched."
            raise Conflict(what)
        source = _Source(content)
        size = max(PIECE, (most or 0) // _PARTS)
        try:
            with storage_errors(self.address.place):
                obstore.put(
                    self._store, key, source, use_multipart=True, chunk_size=size, max_concurrency=_PARTS_AT_ONCE
                )
        except BaseException:
            source.raise_own()
            raise

    def get(self, key: str, absent: NotFound | None = None) -> tuple[int, memoryview | None]:
        """
        Read an object of at most `PIECE` bytes.

        Returns:
            Its size, and its bytes, or None where it is larger.
        """
        with storage_errors(self.address.place, absent):
            found = obstore.get(self._store, key)
            size = found.meta["size"]
            return size, memoryview(found.bytes()) if size <= PIECE else None

    def pieces(self, key: str, start: int, end: int, absent: NotFound | None = None) -> Iterator[memoryview]:
        """Read the bytes from `start` to before `end`, request by request."""
        for at in range(start, end, PIECE):
            yield self.get_range(key, at, min(at + PIECE, end), absent)

    def get_range(self, key: str, start: int, end: int, absent: NotFound | None = None) -> memoryview:
        """Read the bytes from `start` to before `end`, of which there must be some and at most `PIECE`."""
        with storage_errors(self.address.place, absent):
            return memoryview(obstore.get_range(self._store, key, start=start, end=end))

    def size(self, key: str, absent: NotFound | None = None) -> int:
        """Count an object's bytes."""
        with storage_errors(self.address.place, absent):
            return obstore.head(self._store, key)["size"]

    def has(self, key: str) -> bool:
        """Whether the key is taken."""
        try:
            self.size(key)
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove an object; no harm where it is gone already."""
        with storage_errors(self.address.place, missing(key)):
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError as error:
                if "NoSuchBucket" in str(error):
                    raise

    def list(self, below: str) -> Iterator[Listed]:
        """List the objects whose keys begin with `below` and a slash, page by page."""
        with storage_errors(self.address.place):
            for page in obstore.list(self._store, prefix=below, chunk_size=1000):
                for each in page:
                    yield Listed(each["path"], each["size"], each["last_modified"])


@cache
def _first_process() -> int:
    """Give the process in which the client was started; it would wait for ever in a fork of that."""
    return os.getpid()


class _Source:
    """A stream that remembers what it raised, to be told from what the client raises."""

    def __init__(self, content: Iterator[bytes | memoryview]) -> None:
        self._content = content
        self._raised: BaseException | None = None

    def __iter__(self) -> Iterator[bytes | memoryview]:
        try:
            yield from self._content
        except BaseException as error:
            self._raised = error
            raise

    def raise_own(self) -> None:
        if self._raised is not None:
            raise self._raised from None


def _store(address: BucketAddress, patience: Patience) -> S3Store:
    options: dict[str, object] = {
        "allow_http": address.is_plain,
        "allow_invalid_certificates": False,
        "connect_timeout": timedelta(seconds=patience.connect_s),
        "timeout": timedelta(seconds=patience.request_s),
    }
    if address.authority:
        options["root_certificate"] = address.authority
    # All that the client would else take from the environment's AWS_... is said here.
    settings: dict[str, object] = {
        "prefix": address.prefix or None,
        "region": address.region,
        "virtual_hosted_style_request": not address.endpoint,
        "skip_signature": False,
        "unsigned_payload": False,
        "conditional_put": "etag",
        "credential_provider": _Lender(address.key),
        "client_options": options,
        "retry_config": {
            "max_retries": patience.retries,
            "retry_timeout": timedelta(seconds=patience.total_s),
            "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=5), "base": 2},
        },
    }
    if address.endpoint:
        settings["endpoint"] = address.endpoint
    try:
        return S3Store(address.bucket, **settings)  # pyright: ignore[reportArgumentType]
    except ValueError as error:
        what = f"The storage {address.place} cannot be used: {str(error)[:200]}"
        raise BadSetting(what) from None


class _Lender:
    """Gives the client the key each time it asks, so that it stands in none of its settings."""

    def __init__(self, key: Key) -> None:
        self._key = key

    def __call__(self) -> S3Credential:
        return cast(
            "S3Credential",
            {
                "access_key_id": self._key.id,
                "secret_access_key": self._key.secret,
                "token": self._key.token,
                "expires_at": None,
            },
        )
