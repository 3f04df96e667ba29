"""A root key made of a passphrase, with Argon2id."""

from __future__ import annotations

import getpass
import hmac
import os
import sys
import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from groundside.errors import BadRequest, Refused
from groundside.keep.keys.wrapping import KEY_BYTES

GIVEN = "GROUNDSIDE_PASSPHRASE"
SHORTEST = 12
_SALT_BYTES = 16
_MOST = (16, 16, 1 << 20)
"""Passes, lanes and KiB. Numbers beyond these are taken for damage, or malice: they would stop the machine."""
_MOST_WORK = 4 << 20
"""Passes times KiB: some seconds, twenty times what this program itself takes."""
_KIB_OF_A_LANE = 8


@dataclass(frozen=True, slots=True)
class Stretching:
    """
    How a passphrase becomes a key; kept in the keyring.

    The defaults are the second choice of RFC 9106, 4: 3 passes over 64 MiB in 4 lanes.
    """

    salt: str
    iterations: int = 3
    lanes: int = 4
    memory_kib: int = 64 << 10

    @classmethod
    def new(cls) -> Stretching:
        """Begin anew, with a salt of 128 random bits."""
        return cls(os.urandom(_SALT_BYTES).hex())

    def checked(self) -> Stretching:
        """
        Give the same numbers back.

        Raises:
            ValueError: they are none that this program ever wrote.
        """
        numbers = (self.iterations, self.lanes, self.memory_kib)
        possible = all(type(n) is int and 1 <= n <= most for n, most in zip(numbers, _MOST, strict=True))
        possible = possible and self.iterations * self.memory_kib <= _MOST_WORK
        possible = possible and self.memory_kib >= _KIB_OF_A_LANE * self.lanes  # RFC 9106, 3.1
        if not possible or len(bytes.fromhex(self.salt)) != _SALT_BYTES:
            what = "no such stretching"
            raise ValueError(what)
        return self

    def stretched(self, passphrase: str) -> bytes:
        """Make a key of 32 bytes. Source: RFC 9106, Argon2id; the text in NFC, as UTF-8."""
        salt, text = bytes.fromhex(self.salt), unicodedata.normalize("NFC", passphrase).encode()
        kdf = Argon2id(
            salt=salt, length=KEY_BYTES, iterations=self.iterations, lanes=self.lanes, memory_cost=self.memory_kib
        )
        return kdf.derive(text)


def ask() -> str:
    """
    Get the passphrase: from `GROUNDSIDE_PASSPHRASE`, or from the person at the terminal.

    Raises:
        Refused: neither is there.
    """
    return os.environ.get(GIVEN) or _typed("Passphrase of this archive: ")


def ask_new(variable: str = GIVEN) -> str:
    """
    Get a new passphrase; a person types it twice.

    Args:
        variable: of the environment that holds it where nobody is asked.

    Raises:
        BadRequest: it is too short, or was not typed twice the same.
        Refused: there is nobody to ask.
    """
    text = os.environ.get(variable, "")
    if not text:
        text = _typed("New passphrase: ")
        if not hmac.compare_digest(text.encode(), _typed("The same again: ").encode()):
            what = "The two passphrases are not the same."
            raise BadRequest(what, try_this="run the same command again")
    if len(text) < SHORTEST:
        what = f"A passphrase has at least {SHORTEST} characters."
        raise BadRequest(what, try_this="take five words or more that have nothing to do with each other")
    return text


def _typed(question: str) -> str:
    if not sys.stdin or not sys.stdin.isatty():
        what = "This archive needs its passphrase, and there is no terminal to ask at."
        raise Refused(what, try_this=f"set {GIVEN}, or root_key to a command or a credential")
    return getpass.getpass(question)
