"""
Write an ArduPilot DataFlash log as text (.log), as Mission Planner converts one.

A line is the message's name and its values, joined by a comma and a blank and ended by CR LF; a value is printed as
.NET prints it: 7 significant digits of a float, 15 of a double, scaled by its format character; a mode by its name. A
comma within a text is not marked as such, and a message with an empty text is lost. Read from Mission Planner's
ExtLibs/Utilities/BinaryLog.cs (as ported in a public repository that holds itself to its output byte by byte) and from
pymavlink's DFReader_text, which reads it.

The content is that of `dataflash.write`. To the layouts of ArduCopter 4.x CTUN is added, where those have none: its
format from ArduPilot's ArduCopter/Log.cpp. Mission Planner takes the names of modes from the parameter documentation
of the vehicle (FLTMODE1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.simulate.truth import Truth
from groundside.simulate.writers import dataflash
from groundside.simulate.writers.dataflash import Generation
from groundside.simulate.writers.dataflash_layout import FMT, FMT_TYPE, SCALE, Message, records
from groundside.simulate.writers.dataflash_vehicle import is_copter

END = "\r\n"
COPTER_MODES = {0: "Stabilize", 2: "AltHold", 3: "Auto", 4: "Guided", 5: "Loiter", 6: "RTL", 9: "Land"}
PLANE_MODES = {0: "Manual", 10: "Auto", 11: "RTL", 12: "Loiter", 13: "TAKEOFF", 19: "QLOITER", 20: "QLAND"}

_HEAD = 3
_TEXTS, _FLOATS = frozenset("nNZ"), "f"
_CTUN = Message(2, "CTUN", "Qffffffefffhh", "TimeUS,ThI,ABst,ThO,ThH,DAlt,Alt,BAlt,DSAlt,SAlt,TAlt,DCRt,CRt")


@dataclass(frozen=True, slots=True)
class Conversion:
    """
    What is converted.

    Args:
        generation: of the firmware whose log it is, as `dataflash.Recorder` has it.
        boot_us: what the clock since boot says at the first sample.
        mode_names: modes by name, as Mission Planner writes them once it knows the vehicle; else by number.
        delimiter: ", " or ","; pymavlink reads both.
        left_out: messages that are defined but not logged, as the vehicle's LOG_BITMASK leaves them out.
    """

    generation: Generation = "4.5"
    boot_us: int = 24_318_000
    mode_names: bool = True
    delimiter: str = ", "
    left_out: frozenset[str] = frozenset({"XKF1", "MNT"})


def write(truth: Truth, seed: int = 0, options: Conversion | None = None) -> bytes:
    """
    Write a log.

    Args:
        truth: what happened.
        seed: says nothing here: nothing in the log is drawn by lot.
        options: what is converted.
    """
    chosen = options or Conversion()
    binary = dataflash.write(truth, dataflash.Recorder(chosen.generation, chosen.boot_us))
    printer = _Printer(chosen, COPTER_MODES if is_copter(truth) else PLANE_MODES)
    lines = _converted(binary, printer)
    if is_copter(truth) and _CTUN.name not in lines.names:
        lines = lines.merged(_tuning(truth, printer))
    return (END.join(lines.texts) + END).encode("ascii")


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines, the clock that orders them among others, and the names of their messages."""

    texts: list[str]
    clock: NDArray[np.int64]
    names: tuple[str, ...]

    def merged(self, added: _Lines) -> _Lines:
        clock = np.concatenate([self.clock, added.clock])
        order = np.argsort(clock, kind="stable")
        texts = self.texts + added.texts
        return _Lines([texts[i] for i in order.tolist()], clock[order], self.names + added.names)


def _converted(binary: bytes, printer: _Printer) -> _Lines:
    found, offsets = _walk(binary)
    data = np.frombuffer(binary, np.uint8)
    kinds = data[offsets + 2]
    texts, clock = np.full(len(offsets), "", object), np.zeros(len(offsets), np.int64)
    for kind, message in found.items():
        numbers = np.flatnonzero(kinds == kind)
        if message.name in printer.chosen.left_out or not len(numbers):
            continue
        columns = offsets[numbers][:, None] + np.arange(message.dtype.itemsize)
        rows = data[columns].view(message.dtype)[:, 0]
        texts[numbers] = printer.texts(message, rows)
        if "TimeUS" in message.labels:
            clock[numbers] = rows["TimeUS"]
    kept = texts != ""
    return _Lines(texts[kept].tolist(), np.maximum.accumulate(clock)[kept], tuple(m.name for m in found.values()))


def _walk(binary: bytes) -> tuple[dict[int, Message], NDArray[np.int64]]:
    """Follow the chain: each type's layout as its FMT states it, and the offset of every record."""
    found, lengths = {FMT_TYPE: FMT}, {FMT_TYPE: FMT.dtype.itemsize}
    offsets, at, end = list[int](), 0, len(binary)
    while at < end:
        kind = binary[at + 2]
        if kind == FMT_TYPE:
            message = _defined(binary[at + _HEAD : at + lengths[FMT_TYPE]])
            found[message.type], lengths[message.type] = message, message.dtype.itemsize
        offsets.append(at)
        at += lengths[kind]
    return found, np.array(offsets, np.int64)


def _defined(payload: bytes) -> Message:
    name, chars, labels = (payload[a:b].rstrip(b"\0").decode() for a, b in ((2, 6), (6, 22), (22, 86)))
    return Message(payload[0], name, chars, labels)


@dataclass(frozen=True, slots=True)
class _Printer:
    chosen: Conversion
    modes: Mapping[int, str]

    def texts(self, message: Message, rows: NDArray[np.void]) -> list[str]:
        """Print records, those with an empty text as nothing; what all of them say is printed but once."""
        parts, columns = [message.name], list[list[object]]()
        chars = dict(zip(message.labels.split(","), message.format, strict=True))
        for label, char in chars.items():
            specifier, values = self.column(char, rows[label])
            if len(rows) > 1 and values.count(values[0]) == len(values):
                specifier = (specifier % values[0]).replace("%", "%%")
            else:
                columns.append(values)
            parts.append(specifier)
        template = self.chosen.delimiter.join(parts)
        lines = [template % row for row in zip(*columns, strict=True)] if columns else [template % ()] * len(rows)
        for label in (label for label, char in chars.items() if char == "Z"):
            lines = [line if text else "" for line, text in zip(lines, rows[label].tolist(), strict=True)]
        return lines

    def column(self, char: str, values: NDArray[np.generic]) -> tuple[str, list[object]]:
        """Give the specifier that prints a column's values, and those."""
        if char in _TEXTS:
            return "%s", [x.decode() for x in values.tolist()]
        if char == "M" and self.chosen.mode_names:
            return "%s", [self.modes.get(x, str(x)) for x in values.tolist()]
        if char in SCALE:
            return "%s", _scaled(values, SCALE[char])
        if char == "d":
            return "%.15G", values.tolist()
        floats = np.asarray(values, np.float64) + 0.0  # no "-0"
        return ("%.7G", floats.tolist()) if char in _FLOATS else ("%d", values.tolist())


def _scaled(values: NDArray[np.generic], scale: float) -> list[object]:
    """Print whole numbers divided by a power of ten; each different one but once."""
    different, which = np.unique(values, return_inverse=True)
    texts = np.array([repr(x) for x in (np.asarray(different, np.float64) / scale).tolist()], object)
    return [x.removesuffix(".0") for x in texts[which].tolist()]


def _tuning(truth: Truth, printer: _Printer) -> _Lines:
    hover = 0.32
    climb, height = np.round(-100.0 * truth.vd_mps), truth.height_m
    clock = truth.time_us - truth.time_us[0] + printer.chosen.boot_us
    columns = {
        "TimeUS": clock, "ThI": np.where(truth.armed, 0.5, 0.0), "ThH": hover,
        "ThO": np.where(truth.armed, hover - 0.03 * truth.vd_mps, 0.0), "DAlt": height, "Alt": height, "BAlt": height,
        "DCRt": climb, "CRt": climb,
    }  # fmt: skip
    about = {"Type": _CTUN.type, "Length": _CTUN.dtype.itemsize, "Name": _CTUN.name.encode(),
             "Format": _CTUN.format.encode(), "Columns": _CTUN.labels.encode()}  # fmt: skip
    texts = printer.texts(FMT, records(FMT, about, 1)) + printer.texts(_CTUN, records(_CTUN, columns, len(clock)))
    return _Lines(texts, np.concatenate([[0], clock]), (_CTUN.name,))
