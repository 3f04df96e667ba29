"""Units and instance columns, as the log itself states them (FMTU, UNIT and MULT records; since 2018)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from groundside.decode.ardupilot.layout import CHARS, Layout

MAX_INSTANCES = 256
"""More values of a column than this are no instances of a message."""
_NO_UNIT = frozenset("-?#")
_NO_MULTIPLIER = frozenset("-?")
DESCRIBING = frozenset({"FmtType", "UnitIds", "MultIds", "Id", "Label", "Mult"})
"""Columns of FMTU, UNIT and MULT that say anything."""
_INSTANCE = "#"
_PLAIN = {"deglatitude": "deg", "deglongitude": "deg", "degheading": "deg"}
_PREFIXES = {1e-1: "d", 1e-2: "c", 1e-3: "m", 1e-6: "µ", 1e-9: "n", 1e3: "k", 1e6: "M"}


@dataclass(frozen=True, slots=True)
class Units:
    """What a log says of the units of its columns, by message type."""

    unit_ids: Mapping[int, str] = field(default_factory=dict[int, str])
    multiplier_ids: Mapping[int, str] = field(default_factory=dict[int, str])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    multipliers: Mapping[str, float] = field(default_factory=dict[str, float])

    def instance(self, layout: Layout) -> str | None:
        """Name the column that tells several sensors of one message apart, or None."""
        index = self.unit_ids.get(layout.type, "").find(_INSTANCE)
        return layout.columns[index] if 0 <= index < layout.readable else None

    def of(self, layout: Layout) -> tuple[str, ...]:
        """Say the unit of each column that can be read."""
        count = layout.readable
        if layout.type not in self.unit_ids:
            return ("",) * count
        return tuple(self.unit(layout, index) for index in range(count))

    def unit(self, layout: Layout, index: int) -> str:
        """
        Say the unit of a column, empty where unknown.

        Values are never multiplied by MULT: where the format character does not scale them, the multiplier
        becomes part of the unit ("mV"); where it does, they are in the unit itself.
        """
        unit_id = self.unit_ids.get(layout.type, "")[index : index + 1]
        label = "" if unit_id in _NO_UNIT else self.labels.get(unit_id, "")
        label = _PLAIN.get(label, label)
        scaled = CHARS[layout.chars[index]][1] is not None
        return label if scaled or not label else self._multiplied(label, layout, index)

    def _multiplied(self, label: str, layout: Layout, index: int) -> str:
        multiplier_id = self.multiplier_ids.get(layout.type, "")[index : index + 1]
        multiplier = 1.0 if multiplier_id in _NO_MULTIPLIER else self.multipliers.get(multiplier_id, 1.0)
        if multiplier in {0.0, 1.0}:
            return label
        prefix = _PREFIXES.get(multiplier)
        return f"{prefix}{label}" if prefix else f"{multiplier:g} {label}"


def read_units(records: Mapping[str, Mapping[str, Sequence[object]]]) -> Units:
    """
    Read units from the records of FMTU, UNIT and MULT, as far as they are there with the usual columns.

    Where one is written twice the last holds.

    Args:
        records: message to column to values, row by row.
    """
    formats = _rows(records.get("FMTU"), {"FmtType": int, "UnitIds": str, "MultIds": str})
    units = _rows(records.get("UNIT"), {"Id": int, "Label": str})
    multipliers = _rows(records.get("MULT"), {"Id": int, "Mult": float})
    return Units(
        unit_ids={kind: ids for kind, ids, _ in formats},
        multiplier_ids={kind: ids for kind, _, ids in formats},
        labels={chr(key & 0xFF): label for key, label in units},
        # Stored as a double that was a float: 0.00999999977 is meant as 0.01.
        multipliers={chr(key & 0xFF): float(f"{value:.7g}") for key, value in multipliers},
    )


def _rows(columns: Mapping[str, Sequence[object]] | None, kinds: Mapping[str, type]) -> list[tuple[Any, ...]]:
    """Give columns row by row, or nothing where one is missing; without the rows that hold another kind of value."""
    if columns is None or not set(kinds) <= set(columns):
        return []
    rows = zip(*(columns[column] for column in kinds), strict=True)
    return [row for row in rows if all(isinstance(v, kind) for v, kind in zip(row, kinds.values(), strict=True))]
