"""Killed amid anything: no acknowledged event is lost, nothing is half there, and the ledger only ever grew."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.keep.ledger import log, merkle
from groundside.keep.ledger.entries import NewEntry
from groundside.keep.ledger.tiles import Tiles
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from tests.conftest import Figure
from tests.simulated import craft_files

WHO = Caller("tester", "test")
ROOT = Path(__file__).resolve().parents[2]
KILLS, KILLS_IN_FULL = 4, 1000
ENTRIES = 1_000_000
START_S = 5.0
PROGRAM = """
import ctypes, os, pathlib, random, signal, sys
from groundside.archive.archive import Archive
from groundside.errors import GroundsideError
from groundside.keep.ledger import log, merkle
from groundside.keep.ledger.tiles import Tiles
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery

WHO = Caller("tester", "test")

def said(*words):
    sys.stdout.write(" ".join(map(str, words)) + " .\\n")
    sys.stdout.flush()

def do(it, what, card, chance):
    flights = [each.id for each in it.flights(WHO, FlightQuery(bench=True)).flights]
    chance.shuffle(flights)
    if what == "ingest":
        it.ingest(WHO, [card], workers="0")
    elif what == "receive":
        kept = it.receive(WHO, f"{chance.random()}.txt", [chance.randbytes(chance.randrange(1, 2_500_000))])
        said("kept", kept.digest.hex if hasattr(kept, "digest") else "-")
    elif what == "annotate" and flights:
        it.annotate(WHO, flights[0], f"note {chance.random()}")
    elif what == "merge" and len(flights) > 1:
        it.merge(WHO, flights[0], flights[1])
    elif what == "erase" and flights:
        it.erase(WHO, flights[:1], "over")
    elif what == "rotate":
        it.rotate_keys(WHO)
    elif what == "root":
        it.rotate_keys(WHO, root=True)

KINDS = ("ingest", "receive", "annotate", "annotate", "merge", "erase", "rotate", "root", "receive")

def work(folder, card, chance):
    with Archive.open(folder) as it:
        said("begun")
        while True:
            what = chance.choice(KINDS)
            said("begin", what)
            try:
                do(it, what, card, chance)
            except GroundsideError as error:
                said("refused", what, type(error).__name__)
                continue
            with it.catalogue.read() as reader:
                size = log.size_of(reader.connection)
                root = merkle.root_at(size, Tiles(reader.connection).hash_of)
            said("done", what, size, root.hex())

while order := sys.stdin.readline():
    folder, card, seed = order.split()
    child = os.fork()
    if not child:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: it must not outlive who forked it
        try:
            work(pathlib.Path(folder), pathlib.Path(card), random.Random(int(seed)))
        finally:
            os._exit(1)
    said("child", child)
    _, status = os.waitpid(child, 0)
    sys.stdout.write("\\n")  # whatever the child had no time to finish
    said("ended", os.waitstatus_to_exitcode(status))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("kills")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(root / "data"))
        _make(root)
    return root


@pytest.fixture
def folder(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an archive may be worked on; its root key, which is replaced too, is its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    fresh(built, tmp_path / "archive")
    return tmp_path / "archive"


def fresh(built: Path, folder: Path) -> None:
    """Begin anew; a worker whose ingest was killed may write into the old one for a moment still."""
    for name, to in (("archive", folder), ("data", folder.parent / "data")):
        with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as aside:
            if to.exists():
                to.rename(Path(aside) / name)
            shutil.copytree(built / name, to, dirs_exist_ok=True)


def _make(root: Path) -> None:
    (root / "card").mkdir()
    for name, data in craft_files((6, 17)):
        (root / "card" / name).write_bytes(data)
    with Archive.open(root / "archive", create=True) as it:
        it.ingest(WHO, [root / "card"], workers="0")


class Workers:
    """A process that has loaded everything once, and forks one that works whenever it is asked: loading takes seconds."""

    def __init__(self) -> None:
        paths = [str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, text=True, **pipes)

    def killed(self, built: Path, folder: Path, seed: int, after_s: float, *, once: str) -> list[list[str]]:
        """Work on an archive until some time after a word was said; give the lines that were said whole."""
        self._process.stdin.write(f"{folder} {built / 'card'} {seed}\n")
        self._process.stdin.flush()
        said = [self._line()]
        while "child" not in {each[0] for each in said} or once not in {each[0] for each in said}:
            said.append(self._line())
            assert said[-1][0] != "ended", "it ended before it was killed"
        time.sleep(after_s)
        [child] = (int(each[1]) for each in said if each[0] == "child")
        os.kill(child, signal.SIGKILL)
        while said[-1][0] != "ended":
            said.append(self._line())
        assert said[-1][1] == str(-signal.SIGKILL), f"it ended before it was killed: {said[-3:]}"
        return [each for each in said if each[0] not in {"child", "ended"}]

    def _line(self) -> list[str]:
        """Read the next line that was said whole."""
        while line := self._process.stdout.readline():
            if line.endswith(" .\n"):
                return line.split()[:-1]
        raise AssertionError

    def close(self) -> None:
        self._process.kill()  # and with it whoever still works for it
        self._process.communicate()


@pytest.fixture
def workers(folder: Path) -> Iterator[Workers]:
    made = Workers()
    yield made
    made.close()


def check_all_is_there(folder: Path, acknowledged: list[tuple[int, str]], amid: str) -> None:
    with Archive.open(folder) as it:
        assert it.verify(WHO).faults == (), amid
        with it.catalogue.read() as reader:
            tiles = Tiles(reader.connection)
            assert log.size_of(reader.connection) >= max((size for size, _ in acknowledged), default=0), amid
            for size, root in acknowledged:
                assert merkle.root_at(size, tiles.hash_of).hex() == root, f"{amid}: what was acknowledged was rewritten"


def test_killed_amid_any_work_nothing_acknowledged_is_lost_and_all_verifies(
    built: Path, folder: Path, workers: Workers, full: bool, figure: Figure
):
    chance = random.Random(20_261_122)
    wanted = KILLS_IN_FULL if full else KILLS
    amid, acknowledged, total = dict[str, int](), list[tuple[int, str]](), 0
    for kill in range(wanted):
        if kill and kill % 25 == 0:  # or it would grow without end
            fresh(built, folder)
            acknowledged = []
        said = workers.killed(built, folder, kill, chance.uniform(0.0, 0.4), once="done" if kill % 2 else "begin")
        begun = [line[1] for line in said if line[0] == "begin"]
        done = [(int(line[2]), line[3]) for line in said if line[0] == "done"]
        acknowledged += done
        total += len(done)
        last = begun[-1] if begun and said[-1][0] == "begin" else "between"
        amid[last] = amid.get(last, 0) + 1
        check_all_is_there(folder, acknowledged, f"kill {kill}, amid {last}")
    figure("kills amid mixed work", {"kills": wanted, "acknowledged actions": total, "amid": amid})
    assert total >= wanted // 2


def test_an_archive_with_a_million_entries_in_its_ledger_opens_at_once(folder: Path, full: bool, figure: Figure):
    count = ENTRIES if full else 3_000
    with Archive.open(folder) as it:
        for first in range(0, count, 20_000):
            some = min(20_000, count - first)
            new = [
                NewEntry(at_us=n, verb="ingest", events=0, manifest=_no_events()) for n in range(first, first + some)
            ]
            with it.catalogue.commit(WHO) as writer:
                log.append(writer.connection, new, it.custody.signer())
    program = (
        f"import pathlib; from groundside.archive.archive import Archive as A; A.open(pathlib.Path({str(folder)!r}))"
    )
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", program], check=True, env=os.environ | {"PYTHONPATH": str(ROOT / "src")})
    took = time.monotonic() - began
    with Archive.open(folder) as it:
        it.annotate(WHO, it.flights(WHO, FlightQuery(bench=True)).flights[0].id, "and it goes on")
        assert it.verify(WHO, sample=1).faults == ()
        with it.catalogue.read() as reader:
            assert log.size_of(reader.connection) > count
    figure("start-up", {"entries": count, "seconds, with the interpreter": round(took, 2)})
    assert not full or took < START_S


def _no_events() -> bytes:
    from groundside.keep.ledger.entries import manifest_of

    return manifest_of([])
