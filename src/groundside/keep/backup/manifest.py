"""What belongs to one generation of a backup, with digests of everything, sealed by a key of the archive."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from groundside.errors import NotFound, Tampered
from groundside.keep.backup.place import Place
from groundside.keep.canonical import canonical
from groundside.keep.keys.wrapping import about, derived
from groundside.keep.object_id import checked

FORMAT = 1
MOST_BYTES = 1 << 30
"""No manifest is longer: it has a line for each of some million objects."""
_FOLDER = "generations"
_MANIFEST = "manifest"
_NAME = re.compile(rf"{_FOLDER}/(\d{{8}})/{_MANIFEST}\Z")


@dataclass(frozen=True, slots=True)
class Kept:
    """An object as it lies in the backup: bytes, and their SHA-256 in hexadecimal."""

    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Copy:
    """The catalogue's copy: the id of its object, and the key of that, wrapped."""

    id: str
    key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """
    One generation of a backup.

    Args:
        archive: id of the archive.
        number: of the generation, from 1.
        at_us: when the catalogue was copied, UTC microseconds.
        checkpoint: of the ledger in that copy: a signed note; empty where nothing was entered yet.
        catalogue: the copy.
        files: SHA-256 in hexadecimal of each small file, by its name in the archive's folder.
        objects: all objects that belong to it, by id: the catalogue's copy, and what that refers to.
        faults: why an object that the catalogue refers to is not among them, by id.
    """

    archive: str
    number: int
    at_us: int
    checkpoint: str
    catalogue: Copy
    files: Mapping[str, str]
    objects: Mapping[str, Kept]
    faults: Mapping[str, str]

    def written(self, key: bytes) -> bytes:
        """
        Write it as it is kept: a seal, HMAC-SHA256 in hexadecimal, then what it is the seal of.

        Args:
            key: of the archive's backups; see `Keyring.backup_key`.
        """
        said = {
            "format": FORMAT,
            "archive": self.archive,
            "number": self.number,
            "at_us": self.at_us,
            "checkpoint": self.checkpoint,
            "catalogue": {"id": self.catalogue.id, "key": self.catalogue.key.hex()},
            "files": dict(self.files),
            "objects": {name: [each.size, each.digest] for name, each in self.objects.items()},
            "faults": dict(self.faults),
        }
        body = canonical(said).encode()
        return b"\n".join([_seal(key, self.archive, body), body])


def numbers(place: Place) -> list[int]:
    """List the generations that are whole, the oldest first."""
    return sorted(int(found[1]) for name in place.files.names(_FOLDER) if (found := _NAME.match(name)))


def name_of(number: int, file: str = _MANIFEST) -> str:
    """Name a small file of a generation."""
    return f"{_FOLDER}/{number:08}/{file}"


def names_of(place: Place, number: int) -> list[str]:
    """Name all small files of a generation, the manifest first."""
    found = place.files.names(f"{_FOLDER}/{number:08}")
    return sorted(found, key=lambda name: (name != name_of(number), name))


def read_manifest(place: Place, number: int) -> Unproved:
    """
    Read the manifest of a generation, of which nothing is to be believed yet.

    Raises:
        NotFound: there is no such generation.
        Tampered: it is damaged.
    """
    try:
        content = place.files.read(name_of(number), MOST_BYTES)
    except NotFound:
        what = f"There is no generation {number} in {place.shown}."
        raise NotFound(what, try_this="leave --generation out to take the newest") from None
    return Unproved(place.archive or "", number, content)


@dataclass(frozen=True, slots=True)
class Unproved:
    """A manifest as it was read."""

    archive: str
    number: int
    content: bytes

    def proved(self, key: bytes) -> Manifest:
        """
        Give the manifest.

        Raises:
            Tampered: it was altered, is that of another archive, or was moved from another generation.
        """
        seal, _, body = self.content.partition(b"\n")
        if not hmac.compare_digest(seal, _seal(key, self.archive, body)):
            raise self._altered("it was altered, or belongs to another archive")
        found = self._parsed(body)
        if (found.archive, found.number) != (self.archive, self.number):
            how = f"it is the one of generation {found.number}"
            raise self._altered(how)
        return found

    def _parsed(self, body: bytes) -> Manifest:
        try:
            said = json.loads(body)
            copy = said["catalogue"]
            return Manifest(
                archive=str(said["archive"]),
                number=int(said["number"]),
                at_us=int(said["at_us"]),
                checkpoint=str(said["checkpoint"]),
                catalogue=Copy(checked(str(copy["id"])), bytes.fromhex(copy["key"])),
                files={str(name): str(digest) for name, digest in said["files"].items()},
                objects={checked(name): Kept(int(size), str(sha)) for name, (size, sha) in said["objects"].items()},
                faults={checked(name): str(why) for name, why in said["faults"].items()},
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise self._altered("a program that we do not know wrote it") from error

    def _altered(self, how: str) -> Tampered:
        what = f"The manifest of generation {self.number} of the backup is not what was written: {how}."
        return Tampered(what, try_this=f"take another generation: groundside restore --generation {self.number - 1}")


def digest_of(content: bytes) -> str:
    """Give the SHA-256 of a small file in hexadecimal."""
    return sha256(content).hexdigest()


def copy_key(key: bytes, archive: str) -> bytes:
    """Derive what wraps the keys of catalogues' copies."""
    return derived(key, archive, "backup catalogue")


def about_copy(archive: str, object_id: str) -> bytes:
    """Say what the key of a catalogue's copy is wrapped for."""
    return about("backup", archive, object_id)


def _seal(key: bytes, archive: str, body: bytes) -> bytes:
    return hmac.digest(derived(key, archive, "backup manifest"), body, "sha256").hex().encode()
