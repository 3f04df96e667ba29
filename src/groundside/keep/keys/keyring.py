"""The keyring of an archive: opened with the root key when a secret is first needed, and not before."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from groundside.errors import Refused, Tampered, WrongArchive
from groundside.keep.archive_folder import ArchiveFolder, Seal, alone_in, record_keyring
from groundside.keep.keys.key_file import file_exists
from groundside.keep.keys.ring import FILE, Ring, Secrets, Stated, closed, read_ring, write_ring, wrong_root
from groundside.keep.keys.root import Given, Source, candidates, is_only_waiting, made, settle, source_of, was_in_use
from groundside.keep.keys.wrapping import derived
from groundside.settings import Settings


class Keyring:
    """
    The secrets of one archive. Threads may share it; making one reads nothing and asks nobody.

    Every archive has a keyring, for its ledger is signed; in one that is not sealed it is made on first need. Each of
    the methods raises:

        Refused: the root key is not to be had, or is not the one of this archive.
        BadSetting: the setting `root_key` makes no sense, or what it leads to is no key.
        Tampered: the keyring is gone or damaged.
        WrongArchive: it is that of another archive, or of a newer program.
    """

    def __init__(self, folder: ArchiveFolder, settings: Settings) -> None:
        self.folder = folder
        self._setting = settings.root_key
        self._lock = threading.Lock()
        self._held: tuple[Ring, Secrets] | None = None

    def signing_seed(self) -> bytes:
        """Give the seed of the Ed25519 key that signs the ledger."""
        return self._opened().signing

    def fingerprint_key(self) -> bytes:
        """Give the key of the names by which duplicates are found."""
        return self._opened().fingerprint if self.folder.sealed else self.folder.key

    def growing_key(self) -> bytes:
        """Give the key of objects whose bytes are still arriving."""
        return self._opened().growing

    def row_key(self) -> bytes:
        """Give the key of seals over rows of the catalogue."""
        return self._opened().rows

    def backup_key(self) -> bytes:
        """Give the key of what belongs to backups; the same for ever, so that older ones can be read."""
        return derived(self._opened().rows, self.folder.id, "backup")

    def cases_key(self, number: int) -> bytes:
        """Give one of the keys that wrap the keys of cases; read anew where another process replaced it meanwhile."""
        found = self._opened().cases.get(number) or self.fresh().cases.get(number)
        if found is None:
            what = "The key of a case is wrapped by a key that the keyring does not hold."
            raise Tampered(what, try_this="put back the catalogue and the folder keys from the same backup")
        return found

    def newest_cases_key(self) -> tuple[int, bytes]:
        """Give the key that wraps keys of cases from now on, with its number, as the file says at this moment."""
        cases = self.fresh().cases
        return max(cases), cases[max(cases)]

    def fresh(self) -> Secrets:
        """Give all secrets as they are in the file now; the root key is asked for again only where it changed."""
        with self._lock:
            return self._load()

    def check(self) -> None:
        """Check the file as it is now; the root key is asked for again only where anything in it changed."""
        with self._lock:
            ring = self.checked_ring()
            if self._held is None or self._held[0] != ring:
                self._held = ring, ring.opened(self.root(ring))

    def ring(self) -> Ring | None:
        """Give the keyring as it lies in its file; needs no root key. None where none was made yet."""
        return read_ring(self.folder.path)

    def source(self, ring: Ring | None) -> Source:
        """Say where the root key comes from: as set, or as it was given when it was made."""
        return self._sources(ring)[-1]

    def root(self, ring: Ring, besides: Source | None = None) -> bytes:
        """
        Get the root key; it is held nowhere. One that was on its way into its file gets there.

        Args:
            ring: whose root key it is.
            besides: another source that may have it, where a rotation to that one was broken off.
        """
        for source in [*self._sources(ring), *([besides] if besides else [])]:
            for number, root in enumerate(candidates(source, self.folder.id, ring.stated.stretching)):
                if ring.fits(root):
                    if number or is_only_waiting(source):
                        settle(source)
                    return root
        raise wrong_root()

    def hold(self, ring: Ring, root: bytes) -> None:
        """Go on with a keyring that was just written."""
        with self._lock:
            self._held = ring, ring.opened(root)

    def checked_ring(self) -> Ring:
        """Give the keyring of this very archive; it is made where a plain archive has none yet."""
        ring = self.ring() or self._first()
        if ring.stated.archive != self.folder.id:
            what = "The keyring in this archive's folder is that of another archive."
            raise WrongArchive(what, try_this=f"put back {FILE} from a copy of this archive")
        if ring.stated.sealed != self.folder.sealed:
            what = "The archive's marker and its keyring do not agree on whether it is sealed."
            raise Tampered(what, try_this="put back the archive's folder from a backup")
        return ring

    @contextmanager
    def changing(self) -> Generator[Ring]:
        """Keep out other processes that would change the keyring's file; gives it as it is by now."""
        self.checked_ring()
        with alone_in(self.folder):
            yield self.checked_ring()

    def _sources(self, ring: Ring | None) -> list[Source]:
        """List where the root key may be, the likeliest last: one made of a passphrase may be in a file besides."""
        source = source_of(self._setting, self.folder.id)
        refuse_inside(source, self.folder.path)
        if self._setting is not None or ring is None or ring.stated.given is not Given.PASSPHRASE:
            return [source]
        return [*([source] if file_exists(Path(source.place)) else []), Source(Given.PASSPHRASE)]

    def _opened(self) -> Secrets:
        with self._lock:
            return self._held[1] if self._held else self._load()

    def _load(self) -> Secrets:
        ring = self.checked_ring()
        if self._held is None or self._held[0].wrapped != ring.wrapped:
            self._held = ring, ring.opened(self.root(ring))
        return self._held[1]

    def _first(self) -> Ring:
        """Make the keyring of an archive that is not sealed, once."""
        with alone_in(self.folder) as folder:
            if found := self.ring():
                return found
            if folder.sealed or folder.has_keyring:
                what = "The archive's keyring keys/keyring.json is gone."
                raise Tampered(what, try_this="put it back from a copy of the archive")
            source = self.source(None)
            if known := was_in_use(source, folder.id):
                raise _had_a_keyring(known)
            ring = _make(folder.path, folder.id, source, sealed=False)
            record_keyring(folder)
            return ring


def sealing(settings: Settings) -> Seal | None:
    """Say how the keys of an archive that is made now are made; None where it is not to be sealed."""

    def seal(path: Path, archive_id: str) -> str:
        found = read_ring(path)
        if found is not None and found.stated.sealed:  # of a process that was killed before it was an archive
            return found.stated.archive
        source = source_of(settings.root_key, archive_id)
        refuse_inside(source, path)
        return _make(path, archive_id, source, sealed=True).stated.archive

    return seal if settings.encrypt else None


def refuse_inside(source: Source, folder: Path) -> None:
    """
    Refuse a key file in the folder of the archive that it opens.

    Raises:
        Refused: whoever copies the archive would have its key.
    """
    if source.given is not Given.FILE:
        return
    if Path(source.place).expanduser().absolute().resolve().is_relative_to(folder.resolve()):
        what = "The root key would lie in the archive's own folder: whoever copies one would have the other."
        raise Refused(what, try_this="set root_key to a file elsewhere")


def _make(path: Path, archive_id: str, source: Source, *, sealed: bool) -> Ring:
    root, stretching = made(source, archive_id)
    ring = closed(Stated(archive_id, sealed, source.given, stretching), root, Secrets.new())
    write_ring(path, ring)
    settle(source)
    return ring


def _had_a_keyring(file: Path) -> Tampered:
    # Whoever can write to the folder could else make of a sealed archive one that is not, under the key it had.
    what = f"The archive has no keyring, and its root key is there ({file}): it had one, or was sealed."
    advice = "put the folder back from a copy of the archive; if this one never had a keyring, move that key away"
    return Tampered(what, try_this=advice)
