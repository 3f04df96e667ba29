"""What is done about each file on its way in: what a worker is asked, and what its answer means."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum
from functools import cached_property

from groundside.archive.brought import Arriving, Held, Incoming, Made, Reread
from groundside.archive.deriving import FAILED
from groundside.archive.errands import Done, Errand, asked, run
from groundside.archive.hiring import limits_of
from groundside.archive.settling import is_there
from groundside.archive.slots import Slot
from groundside.archive.store import Store
from groundside.archive.taking import codes_of, done_in, made_nothing
from groundside.arrive.folder import Arrival, NotTaken, contents, shown
from groundside.errors import GroundsideError, NoSpace
from groundside.keep.rows import Stored
from groundside.keep.vault import Batch
from groundside.model.caller import GENERAL, Caller
from groundside.model.results import Received
from groundside.workers import Crew, Died, Outcome, Parcel, guarded

NOT_TAKEN = "not-taken"
SENT_BYTES = 8 << 20
"""What is sent to workers that may not see this machine's disk; larger files they open, or we read them here."""


MOST_DEATHS = 2


def _nobody(at: int) -> None:
    """Tell nobody."""


class _Do(Enum):
    """What a worker is asked about a file."""

    LOOK = "only say which bytes these are: some original has exactly as many"
    TAKE = "keep its bytes and read them"
    READ = "read the original anew"


_Parcel = tuple[list[Slot], _Do]


def _understood(outcome: Parcel) -> list[Done] | None:
    """
    Read what a worker answered; None where it is no answer, as of one that was taken over.

    Raises:
        NoSpace: it met a full disk.
    """
    try:
        answers = done_in(outcome)
        numbers = [number for done in answers for number in _numbers(done)]
        return answers if all(isinstance(n, int) and 0 <= n < len(outcome.blobs) for n in numbers) else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _numbers(done: Done) -> Iterator[object]:
    """Give the numbers of the blobs that an answer speaks of."""
    for product in done.made.products if done.made else ():
        own = product.content if done.stored is None else None
        yield from (number for number in (own, product.path, product.positions) if number is not None)


class Handling:
    """
    What is to be asked next, and what the answers mean.

    Args:
        store: the archive.
        caller: on whose behalf.
        limit: larger files are not taken.
        job_id: of the job that brings them, None where there is none.
    """

    def __init__(self, store: Store, caller: Caller, limit: int, job_id: str | None) -> None:
        self._store, self._caller, self._limit, self._job_id = store, caller, limit, job_id
        self._settings = replace(store.settings, max_file_bytes=limit)
        self._waiting: deque[_Parcel] = deque()

    @cached_property
    def codes(self) -> frozenset[str]:
        """What would be written now; loads every format, for which there is time while workers start."""
        return codes_of(self._store)

    @property
    def waits(self) -> bool:
        """Whether there is anything to ask."""
        return bool(self._waiting)

    def begin(self, slots: Sequence[Slot]) -> None:
        """Begin with files that were found."""
        for slot in slots:
            if isinstance(slot.found, NotTaken):
                slot.said = Received(file=slot.found.name, state=NOT_TAKEN, message=slot.found.why)
        arriving = [s for s in slots if isinstance(s.found, Arrival)]
        with self._store.catalogue.read() as reader:
            known = reader.sizes_held({s.size for s in arriving}, self._caller.scope)
        self._ask([s for s in slots if s.original], _Do.READ)
        self._ask([s for s in arriving if s.size in known], _Do.LOOK)
        self._ask([s for s in arriving if s.size not in known], _Do.TAKE)

    def next_parcel(self, workers: Crew) -> tuple[list[Slot], Parcel] | None:
        """Pack what is to be asked next; None where there is nothing. What no worker could do is done here."""
        while self._waiting:
            slots, do = self._waiting.popleft()
            if not workers.here:
                slots = self._left_to_others(slots, do)
            if slots:
                return slots, self._packed(slots, do, workers)
        return None

    def take(self, slots: list[Slot], outcome: Outcome) -> None:
        """Take what a worker answered about some files."""
        if isinstance(outcome, Died):
            self._bury(slots, outcome)
            return
        answers = _understood(outcome)
        if answers is None or len(answers) != len(slots):
            self._bury(slots, Died(None, "gave an answer that makes no sense"))
            return
        looked: list[tuple[Slot, Done]] = []
        back: list[tuple[Slot, Done]] = []
        for slot, done in zip(slots, answers, strict=True):
            if done.refused:
                self._refused(slot, done)
            elif done.made is None:
                looked.append((slot, done))
            elif done.stored is None:
                back.append((slot, done))
            else:
                self._brought(slot, done, done.stored, outcome.blobs)
        if looked:
            self._compare(looked)
        if back:
            self._sent_back(back, outcome.blobs)

    def _ask(self, slots: list[Slot], do: _Do) -> None:
        if slots:
            self._waiting.append((slots, do))

    def _packed(self, slots: list[Slot], do: _Do, workers: Crew) -> Parcel:
        if do is _Do.READ:
            with self._store.catalogue.read() as reader:
                for slot in slots:
                    slot.keys = reader.keychain(slot.original.id, self._caller.scope) if slot.original else None
        blobs: list[bytes] = []
        errands = [self._errand(slot, do, blobs, here=workers.here) for slot in slots]
        return asked(errands, self._settings, self._store.folder.path if workers.here else None, blobs)

    def _errand(self, slot: Slot, do: _Do, blobs: list[bytes], *, here: bool) -> Errand:
        if not here and do is not _Do.LOOK and slot.size <= SENT_BYTES:
            blobs.append(slot.sent or b"")
            return Errand(size=slot.size, keys=slot.keys, blob=len(blobs) - 1)
        if do is _Do.READ and slot.original:
            object_id = slot.original.object_id
            key = self._store.key_to_lend(object_id) if here else ""
            return Errand(size=slot.size, object_id=object_id, keys=slot.keys, key=key)
        path = slot.found.path if isinstance(slot.found, Arrival) else None
        return Errand(path=path, size=slot.size, digest_only=do is _Do.LOOK)

    def _left_to_others(self, slots: list[Slot], do: _Do) -> list[Slot]:
        """Make ready for workers that may not see this machine's disk; what they cannot do is done here."""
        if do is _Do.LOOK:
            self.take(
                slots, run(asked([self._errand(s, do, [], here=True) for s in slots], self._settings, None), _nobody)
            )
            return []
        left: list[Slot] = []
        for slot in slots:
            try:
                if self._load(slot):
                    left.append(slot)
                else:
                    self._here(slot)
            except NoSpace:
                raise
            except GroundsideError as error:
                self._say_no(slot, str(error).replace("\n ", ";"))
        return left

    def _load(self, slot: Slot) -> bool:
        """Take the bytes of a small file into memory; say whether others can read it."""
        if slot.size > SENT_BYTES:
            return slot.original is None
        if slot.original:
            slot.sent = self._store.vault.read(slot.original.object_id)
        elif isinstance(slot.found, Arrival):
            slot.sent = b"".join(contents(slot.found, self._limit))
        return True

    def _here(self, slot: Slot) -> None:
        """Have a file done on this machine, whoever else works."""
        do = _Do.READ if slot.original else _Do.TAKE
        slot.sent, slot.here = None, True
        parcel = asked([self._errand(slot, do, [], here=True)], self._settings, self._store.folder.path)
        self.take([slot], guarded(run, parcel, limits_of(self._store)))

    def _refused(self, slot: Slot, done: Done) -> None:
        if slot.found_elsewhere and not slot.here:
            self._here(slot)  # other machines do not see its path
        else:
            self._say_no(slot, done.refused)

    def _say_no(self, slot: Slot, why: str) -> None:
        kept = slot.original is not None
        said = f"kept, but reading it failed: {why}" if kept else why
        slot.said = Received(file=slot.name, state=FAILED if kept else NOT_TAKEN, message=said)

    def _incoming(self, slot: Slot) -> Incoming | None:
        if not isinstance(slot.found, Arrival):
            return None
        return Incoming(slot.found.name, shown(slot.found.path.parent.absolute()), self._job_id)

    def _made(self, slot: Slot, made: Made, own: Stored | None) -> None:
        incoming = self._incoming(slot)
        if slot.original:
            slot.bring(Reread(slot.original, made, incoming))
        elif incoming and own:
            slot.bring(Arriving(incoming, own, made))

    def _brought(self, slot: Slot, done: Done, stored: Sequence[Stored], blobs: Sequence[bytes | memoryview]) -> None:
        if done.made is None:
            return
        own = None if slot.original else stored[0]
        self._made(slot, Made.of(done.made, dict(enumerate(stored)), blobs, slot.keys), own)

    def _sent_back(self, slots: list[tuple[Slot, Done]], blobs: Sequence[bytes | memoryview]) -> None:
        """Put into the vault what workers made that do not see it, with the originals."""
        wrong: list[Slot] = []
        with self._store.vault.batch() as batch:
            for slot, done in slots:
                if not self._stored(batch, slot, done, blobs):
                    wrong.append(slot)
        for slot in wrong:
            self._here(slot)  # what they read under its path was not this file

    def _stored(self, batch: Batch, slot: Slot, done: Done, blobs: Sequence[bytes | memoryview]) -> bool:
        if done.made is None:
            return False
        own: Stored | None = None
        if isinstance(slot.found, Arrival) and not slot.original:
            own = batch.put([slot.sent] if slot.sent is not None else contents(slot.found, self._limit))
            if own.digest != done.digest:
                batch.discard(own.object_id)
                return False
        products = done.made.products
        objects = {p.content: batch.put([blobs[p.content]]) for p in products}
        self._made(slot, Made.of(done.made, objects, blobs, slot.keys), own)
        slot.sent = None
        return True

    def _compare(self, looked: list[tuple[Slot, Done]]) -> None:
        """See which of the bytes looked at are held."""
        prints = {id(s): self._store.vault.fingerprint(d.digest) for s, d in looked if d.digest is not None}
        to_read: list[Slot] = []
        to_take: list[Slot] = []
        with self._store.catalogue.read() as reader:
            known = reader.originals_of(set(prints.values()), GENERAL, self._caller.scope)
            for slot, _ in looked:
                held = known.get(prints[id(slot)])
                original = reader.original(held, self._caller.scope) if held else None
                incoming = self._incoming(slot)
                if original is None or incoming is None or not is_there(self._store, original):
                    to_take.append(slot)
                elif original.code in self.codes:
                    slot.bring(Held(incoming, original.id))
                else:
                    slot.held = original
                    to_read.append(slot)
        self._ask(to_take, _Do.TAKE)
        self._ask(to_read, _Do.READ)

    def _bury(self, slots: list[Slot], died: Died) -> None:
        """Go on after a worker died: the file it was at is tried once more, alone, and then given up."""
        at = 0 if died.at is None or died.at >= len(slots) else died.at
        slot = slots[at]
        slot.deaths += 1
        do = _Do.READ if slot.original else _Do.TAKE
        self._ask(slots[:at], do)
        self._ask(slots[at + 1 :], do)
        if slot.deaths < MOST_DEATHS and not died.late:
            self._ask([slot], do)
        else:
            self._give_up(slot, f"its worker {died.why}")

    def _give_up(self, slot: Slot, why: str) -> None:
        """Keep the bytes of a file that no worker survives reading."""
        try:
            found = slot.found if slot.original is None else None
            own = self._store.vault.put(contents(found, self._limit)) if isinstance(found, Arrival) else None
            self._made(slot, made_nothing(self._store, slot.size, why, slot.keys), own)
        except NoSpace:
            raise
        except GroundsideError as error:
            self._say_no(slot, str(error).replace("\n ", ";"))
