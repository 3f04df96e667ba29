"""Workers: whatever happens in another process, this one goes on and says what happened."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from groundside.errors import BadRequest, BadSetting, Refused
from groundside.workers import Began, Died, Limits, Outcome, Parcel, crew, guarded, hands_of, start
from groundside.workers import guard as guard_module
from groundside.workers.guard import Answers
from groundside.workers.parcel import DONE, name_of, read_frames, write_frames
from tests import worker_jobs

MEGABYTE = 1 << 20
LIMITS = Limits(64 * MEGABYTE, 60.0)
Work = Callable[[Parcel, Began], Parcel]


@pytest.fixture(autouse=True)
def findable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let other processes find the tests."""
    here = str(Path(__file__).resolve().parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH")))))
    yield


def ran(named: str, work: Work, parcels: list[Parcel], limits: Limits = LIMITS) -> dict[int, Outcome]:
    with crew(named, work, limits) as workers:
        for number, parcel in enumerate(parcels):
            workers.submit(number, parcel)
        return dict(workers.wait() for _ in parcels)


def test_values_and_bytes_come_back_from_another_process_whatever_it_prints():
    values = {"text": "Grüße \udcff", "numbers": [1, 2.5, None]}
    outcome = guarded(worker_jobs.echo, Parcel(values, [b"", b"abc", bytes(3 * MEGABYTE)]), LIMITS)
    assert isinstance(outcome, Parcel)
    assert outcome.values["came"] == values
    assert outcome.values["process"] != os.getpid()
    assert [bytes(blob) for blob in outcome.blobs] == [b"", b"cba", bytes(3 * MEGABYTE)]


def test_a_worker_is_told_nothing_of_the_environment_but_what_its_libraries_need(monkeypatch: pytest.MonkeyPatch):
    secrets = ("GROUNDSIDE_PASSPHRASE", "GROUNDSIDE_NEW_PASSPHRASE", "CREDENTIALS_DIRECTORY", "AWS_SECRET_ACCESS_KEY")
    others = ("GROUNDSIDE_CATALOGUE", "PGPASSWORD", "SSH_AUTH_SOCK", "XDG_DATA_HOME", "A_TOKEN_OF_TOMORROW")
    for name in (*secrets, *others):
        monkeypatch.setenv(name, "told to nobody")
    monkeypatch.setenv("LC_TIME", "C.UTF-8")
    outcome = guarded(worker_jobs.environment, Parcel(None), Limits(64 * MEGABYTE, 61.0))  # one that is started now
    assert isinstance(outcome, Parcel)
    assert "told to nobody" not in outcome.values.values()
    assert outcome.values["LC_TIME"] == "C.UTF-8"
    assert outcome.values["PYTHONPATH"] == os.environ["PYTHONPATH"]


def test_workers_leave_the_cores_to_whoever_waits_for_them():
    limits = Limits(64 * MEGABYTE, 65.0)
    [outcome] = ran("1", worker_jobs.echo, [Parcel(1)], limits).values()
    assert isinstance(outcome, Parcel)
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, outcome.values["process"]) == min(mine + 5, 19)


def test_processes_that_were_started_ahead_do_the_work_and_no_others_are_started():
    limits = Limits(64 * MEGABYTE, 62.0)  # of none that is idle now
    start(name_of(worker_jobs.echo), limits, 2)
    ahead = {guard.process_id for guard in guard_module._idle if guard.kind[1] == limits}
    start(name_of(worker_jobs.echo), limits, 2)
    done = ran("2", worker_jobs.echo, [Parcel(n) for n in range(6)], limits)
    assert len(ahead) == 2
    assert {outcome.values["process"] for outcome in done.values() if isinstance(outcome, Parcel)} <= ahead


def test_starting_ahead_leaves_no_more_processes_idle_than_there_may_be():
    limits = [Limits(64 * MEGABYTE, 63.0 + number) for number in range(2)]
    for each in limits:
        start(name_of(worker_jobs.echo), each, 5)
    idle = [guard.kind[1] for guard in guard_module._idle]
    assert idle == [limits[0]] * 3 + [limits[1]] * 5


def test_what_cannot_be_started_ahead_is_no_error(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError

    before = [*guard_module._idle]
    monkeypatch.setattr(guard_module.subprocess, "Popen", refuse)
    start(name_of(worker_jobs.echo), Limits(64 * MEGABYTE, 65.0), 2)
    assert guard_module._idle == before


@pytest.mark.parametrize(
    ("named", "hands"), [("", os.cpu_count()), ("3", 3), ("0", 0), ("local:2", 0), ("tcp://127.0.0.1:8786", 0)]
)
def test_it_is_known_beforehand_how_many_processes_a_name_stands_for(named: str, hands: int):
    assert hands_of(named) == hands


def test_a_process_without_work_serves_the_next_who_asks():
    first, second = (guarded(worker_jobs.echo, Parcel(None), LIMITS) for _ in range(2))
    assert isinstance(first, Parcel) and isinstance(second, Parcel)
    assert first.values["process"] == second.values["process"]


def test_a_worker_that_is_killed_is_told_of_with_the_item_it_was_at():
    outcome = guarded(worker_jobs.die_at, Parcel({"items": 5, "at": 3}), LIMITS)
    assert outcome == Died(3, "ended with SIGKILL")


def test_a_worker_gets_no_more_memory_than_it_may_have():
    assert guarded(worker_jobs.take, Parcel(8 * MEGABYTE), LIMITS) == Parcel(8 * MEGABYTE, [])
    assert guarded(worker_jobs.take, Parcel(100 * MEGABYTE), LIMITS) == Died(
        0, "needed more memory than the setting worker_memory_bytes allows"
    )


def test_each_item_has_the_whole_time_and_one_that_takes_longer_ends_the_worker():
    assert guarded(worker_jobs.echo, Parcel(None), Limits(64 * MEGABYTE, 2.0)) != Parcel(None)
    assert guarded(worker_jobs.sleep, Parcel([0.8, 0.8, 0.8]), Limits(64 * MEGABYTE, 1.5)) == Parcel("awake", [])
    outcome = guarded(worker_jobs.sleep, Parcel([0.0, 60.0]), Limits(64 * MEGABYTE, 1.5))
    assert isinstance(outcome, Died)
    assert (outcome.at, outcome.late) == (1, True)


def test_a_defect_is_told_in_one_sentence():
    outcome = guarded(worker_jobs.stumble, Parcel(None), LIMITS)
    assert outcome == Died(None, "failed, which is a defect: ZeroDivisionError: no such luck")


@pytest.mark.parametrize("named", ["0", "1", "2"])
def test_every_parcel_has_one_outcome_however_many_work(named: str):
    outcomes = ran(named, worker_jobs.echo, [Parcel(number) for number in range(7)])
    assert {key: o.values["came"] for key, o in outcomes.items() if isinstance(o, Parcel)} == {n: n for n in range(7)}


def test_after_a_worker_died_another_goes_on():
    outcomes = ran("1", worker_jobs.die_at, [Parcel({"items": 1, "at": at}) for at in (9, 0, 9)])
    assert [isinstance(outcomes[n], Died) for n in range(3)] == [False, True, False]


def test_leaving_ends_workers_that_are_still_at_it():
    with crew("2", worker_jobs.sleep, LIMITS) as workers:
        workers.submit(0, Parcel([50.0]))


@pytest.mark.parametrize("strange", ["two", "-1", "9999", "http://host:1", "local:", "local:x", "tls://nowhere"])
def test_workers_that_are_not_to_be_had_are_refused(strange: str):
    with pytest.raises(BadRequest), crew(strange, worker_jobs.echo, LIMITS):
        pass


@pytest.mark.parametrize(
    "address", ["tcp://192.0.2.1:8786", "tcp://scheduler.example:8786", "tcp://[2001:db8::1]:8786"]
)
def test_a_scheduler_on_another_machine_is_not_spoken_to_without_encryption(address: str):
    with pytest.raises(Refused, match="another machine"), crew(address, worker_jobs.echo, LIMITS):
        pass


def test_tls_wants_all_three_files(tmp_path: Path):
    files = {"ca": tmp_path / "ca.crt", "cert": None, "key": None}
    files["ca"].write_text("an authority")
    with pytest.raises(BadSetting, match="dask_cert"), crew("tls://127.0.0.1:1", worker_jobs.echo, LIMITS, files):
        pass


def test_an_answer_that_comes_with_the_next_in_one_piece_or_byte_by_byte_is_read_to_its_end_and_no_further():
    blobs = [b"", b"one", bytes(200_000), b"last"]
    reading, writing = os.pipe()
    threading.Thread(target=_told_slowly, args=(writing, blobs), daemon=True).start()
    read = Answers().reading(reading, time.monotonic() + 20.0, None)
    try:
        for number in range(3):
            kind, parcel = read_frames(read)
            assert (kind, parcel.values, [bytes(each) for each in parcel.blobs]) == (DONE, [number], blobs)
        with pytest.raises(EOFError):
            read_frames(read)
    finally:
        os.close(reading)


def _told_slowly(handle: int, blobs: list[bytes]) -> None:
    """Two answers at once, then one a few bytes at a time."""
    kept, wrote = os.pipe()
    threading.Thread(
        target=lambda: (write_frames(wrote, DONE, Parcel([2], blobs)), os.close(wrote)), daemon=True
    ).start()
    for number in range(2):
        write_frames(handle, DONE, Parcel([number], blobs))
    while part := os.read(kept, 9973):
        os.write(handle, part[:7])
        os.write(handle, part[7:])
    os.close(kept)
    os.close(handle)
