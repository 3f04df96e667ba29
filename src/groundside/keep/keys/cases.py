"""The keys of cases, and the data keys of objects that they wrap: rows of `case_key` and `object_key`."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, insert, select

from groundside.keep.connection import insert_rows
from groundside.keep.custody_tables import case_key, object_key
from groundside.keep.keys.wrapping import KEY_BYTES, Wrapping, about
from groundside.keep.owner import now_us

_NUMBER_BYTES = 4
_MOST = 256


class CasesKeys(Protocol):
    """What wraps the keys of cases; a keyring."""

    def cases_key(self, number: int) -> bytes:
        """Give one of them."""
        ...

    def newest_cases_key(self) -> tuple[int, bytes]:
        """Give the one in use, with its number, as it is in the keyring at this moment."""
        ...


@dataclass(frozen=True, slots=True)
class CaseKey:
    """One version of the key of a case, ready to wrap and unwrap keys of objects."""

    archive: str
    case: str
    version: int
    wrapping: Wrapping

    def wrap(self, object_id: str, data_key: bytes) -> dict[str, object]:
        """Make the row of `object_key` for an object."""
        wrapped = self.wrapping.wrap(data_key, self._about(object_id))
        return {"object_id": object_id, "case_name": self.case, "case_version": self.version, "wrapped": wrapped}

    def unwrap(self, object_id: str, wrapped: bytes) -> bytes:
        """
        Give the data key of an object.

        Raises:
            Tampered: it was wrapped for another object, another case or another version of its key, or is damaged.
        """
        return self.wrapping.unwrap(wrapped, self._about(object_id))

    def _about(self, object_id: str) -> bytes:
        return about("object-key", self.archive, self.case, self.version, object_id)


class CaseKeys:
    """
    The keys of all cases of an archive, unwrapped when they are needed. Threads may share it.

    They are remembered by their wrapped form and never by their name: a row that was never committed must not stand
    for the one that another process wrote in its place.
    """

    def __init__(self, archive: str, keyring: CasesKeys) -> None:
        self._archive, self._keyring = archive, keyring
        self._known: OrderedDict[bytes, Wrapping] = OrderedDict()
        self._lock = threading.Lock()

    def in_use(self, connection: Connection, case: str) -> CaseKey:
        """Give the key that new objects of a case are wrapped by; made on the first use of the case. In a commit."""
        newest = select(case_key.c.version, case_key.c.wrapped).where(case_key.c.case_name == case)
        found = connection.execute(newest.order_by(case_key.c.version.desc()).limit(1)).one_or_none()
        return self.of_row(case, *found) if found else self.new(connection, case, 1)

    def new(self, connection: Connection, case: str, version: int) -> CaseKey:
        """Make the key of a case. In a commit."""
        # The keyring is read anew inside the commit: a rotation of the root that is under way either sees this row
        # and wraps it anew, or was seen by us.
        number, outer = self._keyring.newest_cases_key()
        key = secrets.token_bytes(KEY_BYTES)
        row = {
            "case_name": case,
            "version": version,
            "wrapped": self._wrapped(number, outer, case, version, key),
            "made_us": now_us(),
        }
        connection.execute(insert(case_key).values(row))
        return CaseKey(self._archive, case, version, Wrapping(key))

    def of_row(self, case: str, version: int, wrapped: bytes) -> CaseKey:
        """
        Give the key that a row of `case_key` holds.

        Raises:
            Tampered: it was wrapped for another case or another version, or is damaged.
        """
        with self._lock:
            wrapping = self._known.get(wrapped)
        if wrapping is None:
            wrapping = Wrapping(self._unwrapped(case, version, wrapped))
            with self._lock:
                self._known[wrapped] = wrapping
                if len(self._known) > _MOST:
                    self._known.popitem(last=False)
        return CaseKey(self._archive, case, version, wrapping)

    def rewrapped(self, case: str, version: int, wrapped: bytes, number: int, outer: bytes) -> bytes | None:
        """Wrap a case's key by another of the keyring's keys; None where it is wrapped by that one already."""
        if _number(wrapped) == number:
            return None
        return self._wrapped(number, outer, case, version, self._unwrapped(case, version, wrapped))

    def forget(self) -> None:
        """Remember no key of any case."""
        with self._lock:
            self._known.clear()

    def _wrapped(self, number: int, outer: bytes, case: str, version: int, key: bytes) -> bytes:
        return number.to_bytes(_NUMBER_BYTES) + Wrapping(outer).wrap(key, self._about(number, case, version))

    def _unwrapped(self, case: str, version: int, wrapped: bytes) -> bytes:
        number = _number(wrapped)
        outer = Wrapping(self._keyring.cases_key(number))
        return outer.unwrap(wrapped[_NUMBER_BYTES:], self._about(number, case, version))

    def _about(self, number: int, case: str, version: int) -> bytes:
        return about("case-key", self._archive, number, case, version)


def add_keys(connection: Connection, keys: CaseKeys, objects: Iterable[tuple[str, str, bytes]]) -> None:
    """
    Write the rows of many objects' keys.

    Args:
        connection: of the commit that records the objects.
        keys: of the archive's cases.
        objects: of each its case, its id and its data key.
    """
    cases: dict[str, CaseKey] = {}
    rows: list[dict[str, object]] = []
    for case, object_id, data_key in objects:
        if case not in cases:
            cases[case] = keys.in_use(connection, case)
        rows.append(cases[case].wrap(object_id, data_key))
    insert_rows(connection, object_key, rows)


def _number(wrapped: bytes) -> int:
    return int.from_bytes(wrapped[:_NUMBER_BYTES])
