"""Every verb declares whether it changes, reveals or neither, and takes a `Caller`; all are on one list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from groundside.archive.store import Store
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
    is a text, what it was about.
    """

    def declare(function: Callable[Concatenate[S, Caller, P], R]) -> Callable[Concatenate[S, Caller, P], R]:
        name = function.__name__
        VERBS[name] = Verb(name, effect)

        @wraps(function)
        def call(store: S, caller: Caller, /, *args: P.args, **kwargs: P.kwargs) -> R:
            result = function(store, caller, *args, **kwargs)
            if effect is Effect.REVEALS:
                about = args[0] if args and isinstance(args[0], str) else ""
                with store.catalogue.commit(caller) as writer:
                    writer.event(f"revealed.{name}", about=about, at_us=store.now_us())
            return result

        return call

    return declare
