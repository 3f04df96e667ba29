"""JSON files as people bring them: read at the edge, and told in words where they are none."""

from __future__ import annotations

import json
from typing import Any, NoReturn, cast

from groundside.plan.missions.format import no_mission


def json_object(data: bytes, kind: str) -> dict[str, Any]:
    """
    Read a JSON object; NaN and infinity, which JSON does not have, are refused.

    Raises:
        NotUnderstood: it is none, with line and column.
    """
    try:
        said = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise no_mission(kind, f"byte {error.start} is no text in UTF-8") from error
    except json.JSONDecodeError as error:
        raise no_mission(kind, f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise no_mission(kind, f"its JSON cannot be read: {str(error)[:80]}") from error
    if not isinstance(said, dict):
        raise no_mission(kind, "it holds no JSON object")
    return cast("dict[str, Any]", said)


def _refuse(name: str) -> NoReturn:
    what = f"{name} is no number in JSON"
    raise ValueError(what)
