"""Being a witness of other archives' ledgers, without an archive: `groundside witness`."""

from __future__ import annotations

from pathlib import Path

from groundside.errors import GroundsideError, Refused
from groundside.keep.ledger import proofs
from groundside.keep.ledger.checkpoint import Checkpoint
from groundside.keep.ledger.keys import VerifierKey
from groundside.keep.ledger.note import Note
from groundside.keep.ledger.witness import Witness

_GROWTH = "old "


def make_witness(folder: Path, name: str) -> str:
    """
    Make a witness in a folder; gives the key that verifies its cosignatures.

    Raises:
        Conflict: there is one already.
        BadRequest: no name for a key.
    """
    return str(Witness.make(folder, name).key)


def witness_of(folder: Path) -> str:
    """Give the key of the witness in a folder; NotFound where there is none."""
    return str(Witness.open(folder).key)


def trust(folder: Path, ledger: str) -> str:
    """
    Let a ledger be cosigned, by its key; gives its name.

    Raises:
        Conflict: a ledger of that name is known by another key.
        NotFound: there is no witness in the folder.
    """
    key = VerifierKey.parse(ledger.strip())
    Witness.open(folder).trust(key)
    return key.name


def cosign(folder: Path, given: str) -> str:
    """
    Cosign the checkpoint of a ledger that only grew.

    Args:
        folder: of the witness.
        given: a checkpoint, which is enough the first time, or what `groundside ledger consistency` wrote.

    Returns:
        The checkpoint with this cosignature.

    Raises:
        Refused: the ledger is not known, or was rolled back, forked, truncated or rewritten; or more is needed.
    """
    witness = Witness.open(folder)
    if given.startswith(_GROWTH):
        return witness.cosign(given)
    try:
        asked = Checkpoint.parse(Note.parse(given).text)
    except GroundsideError as error:
        what = f"Not cosigned: {error.what}"
        raise Refused(what, try_this="groundside ledger checkpoint --out FILE") from error
    last = witness.last(asked.origin)
    if last is not None and asked.size > last.size:
        what = (
            f"This witness last saw {last.size} entries; that the ledger grew from these to {asked.size} is not shown."
        )
        raise Refused(what, try_this=f"groundside ledger consistency --from {last.size} --out FILE, and cosign that")
    same = last is not None and asked.size == last.size
    return witness.cosign(proofs.growth(asked.size if same else 0, [], given))
