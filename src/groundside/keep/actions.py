"""Actions: what one call of a verb brought about, sealed into the ledger as one entry, or a long one as several."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, cast

from sqlalchemy import Row, func, select, update

from groundside.errors import Tampered
from groundside.keep import schema
from groundside.keep.connection import by_hundreds
from groundside.keep.events import EventWrites
from groundside.keep.ledger.entries import NewEntry, manifest_of
from groundside.keep.ledger.keys import SigningKey
from groundside.keep.ledger.log import append, size_of
from groundside.keep.owner import Owner, as_text, is_gone, this_process
from groundside.keep.row_seals import is_as_sealed, reseal

if TYPE_CHECKING:
    from groundside.keep.keys.custody import Custody

_E = schema.event
SEGMENT_EVENTS = 5_000
SEGMENT_S = 60.0
"""After so many events, or so long, what a long action did so far is sealed."""
ADOPTED = "adopted"
"""The verb of entries for events of before there was a ledger."""
_PARTS = len(("verb", "pid", "began", "number", "machine"))
_MOST = 20_000
"""Events in one entry; what was before there was a ledger may be more than fits into one commit."""


def begin(verb: str) -> str:
    """Name an action that begins here and now, so that others can see whether the process behind it still lives."""
    me = this_process()
    return "/".join((verb, str(me.pid), me.began, secrets.token_hex(8), me.machine))


def verb_of(action: str) -> str:
    """Say which verb an action is a call of."""
    return action.partition("/")[0] or ADOPTED


def is_over(action: str, last_us: int) -> bool:
    """
    Whether nothing more can come of an action, for its process is gone.

    Args:
        action: its name.
        last_us: when it last did something, by the clock of whoever did it.
    """
    if not action:
        return True
    parts = action.split("/", 4)
    if len(parts) != _PARTS or not parts[1].isdecimal():
        return True  # no process has such an action; what claims to be of it is looked at before it is signed
    _, pid, began, _, machine = parts
    return is_gone(as_text(Owner(int(pid), began, machine)), last_us)


class Segments:
    """How much each action of this process did since it was last sealed; used by whoever holds the turn to write."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[int, float]] = {}

    def count(self, action: str, events: int) -> bool:
        """Count what an action did, and say whether that is to be sealed now."""
        counted, since = self._since.get(action, (0, time.monotonic()))
        self._since[action] = (counted + events, since)
        return counted + events >= SEGMENT_EVENTS or time.monotonic() - since >= SEGMENT_S

    def sealed(self, action: str) -> None:
        """Begin to count anew."""
        self._since.pop(action, None)


class ActionWrites(EventWrites):
    """Sealing what happened into the ledger."""

    custody: Custody | None

    def seal_segment(self, segments: Segments) -> None:
        """Seal what the caller's action did so far, where that is much or long ago; see `Segments`."""
        action = self.caller.action
        if not action or self.custody is None or self.sealed:
            segments.sealed(action)
        elif self.recorded_us and segments.count(action, self.recorded):
            self.seal(action, at_us=self.recorded_us)
            segments.sealed(action)

    def seal(self, action: str, *, at_us: int) -> None:
        """
        Append the entry of an action, over those of its events that no entry holds yet; also where there are none.

        What processes left that are gone, and what is from before there was a ledger, is sealed first.

        Args:
            action: as `begin` named it.
            at_us: when, UTC microseconds.

        Raises:
            Tampered: the end of the ledger is not what was signed.
        """
        waiting = select(_E.c.action, func.max(_E.c.at_us)).where(_E.c.entry.is_(None), _E.c.action != action)
        others = self.connection.execute(waiting.group_by(_E.c.action)).all()
        gone = [other for other, last_us in others if is_over(other, last_us)]
        number = size_of(self.connection)
        if not number:
            self._refuse_begun()
        entries: list[NewEntry] = []
        for each in [*gone, action]:
            entries.append(self._entry(each, number + len(entries), at_us))
        append(self.connection, entries, self._signer())
        self.sealed = True

    def seal_if_left(self, action: str, *, at_us: int) -> None:
        """Seal an action that failed, where it did anything."""
        left = select(_E.c.seq).where(_E.c.entry.is_(None), _E.c.action == action).limit(1)
        if self.connection.scalar(left) is not None:
            self.seal(action, at_us=at_us)

    def _refuse_begun(self) -> None:
        if self.connection.scalar(select(_E.c.seq).where(_E.c.entry.is_not(None)).limit(1)) is not None:
            what = "The ledger of this archive is gone, though events were taken into it."
            raise Tampered(what, try_this="groundside restore --from BACKUP --to FOLDER")

    def _signer(self) -> SigningKey:
        if self.custody is None:
            what = "a catalogue without custody has no key to sign its ledger with"
            raise RuntimeError(what)
        return self.custody.signer()

    def _entry(self, action: str, number: int, at_us: int) -> NewEntry:
        query = select(_E).where(_E.c.entry.is_(None), _E.c.action == action).order_by(_E.c.seq).limit(_MOST)
        rows = self.connection.execute(query).all()
        manifest = manifest_of([self._commitment(row) for row in rows])
        for some in by_hundreds(row.seq for row in rows):
            self.connection.execute(update(_E).where(_E.c.seq.in_(some)).values(entry=number, action=""))
            reseal(self.connection, self.row_key, _E, _E.c.seq.in_(some))
        return NewEntry(at_us=at_us, verb=verb_of(action), events=len(rows), manifest=manifest)

    def _commitment(self, row: Row[tuple[object, ...]]) -> bytes:
        """Give what binds an event, if this program wrote the event as it stands: nothing else is ever signed."""
        values = {column.name: getattr(row, column.name) for column in _E.columns}
        if self.row_key is not None and not is_as_sealed(self.row_key, _E, values):
            what = f"Event {row.seq} is not what was recorded, and is not taken into the ledger."
            raise Tampered(what, try_this="groundside verify")
        return cast("bytes", values["commitment"])
