"""The file `keys/keyring.json`: the secrets of an archive, wrapped by keys derived from its root."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from groundside.errors import Refused, Tampered, WrongArchive
from groundside.keep.canonical import canonical
from groundside.keep.durable import disk_errors, make_folder, write_file
from groundside.keep.keys.passphrase import Stretching
from groundside.keep.keys.root import HOW, Given
from groundside.keep.keys.wrapping import KEY_BYTES, Wrapping, about, derived
from groundside.keep.small_files import read_small

FILE = Path("keys") / "keyring.json"
FORMAT = 1
_NAMES = ("signing", "fingerprint", "growing", "rows")


@dataclass(frozen=True, slots=True)
class Secrets:
    """
    What a keyring holds, unwrapped; 32 bytes each.

    Args:
        signing: seed of the Ed25519 key that signs the ledger.
        fingerprint: of the names by which duplicates are found.
        growing: of objects whose bytes are still arriving.
        rows: of seals over rows of the catalogue.
        cases: what wraps the keys of cases, by number; the highest is in use, others are about to go.
    """

    signing: bytes = field(repr=False)
    fingerprint: bytes = field(repr=False)
    growing: bytes = field(repr=False)
    rows: bytes = field(repr=False)
    cases: Mapping[int, bytes] = field(repr=False)

    @classmethod
    def new(cls) -> Secrets:
        """Make all of them at random."""
        return cls(*(secrets.token_bytes(KEY_BYTES) for _ in _NAMES), cases={1: secrets.token_bytes(KEY_BYTES)})

    def with_new_cases(self) -> Secrets:
        """Add a new key for cases, which is in use from now on."""
        return replace(self, cases={**self.cases, max(self.cases) + 1: secrets.token_bytes(KEY_BYTES)})

    def with_newest_cases(self) -> Secrets:
        """Drop all keys for cases but the one in use."""
        newest = max(self.cases)
        return replace(self, cases={newest: self.cases[newest]})


@dataclass(frozen=True, slots=True)
class Stated:
    """
    What a keyring says in the clear.

    Args:
        archive: the id of the archive whose it is.
        sealed: whether that archive's objects are encrypted.
        given: how the root key was given when it was made; a hint for people.
        stretching: how it comes of a passphrase, where it does.
        recipients: the age recipients of the escrow of this root key; none where there is no escrow.
    """

    archive: str
    sealed: bool
    given: Given
    stretching: Stretching | None = None
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ring:
    """A keyring as it is in the file: what it states, and its secrets wrapped."""

    stated: Stated
    wrapped: Mapping[str, bytes]
    check: bytes
    seal: bytes

    def fits(self, root: bytes) -> bool:
        """Whether this is its root key."""
        return hmac.compare_digest(self.check, _check(root, self.stated.archive))

    def opened(self, root: bytes) -> Secrets:
        """
        Unwrap all secrets.

        Raises:
            Refused: that is not its root key.
            Tampered: anything in the file was changed.
        """
        if not self.fits(root):
            raise wrong_root()
        if not hmac.compare_digest(self.seal, _seal(root, self.stated, self.wrapped)):
            raise _damaged()
        archive = self.stated.archive
        plain = {n: _wrapping(root, archive, n).unwrap(w, _about(archive, n)) for n, w in self.wrapped.items()}
        cases = {int(name.removeprefix("case-")): key for name, key in plain.items() if name.startswith("case-")}
        return Secrets(**{name: plain[name] for name in _NAMES}, cases=cases)

    def text(self) -> str:
        """Write it as it is kept."""
        fixed = {"format": FORMAT, "check": self.check.hex(), "seal": self.seal.hex()}
        return canonical({**fixed, **_clear(self.stated), "secrets": {n: w.hex() for n, w in self.wrapped.items()}})


def closed(stated: Stated, root: bytes, plain: Secrets) -> Ring:
    """Wrap secrets anew under a root key."""
    named = {name: getattr(plain, name) for name in _NAMES} | {f"case-{n}": key for n, key in plain.cases.items()}
    archive = stated.archive
    wrapped = {n: _wrapping(root, archive, n).wrap(secret, _about(archive, n)) for n, secret in named.items()}
    return Ring(stated, wrapped, _check(root, archive), _seal(root, stated, wrapped))


def restated(ring: Ring, root: bytes, recipients: tuple[str, ...]) -> Ring:
    """
    Say whom the root key is in escrow for; the secrets stay as they are wrapped.

    Raises:
        Refused, Tampered: as `Ring.opened`.
    """
    ring.opened(root)
    stated = replace(ring.stated, recipients=recipients)
    return replace(ring, stated=stated, seal=_seal(root, stated, ring.wrapped))


def read_ring(folder: Path) -> Ring | None:
    """
    Read the keyring of an archive; None where it has none.

    Args:
        folder: of the archive.

    Raises:
        Tampered: the file is damaged, is a link, or is longer than any keyring.
        WrongArchive: a newer program wrote it.
    """
    with disk_errors():
        try:
            content = read_small(folder / FILE)
        except FileNotFoundError:
            return None
    try:
        found = json.loads(content)
        if int(found["format"]) > FORMAT:
            what = "The keyring of this archive was written by a newer Groundside."
            raise WrongArchive(what, try_this="install the newer version of groundside")
        return _ring(found)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _damaged() from error


def write_ring(folder: Path, ring: Ring) -> None:
    """Write the keyring of an archive durably, in place of an older one: all of it or nothing."""
    with disk_errors():
        make_folder(folder / FILE.parent)
        write_file(folder / FILE, ring.text().encode())


def wrong_root() -> Refused:
    """Say that a root key is not the one."""
    what = "That is not the root key of this archive."
    return Refused(what, try_this=f"check the passphrase, or where root_key points; see {HOW}")


def _ring(found: Mapping[str, Any]) -> Ring:
    stretching = Stretching(**found["stretching"]).checked() if found["stretching"] else None
    names = (*_NAMES, *(n for n in found["secrets"] if n.startswith("case-") and n[5:].isdecimal()))
    if set(names) != set(found["secrets"]) or len(names) == len(_NAMES):
        raise ValueError
    return Ring(
        Stated(
            str(found["archive"]),
            found["sealed"] is True,
            Given(found["given"]),
            stretching,
            tuple(str(each) for each in found["recipients"]),
        ),
        {name: bytes.fromhex(found["secrets"][name]) for name in names},
        bytes.fromhex(found["check"]),
        bytes.fromhex(found["seal"]),
    )


def _clear(stated: Stated) -> dict[str, object]:
    return {
        "archive": stated.archive,
        "sealed": stated.sealed,
        "given": stated.given.value,
        "stretching": asdict(stated.stretching) if stated.stretching else None,
        "recipients": list(stated.recipients),
    }


def _about(archive: str, name: str) -> bytes:
    return about("keyring", archive, name)


def _wrapping(root: bytes, archive: str, name: str) -> Wrapping:
    return Wrapping(derived(root, archive, f"keyring {name}"))


def _check(root: bytes, archive: str) -> bytes:
    return derived(root, archive, "check")


def _seal(root: bytes, stated: Stated, wrapped: Mapping[str, bytes]) -> bytes:
    text = canonical([_clear(stated), {name: secret.hex() for name, secret in wrapped.items()}])
    return hmac.digest(derived(root, stated.archive, "seal"), text.encode(), "sha256")


def _damaged() -> Tampered:
    what = "The archive's keyring keys/keyring.json is damaged."
    return Tampered(what, try_this="put it back from a copy of the archive")
