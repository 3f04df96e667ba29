"""The root key in escrow: encrypted to two people or more, so that losing the key loses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from groundside.errors import BadRequest, Conflict, NotFound
from groundside.keep.durable import disk_errors, write_file
from groundside.keep.keys.age import decrypted, encrypted
from groundside.keep.keys.key_file import file_exists, pending, read_secret, write_secret
from groundside.keep.keys.keyring import Keyring
from groundside.keep.keys.ring import restated, write_ring, wrong_root
from groundside.keep.keys.root import Given, default_file, parsed, written
from groundside.keep.small_files import read_small

FILE = Path("keys") / "escrow.age"
FEWEST = 2


def put_in_escrow(keyring: Keyring, recipients: Sequence[str]) -> bytes:
    """
    Encrypt the root key to some people, in the archive's folder, in place of an earlier escrow.

    Args:
        keyring: of the archive.
        recipients: at least two, as `age-keygen` prints them: "age1…".

    Returns:
        The file, for a copy elsewhere: the format of age, armoured.

    Raises:
        BadRequest: fewer than two people, or one of them is no recipient of age.
    """
    people = tuple(dict.fromkeys(each.strip() for each in recipients))
    if len(people) < FEWEST:
        what = "An escrow is for at least two different people: one alone could lose it."
        raise BadRequest(what, try_this="groundside keys escrow --to age1… --to age1…")
    path = keyring.folder.path / FILE
    with keyring.changing() as ring:
        root = keyring.root(ring)
        content = sealed_to(people, root, keyring.folder.id)
        with disk_errors():
            write_file(path, content)
            pending(path).unlink(missing_ok=True)
        write_ring(keyring.folder.path, restated(ring, root, people))
    return content


def sealed_to(recipients: Sequence[str], root: bytes, archive_id: str) -> bytes:
    """Encrypt a root key to some people."""
    return encrypted(written(root, archive_id), recipients)


def restore_root(keyring: Keyring, identity: str, escrow: bytes | None = None) -> Path:
    """
    Get the root key back from escrow and put it where this account keeps it.

    Args:
        keyring: of the archive whose root key it is.
        identity: what is in the file of an age identity: lines of "AGE-SECRET-KEY-1…", and comments.
        escrow: a copy of the escrow; None takes the one in the archive's folder.

    Returns:
        The file that holds the root key now.

    Raises:
        BadRequest: no identity.
        NotFound: there is no escrow.
        Refused: the escrow is for others, or of another archive or of an older root key.
        Tampered: the escrow is damaged.
        Conflict: another key is kept in that place already.
    """
    ring = keyring.checked_ring()
    for content in [escrow] if escrow is not None else _kept(keyring.folder.path):
        root = parsed(decrypted(content, identity), keyring.folder.id)
        if ring.fits(root):
            return _put(keyring, root)
    raise wrong_root()


def in_escrow(folder: Path) -> bool:
    """Whether there is an escrow in the folder of an archive."""
    return (folder / FILE).is_file()


def _put(keyring: Keyring, root: bytes) -> Path:
    source = keyring.source(None)
    path = Path(source.place).expanduser() if source.given is Given.FILE else default_file(keyring.folder.id)
    content = written(root, keyring.folder.id)
    if not file_exists(path):
        write_secret(path, content)
    elif read_secret(path) != content:
        what = "There is another root key in the file where this one belongs; neither was touched."
        raise Conflict(what, try_this="move that file away, then run the same command again")
    return path


def _kept(folder: Path) -> list[bytes]:
    found: list[bytes] = []
    for path in (folder / FILE, pending(folder / FILE)):
        with disk_errors(), suppress(FileNotFoundError):
            found.append(read_small(path))
    if not found:
        what = "The root key of this archive is in no escrow: keys/escrow.age is not there."
        raise NotFound(what, try_this="give a copy of it with --escrow FILE")
    return found
