"""What a nitrogen model is: one file declares its needs, its sources and how it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundside.errors import BadRequest
from groundside.model.agronomy import Need, NotEnough, Outcome, Value, Values
from groundside.model.source import Source

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Model:
    """
    A nitrogen model.

    Args:
        name: as typed.
        title: what it is.
        needs: its inputs.
        sources: who published it.
        advise: answers for one place; never raises for inputs that `checked` let pass.
        per_pixel: the input that a raster of an index may give instead of one number; empty where none may.
        rates: kg/ha for many values of that input, NaN where there is no rate; None where no raster is meant.
    """

    name: str
    title: str
    needs: tuple[Need, ...]
    sources: tuple[Source, ...]
    advise: Callable[[Values], Outcome]
    per_pixel: str = ""
    rates: Callable[[Values, Floats], Floats] | None = None


def checked(model: Model, given: Mapping[str, Value], without: str = "") -> dict[str, Value] | NotEnough:
    """
    Check the inputs of a model against what it needs.

    Args:
        model: whose.
        given: name to number or word.
        without: an input that comes from a raster.

    Returns:
        The inputs, numbers as floats; or what is missing.

    Raises:
        BadRequest: an input that the model does not know, or that cannot be right.
    """
    names = {need.name: need for need in model.needs}
    strange = sorted(set(given) - set(names))
    if strange:
        what = f"The model {model.name} has no input {strange[0]!r}."
        raise BadRequest(what, try_this=f"one of {', '.join(names)}")
    inputs = {name: _one(names[name], value) for name, value in given.items()}
    missing = [n for n in model.needs if not n.optional and n.name not in inputs and n.name != without]
    if missing:
        what = f"The model {model.name} cannot say without {', '.join(need.name for need in missing)}."
        return NotEnough(model.name, what, tuple(_asked(n) for n in missing), inputs, {}, model.sources)
    return inputs


def _asked(need: Need) -> str:
    unit = f", in {need.unit}" if need.unit else ""
    return f"{need.name}: {need.what}{unit}"


def _one(need: Need, value: Value) -> Value:
    if need.unit == "":
        return str(value)
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not need.low <= number <= need.high or number == float("inf"):
        what = f"{need.name} = {value} cannot be right: it is {need.what}, {need.low:g} to {need.high:g} {need.unit}."
        raise BadRequest(what, try_this=f"{need.name}=NUMBER in {need.unit}")
    return number


def number(inputs: Values, name: str, otherwise: float | None = None) -> float:
    """Give an input that is a number; `otherwise` where it was left out and may be."""
    value = inputs.get(name, otherwise)
    if not isinstance(value, int | float):
        what = f"{name} is no number"
        raise TypeError(what)
    return float(value)


def more_than_0(inputs: Values, name: str) -> float:
    """
    Give an input that is a number by which others are divided.

    Raises:
        BadRequest: it is not more than 0.
    """
    found = number(inputs, name)
    if not found > 0.0:
        what = f"{name} = {found:g} cannot be right: it is more than 0."
        raise BadRequest(what, try_this=f"{name}=NUMBER")
    return found


def ndvi_of_plants(name: str, values: Floats) -> Floats:
    """
    Let an NDVI pass that a crop can have; NaN passes too, and stands for nothing.

    Raises:
        BadRequest: a value is not more than 0 and at most 1.
    """
    wrong = values[(values <= 0.0) | (values > 1.0)]
    if wrong.size:
        what = f"{name} = {float(wrong.flat[0]):g} cannot be right: the NDVI of a crop is more than 0 and at most 1."
        raise BadRequest(what, try_this="an NDVI, (N - R) / (N + R): 0.45; not one in per cent or in ten-thousandths")
    return values


def where_ndvi(rates: Callable[[Floats], Floats], ndvi: Floats) -> Floats:
    """Give kg/ha where an NDVI is one that a crop can have, NaN elsewhere."""
    there = (ndvi > 0.0) & (ndvi <= 1.0)
    return np.where(there, rates(np.where(there, ndvi, 1.0)), np.nan)
