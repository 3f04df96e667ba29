"""Ed25519 keys with a name, as C2SP signed notes know them; written as text in the form that Go's note package uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from groundside.errors import BadRequest
from groundside.keep.ledger.encoding import from_base64, plain_text, refuse, to_base64

KEY_BYTES = 32
SIGNATURE_BYTES = 64
ID_BYTES = 4
MOST_NAME_BYTES = 255
_MOST_KEY_BYTES = 512
_PRIVATE = "PRIVATE+KEY+"
_FIELD = 2**255 - 19
# The y of the points of order 1, 2, 4 and 8: a key there signs for every message.
_ORDER_8 = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
_SMALL_ORDER = {0, 1, _FIELD - 1, _ORDER_8, _FIELD - _ORDER_8}


class KeyKind(IntEnum):
    """What a key signs; the byte that C2SP assigns."""

    NOTE = 1
    COSIGNATURE = 4


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half: who signed, and how that is checked. `name` has no blanks and no plus."""

    name: str
    kind: KeyKind
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart; no secret and no proof."""
        return sha256(b"%b\n%c%b" % (self.name.encode(), self.kind, self.public)).digest()[:ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """
        Read `name+hash+base64`.

        Raises:
            Tampered: it is no such text, its hash is not that of the key, or the key is one that proves nothing.
        """
        name, kind, public = _read(text)
        _refuse_weak(public)
        return _agreeing(cls(name, kind, public), text)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether this key made a signature, 64 bytes, of a message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The secret half; `seed` is 32 bytes and is shown nowhere."""

    name: str
    kind: KeyKind
    seed: bytes = field(repr=False)

    @classmethod
    def make(cls, name: str, kind: KeyKind = KeyKind.NOTE) -> SigningKey:
        """
        Make a new key.

        Raises:
            BadRequest: a name with blanks, a plus or control characters, or none.
        """
        if not is_name(name):
            what = f"{name!r} cannot be the name of a key: it is empty, too long, or has blanks or a plus."
            raise BadRequest(what, try_this="a name like example.org/ledger")
        return cls(name, kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, self.kind, public)

    def sign(self, message: bytes) -> bytes:
        """Sign a message; 64 bytes, always the same for the same message."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)

    def secret_text(self) -> str:
        """Write the key as one line of text, to be kept where only its owner reads."""
        seed = to_base64(bytes([self.kind]) + self.seed)
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{seed}"

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """Read what `secret_text` wrote; Tampered, which says nothing of the secret, where it is anything else."""
        if not text.startswith(_PRIVATE):
            refuse("This is no signing key.")
        key = cls(*_read(text.removeprefix(_PRIVATE)))
        _agreeing(key.verifier, text.removeprefix(_PRIVATE))
        return key


def is_name(name: str) -> bool:
    """Whether a key or an origin may be called so."""
    fits = 0 < len(name.encode(errors="replace")) <= MOST_NAME_BYTES and name.isprintable()
    return fits and "+" not in name and not any(each.isspace() for each in name)


def _read(text: str) -> tuple[str, KeyKind, bytes]:
    name, _, rest = plain_text(text, _MOST_KEY_BYTES, "A key").partition("+")
    data = from_base64(rest.partition("+")[2], "A key")
    if not is_name(name) or len(data) != 1 + KEY_BYTES or data[0] not in set(KeyKind):
        refuse("A key is not of the form name+hash+base64, or not one of Ed25519.")
    return name, KeyKind(data[0]), data[1:]


def _agreeing(key: VerifierKey, text: str) -> VerifierKey:
    if text.split("+")[1] != key.key_id.hex():
        refuse(f"The hash in the key of {key.name} is not that of the key.")
    return key


def _refuse_weak(public: bytes) -> None:
    y = int.from_bytes(public, "little") % 2**255
    if y >= _FIELD or y in _SMALL_ORDER:
        refuse("This key proves nothing: anybody could sign for it.")
