"""
Changed proofs and checkpoints: none is accepted, by our verifier or by the one that travels with evidence.

A million in full, counted over both. What a mutation made the same again is not counted; one that another text would
mean the same by is, for there must be none.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import pytest

from groundside.errors import Tampered
from groundside.keep.ledger import merkle, proofs, standalone
from groundside.keep.ledger.checkpoint import open_checkpoint
from groundside.keep.ledger.entries import Entry
from tests.conftest import Figure
from tests.ledger_builders import KEY, OTHER, SECOND, WITNESS, cosigned, entry_of, events, signed

PARTS, EACH, EACH_IN_FULL = 4, 400, 126_000
SIZES = (1, 2, 3, 7, 8, 9, 31, 33, 64, 200)
WITNESSES = [WITNESS.verifier, SECOND.verifier]
THEIRS = standalone.key_from(str(KEY.verifier))
SEEN_BY = [standalone.key_from(str(each)) for each in WITNESSES]
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
TEXT = BASE64 + " \n\r\t—-_.,:{}[]\"'\\٣é\x00\u00a0\ufeff"


@dataclass(frozen=True, slots=True)
class Case:
    """What both verifiers accept: the texts of it, in the order of the verifiers' arguments."""

    kind: str
    texts: tuple[str, ...]


def verify_by_us(case: Case) -> None:
    texts = case.texts
    if case.kind == "checkpoint":
        open_checkpoint(texts[0], KEY.verifier, WITNESSES, 1)
    elif case.kind == "entry":
        leaf = texts[1].encode(errors="surrogateescape")
        proofs.open_entry_proof(texts[0], leaf, KEY.verifier, WITNESSES, 1)
    elif case.kind == "growth":
        older = open_checkpoint(texts[1], KEY.verifier, WITNESSES, 1)
        proofs.open_growth(texts[0], older, KEY.verifier, WITNESSES, 1)
    else:
        leaf = texts[1].encode(errors="surrogateescape")
        entry, _ = proofs.open_entry_proof(texts[2], leaf, KEY.verifier, WITNESSES, 1)
        proofs.open_event_proof(texts[0], entry)


def verify_by_standalone(case: Case) -> None:
    texts = case.texts
    if case.kind == "checkpoint":
        standalone.checkpoint_from(texts[0], THEIRS, SEEN_BY, 1)
    elif case.kind == "entry":
        leaf = texts[1].encode(errors="surrogateescape")
        standalone.verify_entry(texts[0], leaf, THEIRS, SEEN_BY, 1)
    elif case.kind == "growth":
        standalone.verify_growth(texts[0], texts[1], THEIRS, SEEN_BY, 1)
    else:
        leaf = texts[1].encode(errors="surrogateescape")
        entry = standalone.entry_from(leaf)
        standalone.verify_event(texts[0], entry)  # first, for it is quick; the order does not matter for the answer
        standalone.verify_entry(texts[2], leaf, THEIRS, SEEN_BY, 1)


VERIFIERS: dict[str, tuple[Callable[[Case], None], type[Exception]]] = {
    "ours": (verify_by_us, Tampered),
    "standalone": (verify_by_standalone, standalone.Refusal),
}


class World:
    """Trees of one entry many times over, each with its checkpoint, and whatever can be proven of them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        told, commitments = events(11, seed)
        told[4] = b"", None
        self.new = entry_of(commitments)
        self.event_proofs = proofs.event_proofs(told, commitments)
        self.leaves = [self._leaf(seq) for seq in range(max(SIZES))]
        self.hashes = [merkle.leaf_hash(each) for each in self.leaves]
        self.notes = {size: cosigned(signed(size, merkle.root_of(self.hashes[:size]))) for size in SIZES}
        self.cases = [self._case() for _ in range(60)]

    def _leaf(self, seq: int) -> bytes:
        return Entry(self.new.at_us, self.new.verb, self.new.events, self.new.manifest, seq).leaf

    def hash_of(self, level: int, index: int) -> bytes:
        return merkle.root_of(self.hashes[index << level : (index + 1) << level])

    def _case(self) -> Case:
        kind = self.chance.choice(["checkpoint", "entry", "entry", "growth", "growth", "event"])
        old, size = sorted(self.chance.choices(SIZES, k=2))
        seq = self.chance.randrange(size)
        if kind == "checkpoint":
            return Case(kind, (self.notes[size],))
        entry = proofs.entry_proof(seq, merkle.inclusion_proof(seq, size, self.hash_of), self.notes[size])
        if kind == "entry":
            return Case(kind, (entry, self.leaves[seq].decode()))
        if kind == "growth":
            path = merkle.consistency_proof(old, size, self.hash_of)
            return Case(kind, (proofs.growth(old, path, self.notes[size]), self.notes[old]))
        return Case(kind, (self.chance.choice(self.event_proofs), self.leaves[seq].decode(), entry))


def mutated(world: World) -> Case:
    """Change one of the texts of a case, once or a few times; sometimes it comes out the same."""
    chance = world.chance
    case = chance.choice(world.cases)
    at = 0 if chance.random() < 0.8 else chance.randrange(len(case.texts))
    text = case.texts[at]
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        text = chance.choice(MUTATIONS)(text, world)
    return Case(case.kind, (*case.texts[:at], text, *case.texts[at + 1 :]))


def bit(text: str, world: World) -> str:
    raw = bytearray(text.encode(errors="surrogateescape") or b"\0")
    place = world.chance.randrange(len(raw) * 8)
    raw[place // 8] ^= 1 << place % 8
    return raw.decode(errors="surrogateescape")


def character(text: str, world: World) -> str:
    place = world.chance.randrange(len(text) + 1)
    return text[:place] + world.chance.choice([*BASE64, *TEXT, ""]) + text[place + world.chance.randrange(2) :]


def swapped(text: str, world: World) -> str:
    place = world.chance.randrange(len(text) + 1)
    return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]


def cut(text: str, world: World) -> str:
    place = world.chance.randrange(len(text) + 1)
    return world.chance.choice([text[:place], text[place:], text + text[place:], text[:place] + text])


def lines(text: str, world: World) -> str:
    """Leave out, double or exchange whole lines."""
    found = text.split("\n")
    one, two = world.chance.randrange(len(found)), world.chance.randrange(len(found))
    how = world.chance.randrange(4)
    if how == 0:
        del found[one]
    elif how == 1:
        found.insert(two, found[one])
    elif how == 2:
        found[one], found[two] = found[two], found[one]
    else:
        found[one] = found[two]
    return "\n".join(found)


def foreign(text: str, world: World) -> str:
    """Put a line of another proof or checkpoint in."""
    other = world.chance.choice(world.chance.choice(world.cases).texts).split("\n")
    found = text.split("\n")
    found[world.chance.randrange(len(found))] = world.chance.choice(other)
    return "\n".join(found)


def number(text: str, world: World) -> str:
    """Write another number where one stands, or the same one in another way."""
    found = text.split("\n")
    places = [at for at, line in enumerate(found) if line.split(" ")[-1].isdigit()]
    if not places:
        return text
    at = world.chance.choice(places)
    head, value = found[at][: -len(found[at].split(" ")[-1])], int(found[at].split(" ")[-1])
    near = [value + 1, value - 1, value ^ 1, value * 2, value + 2**32, value + 2**64, world.chance.choice(SIZES), 0]
    forms = [
        f"0{value}",
        f"+{value}",
        f" {value}",
        f"{value} ",
        f"{value}.0",
        hex(value),
        f"{value}_0",
        chr(0x660 + value % 10),
    ]
    found[at] = head + str(world.chance.choice([*near, *forms]))
    return "\n".join(found)


def hashed(text: str, world: World) -> str:
    """Put a right hash of the tree, or one in another form of base64, where a hash stands."""
    found = text.split("\n")
    places = [at for at, line in enumerate(found) if len(line) == 44]
    if not places:
        return text
    at = world.chance.choice(places)
    last = (
        BASE64[(BASE64.index(found[at][42]) ^ world.chance.choice([1, 2, 3])) % 64] if found[at][42] in BASE64 else "A"
    )
    others = [
        proofs.to_base64(world.chance.choice(world.hashes)),
        found[at][:42] + last[:1] + "=",
        found[at][:43],
        proofs.to_base64(sha256(found[at].encode(errors="surrogateescape")).digest()),
    ]
    found[at] = world.chance.choice(others)
    return "\n".join(found)


def resigned(text: str, world: World) -> str:
    """Put in a checkpoint that somebody else signed, or of another size."""
    size = world.chance.choice(SIZES)
    root = merkle.root_of(world.hashes[: world.chance.choice(SIZES)])
    note = cosigned(signed(size, root, OTHER)) if world.chance.random() < 0.5 else signed(size, root, KEY)
    head, gap, rest = text.partition("\n\n")
    return note if not gap or "— " not in rest else f"{head}\n\n{note}" if head[:3] in {"old", "c2s"} else note


MUTATIONS: list[Callable[[str, World], str]] = [
    bit, bit, bit, character, character, swapped, cut, lines, lines, foreign, number, number, hashed, hashed, resigned,
]  # fmt: skip


@pytest.mark.parametrize("part", range(PARTS))
def test_no_mutated_proof_or_checkpoint_is_accepted_by_either_verifier(part: int, full: bool, figure: Figure):
    world = World(part)
    for case in world.cases:
        for verify, _ in VERIFIERS.values():
            verify(case)
    right = set(world.cases)
    counted: Counter[str] = Counter()
    accepted: list[tuple[str, Case]] = []
    while counted["ours"] < (EACH_IN_FULL if full else EACH):
        case = mutated(world)
        if case in right:
            continue
        for name, (verify, refusal) in VERIFIERS.items():
            counted[name] += 1
            try:
                verify(case)
            except refusal:
                continue
            accepted.append((name, case))
    figure(f"ledger mutations part {part}", {**counted, "accepted": len(accepted)})
    assert accepted == []
