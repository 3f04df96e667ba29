"""From kg of nitrogen to a product, its cost, and what a map saves against a flat rate."""

from __future__ import annotations

from groundside.errors import BadRequest
from groundside.model.agronomy import Bill, Interval, Product

PRODUCTS = {
    product.name: product
    for product in (
        Product("urea", "urea, 46 % N", 0.46, "kg"),
        Product("an", "ammonium nitrate, 33.5 % N", 0.335, "kg"),
        Product("can", "calcium ammonium nitrate, 27 % N", 0.27, "kg"),
        Product("uan30", "urea ammonium nitrate solution, 30 % N", 0.39, "l", "0.39 kg N in a litre"),
    )
}
"""By name: nitrogen as labelled; a bag of another grade says so itself."""


def product_named(name: str) -> Product:
    """
    Find a product.

    Raises:
        BadRequest: there is none of that name.
    """
    found = PRODUCTS.get(name.lower())
    if found is None:
        what = f"There is no product {name!r} here."
        raise BadRequest(what, try_this=f"one of {', '.join(PRODUCTS)}")
    return found


def amount(product: Product, nitrogen_kg: float) -> float:
    """Give how much of a product holds that much nitrogen, in its unit."""
    return nitrogen_kg / product.nitrogen


def bill(
    product: Product, nitrogen_kg: float, price: float | None, flat_kg: float | None, uncertain: Interval | None
) -> Bill:
    """
    Work out amount, cost and saving for an area.

    Args:
        product: what is spread.
        nitrogen_kg: in all.
        price: of one unit of the product; None where unknown.
        flat_kg: nitrogen in all by a flat rate, to compare with; None for no comparison.
        uncertain: interval of `nitrogen_kg`; None where there is none.
    """
    much = amount(product, nitrogen_kg)
    cost = None if price is None else much * price
    if price is None or flat_kg is None:
        return Bill(product.name, nitrogen_kg, much, product.unit, cost, None, None)
    each = price / product.nitrogen
    between = None
    if uncertain is not None and uncertain.low is not None and uncertain.high is not None:
        ends = (flat_kg - uncertain.high) * each, (flat_kg - uncertain.low) * each
        between = Interval(*ends, uncertain.level, uncertain.method)
    return Bill(product.name, nitrogen_kg, much, product.unit, cost, (flat_kg - nitrogen_kg) * each, between)
