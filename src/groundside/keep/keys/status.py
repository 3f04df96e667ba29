"""How many objects each case's key opens."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from groundside.keep.connection import within
from groundside.keep.custody_tables import case_key, object_key
from groundside.model.caller import Scope

_C, _O = case_key.c, object_key.c


@dataclass(frozen=True, slots=True)
class CaseKeyStatus:
    """The key of a case: the version in use, how many objects there are, and how many wait for a rotation to end."""

    case: str
    version: int
    objects: int
    waiting: int


def case_statuses(connection: Connection, scope: Scope) -> tuple[CaseKeyStatus, ...]:
    """Say of each case in a scope how its key is used, in order of their names."""
    newest = select(_C.case_name, func.max(_C.version)).where(within(_C.case_name, scope)).group_by(_C.case_name)
    used = select(_O.case_name, _O.case_version, func.count()).where(within(_O.case_name, scope))
    counts = connection.execute(used.group_by(_O.case_name, _O.case_version)).all()
    return tuple(
        CaseKeyStatus(
            case,
            version,
            sum(n for name, _, n in counts if name == case),
            sum(n for name, older, n in counts if name == case and older < version),
        )
        for case, version in connection.execute(newest.order_by(_C.case_name)).all()
    )
