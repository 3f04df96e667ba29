"""What the tests of `keep` are made of: each test states only what matters to it."""

from __future__ import annotations

import functools
import hashlib
import itertools
import os
import random
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from groundside.archive.store import Store
from groundside.keep import schema, upgrade
from groundside.keep.archive_folder import open_folder
from groundside.keep.catalogue import Catalogue, Writer
from groundside.keep.keys.keyring import sealing
from groundside.keep.object_store import ObjectStore
from groundside.keep.rows import Box, CutRef, Fit, FlightFacts, KeptCut, Reading, ReadingState, Stored
from groundside.keep.sealing.form import SealedForm
from groundside.keep.sealing.keys import GivenKeys
from groundside.keep.storage import vault_over
from groundside.keep.store_disk import DiskStore
from groundside.keep.store_vault import StoreVault
from groundside.keep.tracks import put_track
from groundside.keep.vault import Vault
from groundside.model.caller import EVERYTHING, GENERAL, Caller, Scope
from groundside.model.decoded import ByteAccount, Problem
from groundside.model.digest import Digest
from groundside.model.flight import Cut, Place
from groundside.model.lineage import Derived
from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, Recording, TimeBasis
from groundside.model.table import Column
from groundside.model.track import Track, track_of
from groundside.settings import Settings

MIGRATIONS = Path(upgrade.__file__).parent / "migrations"
TESTER = Caller(who="tester", how="test")
T0 = 1_700_000_000_000_000
SECOND = 1_000_000
_numbers = itertools.count()


def guest(*cases: str) -> Caller:
    """Somebody who may see only some cases."""
    return Caller(who="guest", how="test", scope=Scope(frozenset(cases)))


@dataclass(frozen=True)
class KnownSecrets:
    """The secrets of an archive that has no keyring."""

    fingerprint: bytes = b"k" * 32
    growing: bytes = b"g" * 32

    def fingerprint_key(self) -> bytes:
        return self.fingerprint

    def growing_key(self) -> bytes:
        return self.growing


def open_vault(folder: Path, secrets: KnownSecrets = KnownSecrets()) -> Vault:
    """A vault in a folder, not sealed."""
    return plain_vault(DiskStore(folder), secrets)


def plain_vault(store: ObjectStore, secrets: KnownSecrets = KnownSecrets()) -> Vault:
    return vault_over(store, GivenKeys({}), secrets, sealed=False)


class KeyBook(dict[str, bytes]):
    """In place of a catalogue: the keys of whatever was put, for every vault that shares it."""

    def key_of(self, object_id: str) -> bytes:
        return GivenKeys(self).key_of(object_id)

    def keys_of(self, object_ids: Collection[str]) -> Mapping[str, bytes]:
        return GivenKeys(self).keys_of(object_ids)


class Noting(SealedForm):
    """Sealed, and the key of whatever is put is in the book at once."""

    def __init__(self, book: KeyBook) -> None:
        super().__init__(book, KnownSecrets())
        self._book = book

    def kept(self, object_id: str, key: bytes) -> None:
        self._book[object_id] = key


def sealed_vault(store: ObjectStore, book: KeyBook) -> Vault:
    return StoreVault(store, Noting(book), KnownSecrets().fingerprint_key)


def open_catalogue(kind: str, folder: Path) -> Catalogue:
    """Open the catalogue of one back end, made if need be; another back end is another kind here."""
    return Catalogue.open({"sqlite": sqlite_url}[kind](folder), backup_folder=folder / "backups")


def sqlite_url(folder: Path) -> str:
    """The URL of a catalogue in a folder, made if need be."""
    file = folder / "catalogue.sqlite"
    if not file.exists():
        folder.mkdir(exist_ok=True)
        file.touch(0o600)
        file.write_bytes(_empty_catalogue())
    return f"sqlite:///{file}"


def add_migration(scripts: Path, monkeypatch: pytest.MonkeyPatch, more: str = "") -> None:
    """Make of this program a newer one, with one migration more; `more` are lines at the end of it."""
    (scripts / "versions").mkdir(parents=True)
    (scripts / "env.py").write_text((MIGRATIONS / "env.py").read_text())
    for step in (MIGRATIONS / "versions").glob("0*.py"):
        (scripts / "versions" / step.name).write_text(step.read_text())
    (scripts / "versions" / "9999_more.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n"
        f"revision = '9999'\ndown_revision = {schema.HEAD!r}\n"
        "def upgrade():\n    op.create_table('more', sa.Column('id', sa.Integer, primary_key=True))\n" + more
    )
    monkeypatch.setattr(upgrade, "SCRIPTS", str(scripts))
    monkeypatch.setattr(schema, "HEAD", "9999")


@functools.cache
def _empty_catalogue() -> bytes:
    """Migrated once a run, for a hundred tests."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "catalogue.sqlite"
        Catalogue.open(f"sqlite:///{file}", backup_folder=None).close()
        return file.read_bytes()


def stored(content: bytes | None = None) -> Stored:
    """Something that a vault might have given, without a vault."""
    number = next(_numbers)
    raw = content if content is not None else f"original {number}".encode()
    return Stored(f"{number:032x}", len(raw), Digest.of_bytes(hashlib.sha256(raw).digest()))


def add_original(writer: Writer, name: str = "log.bin", case: str = GENERAL, what: Stored | None = None) -> str:
    kept = what or stored()
    original = writer.add_original(kept, fingerprint=f"fp-{kept.digest.hex}", case=case, received_us=T0)
    writer.add_arrival(original, file_name=name, origin="card", at_us=T0)
    return original


def reading(original: str, code: str = "bin/1", track: Stored | None = None, **more: object) -> Reading:
    values: dict[str, object] = {
        "derived": Derived(original, code),
        "state": ReadingState.READ,
        "at_us": T0,
        "format": "bin",
        "facts": {"vehicle": "copter", "inferences": []},
        "problems": (Problem(3, 2, "two bytes that are nothing"),),
        "account": ByteAccount(10, 8, 2),
        "recording": Recording(time_basis=TimeBasis.UTC_GNSS, start_us=T0, home=LonLat(1.0, 2.0)),
        "track": track,
        "track_rows": 3 if track else 0,
    }
    return Reading(**(values | more))  # type: ignore[arg-type]


def cut(ordinal: int = 0, start_s: float | None = 0.0, **more: object) -> Cut:
    values: dict[str, object] = {
        "ordinal": ordinal,
        "first_row": 0,
        "end_row": 3,
        "time_basis": TimeBasis.UTC_GNSS if start_s is not None else TimeBasis.BOOT,
        "time_error_s": 0.2 if start_s is not None else None,
        "recording_start_us": None if start_s is None else T0 + int(start_s * SECOND),
        "recording_s": 600.0,
        "airborne_s": 500.0,
        "home": LonLat(8.5, 47.25),
        "aircraft": Aircraft(name="Kestrel", model="Quad 4", serial="SN-17"),
    }
    return Cut(**(values | more))  # type: ignore[arg-type]


def kept_cut(original: str, ordinal: int = 0, **more: object) -> KeptCut:
    return KeptCut(ref=CutRef(original, ordinal), derived=Derived(original, "cut/1"), summary=cut(ordinal, **more))


def facts(summary: Cut | None = None, place: str = "Örebro, SE", **more: object) -> FlightFacts:
    values: dict[str, object] = {
        "summary": summary or cut(),
        "place": Place(name=place, time_zone="Europe/Stockholm") if place else None,
        "box": Box(8.4, 47.2, 8.6, 47.3),
    }
    return FlightFacts(**(values | more))  # type: ignore[arg-type]


def add_flight(
    writer: Writer, name: str = "log.bin", case: str = GENERAL, of: FlightFacts | None = None
) -> tuple[str, str]:
    """One original, read, with one cut, which is one flight: gives the ids of the original and the flight."""
    original = add_original(writer, name, case)
    writer.set_reading(reading(original))
    writer.set_cuts(original, [kept_cut(original)])
    flight = writer.add_flight(case, of or facts(), at_us=T0)
    writer.attach_source(flight, CutRef(original, 0), Fit("the only one", chosen=True))
    return original, flight


def track(rows: int = 100, basis: TimeBasis = TimeBasis.UTC_GNSS) -> Track:
    times = T0 + np.arange(rows, dtype=np.int64) * 100_000
    columns = {
        "time_us": Column(times, origin="GPS.TimeUS"),
        "lon": Column(8.5 + np.arange(rows) * 1e-5, "deg", "GPS.Lng"),
        "lat": Column(47.2 + np.arange(rows) * 1e-5, "deg", "GPS.Lat"),
        "mode": Column(["AUTO"] * rows),
    }
    return track_of(columns, basis, 0.2 if basis.is_utc else None)


def open_parts(folder: Path, url: str | None, *, sealed: bool) -> Store:
    """Open the vault and the catalogue of an archive; made where there is none."""
    settings = Settings(catalogue=url, encrypt=sealed)
    return Store(open_folder(folder, True, sealing(settings)), settings)


def write_for_ever(folder: Path, seed: int, rounds: int | None, url: str | None, sealed: bool) -> None:
    """Do mixed work until killed, saying on standard output what was acknowledged, and only then."""
    opened = open_parts(folder, url, sealed=sealed)
    vault, catalogue = opened.vault, opened.catalogue
    chance = random.Random(seed)
    for number in itertools.count() if rounds is None else range(rounds):
        original = _keep_one(vault, catalogue, chance, f"{seed}-{number}")
        _say("kept", *original)
        if number % 3 == 1:
            _read_one(vault, catalogue, original[0])
            _say("read", original[0], "-")
        if number % 4 == 2:
            with vault.append() as growing:
                growing.write(chance.randbytes(chance.randrange(1, 3000)))
                growing.flush()
                _say("flushed", growing.object_id, str(growing.size))


def _keep_one(vault: Vault, catalogue: Catalogue, chance: random.Random, name: str) -> tuple[str, str]:
    if chance.random() < 0.3:
        with vault.append() as growing:
            for piece in _pieces(chance):
                growing.write(piece)
                growing.flush()
            done = growing.seal()
    else:
        done = vault.put(_pieces(chance))
    with catalogue.commit(TESTER) as writer:
        original = add_original(writer, name, what=done)
        writer.event("ingest", original, at_us=T0)
    return original, done.digest.hex


def _pieces(chance: random.Random) -> Iterator[bytes]:
    """Random bytes that end in their own SHA-256, so that half of them can be told from all of them."""
    digest = hashlib.sha256()
    for number in range(chance.randrange(1, 6)):
        piece = chance.randbytes(chance.randrange(1, 60_000))
        digest.update(piece)
        yield piece
        if number == 1:
            _say("writing", "-", "-")
            time.sleep(0.03)  # as slow as an upload, so that a kill can fall between two pieces
    yield digest.digest()


def is_whole(content: bytes) -> bool:
    """Whether this is all of something that `write_for_ever` kept."""
    if content[:4] == b"PAR1":
        return content[-4:] == b"PAR1"
    return hashlib.sha256(content[:-32]).digest() == content[-32:]


def _read_one(vault: Vault, catalogue: Catalogue, original: str) -> None:
    for code in ("bin/1", "bin/2"):
        made = put_track(vault, track(50))
        with catalogue.commit(TESTER) as writer:
            forgotten = writer.set_reading(reading(original, code, made))
            writer.set_cuts(original, [kept_cut(original)])
            if not writer.attached_from(original, EVERYTHING):
                flight = writer.add_flight(GENERAL, facts(), at_us=T0)
                writer.attach_source(flight, CutRef(original, 0), Fit("the only one", chosen=True))
            writer.event("read", original, at_us=T0)
        for each in forgotten:
            vault.discard(each)


def _say(*words: str) -> None:
    os.write(sys.stdout.fileno(), (" ".join(words) + "\n").encode())
