"""Names of growth stages: BBCH for three crops, and Feekes for wheat with the BBCH stage of the same definition."""

from __future__ import annotations

from groundside.model.source import Source

BBCH = Source(
    "Meier (ed.) 2001, Growth stages of mono- and dicotyledonous plants, BBCH Monograph, 2nd edition", "",
)  # fmt: skip
FEEKES = Source(
    "Feekes scale of wheat development, as given by the California Wheat Commission",
    "http://cawheat.org/consumers/educational-materials/feekes-scale-of-wheat-development/",
)
_CEREALS = {
    0: "dry seed", 9: "emergence", 10: "first leaf through the coleoptile", 21: "first tiller", 29: "end of tillering",
    30: "stem begins to lengthen", 31: "first node", 32: "second node", 37: "flag leaf just visible",
    39: "flag leaf unrolled", 45: "boot swollen", 51: "heading begins", 59: "heading ends", 61: "flowering begins",
    65: "full flowering", 69: "flowering ends", 71: "grain watery", 75: "milk", 83: "early dough", 85: "soft dough",
    87: "hard dough", 89: "fully ripe", 92: "over-ripe",
}  # fmt: skip
_MAIZE = {
    0: "dry seed", 9: "emergence", 12: "2 leaves unfolded", 14: "4 leaves unfolded", 16: "6 leaves unfolded",
    18: "8 leaves unfolded", 19: "9 or more leaves unfolded", 55: "tassel half out", 63: "pollen begins to shed",
    65: "silks out", 71: "blister", 73: "early milk", 75: "milk", 83: "early dough", 85: "dough",
    87: "physiological maturity, black layer", 89: "fully ripe",
}  # fmt: skip
_GRAPEVINE = {
    0: "dormant", 1: "buds swell", 9: "bud burst", 11: "first leaf unfolded", 19: "9 or more leaves unfolded",
    53: "inflorescences visible", 57: "flowers separate", 61: "flowering begins", 65: "full flowering",
    69: "flowering ends", 71: "fruit set", 75: "berries pea-sized", 79: "bunches close", 81: "veraison",
    89: "ripe for harvest", 93: "leaves begin to fall", 97: "leaves have fallen",
}  # fmt: skip
NAMES = {"wheat": _CEREALS, "maize": _MAIZE, "grapevine": _GRAPEVINE}
"""Crop and BBCH code to what is to be seen."""
FEEKES_STAGES = {
    "1": ("one shoot", 10), "2": ("tillering begins", 21), "3": ("tillers formed", None),
    "4": ("pseudo-stem begins to stand up", 29), "5": ("pseudo-stem stands up", 30), "6": ("first node", 31),
    "7": ("second node", 32), "8": ("flag leaf just visible", 37), "9": ("ligule of the flag leaf", 39),
    "10": ("boot swollen", 45), "10.1": ("heads begin to show", 51), "10.5": ("heading complete", 59),
    "11.1": ("milky ripe", 75), "11.2": ("mealy ripe", 85), "11.3": ("kernel hard", 87), "11.4": ("ripe to cut", 92),
}  # fmt: skip
"""Feekes number to its name, and the BBCH code that is defined by the same thing."""


def bbch_name(crop: str, code: int | None) -> str:
    """Name a BBCH stage of a crop; empty where it has no name here."""
    return "" if code is None else NAMES.get(crop, {}).get(code, "")


def feekes_of(code: int | None) -> str:
    """Give the Feekes stage that a BBCH code of wheat has reached; empty before the first."""
    reached = [
        number for number, (_, bbch) in FEEKES_STAGES.items() if bbch is not None and code is not None and bbch <= code
    ]
    return reached[-1] if reached else ""
