"""What the ledger signs: its name, how many entries it has, and the root over them. The checkpoint of C2SP."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from groundside.keep.ledger.encoding import hash_from, number_from, refuse, to_base64
from groundside.keep.ledger.keys import SigningKey, VerifierKey
from groundside.keep.ledger.note import Note, Signature

_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """
    The state of a ledger.

    Attributes:
        origin: name of the ledger, also that of its key.
        size: number of entries.
        root: hash over them, 32 bytes.
        extensions: lines that others may have added; ours have none.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is signed."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, to_base64(self.root), *self.extensions))

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a note that was verified; Tampered where it is no checkpoint."""
        lines = text.removesuffix("\n").split("\n")
        if len(lines) < _LINES or not all(lines):
            refuse("A checkpoint is a name, a size and a root, each on a line.")
        origin, size, root, *extensions = lines
        return cls(origin, number_from(size, "The size of the ledger"), hash_from(root), tuple(extensions))


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A checkpoint that was verified; `seen` says which witnesses cosigned it, and when, in POSIX seconds."""

    checkpoint: Checkpoint
    seen: Mapping[VerifierKey, int]


def sign(checkpoint: Checkpoint, key: SigningKey) -> str:
    """Write a checkpoint as a signed note."""
    return str(Note(checkpoint.text, ()).signed(key))


def open_checkpoint(raw: str, key: VerifierKey, witnesses: Collection[VerifierKey] = (), least: int = 0) -> Witnessed:
    """
    Read a signed checkpoint and verify every line of it.

    This is stricter than C2SP asks, so that nothing in a checkpoint can be changed unseen: the ledger's own signature
    comes first, then those of witnesses in the order of `arranged`; a line of a key that is not given is refused.

    Args:
        raw: the note.
        key: of the ledger, which is also called so.
        witnesses: keys of those who may have cosigned.
        least: how many of them must have.

    Raises:
        Tampered: any of that does not hold.
    """
    note = Note.parse(raw)
    found = dict(note.verified([key, *witnesses]))
    if len(found) < len(note.signatures) or found.pop(key, None) is None:
        refuse("The checkpoint is not signed by the ledger's key, or by a key that is not known here.")
    if arranged(note).signatures != note.signatures or note.signatures[0].name != key.name:
        refuse("The signatures of the checkpoint are not in their order.")
    if len(found) < least:
        refuse(f"{len(found)} witnesses cosigned the checkpoint, where {least} must have.")
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != key.name:
        refuse("The checkpoint is that of another ledger.")
    return Witnessed(checkpoint, found)


def arranged(note: Note) -> Note:
    """Put the signatures of a checkpoint in their one order: the ledger's, then those of others by name and id."""
    origin = note.text.partition("\n")[0]

    def place(signature: Signature) -> tuple[bool, str, bytes]:
        return signature.name != origin, *signature.who

    return replace(note, signatures=tuple(sorted(note.signatures, key=place)))
