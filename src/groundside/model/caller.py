"""Who asks, how and why; and what they may see."""

from __future__ import annotations

from dataclasses import dataclass

GENERAL = "general"
"""The case that everything belongs to unless said otherwise."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a caller may see: the named cases, or everything where `cases` is None."""

    cases: frozenset[str] | None = None

    def holds(self, case: str) -> bool:
        """Whether a case is inside this scope."""
        return self.cases is None or case in self.cases


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Caller:
    """
    Who calls a verb.

    Args:
        who: account name; the owner of the archive folder until accounts exist.
        how: "shell", "page", "api", "watch" or "test".
        why: the purpose, where one was given.
        scope: what they may see.
        action: of which action what they do is part; empty outside a verb.
    """

    who: str
    how: str
    why: str = ""
    scope: Scope = EVERYTHING
    action: str = ""
