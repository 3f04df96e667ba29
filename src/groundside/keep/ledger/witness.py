"""
Somebody else who remembers: a folder, on another machine or a stick, that cosigns ledgers as long as they only grow.

Whoever holds the archive and its keys can rewrite its ledger from the first entry, but not so that a witness cosigns.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from groundside.errors import Conflict, NotFound, Refused, Tampered
from groundside.keep.durable import FILE_MODE, disk_errors, make_folder, write_file
from groundside.keep.ledger import merkle, proofs
from groundside.keep.ledger.checkpoint import Checkpoint, arranged
from groundside.keep.ledger.encoding import refuse
from groundside.keep.ledger.keys import KeyKind, SigningKey, VerifierKey
from groundside.keep.ledger.note import Note

_KEY, _LOCK = "witness.key", "lock"
_MOST_STATE_BYTES = 1 << 17


class Witness:
    """Got by `Witness.make` or `Witness.open`. Any number of processes may use the folder; one at a time is let in."""

    def __init__(self, folder: Path, key: SigningKey) -> None:
        self._folder = folder
        self._key = key

    @classmethod
    def make(cls, folder: Path, name: str) -> Witness:
        """
        Make a witness with a key of its own; `name` is what it signs as.

        Raises:
            Conflict: the folder holds one already.
            BadRequest: no name for a key.
        """
        key = SigningKey.make(name, KeyKind.COSIGNATURE)
        with disk_errors():
            make_folder(folder)
            with _alone(folder):
                if (folder / _KEY).exists():
                    what = "There is a witness in this folder already."
                    raise Conflict(what, try_this="use that one, or give another folder")
                write_file(folder / _KEY, f"{key.secret_text()}\n".encode())
        return cls(folder, key)

    @classmethod
    def open(cls, folder: Path) -> Witness:
        """Open a witness; NotFound where the folder holds none, Tampered where its key is damaged."""
        raw = _read(folder / _KEY)
        if raw is None:
            what = "There is no witness in this folder."
            raise NotFound(what, try_this="give the folder in which the witness was made")
        key = SigningKey.parse(raw.removesuffix("\n"))
        if key.kind is not KeyKind.COSIGNATURE:
            refuse("The key in this folder is not that of a witness.")
        return cls(folder, key)

    @property
    def key(self) -> VerifierKey:
        """What verifies its cosignatures."""
        return self._key.verifier

    def trust(self, ledger: VerifierKey) -> None:
        """
        Let a ledger be cosigned from now on, known by its key.

        Raises:
            Conflict: a ledger of that name is known by another key; that is never changed in silence.
        """
        with disk_errors(), _alone(self._folder):
            known = self._ledger(ledger.name)
            if known not in {None, ledger}:
                what = f"{ledger.name} is known to this witness by another key."
                raise Conflict(what, try_this="find out why the key differs; make a new witness if it rightly does")
            write_file(self._file(ledger.name, "ledger"), f"{ledger}\n".encode())

    def last(self, origin: str) -> Checkpoint | None:
        """
        Give what it last cosigned of a ledger; None before the first time.

        Raises:
            Tampered: what it wrote down was altered.
        """
        raw = _read(self._file(origin, "seen"))
        if raw is None:
            return None
        note = Note.parse(raw)
        checkpoint = Checkpoint.parse(note.text)
        if self.key not in note.verified([self.key]) or checkpoint.origin != origin:
            refuse("What this witness wrote down of the ledger was altered.")
        return checkpoint

    def cosign(self, request: str, at_s: int | None = None) -> str:
        """
        Cosign a checkpoint, if that ledger only grew since the last one; durable here before it is given out.

        Args:
            request: what `proofs.growth` wrote, from the size that `last` tells, or 0, to the checkpoint.
            at_s: when, POSIX seconds; now where it is not given.

        Returns:
            The checkpoint with this cosignature, and those it had.

        Raises:
            Refused: a ledger that is not known, another key, or a ledger that was rolled back, forked or truncated.
            Tampered: what this witness wrote down was altered.
        """
        with disk_errors(), _alone(self._folder):
            note, checkpoint = self._grown(request)
            signed = str(arranged(note.signed(self._key, int(time.time()) if at_s is None else at_s)))
            write_file(self._file(checkpoint.origin, "seen"), signed.encode())
        return signed

    def _grown(self, request: str) -> tuple[Note, Checkpoint]:
        path, note, new = self._signed(request)
        last = self.last(new.origin) or Checkpoint(new.origin, 0, merkle.EMPTY_ROOT)
        if new.size < last.size:
            _no(f"The ledger was rolled back: it had {last.size} entries, and now has {new.size}.")
        if new.size == last.size and new.root != last.root:
            _no(f"The ledger was forked: it had other entries when it had {last.size}.")
        if path.number != last.size:
            _no(f"The proof begins at {path.number} entries; this witness last saw {last.size}.")
        if not merkle.extends(last.size, last.root, new.size, new.root, path.hashes):
            _no(f"The ledger was rewritten: it does not begin with the {last.size} entries that this witness saw.")
        return note, new

    def _signed(self, request: str) -> tuple[proofs.Path, Note, Checkpoint]:
        try:
            path = proofs.read_growth(request)
            note = Note.parse(path.rest)
            checkpoint = Checkpoint.parse(note.text)
            ledger = self._ledger(checkpoint.origin)
            signed = ledger is not None and ledger in note.verified([ledger])
        except Tampered as error:
            what = f"Not cosigned: {error.what}"
            raise Refused(what, try_this="ask the archive for its checkpoint again") from error
        if not signed:
            _no("The checkpoint is not signed by a ledger that this witness knows.")
        return path, note, checkpoint

    def _ledger(self, origin: str) -> VerifierKey | None:
        raw = _read(self._file(origin, "ledger"))
        return None if raw is None else VerifierKey.parse(raw.removesuffix("\n"))

    def _file(self, origin: str, kind: str) -> Path:
        # By its hash, for the name of a ledger may be any text.
        return self._folder / f"{sha256(origin.encode()).hexdigest()[:32]}.{kind}"


def _no(what: str) -> None:
    raise Refused(what, try_this="verify the archive, and compare it with a backup, before it is used further")


def _read(file: Path) -> str | None:
    with disk_errors():
        try:
            with file.open("rb") as opened:
                raw = opened.read(_MOST_STATE_BYTES)
        except FileNotFoundError:
            return None
    try:
        return raw.decode()
    except UnicodeDecodeError:
        refuse("A file of this witness was altered.")


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Keep other processes out, so that two requests cannot both be held to the same last checkpoint."""
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
