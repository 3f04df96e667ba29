"""Every verb declares whether it changes, reveals or neither, and takes a `Caller`; all are on one list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from groundside.archive.store import Store
from groundside.errors import GroundsideError
from groundside.keep.actions import begin
from groundside.model.caller import Caller

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=Store)


class Effect(StrEnum):
    """What a verb does to the owner's custody."""

    CHANGES = "changes"
    """It adds, alters or removes; it commits its own event with its rows."""
    REVEALS = "reveals"
    """It shows what is kept; the wrapper records that it did."""
    NEITHER = "neither"
    """It shows how the machinery is doing, and nothing that was recorded."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of the product: its name as events call it, and its effect."""

    name: str
    effect: Effect


VERBS: dict[str, Verb] = {}
"""All verbs by name, filled as the archive's modules are loaded."""


def verb(
    effect: Effect,
) -> Callable[[Callable[Concatenate[S, Caller, P], R]], Callable[Concatenate[S, Caller, P], R]]:
    """
    Make a function of (store, caller, ...) a verb.

    A verb that reveals leaves one event each time it succeeds, with its name and, where its first further argument
    is a text, what it was about. Each call of one that changes or reveals leaves one entry in the ledger; a verb that
    calls another leaves one for both; a long one leaves one for each segment.
    """

    def declare(function: Callable[Concatenate[S, Caller, P], R]) -> Callable[Concatenate[S, Caller, P], R]:
        name = function.__name__
        VERBS[name] = Verb(name, effect)

        @wraps(function)
        def call(store: S, caller: Caller, /, *args: P.args, **kwargs: P.kwargs) -> R:
            outer = effect is not Effect.NEITHER and not caller.action
            acting = replace(caller, action=begin(name)) if outer else caller
            try:
                result = function(store, acting, *args, **kwargs)
            except BaseException:
                if outer:
                    _seal_what_is_left(store, acting)
                raise
            if effect is Effect.REVEALS:
                _revealed(store, acting, name, args[0] if args and isinstance(args[0], str) else "", seal=outer)
            elif outer and isinstance(result, Iterator):
                return cast("R", _sealed_after(store, acting, cast("Iterator[object]", result)))
            elif outer:
                _seal(store, acting)
            return result

        return call

    return declare


def _revealed(store: Store, caller: Caller, name: str, about: str, *, seal: bool) -> None:
    with store.catalogue.commit(caller) as writer:
        writer.event(f"revealed.{name}", about=about, at_us=store.now_us())
        if seal:
            writer.seal(caller.action, at_us=store.now_us())


def _seal(store: Store, caller: Caller) -> None:
    with store.catalogue.commit(caller) as writer:
        writer.seal(caller.action, at_us=store.now_us())


def _seal_what_is_left(store: Store, caller: Caller) -> None:
    """Seal what a verb did that failed; where that fails too, the next who seals does it once this process is gone."""
    with suppress(GroundsideError), store.catalogue.commit(caller) as writer:
        writer.seal_if_left(caller.action, at_us=store.now_us())


def _sealed_after(store: Store, caller: Caller, results: Iterator[object]) -> Iterator[object]:
    try:
        yield from results
    except BaseException:
        _seal_what_is_left(store, caller)
        raise
    _seal(store, caller)
