"""
What lies where in an evidence package.

    data/originals/ID/NAME       the files, as they came
    data/flights/ID/             facts.json, track.csv, track.geojson: what this program made of them
    data/events/ENTRY/SEQ.txt    an event with its salt, and the proof that entry ENTRY of the ledger binds it
    data/ledger/                 key.txt, checkpoint.txt, entries/ENTRY.json and ENTRY.proof; cosigned.txt, growth.txt
    data/case.jsonld             the same as CASE and UCO know it
    data/package.json            from where, by whom, why
    README.txt verify.py         for whoever gets it
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from groundside.errors import Tampered
from groundside.see.evidence.bag import Bag
from groundside.see.evidence.case_uco import graph
from groundside.see.evidence.place import placed
from groundside.see.evidence.readme import readme
from groundside.see.exports.known import choose
from groundside.see.shapes import encode, flight_shape, problem_shape
from groundside.see.text import iso, shown_name

if TYPE_CHECKING:
    from groundside.archive.disclosing import Evidence, EvidenceFile, EvidenceFlight, Proven

EXPORTS = ("csv", "geojson")
_CHUNK = 1 << 20
_LONGEST = 80
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]")


def write_package(evidence: Evidence, target: Path) -> None:
    """
    Write a package as a folder, or as a ZIP where the name of `target` ends in ".zip"; whole or not at all.

    Raises:
        Conflict: something is there already.
        Tampered: a file's bytes are not those that were kept.
        NoSpace: the disk cannot take it.
    """
    with placed(target, f"evidence-{evidence.made_us}") as place:
        bag = Bag(place)
        paths = {each.id: _write_original(bag, each) for each in evidence.files}
        for each in evidence.flights:
            _write_flight(bag, each)
        _write_proofs(bag, evidence.proven)
        bag.add("data/case.jsonld", _pretty(graph(evidence, paths)))
        bag.add("data/package.json", _pretty(_about(evidence, paths)))
        bag.add("README.txt", readme(evidence))
        bag.add("verify.py", evidence.verifier)
        bag.close(_info(evidence))


def _write_original(bag: Bag, file: EvidenceFile) -> str:
    path = f"data/originals/{file.id}/{_name(file.name)}"
    hashed = hashlib.sha256()
    with bag.create(path) as out, file.open() as stream:
        while chunk := stream.read(_CHUNK):
            hashed.update(chunk)
            out.write(chunk)
    if hashed.hexdigest() != file.sha256.hex:
        what = f"{shown_name(file.name)} was kept with another SHA-256 than its bytes have now."
        raise Tampered(what, try_this="groundside verify")
    return path


def _write_flight(bag: Bag, each: EvidenceFlight) -> None:
    folder, flight = f"data/flights/{each.flight.id}", each.flight
    problems = [{"file": shown_name(file), **problem_shape(problem)} for file, problem in each.problems]
    bag.add(f"{folder}/facts.json", _pretty({**flight_shape(flight), "problems": problems}))
    if each.track is None:
        return
    track = each.track()
    for name in EXPORTS:
        export = choose(name)
        with bag.create(f"{folder}/track{export.suffix}") as out:
            export.write(flight, track, out)


def _write_proofs(bag: Bag, proven: Proven) -> None:
    bag.add("data/ledger/key.txt", f"{proven.key}\n")
    bag.add("data/ledger/checkpoint.txt", proven.checkpoint)
    for entry in proven.entries:
        bag.add(f"data/ledger/entries/{entry.seq}.json", entry.leaf)
        bag.add(f"data/ledger/entries/{entry.seq}.proof", entry.proof)
    for event in proven.events:
        bag.add(f"data/events/{event.entry}/{event.seq}.txt", event.proof)
    if proven.cosigned is not None:
        bag.add("data/ledger/cosigned.txt", proven.cosigned.note)
        bag.add("data/ledger/growth.txt", proven.cosigned.growth)


def _about(evidence: Evidence, paths: Mapping[str, str]) -> dict[str, object]:
    return {
        "archive": evidence.archive_id,
        "made": iso(evidence.made_us),
        "by": evidence.who,
        "why": evidence.why,
        "program": f"groundside {evidence.version}",
        "flights": [each.flight.id for each in evidence.flights],
        "originals": [
            {
                "id": each.id,
                "path": paths[each.id],
                "name": shown_name(each.name),
                "sha256": each.sha256.hex,
                "size": each.size,
                "format": each.format,
                "received": iso(each.received_us),
                "flights_not_in_this_package": each.others,
            }
            for each in evidence.files
        ],
        "events_not_sealed_yet": list(evidence.proven.waiting),
    }


def _info(evidence: Evidence) -> dict[str, str]:
    return {
        "Bag-Software-Agent": f"groundside {evidence.version}",
        "Bagging-Date": (iso(evidence.made_us) or "")[:10],
        "External-Description": f"Drone records and what proves them. Why: {evidence.why}",
        "External-Identifier": f"{evidence.archive_id}/{evidence.made_us}",
        "Source-Organization": evidence.who,
    }


def _pretty(shape: object) -> bytes:
    # Read and written again so that what has no word in JSON, or in UTF-8, is dealt with in one place.
    return json.dumps(json.loads(encode(shape)), indent=2).encode() + b"\n"


def _name(name: str) -> str:
    """Make a name of letters, digits and . _ - that is neither hidden nor too long for any file system."""
    plain = _NOT_IN_NAMES.sub("_", shown_name(name))[-_LONGEST:].lstrip(".-") or "original"
    return f"{plain}_" if plain.endswith(".") else plain
