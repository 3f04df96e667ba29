"""The OpenAPI document of the API: `python -m groundside.see.web.document FILE` writes it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from groundside.see.web.app import openapi


def text(document: dict[str, Any]) -> str:
    """Write a document as text that is easy to compare from version to version."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(openapi()), encoding="utf-8")
