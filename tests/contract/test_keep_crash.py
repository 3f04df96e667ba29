"""Killed at any moment, and begun by two at once: nothing acknowledged is lost, nothing half is seen."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from groundside.archive.store import Store
from groundside.errors import WrongArchive
from groundside.keep.archive_folder import open_folder
from groundside.keep.catalogue import Catalogue
from groundside.keep.checks import verify
from groundside.model.caller import EVERYTHING
from tests.keep_builders import TESTER, is_whole, open_parts

TESTS = Path(__file__).resolve().parents[1]
KILLS = int(os.environ.get("GROUNDSIDE_KILLS", "15"))
SEED = 20_261


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def setting(request: pytest.FixtureRequest) -> str | None:
    """The setting `catalogue`: none, or the URL of an empty database."""
    if request.param == "sqlite":
        return None
    server = request.getfixturevalue("postgres")
    return str(server.url(request.getfixturevalue("database")))


@pytest.fixture(params=[False, True], ids=["plain", "sealed"])
def sealed(request: pytest.FixtureRequest) -> bool:
    return request.param


@dataclass(frozen=True)
class At:
    """An archive that is written to by processes that are killed."""

    folder: Path
    setting: str | None
    sealed: bool

    def open(self) -> Store:
        open_folder(self.folder, create=False)
        return open_parts(self.folder, self.setting, sealed=self.sealed)


@pytest.fixture
def at(tmp_path: Path, setting: str | None, sealed: bool) -> At:
    return At(tmp_path / "archive", setting, sealed)


def start(at: At, seed: int, rounds: int | None = None) -> subprocess.Popen[bytes]:
    asked = f"pathlib.Path({str(at.folder)!r}), {seed}, {rounds}, {at.setting!r}, {at.sealed}"
    program = f"import pathlib, tests.keep_builders as b; b.write_for_ever({asked})"
    paths = [str(TESTS.parent), str(TESTS.parent / "src"), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment)


def killed(process: subprocess.Popen[bytes], seconds: float, *, once: str = "") -> list[list[str]]:
    """Kill it, from its start or from the moment that it first said something, and give what it acknowledged."""
    assert process.stdout
    said = line = b""
    while not line.startswith(once.encode()):
        line = process.stdout.readline()
        assert line, "it ended before it was killed"
        said += line
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    said += process.stdout.read()
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL, "it ended before it was killed"
    whole = said.decode().rpartition("\n")[0]
    return [line.split() for line in whole.splitlines()]


def check_all_is_there(at: At, acknowledged: list[list[str]]) -> None:
    opened = at.open()
    vault, catalogue = opened.vault, opened.catalogue
    try:
        found = verify(vault, catalogue)
        assert found.faults == ()
        if not at.sealed:  # what is sealed and was never recorded says nothing
            assert all(is_whole(vault.read(each)) for each in found.leftovers), "half an object is visible"
        with catalogue.read() as reader:
            digests = {o.id: o.digest.hex for o in reader.originals(EVERYTHING)}
            events = reader.events_after(0, 1_000_000, EVERYTHING)
        assert [e.seq for e in events] == list(range(1, len(events) + 1))
        assert {e.about for e in events if e.what == "ingest"} == set(digests)
        for what, about, detail in acknowledged:
            if what == "kept":
                assert digests[about] == detail
            elif what == "read":
                assert [e.about for e in events if e.what == "read"].count(about) == 2
            elif what == "flushed":
                with vault.append(about) as growing:
                    assert growing.size >= int(detail)
    finally:
        catalogue.close()


def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_half_is_visible(at: At):
    chance = random.Random(SEED)
    acknowledged: list[list[str]] = []
    for kill in range(KILLS // (2 if at.setting is None else 4)):
        once, longest = (("", 1.0), ("kept", 0.15), ("writing", 0.0))[kill % 3]
        acknowledged += killed(start(at, seed=kill), chance.uniform(0, longest), once=once)
        try:
            check_all_is_there(at, acknowledged)
        except WrongArchive:  # killed before the archive was made: then nothing may have been acknowledged
            assert not acknowledged
    assert sum(what != "writing" for what, *_ in acknowledged) >= kill // 3


def test_what_a_crash_left_is_swept_and_what_is_kept_stays(at: At):
    acknowledged = [a for seed in (1, 2) for a in killed(start(at, seed), 0.05, once="kept")]
    opened = at.open()
    vault, catalogue = opened.vault, opened.catalogue
    vault.put([b"put, but never committed"])
    with catalogue.read() as reader:
        referred = reader.objects_referred_to(EVERYTHING)
    assert vault.sweep(referred.__contains__, older_than_s=3600) == 0
    assert vault.sweep(referred.__contains__, older_than_s=-1) >= 1
    assert set(vault.ids()) == referred
    assert list((at.folder / "incoming").iterdir()) == []
    catalogue.close()
    check_all_is_there(at, [a for a in acknowledged if a[0] != "flushed"])


def test_two_processes_that_make_and_fill_one_archive_at_once_both_get_on(at: At):
    both = [start(at, seed, rounds=12) for seed in (1, 2)]
    said = [process.communicate(timeout=120)[0].decode().split("\n") for process in both]
    assert [process.returncode for process in both] == [0, 0]
    acknowledged = [line.split() for lines in said for line in lines if line]
    assert sum(a[0] == "kept" for a in acknowledged) == 24
    check_all_is_there(at, acknowledged)


def test_the_one_that_waits_sees_what_the_other_committed(catalogue_url: str):
    one, other = (Catalogue.open(catalogue_url, backup_folder=None) for _ in range(2))
    with one.commit(TESTER) as writer:
        assert writer.event("first", at_us=1) == 1
    with other.commit(TESTER) as writer:
        assert writer.event("second", at_us=2) == 2
    one.close()
    other.close()
