"""Evidence packages for tests: made once, verified as another party would, and falsified with and without skill."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from groundside.archive.archive import Archive
from groundside.archive.witnessing import cosign, make_witness, trust
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from groundside.see.evidence.package import write_package
from tests.simulated import craft_files

WHO = Caller("anna", "test")
WHY = "claim 4711"
CLAIM = replace(WHO, why=WHY)


def build(root: Path) -> tuple[str, str, str]:
    """Make an archive with a witness in a folder, and a package of its first flight; gives flight, key and witness."""
    witness = make_witness(root / "witness", "example.org/w1")
    with Archive.open(root / "archive", create=True) as it:
        for name, data in craft_files():
            it.receive(WHO, name, [data])
        flight = next(f for f in it.flights(WHO, FlightQuery()).flights if f.track_object and len(f.sources) > 1)
        it.annotate(WHO, flight.id, "windy")
        key = trust_ledger(it, root / "witness")
        it.keep_checkpoint(WHO, cosign(root / "witness", it.ledger(WHO).checkpoint), [witness])
        it.annotate(WHO, flight.id, "after the witness")
        write_package(it.evidence(CLAIM, [flight.id], WHY), root / "bag")
    return flight.id, key, witness


def trust_ledger(archive: Archive, folder: Path) -> str:
    key = archive.ledger(WHO).key
    trust(folder, key)
    return key


def verify(bag: Path, *options: str, python: str = sys.executable) -> tuple[int, str]:
    """Run the package's own verifier with nothing but Python, in an empty environment."""
    asked = [] if not options else ["bag", str(bag), *options]
    done = subprocess.run(
        [python, "-I", "-S", str(bag / "verify.py"), *asked],
        env={"PATH": os.defpath},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def pack_again(bag: Path) -> None:
    """Write the manifests anew, as a forger would who changed something."""
    names = sorted(p.relative_to(bag).as_posix() for p in bag.rglob("*") if p.is_file())
    lists = {"manifest-sha256.txt", "tagmanifest-sha256.txt"}
    payload = [n for n in names if n.startswith("data/")]
    (bag / "manifest-sha256.txt").write_text(listed(bag, payload))
    tags = [n for n in names if not n.startswith("data/") and n not in lists]
    (bag / "tagmanifest-sha256.txt").write_text(listed(bag, sorted([*tags, "manifest-sha256.txt"])))


def listed(bag: Path, names: list[str]) -> str:
    return "".join(f"{hashlib.sha256((bag / n).read_bytes()).hexdigest()}  {n}\n" for n in names)


def flip(path: Path, bit: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    path.write_bytes(raw)
