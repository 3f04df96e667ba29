"""What a commit needs of the keys: wrapping those of new objects, and the name and seed that sign the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from groundside.keep.keys.cases import CaseKeys, add_keys
from groundside.keep.keys.keyring import Keyring
from groundside.keep.keys.memory import Remembered
from groundside.keep.ledger.keys import KeyKind, SigningKey, VerifierKey
from groundside.keep.rows import Stored


class Custody:
    """
    The keys of one archive, for its catalogue. Threads may share it.

    Args:
        keyring: of the archive; opened when a key is needed.
    """

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self.cases = CaseKeys(keyring.folder.id, keyring)
        self.remembered = Remembered()

    def signer(self) -> SigningKey:
        """Give the key that signs the ledger."""
        return SigningKey(f"groundside/{self.keyring.folder.id}", KeyKind.NOTE, self.keyring.signing_seed())

    def row_key(self) -> bytes:
        """Give what seals the rows of the catalogue, 32 bytes."""
        return self.keyring.row_key()

    def verifier(self) -> VerifierKey:
        """Give what others check the ledger's signatures with."""
        return self.signer().verifier

    def record(self, connection: Connection, objects: Sequence[tuple[str, Stored]]) -> None:
        """
        Write down the data keys of objects, in the commit that records these objects.

        Args:
            connection: of the commit.
            objects: each with the name of its case.

        Raises:
            RuntimeError: the archive is sealed and an object came without its key, or the other way round. Nothing
                could ever read it again; a defect in the caller.
        """
        for _, stored in objects:
            if bool(stored.key) is not self.keyring.folder.sealed:
                what = f"object {stored.object_id} came {'with' if stored.key else 'without'} a key"
                raise RuntimeError(what)
        if not self.keyring.folder.sealed:
            return
        add_keys(connection, self.cases, ((case, stored.object_id, stored.key) for case, stored in objects))
        # The commit may still read what it just recorded, from threads that see only what is committed.
        for _, stored in objects:
            self.remembered.put(stored.object_id, stored.key)

    def forget(self) -> None:
        """Hold no key of any object or case in memory: what must follow an erasure."""
        self.remembered.forget()
        self.cases.forget()
