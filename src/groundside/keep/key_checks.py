"""Whether every object has its key, and every key opens what it is for: all of them unwrapped, none of them shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection, Table, not_, or_, select

from groundside.errors import GroundsideError
from groundside.keep import schema
from groundside.keep.custody_tables import case_key, object_key
from groundside.keep.faults import Fault, FaultKind
from groundside.keep.keys.cases import CaseKey, CaseKeys
from groundside.keep.keys.custody import Custody
from groundside.keep.raw_rows import raw_rows

_O, _D, _K = schema.original, schema.derived_object, object_key


def key_faults(
    connection: Connection, custody: Custody, closed: set[str] | None = None, *, whole: bool = True
) -> Iterator[Fault]:
    """
    Unwrap the key of every case and of every object, and name those that will not open.

    Args:
        connection: read as `raw_rows.tolerant` says.
        custody: of the archive.
        closed: gets the ids of objects whose keys are there and do not open.
        whole: also name keys of no object, which an erasure took and somebody put back.
    """
    cases, faults = _cases(connection, custody)
    yield from faults
    named = {each.about for each in faults}
    lost: dict[tuple[str, int], list[str]] = {}
    for row in raw_rows(connection, _K):
        object_id, case = row["object_id"], (row["case_name"], row["case_version"])
        if case in cases and _opens(cases[case], object_id, row["wrapped"]):
            continue
        if closed is not None:
            closed.add(object_id)
        if case in cases:
            yield _fault(_K, object_id, f"The key of object {object_id} was altered.")
        elif _name(*case) not in named:
            lost.setdefault(case, []).append(object_id)
    yield from (_case_gone(*case, objects) for case, objects in lost.items())
    if whole:
        for object_id in _of_nothing(connection):
            yield _fault(_K, object_id, f"There is a key of object {object_id}, which nothing refers to.")


def _cases(connection: Connection, custody: Custody) -> tuple[dict[tuple[str, int], CaseKey], list[Fault]]:
    opened: dict[tuple[str, int], CaseKey] = {}
    faults: list[Fault] = []
    for row in raw_rows(connection, case_key):
        case, version = name = row["case_name"], row["version"]
        try:  # with a memory of its own, for those of the archive remember keys by their wrapped form
            opened[name] = CaseKeys(custody.keyring.folder.id, custody.keyring).of_row(case, version, row["wrapped"])
        except (GroundsideError, TypeError, ValueError, OverflowError):
            what = (
                f"Key {version} of the case {str(case)[:80]!r} was altered: none of the objects under it can be read."
            )
            faults.append(_fault(case_key, f"{case}/{version}", what))
    return opened, faults


def _opens(key: CaseKey, object_id: str, wrapped: bytes) -> bool:
    try:
        key.unwrap(object_id, wrapped)
    except (GroundsideError, TypeError, ValueError):
        return False
    return True


def _case_gone(case: str, version: int, objects: Sequence[str]) -> Fault:
    if len(objects) == 1:  # rather this one row was made to name another case
        what = f"The key of object {objects[0]} was altered: it names a key of a case that is not there."
        return _fault(_K, objects[0], what)
    what = f"Key {version} of the case {str(case)[:80]!r} is gone: {len(objects):,} objects cannot be read without it."
    return Fault(FaultKind.KEY, _name(case, version), _printable(what))


def _name(case: object, version: object) -> str:
    return _printable(f"case_key {case}/{version}")


def _of_nothing(connection: Connection) -> Collection[str]:
    held = (select(table.c.object_id) for table in (_O, _D))
    there = or_(*(_K.c.object_id.in_(each) for each in held))
    return connection.scalars(select(_K.c.object_id).where(not_(there)).order_by(_K.c.object_id)).all()


def _fault(table: Table, key: object, what: str) -> Fault:
    return Fault(FaultKind.KEY, _printable(f"{table.name} {key}"), _printable(what))


def _printable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()
