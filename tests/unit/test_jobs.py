"""Jobs: how far, asked to stop, and whose process is gone."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from groundside.errors import Conflict
from groundside.keep import owner
from groundside.keep.catalogue import Catalogue, Writer
from groundside.keep.owner import Owner, as_text, is_gone, now_us, this_process
from groundside.model.caller import EVERYTHING
from groundside.model.event import Job, JobState
from tests.keep_builders import T0, TESTER, open_catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = open_catalogue("sqlite", tmp_path)
    yield opened
    opened.close()


def begin(writer: Writer, at_us: int = T0) -> Job:
    return writer.add_job("ingest", parameters='{"paths":["card"]}', unit="files", case="general", at_us=at_us)


def someone_dead() -> Owner:
    child = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    return replace(this_process(), pid=int(child.stdout))


def test_a_job_tells_how_far_it_is_and_how_it_ended(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        job = begin(writer)
        assert (job.state, job.done, job.total, job.parameters) == (
            JobState.RUNNING,
            0,
            None,
            '{"paths":["card"]}',
        )
        writer.progress(job.id, 3, 10, "00000003.BIN")
    with catalogue.read() as reader:
        seen = reader.job(job.id, EVERYTHING)
        assert (seen.done, seen.total, seen.unit, seen.note) == (3, 10, "files", "00000003.BIN")
    with catalogue.commit(TESTER) as writer:
        done = writer.finish(job.id, JobState.DONE, at_us=T0 + 5, note="10 files")
        assert (done.state, done.ended_us, done.note) == (JobState.DONE, T0 + 5, "10 files")


def test_the_last_begun_is_listed_first_and_states_can_be_asked_for(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        first, second = begin(writer, T0), begin(writer, T0 + 1)
        writer.finish(first.id, JobState.FAILED, at_us=T0 + 2)
        assert [j.id for j in writer.jobs(EVERYTHING)] == [second.id, first.id]
        assert [j.id for j in writer.jobs(EVERYTHING, state=JobState.FAILED)] == [first.id]
        assert [j.id for j in writer.jobs(EVERYTHING, limit=1)] == [second.id]


def test_a_job_that_was_asked_to_stop_learns_of_it_and_can_be_resumed(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        job = begin(writer)
        assert not writer.cancel_asked(job.id, EVERYTHING)
        writer.ask_cancel(job.id)
        assert writer.cancel_asked(job.id, EVERYTHING)
        writer.finish(job.id, JobState.CANCELLED, at_us=T0)
        resumed = writer.resume_job(job.id)
        assert (resumed.state, resumed.cancel_asked, resumed.ended_us) == (JobState.RUNNING, False, None)


@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.DONE])
def test_what_runs_or_is_done_cannot_be_resumed(catalogue: Catalogue, state: JobState):
    with catalogue.commit(TESTER) as writer:
        job = begin(writer)
        if state is JobState.DONE:
            writer.finish(job.id, state, at_us=T0)
        with pytest.raises(Conflict):
            writer.resume_job(job.id)


def test_a_job_whose_process_is_gone_was_interrupted_and_others_were_not(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    dead = someone_dead()
    with catalogue.commit(TESTER) as writer:
        mine = begin(writer)
        with monkeypatch.context() as patch:
            patch.setattr("groundside.keep.jobs.this_process", lambda: dead)
            theirs = begin(writer)
        assert [j.id for j in writer.mark_interrupted(at_us=T0 + 9)] == [theirs.id]
        assert writer.job(theirs.id, EVERYTHING).state is JobState.INTERRUPTED
        assert writer.job(mine.id, EVERYTHING).state is JobState.RUNNING
        assert writer.mark_interrupted(at_us=T0 + 10) == []
        assert writer.resume_job(theirs.id).state is JobState.RUNNING


def test_a_number_given_again_to_a_later_process_does_not_keep_a_job_alive():
    assert not is_gone(as_text(this_process()), now_us())
    assert is_gone(as_text(replace(this_process(), began="1")), now_us())


def test_a_process_of_another_user_is_alive():
    first = replace(this_process(), pid=1, began=owner._began(1))
    assert Path("/proc/1").exists()
    assert not is_gone(as_text(first), now_us())


def test_on_another_machine_only_long_silence_tells():
    elsewhere = as_text(replace(someone_dead(), machine="elsewhere"))
    assert not is_gone(elsewhere, now_us())
    assert is_gone(elsewhere, now_us() - owner.SILENT_US - 1_000_000)
