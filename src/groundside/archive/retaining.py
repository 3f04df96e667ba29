"""Verbs about how long files are kept: policies, what is due by them, and erasing that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from groundside.archive.erasing import Erased, done_with, erased, held_by, taken
from groundside.archive.ingesting import Tell, quiet
from groundside.archive.looking import path_in
from groundside.archive.stating import state, stated, taken_back, text_of
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, Conflict, NotFound, Refused
from groundside.keep.catalogue import Reader
from groundside.keep.retention import Aged, prove_ages, prove_policies
from groundside.model.caller import Caller, Scope
from groundside.model.progress import Step
from groundside.model.query import FlightQuery
from groundside.model.retention import Kept, RetentionPolicy

__all__ = ["Due", "Retained", "RetentionPolicy", "retain", "retention", "retention_due", "set_retention"]

POLICY = "retention"
"""The kind of statement that a policy is kept as."""
_DAY_US = 86_400_000_000
MOST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Due:
    """A file whose time is over by a policy; `held` says why it stays nevertheless, empty where it does not."""

    policy: str
    file: Aged
    held: str = ""


@dataclass(frozen=True, slots=True)
class Retained:
    """What applying the policies did: what was erased, by policy, and what a legal hold kept."""

    erased: dict[str, Erased]
    held: tuple[Due, ...]


@verb(Effect.NEITHER)
def retention(store: Store, caller: Caller) -> tuple[RetentionPolicy, ...]:
    """List the policies, by name."""
    with store.catalogue.read() as reader:
        return _policies(reader, caller.scope)


@verb(Effect.CHANGES)
def set_retention(store: Store, caller: Caller, policy: RetentionPolicy, *, replaces: bool = False) -> None:
    """
    Say how long some files are kept. Nothing is erased until `retain` is called.

    Raises:
        BadRequest: no name, no reason, days below 1 or past 36,500, an unknown kind, or both of two places.
        Conflict: there is a policy of that name, and `replaces` is not given.
        Refused: the caller may not see every case, and a policy is about all of them.
    """
    _refuse_nonsense(store, policy)
    _refuse_some_cases(caller)
    with store.catalogue.commit(caller) as writer:
        if not replaces and policy.name in {each.name for each in _policies(writer, caller.scope)}:
            what = f"There is a retention policy {policy.name!r} already."
            raise Conflict(what, try_this="groundside retention set NAME --replace, or another name")
        state(writer, POLICY, policy.name, policy, at_us=store.now_us())


@verb(Effect.CHANGES)
def drop_retention(store: Store, caller: Caller, name: str) -> None:
    """
    Take a policy back.

    Raises:
        NotFound: there is none of that name.
        Refused: the caller may not see every case.
    """
    _refuse_some_cases(caller)
    with store.catalogue.commit(caller) as writer:
        if not taken_back(writer, POLICY, name, at_us=store.now_us()):
            what = f"There is no retention policy {name[:60]!r}."
            raise NotFound(what, try_this="groundside retention")


@verb(Effect.REVEALS)
def retention_due(store: Store, caller: Caller) -> tuple[Due, ...]:
    """List the files whose time is over, by policy, the oldest first; a file is named by the first policy only."""
    with store.catalogue.read() as reader:
        return tuple(_due(store, reader, caller.scope))


@verb(Effect.CHANGES)
def retain(store: Store, caller: Caller, progress: Tell = quiet) -> Retained:
    """
    Erase every file whose time is over, as `erase` does, but for those that a legal hold keeps.

    Each policy and case is one commit: what was erased when this is stopped stays erased, and the next call goes on.
    The archive's files are written anew once, at the end.

    Raises:
        Tampered: a policy, or what says how old a file is, is not what people and files said.
    """
    with store.catalogue.read() as reader:
        found = list(_due(store, reader, caller.scope))
        reasons = {each.name: f"retention policy {each.name}: {each.why}" for each in _policies(reader, caller.scope)}
    groups = defaultdict[tuple[str, str], list[Due]](list)
    for each in found:
        if not each.held:
            groups[each.policy, each.file.case].append(each)
    done: dict[str, Erased] = {}
    finished = True
    try:
        for number, ((policy, case), some) in enumerate(groups.items()):
            progress(Step(number, len(groups), number, len(groups), policy))
            more = _erased(store, caller, [each.file.original_id for each in some], case, reasons[policy])
            done[policy] = _together(done.get(policy), more)
    finally:
        if done:
            finished = done_with(store, caller)
    told = {policy: replace(each, finished=finished) for policy, each in done.items()}
    return Retained(told, tuple(each for each in found if each.held))


def _refuse_some_cases(caller: Caller) -> None:
    if caller.scope.cases is not None:
        what = "A retention policy is about the files of every case, and this caller may not see every case."
        raise Refused(what, try_this="ask the owner of the archive")


def _erased(store: Store, caller: Caller, originals: Sequence[str], case: str, why: str) -> Erased:
    with store.catalogue.commit(caller) as writer:
        prove_policies(writer, POLICY)
        prove_ages(writer, originals)
        doomed = writer.doomed(originals, case, caller.scope)
        emptied = taken(store, writer, doomed, why)
    return erased(doomed, emptied, finished=False)


def _together(one: Erased | None, other: Erased) -> Erased:
    if one is None:
        return other
    return Erased(
        one.files + other.files,
        one.objects + other.objects,
        one.flights + other.flights,
        one.events + other.events,
        one.finished and other.finished,
    )


def _policies(reader: Reader, scope: Scope) -> tuple[RetentionPolicy, ...]:
    found = stated(reader, POLICY, RetentionPolicy, scope)
    return tuple(found[name] for name in sorted(found))


def _due(store: Store, reader: Reader, scope: Scope) -> Iterator[Due]:
    seen = set[str]()
    for policy in _policies(reader, scope):
        before_us = store.now_us() - policy.days * _DAY_US
        there = _there(store, reader, policy, scope)
        for each in reader.aged(before_us, scope):
            if each.original_id in seen or not _is_meant(policy, each):
                continue
            if there is None or each.original_id in there:
                seen.add(each.original_id)
                yield Due(policy.name, each, _held(reader, each, scope))


def _held(reader: Reader, file: Aged, scope: Scope) -> str:
    doomed = reader.doomed([file.original_id], file.case, scope)
    return "; ".join(f"{each.why} (placed by {each.placed_by})" for each in held_by(reader, doomed, scope))


def _is_meant(policy: RetentionPolicy, file: Aged) -> bool:
    if policy.kind == Kept.EVERYTHING:
        return True
    if policy.kind in {Kept.FLIGHTS, Kept.OTHER}:
        return (file.flights > 0) is (policy.kind == Kept.FLIGHTS)
    return file.format == policy.kind


def _there(store: Store, reader: Reader, policy: RetentionPolicy, scope: Scope) -> set[str] | None:
    """Give the files of flights that came to the place of a policy; None where it has no place."""
    if policy.near is None and policy.inside is None:
        return None
    asked = replace(FlightQuery(near=policy.near, inside=policy.inside), bench=True)
    flights, _ = reader.query(asked, scope, partial(path_in, store))
    return reader.telling_of({each.id for each in flights}, scope)


def _refuse_nonsense(store: Store, policy: RetentionPolicy) -> None:
    text_of(policy.name, "The name of a policy")
    text_of(policy.why, "The reason of a policy")
    if not 1 <= policy.days <= MOST_DAYS:
        what = f"{policy.days} days: a policy keeps files for 1 to {MOST_DAYS:,} days."
        raise BadRequest(what, try_this="groundside retention set NAME --days 90 --why TEXT")
    if policy.near is not None and policy.inside is not None:
        what = "A policy has one place, near a point or inside an area."
        raise BadRequest(what, try_this="make two policies")
    known = _kinds(store)
    if policy.kind not in known:
        what = f"{policy.kind[:40]!r} is no kind of file: {', '.join(known)}."
        raise BadRequest(what, try_this="groundside formats")


def _kinds(store: Store) -> Iterable[str]:
    from groundside.archive.reading import formats

    return [*Kept, *(each.name for each in formats())]
