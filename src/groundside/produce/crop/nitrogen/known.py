"""The nitrogen models that there are."""

from __future__ import annotations

from difflib import get_close_matches

from groundside.errors import BadRequest
from groundside.produce.crop.nitrogen import balance, cotton, nfoa, nni, osu, sufficiency, vineyard
from groundside.produce.crop.nitrogen.model import Model

MODELS: tuple[Model, ...] = (
    sufficiency.MODEL, nfoa.MODEL, osu.MODEL, cotton.MODEL, nni.MODEL, balance.MODEL, vineyard.MODEL,
)  # fmt: skip
TRIAL = "eonr"
"""The model whose input is a trial, a table and not numbers: `eonr.economic_optimum`."""
NAMES = (*(model.name for model in MODELS), TRIAL)


def model_named(name: str) -> Model:
    """
    Find a model.

    Raises:
        BadRequest: there is none of that name.
    """
    for model in MODELS:
        if model.name == name:
            return model
    near = get_close_matches(name, NAMES, 1)
    what = f"There is no nitrogen model {name!r}."
    raise BadRequest(what, try_this=f"{near[0] if near else 'one of'}: {', '.join(NAMES)}")
