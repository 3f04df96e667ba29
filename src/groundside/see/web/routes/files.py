"""Originals: the list, and new ones coming in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from groundside.see import schema, shapes
from groundside.see.web.answers import Answer, without_paths
from groundside.see.web.asked import Ask
from groundside.see.web.uploads import Uploads

router = APIRouter(tags=["files"])
BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/files", response_model=schema.FilesShape)
def files(ask: Ask) -> Response:
    """List every original, also those that nothing here understands."""
    return Answer(shapes.files_shape(ask.archive.files(ask.caller)))


@router.post("/upload", response_model=schema.ReceivedShape, openapi_extra=BODY)
async def upload(ask: Ask, request: Request, name: Annotated[str, Query(max_length=4096)]) -> Response:
    """Take one file in: its bytes are the body. The same bytes again change nothing."""
    uploads: Uploads = request.app.state.uploads
    length = request.headers.get("content-length")
    received = await uploads.receive(ask, name, length, request.stream())
    shape = shapes.received_shape(received)
    return Answer({**shape, "message": without_paths(shape["message"])})
