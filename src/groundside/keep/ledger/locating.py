"""
Which rows were altered, where rows of the ledger disagree.

The signed root is what is trusted. From it downwards each tile is held to the hash that the one above states for it.
Where a tile does not have that hash, those of its hashes that disagree with what is below are taken from below instead,
some at a time: if that makes the hash right, both what the tile should be and what is wrong below it are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations, islice, product

from groundside.keep.ledger.merkle import folded, root_of
from groundside.keep.ledger.stored import Disagreements, Suspect, TileKey
from groundside.keep.ledger.tiles import TILE, peaks

ALTERED, MISSING = "was altered", "is missing"
UNSURE = "was altered, or what it disagrees with was: so much is damaged there that it cannot be told"
BELOW = ", and so is something below it, which cannot be told without it"
_TRIES = 512
_TRIES_BELOW = 32
_TRIES_EDGE = 1 << 17
Hashes = Sequence[bytes]
Named = tuple[str, int, int]
"""("entry", number, 0), or ("tile", level, number)."""
_SOUND = Suspect((), {})


class Locator:
    """
    Finds what was altered.

    Attributes:
        found: `ALTERED`, `MISSING` or `UNSURE`, by what.
        rewritten: the signed root cannot be had from what is there, so that rows were altered which are not in `found`.
    """

    def __init__(self, disagreements: Disagreements, root: bytes | None) -> None:
        self._suspects = {**disagreements.edge, **disagreements.suspects}
        self._edge = sorted(disagreements.edge, reverse=True)
        self._root = root
        self._done: set[TileKey] = set()
        self.found: dict[Named, str] = {}
        self.rewritten = False

    def locate(self) -> None:
        """Find all; to be called once."""
        for key, true in zip(self._edge, self._true_edge(), strict=True):
            self._resolve(key, true)
        for key in sorted(self._suspects, reverse=True):
            if key not in self._done:
                # Nothing above disagrees with it: it is what it should be, and something below is not.
                self._resolve(key, self._suspects[key].stored)

    def _true_edge(self) -> Sequence[Hashes | None]:
        """Give the true hashes of the tiles at the right edge; what is stored where no checkpoint says."""
        stored = [self._suspects[key].stored for key in self._edge]
        if self._root is None or not self._edge:
            return stored
        variants = [[(v, peaks(v)) for v in islice(self._variants(key), _TRIES)] for key in self._edge]
        for parts in islice(product(*variants), _TRIES_EDGE):
            if folded([peak for _, part in parts for peak in part]) == self._root:
                return [hashes for hashes, _ in parts]
        self.rewritten = True
        return [None if self._suspects[key].below else self._suspects[key].stored for key in self._edge]

    def _resolve(self, key: TileKey, true: Hashes | None) -> None:
        """Hold a tile to what it should be, where that is known, and then what is below it where the two disagreed."""
        self._done.add(key)
        suspect = self._suspects.get(key, _SOUND)
        if suspect.stored is None:
            self.found["tile", *key] = (MISSING if suspect.missing else ALTERED) + ("" if true else BELOW)
        elif true is None and suspect.below:
            self.found.setdefault(("tile", *key), UNSURE)
        elif true is not None and list(true) != list(suspect.stored):
            self.found["tile", *key] = ALTERED
        level, number = key
        for at, value in suspect.below.items():
            target = None if true is None else true[at]
            if level == 0:
                self._entry(number * TILE + at, value, target, compared=bool(true or suspect.stored))
            else:
                self._below((level - 1, number * TILE + at), value, target)

    def _entry(self, seq: int, value: bytes | None, target: bytes | None, *, compared: bool) -> None:
        if value is None or (compared and value != target):
            self.found["entry", seq, 0] = MISSING if value is None else ALTERED if target else UNSURE

    def _below(self, key: TileKey, value: bytes | None, target: bytes | None) -> None:
        true = self._suspects.get(key, _SOUND).stored
        if target is not None and value != target:
            tries = islice(self._variants(key), _TRIES)
            true = next((each for each in tries if root_of(each) == target), None)
            self.found["tile", *key] = ALTERED
        self._resolve(key, true)

    def _variants(self, key: TileKey) -> Iterator[Hashes]:
        """Give what a tile might have been: as stored, and with hashes taken from below, the likeliest first."""
        suspect = self._suspects.get(key, _SOUND)
        stored = suspect.stored
        choices = {at: self._values(key, at, value) for at, value in suspect.below.items()}
        if stored is None:
            if not all(choices.values()):
                return
            stored = [choices[at].pop(0) for at in range(len(choices))]
        yield stored
        # What a variant of the tile below leads to as well is right: both were not altered to agree.
        open_places = {at: values for at, values in choices.items() if values and stored[at] not in values}
        yield from _exchanged(stored, open_places)

    def _values(self, key: TileKey, at: int, value: bytes | None) -> list[bytes]:
        """Give the hashes that what is below a place might have."""
        values = [] if value is None else [value]
        if key[0]:
            below = (key[0] - 1, key[1] * TILE + at)
            if below in self._suspects:
                values += [root_of(each) for each in islice(self._variants(below), _TRIES_BELOW)]
        return list(dict.fromkeys(values))


def _exchanged(stored: Hashes, choices: Mapping[int, list[bytes]]) -> Iterator[Hashes]:
    """Exchange some hashes for others: one, all, all but one, two, and so on."""
    places = list(choices)
    counts = dict.fromkeys(chain.from_iterable((n, len(places) + 1 - n) for n in range(1, len(places) + 1)))
    for count in counts:
        for some in combinations(places, count):
            for values in product(*(choices[at] for at in some)):
                hashes = list(stored)
                for at, value in zip(some, values, strict=True):
                    hashes[at] = value
                yield hashes
