"""The root key: 32 bytes that open everything else in an archive, and the places that it may come from."""

from __future__ import annotations

import hmac
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from groundside.errors import BadRequest, BadSetting, Conflict, Refused
from groundside.keep.keys.key_command import output_of
from groundside.keep.keys.key_file import file_exists, finish, pending, read_secret, write_secret
from groundside.keep.keys.passphrase import Stretching, ask, ask_new
from groundside.keep.keys.wrapping import KEY_BYTES

HOW = "docs/how-to/keys.md"
_WORDS = "groundside-root-key-1"
_FORM = re.compile(rf"(?:{_WORDS} ([0-9a-f]{{32}}) )?([0-9a-f]{{{2 * KEY_BYTES}}})\Z")


class Given(StrEnum):
    """How a root key is given."""

    FILE = "file"
    COMMAND = "command"
    PASSPHRASE = "passphrase"
    CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True)
class Source:
    """
    Where a root key comes from.

    Args:
        given: how.
        place: the file's path, the command line, or the credential's name; empty for a passphrase.
    """

    given: Given
    place: str = ""


def source_of(setting: str | None, archive_id: str) -> Source:
    """
    Read the setting `root_key`.

    Args:
        setting: None is a file in the owner's data folder, named after the archive.
        archive_id: of the archive.

    Raises:
        BadSetting: it names no source that we know.
    """
    if setting is None:
        return Source(Given.FILE, str(default_file(archive_id)))
    kind, _, place = setting.partition(":")
    try:
        given = Given(kind.strip())
    except ValueError:
        given = None
    if given is None or bool(place.strip()) is (given is Given.PASSPHRASE):
        what = "The setting 'root_key' names no source of a key."
        raise BadSetting(what, try_this="file:PATH, command:PROGRAM ARGUMENTS, credential:NAME, or passphrase")
    return Source(given, place.strip())


def default_file(archive_id: str) -> Path:
    """Name the file of an archive's root key in the owner's data folder. Source: XDG Base Directory Specification."""
    named = os.environ.get("XDG_DATA_HOME", "")
    data = Path(named) if Path(named).is_absolute() else Path.home() / ".local" / "share"
    return data / "groundside" / "keys" / f"{archive_id}.key"


def candidates(source: Source, archive_id: str, stretching: Stretching | None) -> Iterator[bytes]:
    """
    Give the root keys that a source has for an archive: one, or two after a rotation was broken off.

    Raises:
        Refused: the source has none, or it is kept where others could read or change it.
        BadSetting: what the source gives is no root key.
    """
    if source.given is Given.PASSPHRASE:
        if stretching is None:
            what = "The root key of this archive was not made of a passphrase."
            raise BadSetting(what, try_this=f"set root_key to where the key is; see {HOW}")
        yield stretching.stretched(ask())
    elif source.given is Given.FILE:
        path = Path(source.place).expanduser()
        waiting = file_exists(pending(path))
        if file_exists(path) or not waiting:
            yield parsed(read_secret(path), archive_id)
        if waiting:
            yield parsed(read_secret(pending(path)), archive_id)
    else:
        yield parsed(_told(source), archive_id)


def made(source: Source, archive_id: str) -> tuple[bytes, Stretching | None]:
    """
    Give the root key of an archive that is new: made now, or what the source holds already.

    One made for a file waits beside its name until `settle`, which follows when the keyring is durable: so a file of
    that name says that there was a keyring.

    Returns:
        The key, and how it comes of a passphrase where it does.
    """
    if source.given is Given.PASSPHRASE:
        stretching = Stretching.new()
        return stretching.stretched(ask_new()), stretching
    path = Path(source.place).expanduser()
    if source.given is Given.FILE and not file_exists(path) and not file_exists(pending(path)):
        root = secrets.token_bytes(KEY_BYTES)
        write_secret(pending(path), written(root, archive_id))
        return root, None
    return next(candidates(source, archive_id, None)), None


def replacement(source: Source, archive_id: str, old: bytes) -> tuple[bytes, Stretching | None]:
    """
    Give the root key that shall come next; that of a file waits beside the older one until `settle`.

    Args:
        source: where it comes from.
        archive_id: of the archive.
        old: the root key of now.

    Returns:
        The key, and how it comes of a passphrase where it does.

    Raises:
        Conflict: there is another key in the file that it would take the place of.
        BadRequest: the source gives the old one.
    """
    if source.given is Given.PASSPHRASE:
        stretching = Stretching.new()
        return stretching.stretched(ask_new("GROUNDSIDE_NEW_PASSPHRASE")), stretching
    if source.given is Given.FILE:
        root, path = secrets.token_bytes(KEY_BYTES), Path(source.place).expanduser()
        if file_exists(path) and read_secret(path) not in {written(old, archive_id), old.hex().encode()}:
            what = "There is another key in the file where the new root key would go; it was not touched."
            raise Conflict(what, try_this="name a file that is not there yet")
        write_secret(pending(path), written(root, archive_id))
        return root, None
    root = parsed(_told(source), archive_id)
    if hmac.compare_digest(root, old):
        what = "The new root key is the old one."
        raise BadRequest(what, try_this="have the command or the credential give a new key first")
    return root, None


def settle(source: Source) -> None:
    """Let a new key take its file's place."""
    if source.given is Given.FILE:
        finish(Path(source.place).expanduser())


def is_only_waiting(source: Source) -> bool:
    """Whether the key of a source is still on its way into its file, where none was before."""
    return source.given is Given.FILE and not file_exists(Path(source.place).expanduser())


def was_in_use(source: Source, archive_id: str) -> Path | None:
    """
    Name a file that says that an archive has had a root key before; None where there is none.

    Args:
        source: where its root key would come from.
        archive_id: of the archive.
    """
    own = default_file(archive_id)
    if file_exists(own):
        return own
    path = Path(source.place).expanduser()
    if source.given is Given.FILE and file_exists(path) and archive_id.encode() in read_secret(path):
        return path
    return None


def written(root: bytes, archive_id: str) -> bytes:
    """Write a root key as it lies in a file: what it is, of which archive, and the key in hexadecimal."""
    return f"{_WORDS} {archive_id} {root.hex()}\n".encode()


def parsed(content: bytes, archive_id: str) -> bytes:
    """
    Read a root key: the line that `written` gives, or 64 hexadecimal digits alone.

    Raises:
        BadSetting: it is neither.
        Refused: it is the key of another archive.
    """
    found = _FORM.match(content.decode("ascii", "replace").strip())
    if not found:
        what = "What was given as the root key is not one."
        raise BadSetting(what, try_this=f"give 64 hexadecimal digits, or the line of a key file; see {HOW}")
    if found[1] not in {None, archive_id}:
        what = "That root key is the one of another archive."
        raise Refused(what, try_this=f"set root_key to where the key of this archive is; see {HOW}")
    return bytes.fromhex(found[2])


def _told(source: Source) -> bytes:
    if source.given is Given.COMMAND:
        return output_of(source.place)
    folder, name = os.environ.get("CREDENTIALS_DIRECTORY", ""), source.place
    if not folder or name != Path(name).name:
        what = "The setting 'root_key' names a credential of systemd, and there is none of that name."
        raise Refused(what, try_this="start with systemd and LoadCredential=NAME:PATH, or set root_key otherwise")
    return read_secret(Path(folder) / name, group_may_read=True)
