"""A prescription in words, on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundside.see.cli.console import show, write_table

if TYPE_CHECKING:
    from groundside.model.agronomy import NotEnough
    from groundside.model.prescription import Prescription


def describe(made: Prescription) -> None:
    """Write zones, amounts, and what they rest on."""
    heads = ["zone", f"rate {made.unit}", "kg N/ha", "ha", "pieces", "what"]
    rows = [
        (str(z.code), f"{z.rate:g}", f"{z.nitrogen_kg_ha:.1f}", f"{z.area_ha:.2f}", str(len(z.area.polygons)), z.said)
        for z in made.zones
    ]
    write_table(heads, rows, right=heads[:-1])
    how = made.made
    show(f"cells       {made.grid.columns} x {made.grid.rows}, {how.cell_m:g} m; {how.merged} small pieces given away")
    show(f"nitrogen    {how.given_kg:,.1f} kg; {how.wanted_kg:,.1f} kg before width, steps and limits")
    if how.without_ha:
        show(f"without     {how.without_ha:.2f} ha of the field have no value: nothing is spread there")
    _describe_bill(made)
    _describe_evidence(made)


def _describe_bill(made: Prescription) -> None:
    cost = made.bill
    if cost is None:
        return
    show(f"product     {cost.amount:,.0f} {cost.unit} of {cost.product}")
    if cost.cost is not None:
        show(f"cost        {cost.cost:,.2f}")
    if cost.saving is not None:
        between = cost.saving_interval
        ends = f" ({between.level:.0%}: {between.low:,.2f} to {between.high:,.2f})" if between else ""
        show(f"saving      {cost.saving:,.2f} against the flat rate{ends or '; the model gives no interval'}")


def _describe_evidence(made: Prescription) -> None:
    told = made.evidence
    show(f"rests on    {told.said}")
    if told.confidence:
        show(f"confidence  {told.confidence}")
    for note in told.notes:
        show(f"note        {note}")
    for source in told.sources:
        show(f"source      {source}")
    if told.missing is not None:
        describe_none(told.missing)


def describe_none(missing: NotEnough) -> None:
    """Write that there is not enough evidence, and what would be."""
    show("not enough evidence for a rate; here is what would be")
    show(f"why         {missing.what}")
    for each in missing.would_help:
        show(f"would help  {each}")
