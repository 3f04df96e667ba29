"""Any one write of an ingest may fail: that is said plainly, nothing half-written is seen, and a second one completes."""

import errno
import os
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.errors import GroundsideError
from groundside.model.caller import Caller
from tests.conftest import Figure
from tests.contract.test_kills import told
from tests.simulated import craft_files

WHO = Caller("tester", "test")
STATES = {"read", "locked", "not-understood"}
TURNS = 12
"""How many of the writes fail, one after the other, where not all of them are asked for."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass
class Calls:
    """Counts the calls that write, and has one of them fail."""

    fails: int = 0
    error: int = errno.ENOSPC
    made: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> None:
        self.made.append(name)
        if len(self.made) == self.fails:
            raise OSError(self.error, os.strerror(self.error))


@contextmanager
def counted(calls: Calls) -> Iterator[None]:
    """Have every call of the operating system that writes pass by `calls` first."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("write", "fsync", "fdatasync", "rename", "replace", "mkdir", "pwrite"):
            patch.setattr(os, name, _passing(name, getattr(os, name), calls))
        plain = os.open

        def opened(path: object, flags: int, *more: object, **named: object) -> int:
            if flags & _WRITING:
                calls("open")
            return plain(path, flags, *more, **named)  # type: ignore[arg-type]

        patch.setattr(os, "open", opened)
        yield


def _passing(name: str, plain: Callable[..., object], calls: Calls) -> Callable[..., object]:
    def passed(*given: object, **named: object) -> object:
        calls(name)
        return plain(*given, **named)

    return passed


@dataclass(frozen=True)
class Card:
    """Files, an archive that is empty, and what an archive that took them in tells."""

    files: Path
    empty: Path
    told: list[object]
    calls: int


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Card:
    root = tmp_path_factory.mktemp("io")
    (root / "card").mkdir()
    for name, data in craft_files((6, 17)):
        (root / "card" / name).write_bytes(data)
    with Archive.open(root / "first", create=True) as it:
        it.ingest(WHO, [root / "card"], workers="0")  # so that the cache of place names is there
    with Archive.open(root / "empty", create=True) as it:
        it.ingest(WHO, [_nothing(root)], workers="0")
    shutil.copytree(root / "first" / "cache", root / "empty" / "cache", dirs_exist_ok=True)
    shutil.copytree(root / "empty", root / "reference")
    calls = Calls()
    with Archive.open(root / "reference") as it, counted(calls):
        it.ingest(WHO, [root / "card"], workers="0")
    expected = told(root / "reference")
    assert expected
    return Card(root / "card", root / "empty", expected, len(calls.made))


def _nothing(root: Path) -> Path:
    (root / "nothing").mkdir()
    return root / "nothing"


def failed(folder: Path, card: Card) -> list[str]:
    """Take the files in; give what went wrong, in plain words."""
    try:
        with Archive.open(folder) as it:
            results = it.ingest(WHO, [card.files], workers="0")
    except GroundsideError as error:
        return [error.what]
    return [each.message for each in results if each.state not in STATES]


def then_all_is_well(folder: Path, card: Card, which: str) -> None:
    """What is there is whole; and the same ingest, once more, brings what the first would have."""
    with Archive.open(folder) as it:
        assert it.verify(WHO).faults == (), which
        for object_id in it.vault.ids():
            with suppress(GroundsideError):  # one that was never recorded has no key
                it.vault.read(object_id)
        assert {each.state for each in it.ingest(WHO, [card.files], workers="0")} <= STATES, which
        assert it.verify(WHO).faults == (), which
    assert told(folder) == card.told, which


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
def test_whichever_write_fails_it_is_said_and_the_next_ingest_completes(
    card: Card, tmp_path: Path, error: int, full: bool, figure: Figure
):
    step = 1 if full else max(1, card.calls // TURNS)
    said = 0
    turns = range(1 + (error == errno.EIO and step > 1), card.calls + 1, step)
    for turn in turns:
        folder, calls = tmp_path / f"archive-{turn}", Calls(turn, error)
        shutil.copytree(card.empty, folder)
        with counted(calls):
            what = failed(folder, card)
        which = f"call {turn}, {calls.made[turn - 1] if len(calls.made) >= turn else 'never made'}"
        assert all(each and "Traceback" not in each and str(folder) not in each for each in what), which
        said += bool(what)
        then_all_is_well(folder, card, which)
        shutil.rmtree(folder)
    figure(f"I/O errors, {errno.errorcode[error]}", {"writes": card.calls, "failed in turn": len(turns), "said": said})
    assert said, "no error reached anybody: nothing was injected"


def full_at(pages: int) -> Callable[[sqlite3.Connection, object], None]:
    """Have a database take only so many pages, as on a disk that is full."""

    def limited(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}").close()

    return limited


def test_wherever_the_database_finds_the_disk_full_it_is_said_and_the_next_ingest_completes(
    card: Card, tmp_path: Path, full: bool, figure: Figure
):
    from sqlalchemy import event

    held, wanted = _pages(card.empty), 8 if full else 3
    said = 0
    for turn in range(wanted):
        folder = tmp_path / f"archive-{turn}"
        shutil.copytree(card.empty, folder)
        with Archive.open(folder) as it:
            engine = it.catalogue._engine  # pyright: ignore[reportPrivateUsage]
            engine.dispose()
            event.listen(engine, "connect", full_at(held + turn * 2))
            try:
                results = it.ingest(WHO, [card.files], workers="0")
                what = [each.message for each in results if each.state not in STATES]
            except GroundsideError as error:
                what = [error.what]
        said += bool(what)
        assert all("full" in each for each in what), what
        then_all_is_well(folder, card, f"{turn * 2} pages more")
        shutil.rmtree(folder)
    figure("I/O errors, database full", {"turns": wanted, "said": said})
    assert said


def _pages(folder: Path) -> int:
    with sqlite3.connect(folder / "catalogue.sqlite") as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.close()
    return int(pages)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
def test_a_write_ahead_log_that_may_not_grow_is_said_and_the_next_ingest_completes(
    card: Card, tmp_path: Path, share: float
):
    folder = tmp_path / "archive"
    shutil.copytree(card.empty, folder)
    size = (card.empty / "catalogue.sqlite").stat().st_size
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size * share), was[1]))
    try:
        what = failed(folder, card)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)
    assert all(each and "Traceback" not in each for each in what)
    then_all_is_well(folder, card, f"at {share} of the catalogue's size")
