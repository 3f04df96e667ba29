"""What a verification finds wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What sort of thing is wrong."""

    MISSING = "missing"
    TAMPERED = "tampered"
    UNREADABLE = "unreadable"
    KEY = "key"
    CATALOGUE = "catalogue"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class Fault:
    """
    Something wrong.

    Args:
        kind: what sort.
        about: the id of the object or flight, or which row, event, entry or file: "note 5f…/remark", "entry 7".
        what: one sentence, with where it is and what can still be read.
    """

    kind: FaultKind
    about: str
    what: str
