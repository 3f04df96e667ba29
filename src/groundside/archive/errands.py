"""What a worker does for the archive: read files, keep their bytes, make of them all that the catalogue will hold."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from groundside.archive.deriving import derive, failed, log_in
from groundside.archive.preparing import Prepared, prepared
from groundside.arrive.folder import CHUNK_BYTES, Arrival, contents, shown
from groundside.errors import GroundsideError, NoSpace, NotFound
from groundside.keep.archive_folder import open_folder
from groundside.keep.logs import log_bytes
from groundside.keep.object_store import ObjectStore
from groundside.keep.rows import Stored
from groundside.keep.sealing.keys import GivenKeys, NoSecrets
from groundside.keep.storage import open_store, vault_over
from groundside.keep.vault import Batch, Vault
from groundside.model.digest import Digest
from groundside.outbound import gate
from groundside.reference import places
from groundside.settings import Settings
from groundside.workers import Began, Parcel

IN_MEMORY_BYTES = 32 << 20
"""Larger files are streamed into the vault and read there."""


_PATHS = {each.name for each in fields(Settings) if "Path" in str(each.type)}
_FOR_OTHERS = ("max_file_bytes", "max_decode_bytes")
"""Settings that another machine is told: none that could hold a secret."""
_FOR_OURS = tuple(each.name for each in fields(Settings) if each.name not in {"catalogue", "root_key"})
"""Workers on this machine are told no more than they need: with neither can one get at what it was not given."""


@dataclass(frozen=True, slots=True)
class Errand:
    """
    One file to see to.

    Args:
        path: where it is; None where its bytes are in the vault, or sent along.
        size: bytes, as far as is known.
        object_id: of the original in the vault, where it is kept already.
        keys: what its key service answered, as JSON text.
        blob: number of the parcel's blob with its bytes; None where they are not sent along.
        digest_only: only say which bytes these are.
        log_only: only send back what it says besides its track, of an original in the vault.
        key: data key of that object, in hexadecimal; empty where the archive is not sealed. Of no other object.
    """

    path: Path | None = None
    size: int = 0
    object_id: str | None = None
    keys: str | None = None
    blob: int | None = None
    digest_only: bool = False
    log_only: bool = False
    key: str = field(default="", repr=False)

    def values(self) -> dict[str, Any]:
        """Give it as JSON can hold it; a path that is not UTF-8 keeps its bytes."""
        path = None if self.path is None else os.fsencode(self.path).decode("latin-1")
        rest = {"size": self.size, "object_id": self.object_id, "keys": self.keys, "blob": self.blob}
        only = {"digest_only": self.digest_only, "log_only": self.log_only}
        return {"path": path, **rest, **only, "key": self.key}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Errand:
        """Read what `values` gave."""
        plain: dict[str, Any] = {**values}
        plain["path"] = None if values["path"] is None else Path(os.fsdecode(values["path"].encode("latin-1")))
        return cls(**plain)


@dataclass(frozen=True, slots=True)
class Done:
    """
    What came of one errand.

    Args:
        digest: SHA-256 of the bytes that were read; None where they could not be.
        size: how many.
        stored: the objects that the worker put into the vault, the original first where it was not there before;
            None where it only sent back what it made.
        made: what was made of it; None where only the digest or the log was asked for.
        refused: why the file could not be taken; empty where it could.
        log: number of the parcel's blob that is the log; None where that was not asked for.
    """

    digest: Digest | None = None
    size: int = 0
    stored: tuple[Stored, ...] | None = None
    made: Prepared | None = None
    refused: str = ""
    log: int | None = None

    def values(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        stored = None if self.stored is None else [_told(each) for each in self.stored]
        made = None if self.made is None else self.made.values()
        digest = None if self.digest is None else self.digest.hex
        told = {"digest": digest, "size": self.size, "stored": stored, "made": made}
        return {**told, "refused": self.refused, "log": self.log}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Done:
        """Read what `values` gave."""
        stored, made, digest = values["stored"], values["made"], values["digest"]
        return cls(
            digest=None if digest is None else Digest(digest),
            size=values["size"],
            stored=None if stored is None else tuple(_stored(each) for each in stored),
            made=None if made is None else Prepared.of(made),
            refused=values["refused"],
            log=values["log"],
        )


def _keys(errand: Errand) -> object:
    return json.loads(errand.keys) if errand.keys else None


def _told(stored: Stored) -> list[str | int]:
    return [stored.object_id, stored.size, stored.digest.hex, stored.key.hex()]


def _stored(told: Sequence[Any]) -> Stored:
    object_id, size, digest, key = told
    return Stored(object_id, size, Digest(digest), bytes.fromhex(key))


def asked(errands: Sequence[Errand], settings: Settings, folder: Path | None, blobs: Sequence[bytes] = ()) -> Parcel:
    """
    Pack errands for a worker.

    Args:
        errands: what is to be done.
        settings: those that the work goes by.
        folder: of the archive whose vault the worker writes to; None where it sends back what it made.
        blobs: bytes that are sent along.
    """
    names = _FOR_OTHERS if folder is None else _FOR_OURS
    told = {name: str(value) if isinstance(value := getattr(settings, name), Path) else value for name in names}
    where = None if folder is None else os.fsencode(folder).decode("latin-1")
    return Parcel({"errands": [e.values() for e in errands], "settings": told, "folder": where}, blobs)


def run(parcel: Parcel, began: Began) -> Parcel:
    """Do what `asked` packed; the outcome is `{"done": …}` with its blobs, or `{"full": …}` where the disk is full."""
    told = parcel.values
    settings = Settings(**{name: _setting(name, value) for name, value in told["settings"].items()})
    errands = [Errand.of(each) for each in told["errands"]]
    try:
        if told["folder"] is None:
            return _sent_back(_Work(settings, parcel.blobs, None, None), errands, began)
        vault = _vault(Path(os.fsdecode(told["folder"].encode("latin-1"))), settings, errands)
        with vault.batch() as batch:
            return _sent_back(_Work(settings, parcel.blobs, vault, batch), errands, began)
    except NoSpace as error:
        return Parcel({"full": error.what})


def _setting(name: str, value: object) -> Any:  # noqa: ANN401 - of the kind that the setting is
    if isinstance(value, list):
        return tuple(value)  # as JSON has it
    return Path(str(value)) if value is not None and name in _PATHS else value


def _vault(folder: Path, settings: Settings, errands: Sequence[Errand]) -> Vault:
    """Give a vault that opens what was asked for, and what is put into it, and nothing else."""
    objects, sealed = _objects(folder, settings)
    keys = {each.object_id: bytes.fromhex(each.key) for each in errands if each.object_id and each.key}
    return vault_over(objects, GivenKeys(keys), NoSecrets(), sealed=sealed)


@lru_cache(1)
def _objects(folder: Path, settings: Settings) -> tuple[ObjectStore, bool]:
    opened = open_folder(folder, create=False)
    places.use_cache(opened.cache)
    with gate(settings.outbound):  # whoever hired this worker enters it in the ledger
        return open_store(opened, settings), opened.sealed


def _sent_back(work: _Work, errands: Sequence[Errand], began: Began) -> Parcel:
    done: list[dict[str, Any]] = []
    for number, errand in enumerate(errands):
        began(number)
        done.append(work.see_to(errand).values())
    return Parcel({"done": done}, work.sent)


class _Work:
    """One parcel being worked on."""

    def __init__(
        self, settings: Settings, came: Sequence[bytes | memoryview], vault: Vault | None, batch: Batch | None
    ) -> None:
        self._settings, self._came = settings, came
        self._vault, self._batch = vault, batch
        self.sent: list[bytes] = []

    def see_to(self, errand: Errand) -> Done:
        """Do one errand; what is wrong with its file is said in the answer."""
        try:
            if errand.digest_only:
                return self._looked_at(errand)
            if errand.object_id is not None:
                return self._read_again(errand, errand.object_id)
            return self._taken(errand)
        except NoSpace:
            raise
        except GroundsideError as error:
            return Done(refused=str(error).replace("\n ", ";"))

    def _looked_at(self, errand: Errand) -> Done:
        running, size = sha256(), 0
        for piece in self._pieces(errand):
            running.update(piece)
            size += len(piece)
        return Done(Digest.of_bytes(running.digest()), size)

    def _read_again(self, errand: Errand, object_id: str) -> Done:
        if self._vault is None:
            what = "There is no vault here to read from."
            raise NotFound(what)
        with self._vault.view(object_id) as data:
            if errand.log_only:
                return Done(size=len(data), log=self._send(log_bytes(log_in(data, _keys(errand)))))
            return self._made(data, errand, None)

    def _taken(self, errand: Errand) -> Done:
        if self._batch is None or self._vault is None:
            data = self._whole(errand)
            return self._made(memoryview(data), errand, Stored("", len(data), Digest.of_bytes(sha256(data).digest())))
        if errand.size <= IN_MEMORY_BYTES:
            data = self._whole(errand)
            return self._made(memoryview(data), errand, self._batch.put([data]))
        stored = self._batch.put(self._pieces(errand), limit=self._settings.max_file_bytes)
        self._batch.flush()  # only then can it be read back, through a memory map
        with self._vault.view(stored.object_id) as data:
            return self._made(data, errand, stored)

    def _whole(self, errand: Errand) -> bytes:
        return b"".join(self._pieces(errand, errand.size + 1))

    def _pieces(self, errand: Errand, first_bytes: int = CHUNK_BYTES) -> Iterable[bytes]:
        if errand.blob is not None:
            return [bytes(self._came[errand.blob])]
        if errand.path is None:
            return ()
        arrival = Arrival(errand.path, shown(Path(errand.path.name)), errand.size)
        return contents(arrival, self._settings.max_file_bytes, first_bytes)

    def _made(self, data: memoryview, errand: Errand, original: Stored | None) -> Done:
        derivation = derive(data, _keys(errand), self._settings.max_decode_bytes)
        stored: list[Stored] = [] if original is None else [original]

        def keep(content: bytes) -> int:
            if self._batch is None:
                return self._send(content)
            stored.append(self._batch.put([content]))
            return len(stored) - 1

        try:
            made = prepared(derivation, keep, self._send)
        except (GroundsideError, MemoryError):
            raise
        except Exception as defect:  # what one file brings about must not stop the others
            why = f"making a flight of it failed, which is a defect: {type(defect).__name__}: {defect}"
            made = prepared(failed(len(data), why), keep, self._send)
        digest = original.digest if original else None
        return Done(digest, len(data), None if self._batch is None else tuple(stored), made)

    def _send(self, content: bytes) -> int:
        self.sent.append(content)
        return len(self.sent) - 1
