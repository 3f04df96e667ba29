"""Replacing keys by new ones: what they wrap is wrapped anew, and no object is touched."""

from __future__ import annotations

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, select, update

from groundside.errors import NotFound
from groundside.keep.custody_tables import case_key, object_key
from groundside.keep.durable import disk_errors, write_file
from groundside.keep.keys import escrow
from groundside.keep.keys.cases import CaseKeys
from groundside.keep.keys.key_file import finish, pending
from groundside.keep.keys.keyring import Keyring, refuse_inside
from groundside.keep.keys.ring import Ring, Stated, closed, write_ring
from groundside.keep.keys.root import replacement, settle, source_of

AT_ONCE = 10_000
"""Keys of objects that one commit wraps anew, so that others wait for it no longer than a second."""
_C, _O = case_key.c, object_key.c
_ANEW = (
    update(object_key)
    .where(_O.object_id == bindparam("of"))
    .values(case_version=bindparam("by"), wrapped=bindparam("anew"))
)


def begin_case(connection: Connection, keys: CaseKeys, case: str) -> int:
    """
    Give a case a new key, which new objects are wrapped by from now on. In a commit.

    Where an earlier rotation of it was broken off, that one is gone on with and no further key is made.

    Returns:
        The number of the version that is in use now.

    Raises:
        NotFound: nothing was ever kept under that case.
    """
    newest = connection.scalar(select(func.max(_C.version)).where(_C.case_name == case))
    if newest is None:
        what = f"There is no case {case[:40]!r} that has a key."
        raise NotFound(what, try_this="groundside keys")
    if connection.scalar(select(func.count()).where(_C.case_name == case)) == 1:
        newest = keys.new(connection, case, newest + 1).version
    return newest


def rewrap_some(connection: Connection, keys: CaseKeys, case: str, most: int = AT_ONCE) -> int:
    """
    Wrap keys of a case's objects by its newest key; where none is left, destroy the older ones. In a commit.

    Returns:
        How many were wrapped anew; fewer than `most` when it is done.
    """
    newest = keys.in_use(connection, case)
    older = connection.execute(
        select(_O.object_id, _O.case_version, _O.wrapped, _C.wrapped)
        .join_from(object_key, case_key, and_(_C.case_name == _O.case_name, _C.version == _O.case_version))
        .where(_O.case_name == case, _O.case_version < newest.version)
        .limit(most)
    ).all()
    rows = [
        newest.wrap(object_id, keys.of_row(case, version, outer).unwrap(object_id, wrapped))
        for object_id, version, wrapped, outer in older
    ]
    if rows:
        connection.execute(_ANEW, [{"of": r["object_id"], "by": newest.version, "anew": r["wrapped"]} for r in rows])
    if len(older) < most:
        used = exists().where(_O.case_name == _C.case_name, _O.case_version == _C.version)
        connection.execute(delete(case_key).where(_C.case_name == case, _C.version < newest.version, ~used))
    return len(older)


def replace_root(keyring: Keyring, to: str | None = None) -> bytes:
    """
    Give an archive a new root key. What wraps keys of cases is new too; `rewrap_cases` and `drop_older` must follow.

    Where an earlier rotation was broken off, that one is gone on with and no further key is made.

    Killed at any moment, the archive is opened by the old key or by the new one: the keyring's file is replaced in
    one step, with the new key waiting beside the old one and a new escrow beside the old one.

    Args:
        keyring: of the archive.
        to: where the new key comes from, as in the setting `root_key`; None is where the old one came from.

    Returns:
        The root key that the archive has now.

    Raises:
        BadRequest: the new key is the old one.
        Conflict: there is another key in the file where the new one would go.
    """
    folder = keyring.folder
    with keyring.changing() as ring:
        source = source_of(to, folder.id) if to else keyring.source(ring)
        refuse_inside(source, folder.path)
        root = keyring.root(ring, source)
        plain = ring.opened(root)
        if len(plain.cases) == 1:  # otherwise one was broken off, and what is left of it comes first
            root, stretching = replacement(source, folder.id, root)
            stated = Stated(folder.id, folder.sealed, source.given, stretching, ring.stated.recipients)
            _lay_out(keyring, stated, root)
            ring = closed(stated, root, plain.with_new_cases())
            write_ring(folder.path, ring)
        keyring.hold(ring, root)
        finish(folder.path / escrow.FILE)
        settle(source)
    return root


def rewrap_cases(connection: Connection, keys: CaseKeys, keyring: Keyring) -> int:
    """Wrap the keys of all cases by the newest that the keyring has for them. In one commit; gives how many were."""
    number, outer = keyring.newest_cases_key()
    done = 0
    for case, version, wrapped in connection.execute(select(_C.case_name, _C.version, _C.wrapped)).all():
        anew = keys.rewrapped(case, version, wrapped, number, outer)
        if anew is not None:
            mine = and_(_C.case_name == case, _C.version == version)
            connection.execute(update(case_key).where(mine).values(wrapped=anew))
            done += 1
    return done


def drop_older(keyring: Keyring, root: bytes) -> None:
    """
    Destroy what wrapped keys of cases before, once the commit of `rewrap_cases` is durable.

    Args:
        keyring: of the archive.
        root: as `replace_root` gave it.
    """
    with keyring.changing() as ring:
        left = closed(ring.stated, root, ring.opened(root).with_newest_cases())
        write_ring(keyring.folder.path, left)
        keyring.hold(left, root)


def is_under_way(ring: Ring) -> bool:
    """Whether a rotation of the root was broken off."""
    return sum(name.startswith("case-") for name in ring.wrapped) > 1


def _lay_out(keyring: Keyring, stated: Stated, new: bytes) -> None:
    if not stated.recipients:
        return
    content = escrow.sealed_to(stated.recipients, new, stated.archive)
    with disk_errors():
        write_file(pending(keyring.folder.path / escrow.FILE), content)
