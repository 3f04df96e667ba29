"""Long work: what is going on, and stopping it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from groundside.model.event import Job
from groundside.see import schema, shapes
from groundside.see.web.answers import Answer, without_paths
from groundside.see.web.asked import Ask, JobId

router = APIRouter(tags=["jobs"])


@router.get("/jobs", response_model=schema.JobsShape)
def jobs(ask: Ask) -> Response:
    """List long work, running and ended."""
    return Answer({"jobs": [_shape(job) for job in ask.archive.jobs(ask.caller)]})


@router.post("/jobs/{job}/cancel", response_model=schema.JobShape)
def cancel(ask: Ask, job: JobId) -> Response:
    """Ask a job to stop; it ends at its next safe place and can be resumed."""
    return Answer(_shape(ask.archive.cancel(ask.caller, job)))


def _shape(job: Job) -> schema.JobShape:
    shape = shapes.job_shape(job)
    return {**shape, "note": without_paths(shape["note"])}
