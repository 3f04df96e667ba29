"""The one way to a PDF: a template of this package, data as JSON, and a time; the same of each gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from groundside.errors import TooLarge
from groundside.see.report.lettering import lettered

TEMPLATES = Path(__file__).parent / "templates"
STANDARDS = ("a-2a", "ua-1")
"""What every report claims to be: PDF/A-2a, to be kept, and PDF/UA-1, to be read by anybody."""
MOST_BYTES = 64 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def pdf(template: str, told: Mapping[str, Any], made_us: int) -> bytes:
    """
    Write a report.

    Data reaches the template as values: nothing in a text is markup there. The template can read nothing but the
    templates beside it; no package is fetched, and no connection made.

    Args:
        template: name of a file among the templates, without its suffix.
        told: what it shows; texts, numbers, None, lists and mappings of them. `title` is there.
        made_us: when the report is made, UTC microseconds; the document's date.

    Raises:
        TooLarge: it is too much for one document.
    """
    return _compiled(template, told, made_us, "pdf")[0]


def pictures(template: str, told: Mapping[str, Any], made_us: int, dots_per_inch: float = 80.0) -> list[bytes]:
    """Draw a report page by page as PNG, to be looked at; see `pdf`."""
    return _compiled(template, told, made_us, "png", dots_per_inch)


def _compiled(
    template: str, told: Mapping[str, Any], made_us: int, kind: str, dots_per_inch: float | None = None
) -> list[bytes]:
    import typst

    made = _EPOCH + timedelta(microseconds=made_us)
    clean, fonts = lettered(told)
    date = {"year": made.year, "month": made.month, "day": made.day, "hour": made.hour, "minute": made.minute}
    text = json.dumps({**clean, "made": {**date, "second": made.second}}, ensure_ascii=False, allow_nan=False)
    if len(text) > MOST_BYTES:
        what = f"This report would hold {len(text) >> 20} MiB of data; {MOST_BYTES >> 20} are the most."
        raise TooLarge(what, try_this="ask for a shorter time")
    done = typst.Compiler(
        TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=fonts, sys_inputs={"told": text},
        package_path=TEMPLATES, package_cache_path=TEMPLATES,
    ).compile(
        format="pdf" if kind == "pdf" else "png", ppi=dots_per_inch, timestamp=int(made.timestamp()),
        pdf_standards=list(STANDARDS) if kind == "pdf" else [],
    )  # fmt: skip
    return done if isinstance(done, list) else [done or b""]
