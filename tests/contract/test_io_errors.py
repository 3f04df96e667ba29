"""
Any one write of an ingest may fail: that is said plainly, nothing half-written is seen, and a second one completes.

The calls of the whole process are counted and struck below Python, SQLite's own too: `tests/faulty_writes.c`.
"""

import errno
import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.errors import GroundsideError
from groundside.model.caller import Caller
from groundside.reference import towns
from tests.conftest import Figure
from tests.contract.test_kills import told
from tests.simulated import craft_files

WHO = Caller("tester", "test")
STATES = {"read", "locked", "not-understood"}
TURNS = 3
"""How many of the writes fail, one after the other, where not all of them are asked for."""
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import ctypes, json, os, pathlib, signal, sys
from groundside.archive.archive import Archive
from groundside.errors import GroundsideError
from groundside.model.caller import Caller

STATES, WHO = {"read", "locked", "not-understood"}, Caller("tester", "test")
faults = ctypes.CDLL(os.environ["LD_PRELOAD"])
faults.faults_arm.argtypes, faults.faults_made.restype = [ctypes.c_long, ctypes.c_int], ctypes.c_long

def took_in(folder, card):
    try:
        with Archive.open(pathlib.Path(folder)) as it:
            return [each.message for each in it.ingest(WHO, [pathlib.Path(card)], workers="0") if each.state not in STATES]
    except GroundsideError as error:
        return [error.what]

while order := sys.stdin.readline():
    folder, card, nth, code = order.split()
    child = os.fork()
    if not child:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: it must not outlive who forked it
        try:
            faults.faults_arm(int(nth), int(code))
            said = took_in(folder, card)
            sys.stdout.write(json.dumps([faults.faults_made(), said]) + "\\n")
            sys.stdout.flush()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    sys.stdout.write("null\\n")
    sys.stdout.flush()
"""


@dataclass(frozen=True)
class Card:
    """Files, an archive that is empty, and what an archive that took them in tells."""

    files: Path
    empty: Path
    told: list[object]


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Card:
    root = tmp_path_factory.mktemp("io")
    (root / "card").mkdir()
    for name, data in craft_files((6, 17)):
        (root / "card" / name).write_bytes(data)
    with pytest.MonkeyPatch.context() as patch, Archive.open(root / "first", create=True) as it:
        patch.setattr(towns, "_loaded", None)  # an earlier test of this process may have had another archive's
        it.ingest(WHO, [root / "card"], workers="0")  # so that the place names need not be made anew
    assert any(list(folder.glob("towns-*.npz")) for folder in (towns.MADE, root / "first" / "cache"))
    with Archive.open(root / "empty", create=True) as it:
        it.ingest(WHO, [_nothing(root)], workers="0")
    shutil.copytree(root / "first" / "cache", root / "empty" / "cache", dirs_exist_ok=True)
    shutil.copytree(root / "empty", root / "reference")
    with Archive.open(root / "reference") as it:
        it.ingest(WHO, [root / "card"], workers="0")
    expected = told(root / "reference")
    assert expected
    return Card(root / "card", root / "empty", expected)


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


class Failing:
    """
    A process that has loaded everything once, and forks one that takes files in, one of whose writes fails.

    It writes no compiled modules: the first ingest would, those that follow would not, and so have fewer writes.
    """

    def __init__(self, library: Path) -> None:
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "LD_PRELOAD": str(library)}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen([sys.executable, "-B", "-c", PROGRAM], env=environment, text=True, **pipes)

    def ingest(self, folder: Path, card: Card, nth: int, code: int) -> tuple[int, list[str]]:
        """Take the files in; give how many writes there were, and what went wrong, in plain words."""
        self._process.stdin.write(f"{folder} {card.files} {nth} {code}\n")
        self._process.stdin.flush()
        done = json.loads(self._process.stdout.readline())
        assert done is not None, "it died"
        assert json.loads(self._process.stdout.readline()) is None
        return done[0], done[1]

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Failing]:
    compiler = next((each for each in ("gcc", "clang", "cc") if shutil.which(each)), None)
    if compiler is None:
        pytest.skip("no C compiler")
    library = tmp_path_factory.mktemp("faulty") / "faulty_writes.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", library, ROOT / "tests" / "faulty_writes.c", "-ldl"], check=True
    )
    made = Failing(library)
    yield made
    made.close()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
def test_whichever_write_of_the_process_fails_nothing_is_half_there_and_the_next_ingest_completes(
    card: Card, failing: Failing, tmp_path: Path, code: int, full: bool, figure: Figure
):
    shutil.copytree(card.empty, tmp_path / "counted")
    writes, wrong = failing.ingest(tmp_path / "counted", card, 0, code)
    assert wrong == []
    assert writes > 100, "SQLite's own writes are among them"
    every = range(1, writes + 1)
    turns = every if full else sorted(random.Random(code).sample(every, TURNS))
    heard = 0
    for turn in turns:
        folder = tmp_path / f"archive-{turn}"
        shutil.copytree(card.empty, folder)
        made, said = failing.ingest(folder, card, turn, code)
        which = f"write {turn} of {writes}"
        assert made >= turn, f"{which} was never come to, so that none failed"
        assert all(each and "Traceback" not in each and str(folder) not in each for each in said), (which, said)
        heard += bool(said)
        then_all_is_well(folder, card, which)
        shutil.rmtree(folder)
    figure(
        f"writes that failed, {errno.errorcode[code]}",
        {"writes": writes, "failed in turn": len(turns), "said": heard},
    )
    assert heard, "no error reached anybody: nothing was injected"


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
