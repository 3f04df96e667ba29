"""Verbs about the keys of the archive: how they are kept, escrow, and replacing them by new ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import Refused
from groundside.keep.keys import escrow, rotation
from groundside.keep.keys.root import Given
from groundside.keep.keys.rotation import AT_ONCE
from groundside.keep.keys.status import CaseKeyStatus, case_statuses
from groundside.model.caller import Caller, Scope

__all__ = ["CaseKeyStatus", "KeyStatus", "escrow_root", "key_status", "restore_root", "rotate_keys"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStatus:
    """
    How an archive is protected; nothing in it is secret.

    Args:
        sealed: whether every original and track is encrypted.
        given: how the root key is given: "file", "command", "passphrase" or "credential".
        place: the file's path or the credential's name; empty otherwise.
        present: whether the root key is where it should be; None where that cannot be told without asking for it.
        recipients: whom the root key is in escrow for, as age recipients.
        escrow: whether the escrow lies in the archive's folder.
        rotating: whether a rotation of the root key was broken off and is to be gone on with.
        cases: of those that the caller may see.
    """

    sealed: bool
    given: str
    place: str
    present: bool | None
    recipients: tuple[str, ...]
    escrow: bool
    rotating: bool
    cases: tuple[CaseKeyStatus, ...]

    @property
    def warning(self) -> str:
        """What the owner must know and has not yet seen to; empty where all is well."""
        if self.sealed and not (self.escrow and self.recipients):
            return "There is no escrow: whoever loses the root key loses everything in this archive, for ever."
        return ""


@verb(Effect.NEITHER)
def key_status(store: Store, caller: Caller) -> KeyStatus:
    """Say how the archive is protected. Asks for no key."""
    ring = store.keyring.ring()
    source = store.keyring.source(ring)
    is_file = source.given is Given.FILE
    return KeyStatus(
        sealed=store.folder.sealed,
        given=source.given.value,
        place=source.place if is_file or source.given is Given.CREDENTIAL else "",
        present=Path(source.place).expanduser().exists() if is_file else None,
        recipients=ring.stated.recipients if ring else (),
        escrow=escrow.in_escrow(store.folder.path),
        rotating=ring is not None and rotation.is_under_way(ring),
        cases=_cases(store, caller.scope),
    )


@verb(Effect.CHANGES)
def escrow_root(store: Store, caller: Caller, recipients: Sequence[str]) -> bytes:
    """
    Encrypt the root key to two people or more, so that it can be restored when it is lost.

    Args:
        recipients: as `age-keygen` prints them: "age1…".

    Returns:
        The file that was written into the archive's folder, for a copy elsewhere.

    Raises:
        BadRequest: fewer than two different people, or one of them is no recipient of age.
        Refused: the caller may not see everything, or the root key is not to be had.
    """
    _see_everything(caller)
    content = escrow.put_in_escrow(store.keyring, recipients)
    _event(store, caller, "key.escrow", {"recipients": list(dict.fromkeys(recipients))})
    return content


@verb(Effect.CHANGES)
def restore_root(store: Store, caller: Caller, identity: str, copy: bytes | None = None) -> Path:
    """
    Get the root key back from escrow, and put it where this account keeps it.

    Args:
        identity: what is in the file of one person's age identity.
        copy: of the escrow; None takes the one in the archive's folder.

    Returns:
        The file that holds the root key now.

    Raises:
        NotFound, Refused, Tampered, BadRequest, Conflict: see `groundside.keep.keys.escrow.restore_root`.
    """
    _see_everything(caller)
    path = escrow.restore_root(store.keyring, identity, copy)
    _event(store, caller, "key.restore", {})
    return path


@verb(Effect.CHANGES)
def rotate_keys(
    store: Store, caller: Caller, *, case: str | None = None, root: bool = False, to: str | None = None
) -> int:
    """
    Replace keys by new ones. What they wrap is wrapped anew; no object is touched.

    Killed at any moment, everything can be read, and the same call goes on where it was.

    Args:
        case: only of this one; None for all that the caller may see.
        root: the root key instead of those of cases.
        to: where the new root key comes from, as in the setting `root_key`; None for where the old one came from.

    Returns:
        How many keys were wrapped anew.

    Raises:
        NotFound: no such case in the caller's scope.
        Refused: the root is to be replaced, and the caller may not see everything; or it is not to be had.
        BadRequest: the new root key is the old one.
        Conflict: there is another key in the file where the new root key would go.
    """
    if root:
        return _rotate_root(store, caller, to)
    named = [each.case for each in _cases(store, caller.scope)] if case is None else [case]
    return sum(_rotate_case(store, caller, each) for each in named)


def _rotate_root(store: Store, caller: Caller, to: str | None) -> int:
    _see_everything(caller)
    custody = store.custody
    _event(store, caller, "key.rotating", {"key": "root"})
    new = rotation.replace_root(store.keyring, to)
    with store.catalogue.commit(caller) as writer:
        done = rotation.rewrap_cases(writer.connection, custody.cases, store.keyring)
        writer.event("key.rotated", details=json.dumps({"key": "root", "wrapped": done}), at_us=store.now_us())
    rotation.drop_older(store.keyring, new)
    custody.forget()
    return done


def _rotate_case(store: Store, caller: Caller, case: str) -> int:
    keys, total = store.custody.cases, 0
    with store.catalogue.commit(caller) as writer:
        name = case if caller.scope.holds(case) else ""
        version = rotation.begin_case(writer.connection, keys, name)
        about = {"key": "case", "version": version}
        writer.event("key.rotating", about=case, details=json.dumps(about), at_us=store.now_us(), case=case)
    while True:
        with store.catalogue.commit(caller) as writer:
            done = rotation.rewrap_some(writer.connection, keys, case)
            total += done
            if done < AT_ONCE:
                about = {"key": "case", "version": version, "wrapped": total}
                writer.event("key.rotated", about=case, details=json.dumps(about), at_us=store.now_us(), case=case)
                return total


def _cases(store: Store, scope: Scope) -> tuple[CaseKeyStatus, ...]:
    with store.catalogue.read() as reader:
        return case_statuses(reader.connection, scope)


def _see_everything(caller: Caller) -> None:
    if caller.scope.cases is not None:
        what = "The root key opens every case, and this caller may not see every case."
        raise Refused(what, try_this="ask the owner of the archive")


def _event(store: Store, caller: Caller, what: str, details: dict[str, object]) -> None:
    with store.catalogue.commit(caller) as writer:
        writer.event(what, details=json.dumps(details), at_us=store.now_us())
