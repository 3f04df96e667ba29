"""
A bag: files with a list of their digests, which every archive and library can read.

Source: Kunze, Littman, Madden, Scancella, Adams 2018, The BagIt File Packaging Format (V1.0), RFC 8493.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import BinaryIO, cast

from groundside.see.evidence.place import Place

PAYLOAD = "data/"
_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


class _Counting:
    """A stream that hashes and counts what goes through."""

    def __init__(self, below: BinaryIO) -> None:
        self._below = below
        self.hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        self.size += memoryview(data).nbytes
        return self._below.write(data)

    def flush(self) -> None:
        self._below.flush()


class Bag:
    """A bag being written. Nothing reads it as one before `close`, which writes what makes it a bag."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._digests: dict[str, str] = {}
        self._sizes: dict[str, int] = {}

    @contextmanager
    def create(self, path: str) -> Generator[BinaryIO]:
        """Open a new file for writing; those below "data/" are the payload, all others tell of it."""
        with self._place.create(path) as below:
            counting = _Counting(below)
            yield cast("BinaryIO", counting)
        self._digests[path], self._sizes[path] = counting.hash.hexdigest(), counting.size

    def add(self, path: str, content: str | bytes) -> None:
        """Write a small file."""
        with self.create(path) as stream:
            stream.write(content.encode() if isinstance(content, str) else content)

    def digest(self, path: str) -> str:
        """Give the SHA-256 of a file that was written, in hexadecimal digits."""
        return self._digests[path]

    def close(self, about: Mapping[str, str]) -> None:
        """Write what makes it a bag; `about` is what bag-info.txt says."""
        payload = [path for path in self._digests if path.startswith(PAYLOAD)]
        oxum = f"{sum(self._sizes[path] for path in payload)}.{len(payload)}"
        info = {**about, "Payload-Oxum": oxum}
        self.add("bag-info.txt", "".join(f"{name}: {' '.join(text.split())}\n" for name, text in info.items()))
        self.add("manifest-sha256.txt", self._listed(payload))
        self.add("bagit.txt", _DECLARATION)
        self.add("tagmanifest-sha256.txt", self._listed(path for path in self._digests if path not in set(payload)))

    def _listed(self, paths: Iterable[str]) -> str:
        return "".join(f"{self._digests[path]}  {path}\n" for path in sorted(paths))
