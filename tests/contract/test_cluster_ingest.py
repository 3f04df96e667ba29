"""A Dask cluster makes the same flights, also where one of its workers is killed, and over TLS only beyond this machine."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.errors import BadRequest
from groundside.model.caller import Caller
from groundside.settings import Settings
from tests.contract.test_kills import told
from tests.contract.test_parallel_ingest import alone, card, digests, faultless
from tests.service.certificates import write_certificates

__all__ = ["alone", "card"]

pytestmark = pytest.mark.service
WHO = Caller("tester", "test")


@contextmanager
def cluster(folder: Path, workers: int, *, tls: bool = False) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and workers as separate processes, as on separate machines; gives its address."""
    folder.mkdir()
    secured: list[str | Path] = []
    if tls:
        write_certificates(folder, "localhost", "localhost")
        for option, file in (("ca-file", "ca.crt"), ("cert", "server.crt"), ("key", "server.key")):
            secured += [f"--tls-{option}", folder / file]
    told_at = folder / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    where = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", told_at]
    protocol = ["--protocol", "tls"] if tls else []
    running = [subprocess.Popen([*dask, *where, *protocol, *secured], **quiet)]
    try:
        address = _address(told_at)
        serve = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
        more = ["--no-nanny", "--host", "127.0.0.1", "--local-directory", folder, *secured]
        workers_running = [subprocess.Popen([*serve, *more], **quiet) for _ in range(workers)]
        running += workers_running
        _wait_for(address, workers, folder if tls else None)
        yield address, workers_running
    finally:
        for process in running:
            process.kill()
            process.wait()


def _address(told_at: Path) -> str:
    import json

    until = time.monotonic() + 120.0
    while time.monotonic() < until:
        if told_at.is_file() and (text := told_at.read_text()):
            return str(json.loads(text)["address"])
        time.sleep(0.1)
    pytest.fail("the scheduler did not start")


def _wait_for(address: str, workers: int, certificates: Path | None) -> None:
    from distributed import Client, Security

    security = None
    if certificates:
        names = {"tls_ca_file": "ca.crt", "tls_client_cert": "client.crt", "tls_client_key": "client.key"}
        security = Security(require_encryption=True, **{k: str(certificates / v) for k, v in names.items()})
    with Client(address, security=security, timeout=120, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=180)


def test_three_processes_of_a_cluster_make_the_same_flights_and_the_same_bytes(card: Path, alone: Path, tmp_path: Path):
    with cluster(tmp_path / "dask", 3) as (address, _), Archive.open(tmp_path / "archive", create=True) as archive:
        results = archive.ingest(WHO, [card], workers=address)
        assert [r.file for r in results] == sorted(p.name for p in card.iterdir())
        again = archive.ingest(WHO, [card], workers=address)
        assert all(r.duplicate for r in again)
    assert told(tmp_path / "archive") == told(alone) != []
    assert digests(tmp_path / "archive") == digests(alone) != []
    assert faultless(tmp_path / "archive")


def test_a_worker_of_a_cluster_killed_in_the_middle_loses_and_doubles_nothing(
    card: Path, alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from groundside.archive import bringing

    monkeypatch.setattr(bringing, "PARCEL_FILES", 2)  # so that there is a middle
    with cluster(tmp_path / "dask", 2) as (address, workers):
        killed = threading.Timer(1.5, os.kill, (workers[0].pid, signal.SIGKILL))
        with Archive.open(tmp_path / "archive", create=True) as archive:
            killed.start()
            archive.ingest(WHO, [card], workers=address)
        killed.join()
        assert workers[0].wait(10) == -signal.SIGKILL
    assert told(tmp_path / "archive") == told(alone)
    assert digests(tmp_path / "archive") == digests(alone)
    assert faultless(tmp_path / "archive")


def test_over_tls_both_sides_show_a_certificate(card: Path, tmp_path: Path):
    one = tmp_path / "one"
    one.mkdir()
    first = min(card.glob("*.SRT"))
    (one / first.name).write_bytes(first.read_bytes())
    folder = tmp_path / "dask"
    with cluster(folder, 1, tls=True) as (address, _):
        assert address.startswith("tls://")
        files = {"dask_ca": folder / "ca.crt", "dask_cert": folder / "client.crt", "dask_key": folder / "client.key"}
        with Archive.open(tmp_path / "archive", Settings(workers=address, **files), create=True) as archive:
            assert [r.message for r in archive.ingest(WHO, [one]) if r.state != "read"] == []
        strange = {**files, "dask_cert": folder / "other.crt", "dask_key": folder / "other.key"}
        with Archive.open(tmp_path / "strange", Settings(workers=address, **strange), create=True) as archive:
            with pytest.raises(BadRequest, match="No Dask scheduler answers"):
                archive.ingest(WHO, [one])
            assert archive.files(WHO) == ()


def test_a_scheduler_that_is_not_there_is_told_of(card: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from groundside.workers import cluster as module

    monkeypatch.setattr(module, "_CONNECT_S", 1.0)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        with pytest.raises(BadRequest, match="No Dask scheduler answers"):
            archive.ingest(WHO, [card], workers="tcp://127.0.0.1:9")
        assert archive.files(WHO) == ()
