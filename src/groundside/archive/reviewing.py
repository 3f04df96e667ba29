"""Verbs about what is hidden in photos before others see them: proposed by a detector, decided by people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from groundside.archive.naming_photos import photo_named
from groundside.archive.redacting import Redacted, Redaction, checked, code_of, derivative_of, faces_in
from groundside.archive.stating import state
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, Conflict, GroundsideError, NotFound, Refused
from groundside.keep.canonical import noun
from groundside.keep.catalogue import Reader, Writer
from groundside.keep.logbook_statements import Statement
from groundside.keep.rows import KeptOriginal
from groundside.model.caller import Caller, Scope
from groundside.model.redaction import Box, Review
from groundside.produce.imagery.redaction.faces import Looking

REVIEW = "redaction"
"""Kind of a statement: what is hidden in the photo whose id is the subject. It goes when the photo is erased."""
MOST_BOXES = 1000
NOTHING = Review()


@dataclass(frozen=True, slots=True)
class Reviewed:
    """
    One photo of the review queue.

    Args:
        photo: id of the original. file: its name.
        review: what is to be hidden, and whether a person has confirmed it.
        why: why nothing could be proposed, in one sentence; else empty.
        who, at_us: account that said so last, and UTC microseconds; nobody and 0 where nothing is said yet.
    """

    photo: str
    file: str
    review: Review = NOTHING
    why: str = ""
    who: str = ""
    at_us: int = 0


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """What was to be hidden in a photo from some moment on: who said so, and when, in UTC microseconds."""

    review: Review
    who: str
    at_us: int


@verb(Effect.CHANGES)
def propose_redaction(
    store: Store, caller: Caller, photos: Sequence[str], looking: Looking | None = None
) -> tuple[Reviewed, ...]:
    """
    Look for faces in photos of the archive, and put what was found into the review queue.

    Boxes that people drew stay. A photo that was confirmed is to be confirmed again.

    Args:
        photos: ids, SHA-256 or names.
        looking: how to look; None as `groundside redact` does.

    Raises:
        NotFound: no such photo.
        BadRequest: a scale or score that is none.
    """
    how = checked(looking or Looking())
    with store.catalogue.read() as reader:
        named = [photo_named(store, reader, each, caller.scope) for each in photos]
    return tuple(_proposed(store, caller, each, how) for each in named)


def _proposed(store: Store, caller: Caller, of: KeptOriginal, how: Looking) -> Reviewed:
    with store.catalogue.read() as reader:
        dismissed = _review(reader, of, caller.scope).dismissed
    try:
        found = faces_in(store.vault.read(of.object_id), of.file_name, how, dismissed)
    except GroundsideError as error:
        return Reviewed(of.id, of.file_name, why=error.what)
    with store.catalogue.commit(caller) as writer:
        known = _review(writer, of, caller.scope)
        drawn = [box for box in known.boxes if box.score is None]
        return _stated(store, writer, of, Review((*drawn, *found), False, known.dismissed, code_of(how)))


@verb(Effect.REVEALS)
def redactions(store: Store, caller: Caller, photo: str = "", *, unconfirmed: bool = False) -> tuple[Reviewed, ...]:
    """
    List what is to be hidden in photos: the review queue.

    Args:
        photo: only of this one.
        unconfirmed: only those that nobody has confirmed.

    Raises:
        NotFound: no such photo.
    """
    with store.catalogue.read() as reader:
        known = {each.subject: each for each in reader.statements(REVIEW, caller.scope)}
        named = [photo_named(store, reader, photo, caller.scope)] if photo else reader.originals(caller.scope)
    rows = [_reviewed(each, known[each.id]) for each in named if each.id in known]
    return tuple(each for each in rows if not (unconfirmed and each.review.confirmed))


@verb(Effect.REVEALS)
def redaction_history(store: Store, caller: Caller, photo: str) -> tuple[ReviewStep, ...]:
    """
    Tell who said what of the boxes of a photo, the oldest first: proposed, drawn, taken away, confirmed.

    Raises:
        NotFound: no such photo.
    """
    with store.catalogue.read() as reader:
        of = photo_named(store, reader, photo, caller.scope)
        every = reader.statements(REVIEW, caller.scope, of.id, ended=True)
    return tuple(ReviewStep(noun(Review, each.said), each.who, each.at_us) for each in every)


@verb(Effect.CHANGES)
def edit_redaction(
    store: Store,
    caller: Caller,
    photo: str,
    add: Sequence[Box] = (),
    remove: Sequence[int] = (),
    seen_us: int | None = None,
) -> Reviewed:
    """
    Draw boxes in a photo, and take away those that hide nothing that need be hidden. It is to be confirmed again.

    Args:
        photo: id, SHA-256 or name.
        add: boxes, in pixels of the picture as shown.
        remove: numbers of boxes as `redactions` lists them, from 1.
        seen_us: `at_us` of what the caller has seen; None does not ask whether it was changed since.

    Raises:
        NotFound: no such photo or box.
        BadRequest: too many boxes.
        Conflict: somebody else changed it since it was seen.
    """
    with store.catalogue.commit(caller) as writer:
        of = photo_named(store, writer, photo, caller.scope)
        known = _as_seen(writer, of, caller.scope, seen_us)
        if wrong := [each for each in remove if not 1 <= each <= len(known.boxes)]:
            what = f"{of.file_name} has {len(known.boxes)} boxes, and no box {wrong[0]}."
            raise NotFound(what, try_this="groundside redaction list --json")
        kept = [box for number, box in enumerate(known.boxes, 1) if number not in set(remove)]
        if len(kept) + len(add) > MOST_BOXES:
            what = f"At most {MOST_BOXES:,} boxes are kept for a photo."
            raise BadRequest(what, try_this="draw one box around several")
        taken = [known.boxes[number - 1] for number in sorted(set(remove))]
        dismissed = (*known.dismissed, *(box for box in taken if box.score is not None))
        return _stated(store, writer, of, replace(known, boxes=(*kept, *add), dismissed=dismissed, confirmed=False))


@verb(Effect.CHANGES)
def confirm_redaction(store: Store, caller: Caller, photo: str, seen_us: int | None = None) -> Reviewed:
    """
    Say that a person has looked at a photo, and that its boxes hide what has to be hidden; they may be none.

    Args:
        photo: id, SHA-256 or name.
        seen_us: `at_us` of what the person has seen, 0 for nothing; None does not ask whether it was changed since.

    Raises:
        NotFound: no such photo.
        Conflict: somebody else changed it since it was seen.
    """
    with store.catalogue.commit(caller) as writer:
        of = photo_named(store, writer, photo, caller.scope)
        return _stated(store, writer, of, replace(_as_seen(writer, of, caller.scope, seen_us), confirmed=True))


@verb(Effect.REVEALS)
def redacted_photo(store: Store, caller: Caller, photo: str, how: Redaction | None = None) -> Redacted:
    """
    Make the derivative of a photo that was confirmed.

    What is hidden is what people confirmed, and `how.boxes`. The derivative is looked at for faces all the same, unless
    `how.faces` is False; what is found that nobody dismissed is hidden too.

    Raises:
        NotFound: no such photo.
        Refused: nobody has confirmed what is to be hidden in it.
        NotUnderstood, TooLarge, Unreadable: as `redacting.derivative_of` has it.
    """
    given = how or Redaction()
    with store.catalogue.read() as reader:
        of = photo_named(store, reader, photo, caller.scope)
        review = _review(reader, of, caller.scope)
    if not review.confirmed:
        what = f"Nobody has confirmed what is to be hidden in {of.file_name}."
        raise Refused(what, try_this=f"groundside redaction confirm {of.id[:8]}")
    wanted = replace(given, boxes=(*review.boxes, *given.boxes), dismissed=review.dismissed)
    data = store.vault.read(of.object_id)
    made, turned = derivative_of(data, of.file_name, wanted, propose=False)
    if made.left:
        what = f"There are still {len(made.left)} faces in the derivative of {of.file_name}."
        raise Refused(what, try_this=f"groundside redaction propose {of.id[:8]}")
    return Redacted(Path(of.file_name), made.data, made.boxes, made.again, turned)


def _review(reader: Reader, of: KeptOriginal, scope: Scope) -> Review:
    found = reader.statements(REVIEW, scope, of.id)
    return noun(Review, found[-1].said) if found else NOTHING


def _as_seen(reader: Reader, of: KeptOriginal, scope: Scope, seen_us: int | None) -> Review:
    found = reader.statements(REVIEW, scope, of.id)
    now_us = found[-1].at_us if found else 0
    if seen_us is not None and seen_us != now_us:
        what = f"Somebody changed the boxes of {of.file_name} since you looked at them."
        raise Conflict(what, try_this="look at the photo again, then say it again")
    return noun(Review, found[-1].said) if found else NOTHING


def _stated(store: Store, writer: Writer, of: KeptOriginal, review: Review) -> Reviewed:
    at_us = store.now_us()
    state(writer, REVIEW, of.id, review, at_us=at_us)
    return Reviewed(of.id, of.file_name, review, who=writer.caller.who, at_us=at_us)


def _reviewed(of: KeptOriginal, said: Statement) -> Reviewed:
    return Reviewed(of.id, of.file_name, noun(Review, said.said), who=said.who, at_us=said.at_us)
