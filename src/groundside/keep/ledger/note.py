"""Text signed by one or more keys: the signed note of C2SP, with Ed25519 and timestamped cosignatures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from groundside.keep.ledger.encoding import from_base64, plain_text, refuse, to_base64
from groundside.keep.ledger.keys import ID_BYTES, SIGNATURE_BYTES, KeyKind, SigningKey, VerifierKey, is_name

MOST_BYTES = 1 << 16
MOST_SIGNATURES = 32
_DASH = "— "
_TIME_BYTES = 8
_MOST_TIME_S = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note: who says to have signed, and what that key made."""

    name: str
    key_id: bytes
    made: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.made)}\n"

    @property
    def who(self) -> tuple[str, bytes]:
        """Name and id of the key, which together say which key it is."""
        return self.name, self.key_id


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures. What it says counts for nothing until one was verified."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    @classmethod
    def parse(cls, raw: str) -> Note:
        """
        Read a note; the text and signatures are not verified.

        Raises:
            Tampered: it is none, or past the limits.
        """
        end = plain_text(raw, MOST_BYTES, "A signed note").rfind("\n\n") + 1
        lines = raw[end + 1 :].split("\n")
        if not end or lines.pop() or not lines:
            refuse("A signed note is a text, an empty line, and lines of signatures.")
        if len(lines) > MOST_SIGNATURES:
            refuse(f"A note has {len(lines)} signatures; at most {MOST_SIGNATURES} are read.")
        return cls(raw[:end], tuple(map(_signature, lines)))

    def signed(self, key: SigningKey, at_s: int = 0) -> Note:
        """Add the signature of a key, in place of an older one of it; a cosignature says when, in POSIX seconds."""
        mine = _made(key, self.text, at_s)
        others = tuple(each for each in self.signatures if each.who != mine.who)
        return replace(self, signatures=(*others, mine))

    def verified(self, keys: Iterable[VerifierKey]) -> Mapping[VerifierKey, int]:
        """
        Verify the signatures of known keys; those of unknown ones are passed over, as C2SP has it.

        Returns:
            Which keys signed, and when: POSIX seconds of a cosignature, 0 of any other.

        Raises:
            Tampered: a known key is named but did not sign this, or is named twice.
        """
        known = {(key.name, key.key_id): key for key in keys}
        found: dict[VerifierKey, int] = {}
        for signature in self.signatures:
            key = known.get(signature.who)
            if key in found:
                refuse(f"{key.name} is said to have signed twice.")
            if key is not None:
                found[key] = _verified(key, signature.made, self.text)
        return found


def _signature(line: str) -> Signature:
    name, _, data = line.removeprefix(_DASH).partition(" ")
    made = from_base64(data, "A signature")
    if not line.startswith(_DASH) or not is_name(name) or len(made) <= ID_BYTES:
        refuse("A line of a signature is a dash, a name, and base64.")
    return Signature(name, made[:ID_BYTES], made[ID_BYTES:])


def _made(key: SigningKey, text: str, at_s: int) -> Signature:
    who = key.verifier
    if key.kind is KeyKind.NOTE:
        return Signature(key.name, who.key_id, key.sign(text.encode()))
    return Signature(key.name, who.key_id, at_s.to_bytes(_TIME_BYTES, "big") + key.sign(_cosigned(text, at_s)))


def _verified(key: VerifierKey, made: bytes, text: str) -> int:
    time_bytes = _TIME_BYTES if key.kind is KeyKind.COSIGNATURE else 0
    at_s = int.from_bytes(made[:time_bytes], "big")
    message = _cosigned(text, at_s) if time_bytes else text.encode()
    fits = len(made) == time_bytes + SIGNATURE_BYTES and at_s <= _MOST_TIME_S
    if not fits or not key.verifies(made[time_bytes:], message):
        refuse(f"The signature of {key.name} is not one of this text.")
    return at_s


def _cosigned(text: str, at_s: int) -> bytes:
    return f"cosignature/v1\ntime {at_s}\n{text}".encode()
