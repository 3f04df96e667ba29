"""The page itself: what `web/` was built into, served as files."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Groundside: page not built</title></head>
<body><main><h1>The page was not built</h1>
<p>The API works. In the repository, <code>make web</code> builds the page.</p>
</main></body></html>
"""


class Files(StaticFiles):
    """The built files; a browser may keep those with a digest in their name and asks again for others."""

    async def check_config(self) -> None:
        """Do without: a page that was not built is no defect, the API works without it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with one file."""
        response = await super().get_response(path, scope)
        kept = path.startswith("assets/") and response.status_code in {200, 304}
        response.headers["cache-control"] = "private, max-age=31536000, immutable" if kept else "no-cache"
        return response


def show_page(app: Starlette, folder: Path = STATIC) -> None:
    """Put the page at `/` and its files below `/static`, where its build says they are."""
    page = folder / "index.html"

    def start(_: Request) -> Response:
        if not page.is_file():
            return HTMLResponse(_NOT_BUILT, status_code=503)
        return FileResponse(page, headers={"cache-control": "no-cache"})

    app.router.routes.append(Route("/", start, methods=["GET"]))
    app.mount("/static", Files(directory=folder, check_dir=False), name="static")
