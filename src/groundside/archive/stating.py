"""What people stated, as nouns."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import TypeVar

from groundside.errors import BadRequest
from groundside.keep.canonical import canonical, noun
from groundside.keep.catalogue import Reader, Writer
from groundside.model.caller import Scope

Noun = TypeVar("Noun")
LONGEST_TEXT = 1000
SHORTEST_PREFIX = 4


def stated(reader: Reader, kind: str, of: type[Noun], scope: Scope) -> dict[str, Noun]:
    """Give what is stated at present of one kind, by subject, in the order in which it was."""
    return {each.subject: noun(of, each.said) for each in reader.statements(kind, scope)}


def state(writer: Writer, kind: str, subject: str, said: object, *, at_us: int) -> None:
    """State a noun of a subject, and leave an event that names neither a person nor a number."""
    writer.state(kind, subject, canonical(said), at_us=at_us)
    writer.event(f"{kind}.stated", about=subject, at_us=at_us)


def taken_back(writer: Writer, kind: str, subject: str, *, at_us: int) -> bool:
    """Take back what is stated of a subject; False where nothing is."""
    done = writer.end_statement(kind, subject, at_us=at_us)
    if done:
        writer.event(f"{kind}.taken_back", about=subject, at_us=at_us)
    return done


def new_subject() -> str:
    """Make a random id of eight characters, short enough to be typed."""
    return secrets.token_hex(4)


def text_of(value: str, what: str, *, needed: bool = True) -> str:
    """
    Check a text that a person wrote.

    Raises:
        BadRequest: it is empty though needed, longer than 1,000 characters, or holds control characters.
    """
    text = value.strip()
    if (needed and not text) or len(text) > LONGEST_TEXT or not text.isprintable():
        said = f"{what} has 1 to {LONGEST_TEXT:,} printable characters, not {json.dumps(text[:40])}."
        raise BadRequest(said, try_this="write it on one line, shorter")
    return text


def one_line(values: Sequence[str]) -> str:
    """Join words for an error."""
    return ", ".join(repr(each) for each in values)
