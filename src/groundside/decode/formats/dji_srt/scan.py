"""Find the cues of a subtitle file and every field in them, in one pass over the bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from groundside.decode.formats.dji_srt.tokens import FIRST, INNER_KEY, KEYS, NUMBERS, PAIRS, TOKEN, WORDS

MOST_OTHER_KEYS = 64
"""Bracket keys nobody here knows become columns of their own, up to this many in one file."""


@dataclass(slots=True)
class Field:
    """One field: in which cues it occurs, and the bytes that give its value."""

    cues: list[int] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """One tuple of coordinates as it stands: which of the two is the latitude is not known yet."""

    cue: int
    label: str
    numbers: tuple[bytes, bytes, bytes | None]
    suffix: bool


@dataclass(slots=True)
class Scan:
    """
    What one pass found.

    `starts` has the offset of each cue, `header_ends` where its number and times end; `index`, `start_ms` and
    `end_ms` are None where a cue does not have them; `gaps` are the byte ranges that no pattern explains.
    """

    size: int
    starts: list[int] = field(default_factory=list)
    header_ends: list[int] = field(default_factory=list)
    index: list[int | None] = field(default_factory=list)
    start_ms: list[int | None] = field(default_factory=list)
    end_ms: list[int | None] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=dict)
    others: dict[str, Field] = field(default_factory=dict)
    by_key: dict[bytes, Field] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    walls: list[tuple[int, tuple[bytes, ...]]] = field(default_factory=list)
    gaps: list[tuple[int, int]] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    barometer_in_parentheses: bool = False
    barometer_with_unit: bool = False


def scan(data: bytes | memoryview) -> Scan:
    """
    Find every cue and every field.

    A field that comes twice in one cue, or before the first, is a gap: a header in between cannot be read.
    """
    found = Scan(len(data))
    handlers = {number: _HANDLERS.get(name, _nothing) for name, number in FIRST.items()}
    position = 0
    for match in TOKEN.finditer(data):
        begin, end = match.span()
        if begin != position:
            found.gaps.append((position, begin))
        position = end
        if not handlers[match.lastindex or 0](found, match):
            found.gaps.append((begin, end))
    if position != len(data):
        found.gaps.append((position, len(data)))
    return found


def _nothing(found: Scan, match: re.Match[bytes]) -> bool:
    return True


def _cue(found: Scan, match: re.Match[bytes]) -> bool:
    at = FIRST["cue"]
    number, *clock = match.group(*range(at + 1, at + 10))
    _begin(found, match, number)
    found.start_ms.append(_milliseconds(clock[:4]))
    found.end_ms.append(_milliseconds(clock[4:]))
    return True


def _untimed(found: Scan, match: re.Match[bytes]) -> bool:
    _begin(found, match, match.group(FIRST["untimed"] + 1))
    found.start_ms.append(None)
    found.end_ms.append(None)
    return True


def _begin(found: Scan, match: re.Match[bytes], number: bytes | None) -> None:
    found.starts.append(match.start())
    found.header_ends.append(match.end())
    found.index.append(None if number is None else int(number))


def _milliseconds(clock: list[bytes]) -> int:
    hours, minutes, seconds, fraction = clock
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, b"0"))


def _put(found: Scan, name: str, value: bytes) -> bool:
    column = found.fields.get(name)
    if column is None:
        column = found.fields[name] = Field()
    return _append(found, column, value)


def _append(found: Scan, column: Field, value: bytes) -> bool:
    cue = len(found.starts) - 1
    if cue < 0 or (column.cues and column.cues[-1] == cue):
        return False
    column.cues.append(cue)
    column.raw.append(value)
    return True


def _pairs(found: Scan, match: re.Match[bytes]) -> bool:
    """Read a run of plain brackets at once: nearly all of a new file is that."""
    cue = len(found.starts) - 1
    repeated: list[int] = []
    for place, (key, value) in enumerate(PAIRS.findall(match.group(FIRST["pairs"]))):
        column = found.by_key.get(key) or _column_of(found, key)
        if cue >= 0 and column is not None and not (column.cues and column.cues[-1] == cue):
            column.cues.append(cue)
            column.raw.append(value)
        elif place == 0:
            return False
        else:
            repeated.append(place)
    if repeated:
        spans = [pair.span() for pair in PAIRS.finditer(match.string, *match.span())]
        found.gaps.extend(spans[place] for place in repeated)
    return True


def _column_of(found: Scan, key: bytes) -> Field | None:
    lower = key.lower()
    name = KEYS.get(lower)
    shelf = found.fields if name else found.others
    name = name or lower.decode("ascii")
    if name not in shelf and shelf is found.others and len(shelf) >= MOST_OTHER_KEYS:
        return None
    found.by_key[key] = shelf.setdefault(name, Field())
    return found.by_key[key]


def _keyed(found: Scan, key: bytes, value: bytes) -> bool:
    column = found.by_key.get(key) or _column_of(found, key)
    return column is not None and _append(found, column, value)


def _bracket(found: Scan, match: re.Match[bytes]) -> bool:
    body = match.group(FIRST["bracket"] + 1)
    keys = list(INNER_KEY.finditer(body))
    if not keys:
        return False
    ends = [*(k.start() for k in keys[1:]), len(body)]
    family = b""
    kept = True
    for key, end in zip(keys, ends, strict=True):
        before, name, value = key.group(1), key.group(2).lower(), body[key.end() : end].strip(b" \t,;")
        if before or not value:
            family = (before or name).lower()
        if value:
            kept = _keyed(found, _inner_name(family, name), value) and kept
    return kept


def _inner_name(family: bytes, name: bytes) -> bytes:
    """`[Drone: Yaw:-146.0, Pitch:-0.6]` and `[shift x: 0.00, y: 0.00]` name their family once."""
    return family + b"_" + name if family and family != name else name


def _wall(found: Scan, match: re.Match[bytes]) -> bool:
    cue = len(found.starts) - 1
    if cue < 0 or (found.walls and found.walls[-1][0] == cue):
        return False
    at = FIRST["wall"]
    found.walls.append((cue, match.group(*range(at + 1, at + 8))))
    return True


def _tuple(found: Scan, match: re.Match[bytes]) -> bool:
    at = FIRST["tuple"]
    label, *numbers, suffix = match.group(*range(at + 1, at + 6))
    return _place(found, label.decode("ascii"), (numbers[0], numbers[1], numbers[2]), bool(suffix))


def _bare(found: Scan, match: re.Match[bytes]) -> bool:
    at = FIRST["bare"]
    *numbers, suffix = match.group(*range(at + 1, at + 5))
    return _place(found, "bare", (numbers[0], numbers[1], numbers[2]), bool(suffix))


def _place(found: Scan, label: str, numbers: tuple[bytes, bytes, bytes | None], suffix: bool) -> bool:
    cue = len(found.starts) - 1
    role = "home" if label == "HOME" else "position"
    if not _put(found, role, label.encode("ascii")):
        return False
    found.places.append(Place(cue, label, numbers, suffix))
    return True


def _attitude(found: Scan, match: re.Match[bytes]) -> bool:
    at = FIRST["attitude"]
    numbers = NUMBERS.findall(match.group(at + 2))
    prefix = "gimbal_" if match.group(at + 1) == b"G" else ""
    names = [prefix + n for n in ("pitch_deg", "roll_deg", "yaw_deg")]
    if len(numbers) != len(names):
        return False
    kept = [_put(found, name, value) for name, value in zip(names, numbers, strict=True)]
    return all(kept)


def _mark(found: Scan, match: re.Match[bytes]) -> bool:
    if len(found.marks) < MOST_OTHER_KEYS:
        found.marks.add(match.group(FIRST["mark"]).decode("latin-1").strip())
    return len(found.starts) > 0


def _barometer(found: Scan, match: re.Match[bytes]) -> bool:
    found.barometer_in_parentheses = True
    return _put(found, "barometer_m", match.group(FIRST["barometer"] + 1))


def _colon(found: Scan, match: re.Match[bytes]) -> bool:
    at = FIRST["colon"]
    word, value = match.group(at + 1, at + 2)
    if value is None:
        return len(found.starts) > 0
    if word == b"BAROMETER" and match.group().rstrip()[-1:] in b"Mm":
        found.barometer_with_unit = True
    return _put(found, WORDS[word], value)


def _word(found: Scan, match: re.Match[bytes]) -> bool:
    at = FIRST["word"]
    return _put(found, WORDS[match.group(at + 1)], match.group(at + 2))


_HANDLERS = {
    "cue": _cue,
    "untimed": _untimed,
    "pairs": _pairs,
    "bracket": _bracket,
    "wall": _wall,
    "tuple": _tuple,
    "bare": _bare,
    "attitude": _attitude,
    "barometer": _barometer,
    "colon": _colon,
    "word": _word,
    "mark": _mark,
}
