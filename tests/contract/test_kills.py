"""An ingest may be killed at any moment: nothing is lost, nothing is half there, and a second ingest completes."""

import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from groundside.see.shapes import flight_shape
from tests.conftest import Figure
from tests.simulated import craft_files

WHO = Caller("tester", "test")
GROUNDSIDE = Path(sys.executable).with_name("groundside")
KILLS, KILLS_IN_FULL = 4, 200
OWN = {"id", "aliases", "recording_id"}
"""What is drawn at random and so differs between two archives of the same files."""


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("card")
    for name, data in craft_files((0, 2, 6, 7, 17)):
        (folder / name).write_bytes(data)
    return folder


def told(folder: Path) -> list[object]:
    """All that an archive says of its flights, without what is random."""
    with Archive.open(folder) as archive:
        found = archive.flights(WHO, FlightQuery(bench=True)).flights
        return sorted((without_own(flight_shape(f)) for f in found), key=str)


def without_own(shape: object) -> object:
    if isinstance(shape, dict):
        return {k: without_own(v) for k, v in sorted(shape.items()) if k not in OWN}
    if isinstance(shape, list):
        return sorted((without_own(v) for v in shape), key=str)
    return shape


def ingest(card: Path, archive: Path) -> subprocess.Popen[bytes]:
    command = [GROUNDSIDE, "ingest", card, "--archive", archive]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def faults(folder: Path) -> list[str]:
    with Archive.open(folder, create=True) as archive:
        return [fault.what for fault in archive.verify(WHO).faults]


@pytest.fixture(scope="module")
def uninterrupted(card: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """An archive that one ingest made, and how many seconds it took."""
    archive = tmp_path_factory.mktemp("reference") / "archive"
    began = time.monotonic()
    assert ingest(card, archive).wait() == 0
    return archive, time.monotonic() - began


def test_an_ingest_killed_at_any_moment_leaves_a_clean_archive_and_can_be_run_again(
    card: Path, uninterrupted: tuple[Path, float], tmp_path: Path, full: bool, figure: Figure
):
    reference, whole = uninterrupted
    expected = told(reference)
    assert expected, "the reference has flights"
    random_moments = random.Random(20261122)
    wanted, turn, hit = KILLS_IN_FULL if full else KILLS, 0, 0
    while hit < wanted:
        archive = tmp_path / f"archive-{turn}"
        shutil.copytree(reference / "cache", archive / "cache")  # so that little time goes into reading place names
        began = time.monotonic()
        process = ingest(card, archive)
        with suppress(subprocess.TimeoutExpired):
            process.wait(random_moments.uniform(0.05, 1.0) * whole)
        process.send_signal(signal.SIGKILL)
        if process.wait() == -signal.SIGKILL:
            hit += 1
        else:  # it ended before: the machine is quicker now than when it was measured
            whole = time.monotonic() - began
        assert faults(archive) == [], f"after kill {turn}"
        with Archive.open(archive) as again:
            results = again.ingest(WHO, [card])
        assert {r.state for r in results} <= {"read", "locked", "not-understood"}
        assert told(archive) == expected, f"after kill {turn}"
        assert faults(archive) == []
        shutil.rmtree(archive)
        turn += 1
        assert turn < 4 * wanted
    figure("kills", {"sigkills_during_ingest": hit, "verify_clean": turn, "same_flights": turn})


def test_two_ingests_at_once_make_the_same_flights_as_one(
    card: Path, uninterrupted: tuple[Path, float], tmp_path: Path
):
    pair = [ingest(card, tmp_path / "both") for _ in range(2)]
    assert [process.wait() for process in pair] == [0, 0]
    assert told(tmp_path / "both") == told(uninterrupted[0]) != []
    assert faults(tmp_path / "both") == []
