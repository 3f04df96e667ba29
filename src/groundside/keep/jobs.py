"""Long work: how far it is, whether it was asked to stop, and whether its process still lives."""

from __future__ import annotations

from sqlalchemy import Row, insert, select, update

from groundside.errors import Conflict, NotFound
from groundside.keep import schema
from groundside.keep.canonical import storable
from groundside.keep.connection import Asking, Changing, new_id, within
from groundside.keep.owner import as_text, is_gone, now_us, this_process
from groundside.model.caller import Scope
from groundside.model.event import Job, JobState

_J = schema.job
_RUNNING = JobState.RUNNING.value


class JobReads(Asking):
    """Questions about jobs."""

    def job(self, job_id: str, scope: Scope) -> Job:
        """
        Get one job.

        Raises:
            NotFound: there is none in this scope.
        """
        query = select(_J).where(_J.c.id == job_id, within(_J.c.case_name, scope))
        found = self.connection.execute(query).one_or_none()
        if not found:
            what = f"There is no job {job_id[:40]!r}."
            raise NotFound(what, try_this="groundside jobs")
        return _job(found)

    def jobs(self, scope: Scope, *, state: JobState | None = None, limit: int | None = None) -> list[Job]:
        """List jobs, the last begun first; only those of one state where it is given."""
        query = select(_J).where(within(_J.c.case_name, scope)).order_by(_J.c.started_us.desc(), _J.c.id)
        if state:
            query = query.where(_J.c.state == state.value)
        return [_job(row) for row in self.connection.execute(query.limit(limit))]

    def cancel_asked(self, job_id: str, scope: Scope) -> bool:
        """
        Whether someone asked a job to stop; it looks from time to time.

        Raises:
            NotFound: there is none in this scope.
        """
        return self.job(job_id, scope).cancel_asked


class JobWrites(JobReads, Changing):
    """Changes to jobs. The process that adds or resumes a job owns it."""

    def add_job(self, kind: str, *, parameters: str, unit: str, case: str, at_us: int, total: int | None = None) -> Job:
        """
        Record that long work begins.

        Args:
            kind: "ingest", "rebuild" and so on.
            parameters: JSON text: what a resume starts it with.
            unit: what `done` and `total` count: "files", "bytes".
            case: what it works on.
            at_us: when it begins, UTC microseconds.
            total: how much there is to do; None while that is unknown.
        """
        job_id = new_id()
        self.connection.execute(
            insert(_J).values(
                id=job_id,
                case_name=case,
                kind=kind,
                state=_RUNNING,
                who=self.caller.who,
                started_us=at_us,
                done=0,
                total=total,
                unit=unit,
                note="",
                parameters=parameters,
                cancel_asked=False,
                owner=as_text(this_process()),
                heartbeat_us=now_us(),
            )
        )
        return self.job(job_id, self.caller.scope)

    def progress(self, job_id: str, done: int, total: int | None = None, note: str = "") -> None:
        """
        Record how far a job is; also its sign of life. Not an event: pages ask for it.

        Raises:
            NotFound: there is none in the caller's scope.
        """
        self._change(job_id, {"done": done, "total": total, "note": storable(note), "heartbeat_us": now_us()})

    def finish(self, job_id: str, state: JobState, *, at_us: int, note: str = "") -> Job:
        """
        Record how a job ended.

        Raises:
            NotFound: there is none in the caller's scope.
        """
        self._change(job_id, {"state": state.value, "ended_us": at_us, "note": storable(note)})
        return self.job(job_id, self.caller.scope)

    def ask_cancel(self, job_id: str) -> None:
        """
        Ask a job to stop where it can go on from.

        Raises:
            NotFound: there is none in the caller's scope.
        """
        self._change(job_id, {"cancel_asked": True})

    def resume_job(self, job_id: str) -> Job:
        """
        Take over a job that was interrupted, cancelled or failed.

        Raises:
            NotFound: there is none in the caller's scope.
            Conflict: it is running, or done.
        """
        found = self.job(job_id, self.caller.scope)
        if found.state in {JobState.RUNNING, JobState.DONE}:
            what = f"Job {job_id} is {found.state.value}: there is nothing to resume."
            raise Conflict(what, try_this="groundside jobs")
        mine = {"owner": as_text(this_process()), "heartbeat_us": now_us(), "ended_us": None}
        self._change(job_id, {"state": _RUNNING, "cancel_asked": False, **mine})
        return self.job(job_id, self.caller.scope)

    def mark_interrupted(self, *, at_us: int) -> list[Job]:
        """Find running jobs whose process is gone and record that they were interrupted; give those."""
        query = select(_J).where(_J.c.state == _RUNNING, within(_J.c.case_name, self.caller.scope))
        running = self.connection.execute(query).all()
        gone = [row.id for row in running if is_gone(row.owner, row.heartbeat_us)]
        return [self.finish(job_id, JobState.INTERRUPTED, at_us=at_us) for job_id in gone]

    def _change(self, job_id: str, values: dict[str, object]) -> None:
        self.job(job_id, self.caller.scope)
        self.connection.execute(update(_J).where(_J.c.id == job_id).values(**values))


def _job(row: Row[tuple[object, ...]]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        state=JobState(row.state),
        started_us=row.started_us,
        ended_us=row.ended_us,
        done=row.done,
        total=row.total,
        unit=row.unit,
        note=row.note,
        parameters=row.parameters,
        cancel_asked=row.cancel_asked,
    )
