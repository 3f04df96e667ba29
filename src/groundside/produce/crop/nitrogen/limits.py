"""What the law, a programme and the machine let a rate be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from groundside.model.agronomy import Advice, Limits
from groundside.produce.crop.nitrogen.model import Floats

AS_COMPUTED, CAPPED, MACHINE = 1, 2, 3
"""Why a rate is what it is: as the model has it, lowered to what is allowed, or changed to what the machine can do."""


def limited(rates: Floats, limits: Limits) -> tuple[Floats, Floats]:
    """
    Bring rates within limits.

    Args:
        rates: kg N/ha, NaN where there is none.
        limits: of law and machine.

    Returns:
        The rates, and why each is what it is: one of the three above, NaN where there is no rate. What the law allows
        is never exceeded, whatever the machine's steps.
    """
    capped = rates if limits.cap_kg_ha is None else np.minimum(rates, limits.cap_kg_ha)
    done = capped if limits.most_kg_ha is None else np.minimum(capped, limits.most_kg_ha)
    done = np.where(done < limits.least_kg_ha, 0.0, done)
    if limits.step_kg_ha > 0.0:
        done = np.floor(done / limits.step_kg_ha + 1e-9) * limits.step_kg_ha
    why = np.where(done != capped, MACHINE, np.where(capped != rates, CAPPED, AS_COMPUTED)).astype(np.float64)
    why[np.isnan(rates)] = np.nan
    return np.where(np.isnan(rates), np.nan, done), why


def limited_advice(advice: Advice, limits: Limits) -> Advice:
    """Bring one answer within limits, and say which one changed it."""
    rates, why = limited(np.array([advice.rate_kg_ha]), limits)
    if why[0] == AS_COMPUTED:
        return advice
    said = f"allowed by {limits.cap_source}" if why[0] == CAPPED else "what the machine can spread"
    steps = {**advice.worked, "rate_before_limits_kg_ha": advice.rate_kg_ha}
    return replace(advice, rate_kg_ha=float(rates[0]), worked=steps, limited=said)
