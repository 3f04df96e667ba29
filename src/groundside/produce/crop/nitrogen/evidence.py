"""What can be said of nitrogen from one image alone: nothing; and what would be evidence."""

from __future__ import annotations

from groundside.model.agronomy import NotEnough, Values
from groundside.produce.crop.nitrogen.sufficiency import RESPONSE, VIRTUAL

WOULD_HELP = (
    "an N-rich strip, for winter wheat, other cereals or cotton: models nfoa, osu, cotton",
    "a trial in this field with at least 4 rates: model eonr",
    "samples of at least 8 plots, with dry matter and nitrogen: model nni",
    "for a vineyard, yield and an analysis of leaves or must: model vineyard",
    "a balance of what the crop takes and the soil gives: model balance",
)


def one_date_alone(inputs: Values) -> NotEnough:
    """Answer a question with one date, no trial and no strip: not enough evidence for a rate; here is what would be."""
    what = (
        "Not enough evidence for a rate. One image shows where the crop is weaker, not whether nitrogen is what it "
        "lacks, nor how much it would take: water, disease, soil and sowing look the same."
    )
    return NotEnough("", what, WOULD_HELP, inputs, {}, (RESPONSE, VIRTUAL))
