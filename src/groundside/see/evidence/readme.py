"""What README.txt of a package says, to somebody who has never heard of us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundside.see.text import iso, shown_text

if TYPE_CHECKING:
    from groundside.archive.disclosing import Evidence

_TEXT = """\
EVIDENCE PACKAGE

From archive   {archive}
Made           {made} by {who}
Why            {why}
Holds          {flights} flight(s), {files} original file(s), {events} event(s)

HOW TO VERIFY IT

Python 3.8 or newer is enough; nothing is installed, nothing leaves your machine:

    python3 -I -S verify.py

It reads every file of this package. It ends with 0 where all holds, and with 1 where anything does not; each thing
that does not hold is named. Then do it again in a way that trusts nothing in this package:

    1. Get the ledger's key from the archive's owner by another way (groundside ledger), not from this package.
       Whoever made a false package would have put a false key into it.
    2. Get standalone.py from the public source of groundside (src/groundside/keep/ledger/standalone.py), or read
       verify.py: it is one file, and the same byte for byte.
    3. If somebody you trust witnesses the ledger, get the witness's key from them.

    python3 -I -S standalone.py bag FOLDER --key KEY [--witness KEY --cosigners 1]

This folder is also a bag of RFC 8493, which any BagIt tool validates.

WHAT IT PROVES, WHERE ALL HOLDS

  - No file of this package was changed, lost or added since it was packed by whoever wrote the manifests.
  - The bytes of each file in data/originals have the SHA-256 that the archive recorded when they came in.
  - Each event in data/events was recorded as it stands: it is bound by an entry of the ledger, by a commitment of
    HMAC-SHA256 with the salt that is in the file.
  - That entry is in the append-only Merkle tree (RFC 9162) whose root the ledger's key signed (Ed25519).
  - With a witness's key: the ledger was as it is up to that entry when the witness saw it, at the time it states.

WHAT IT DOES NOT PROVE

  - That a file is true: who had it before it came into the archive could have changed it.
  - That the times in events are right: they are those of the archive's clock. Only a witness's time is another's.
  - That nothing else happened: events about other things, and erased ones, are not here. How many events an entry
    holds is told, what the others say is not.
  - That data/flights and data/case.jsonld are right. A program made them of the originals ({program}); make them
    again with it, or with another.
  - Without a witness: that the owner did not write the whole ledger anew, with its key, before this was made.
{others}"""
_OTHERS = """
NOTE: {files} of the original files also tell of flights that are not in this package. A file is given whole, for
otherwise its SHA-256 could not be verified.
"""


def readme(evidence: Evidence) -> str:
    """Write the text for the other party's expert."""
    shared = sum(1 for each in evidence.files if each.others)
    return _TEXT.format(
        archive=evidence.archive_id,
        made=iso(evidence.made_us),
        who=shown_text(evidence.who),
        why=shown_text(evidence.why),
        flights=len(evidence.flights),
        files=len(evidence.files),
        events=len(evidence.proven.events),
        program=f"groundside {evidence.version}",
        others=_OTHERS.format(files=shared) if shared else "",
    )
