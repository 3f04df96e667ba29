"""The public vectors of age (C2SP CCTV) through the decryption of our escrow; those that it cannot pass, with reasons."""

import base64
import hashlib
import json
import subprocess
import zlib
from pathlib import Path

import pytest

from groundside.errors import GroundsideError, Refused, Tampered
from groundside.keep.keys.age import decrypted

PEER = Path(__file__).parents[1] / "peers" / "age-vectors"
STRANGER = "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0"
"""Of the vectors that name no identity: the one that the others name."""
VECTORS = 143
TOO_LENIENT = (
    "pyrage takes a stanza whose last line is not short for one that ends; the header's HMAC holds nevertheless"
)
PASSPHRASE = "an escrow is for people, and their identities are X25519: it is never encrypted to a passphrase"
HYBRID = "pyrage has no post-quantum identities"
EXCLUDED = {"stanza_missing_body": TOO_LENIENT, "stanza_missing_final_line": TOO_LENIENT}
COUNTS = {TOO_LENIENT: 2, PASSPHRASE: 26, HYBRID: 19}


class Vector:
    """One file: lines of "key: value", an empty line, and what is to be decrypted."""

    def __init__(self, name: str, content: bytes) -> None:
        header, _, body = content.partition(b"\n\n")
        self.name = name
        self._lines = [line.partition(": ")[::2] for line in header.decode().splitlines()]
        self.body = zlib.decompress(body) if self.of("compressed") else body
        self.identity = "\n".join(self.of("identity")) or STRANGER

    def of(self, key: str) -> list[str]:
        return [value for name, value in self._lines if name == key]

    @property
    def excluded(self) -> str:
        if self.of("passphrase"):
            return PASSPHRASE
        return HYBRID if "AGE-SECRET-KEY-PQ-" in self.identity else EXCLUDED.get(self.name, "")

    @property
    def expected(self) -> str:
        outcome = self.of("expect")[0]
        if outcome == "success":
            return self.of("payload")[0]
        return Refused.__name__ if outcome == "no match" else Tampered.__name__

    @property
    def outcome(self) -> str:
        try:
            return hashlib.sha256(decrypted(self.body, self.identity)).hexdigest()
        except GroundsideError as error:
            return type(error).__name__


@pytest.fixture(scope="module")
def vectors() -> list[Vector]:
    if not (PEER / "node_modules").is_dir():
        pytest.skip("the vectors of age are not installed: run npm ci in tests/peers/age-vectors")
    done = subprocess.run(["node", "vectors.mjs"], cwd=PEER, capture_output=True, check=True, timeout=60)
    return [Vector(name, base64.b64decode(text)) for name, text in json.loads(done.stdout).items()]


@pytest.mark.peer
def test_every_public_vector_of_age_ends_as_it_should_but_for_those_with_a_reason(vectors: list[Vector]):
    assert len(vectors) == VECTORS
    reasons = [each.excluded for each in vectors if each.excluded]
    assert {reason: reasons.count(reason) for reason in reasons} == COUNTS
    wrong = {each.name: (each.expected, each.outcome) for each in vectors if not each.excluded}
    assert {name: pair for name, pair in wrong.items() if pair[0] != pair[1]} == {}


@pytest.mark.peer
def test_those_that_pyrage_is_too_lenient_for_are_still_the_only_ones(vectors: list[Vector]):
    lenient = {each.name for each in vectors if each.excluded == TOO_LENIENT and each.outcome != each.expected}
    assert lenient == set(EXCLUDED), "pyrage was mended: take them off the list"
