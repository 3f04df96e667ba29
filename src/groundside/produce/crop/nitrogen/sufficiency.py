"""Sufficiency index: how far a crop's index falls behind one that wants no nitrogen. It says where, not how much."""

from __future__ import annotations

from groundside.model.agronomy import Need, NotEnough, Outcome, Values
from groundside.model.source import Source
from groundside.produce.crop.nitrogen.model import Model, number

VIRTUAL = Source(
    "Holland and Schepers 2013, Use of a virtual-reference concept to interpret active crop canopy sensor data, "
    "Precision Agriculture 14: 71-85",
    "https://doi.org/10.1007/s11119-012-9301-6",
    "95th percentile of the vegetated pixels as reference",
)
RESPONSE = Source(
    "Raun et al. 2002, Agronomy Journal 94: 815-820", "https://doi.org/10.2134/agronj2002.8150", "response index"
)
SATURATED_NDVI = 0.8
HELP = (
    "a trial in this field with several rates (model eonr)",
    "for winter wheat, days of growth since sowing (model nfoa)",
    "samples of at least 8 plots (model nni)",
)


def _advise(inputs: Values) -> Outcome:
    """Give SI and RI; there is no verified formula from SI alone to a rate, and none is made up."""
    field, reference = number(inputs, "index_field"), number(inputs, "index_reference")
    kind = str(inputs["reference"])
    steps: dict[str, float | str | None] = {
        "sufficiency_index": min(field / reference, 1.0), "response_index": reference / field, "reference": kind,
    }  # fmt: skip
    what = f"The crop stands at {field / reference:.0%} of its reference: that says where it lacks, not how much."
    if kind != "strip":
        what += " The reference is virtual: all of the field may lack nitrogen, or none."
    if reference > SATURATED_NDVI:
        what += f" If the index is NDVI, above {SATURATED_NDVI:g} it no longer tells: use a red-edge index."
    return NotEnough("sufficiency", what, HELP, inputs, steps, (RESPONSE, VIRTUAL))


NEEDS = (
    Need("index_field", "1", "index of the crop as it is", 0.01, 20.0),
    Need("index_reference", "1", "mean index of the N-rich strip, or 95th percentile of vegetated pixels", 0.01, 20.0),
    Need("reference", "", "strip or virtual"),
)
MODEL = Model("sufficiency", "sufficiency and response index", NEEDS, (RESPONSE, VIRTUAL), _advise)
