"""Find the cues of a subtitle file and every field in them, in one pass over the bytes."""

from __future__ import annotations

import re

from groundside.decode.formats.dji_srt.columns import LABELS, Field
from groundside.decode.formats.dji_srt.found import Scan
from groundside.decode.formats.dji_srt.tokens import (
    COLON_WORDS,
    FIRST,
    INNER_KEY,
    KEYS,
    NUMBERS,
    PAIRS,
    PLAIN_WORDS,
    TOKEN,
    WORDS,
)
from groundside.decode.formats.dji_srt.values import PLAIN_NUMBER, READERS
from groundside.native.srt import END, FULL, Kind, Walk

MOST_OTHER_KEYS = 64
"""Bracket keys nobody here knows become columns of their own, up to this many in one file."""
_NO_READER = ("position", "home")
_WATCHED = b"BAROMETER"
_KIND_OF = {
    word: Kind(
        Kind.COLON * (word in COLON_WORDS) | Kind.PLAIN * (word in PLAIN_WORDS) | Kind.WATCH * (word == _WATCHED)
    )
    for word in WORDS
}


def scan(data: bytes | memoryview) -> Scan:
    """
    Find every cue and every field.

    A field that comes twice in one cue, or before the first, is a gap: a header in between cannot be read.
    """
    found = Scan(data, Walk(data))
    position = 0
    while position < len(data):
        why, position = found.walk.on(position)
        if why == FULL:
            found.take()
        elif why != END:
            position = _token(found, position)
    found.end()
    return found


def _token(found: Scan, position: int) -> int:
    """Take the next token by the pattern; say where it ends."""
    match = TOKEN.search(found.data, position)
    if match is None:
        found.gaps.append((position, found.size))
        return found.size
    begin, end = match.span()
    if begin != position:
        found.gaps.append((position, begin))
    handler = _HANDLER_OF.get(match.lastindex or 0)
    if handler is not None and not handler(found, match):
        found.gaps.append((begin, end))
    return end


def _cue(found: Scan, match: re.Match[bytes]) -> bool:
    at = FIRST["cue"]
    number, *clock = match.group(*range(at + 1, at + 10))
    return _begin(found, match, number, (_milliseconds(clock[:4]), _milliseconds(clock[4:])))


def _untimed(found: Scan, match: re.Match[bytes]) -> bool:
    return _begin(found, match, match.group(FIRST["untimed"] + 1), (-1, -1))


def _begin(found: Scan, match: re.Match[bytes], number: bytes | None, times: tuple[int, int]) -> bool:
    cue = match.start(), -1 if number is None else int(number), *times
    if not found.walk.state.add_cue(*cue):
        found.take()
        found.walk.state.add_cue(*cue)
    return True


def _milliseconds(clock: list[bytes]) -> int:
    hours, minutes, seconds, fraction = clock
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, b"0"))


def _put(found: Scan, name: str, value: bytes) -> bool:
    column = found.fields.get(name)
    if column is None:
        reader = None if name in _NO_READER else READERS.get(name, PLAIN_NUMBER)
        column = found.fields[name] = _new(found, Field(len(found.numbered), reader))
    return _append(found, column, value)


def _new(found: Scan, column: Field) -> Field:
    found.numbered.append(column)
    return column


def _append(found: Scan, column: Field, value: bytes) -> bool:
    if not found.walk.state.put(column.number):
        return False
    column.add(found.cue, value)
    return True


def _pairs(found: Scan, match: re.Match[bytes]) -> bool:
    """Read a run of plain brackets at once: nearly all of a new file is that."""
    repeated: list[int] = []
    for place, (key, value) in enumerate(PAIRS.findall(match.group(FIRST["pairs"]))):
        if _keyed(found, key, value):
            continue
        if place == 0:
            return False
        repeated.append(place)
    if repeated:
        spans = [pair.span() for pair in PAIRS.finditer(match.string, *match.span())]
        found.gaps.extend(spans[place] for place in repeated)
    return True


def _column_of(found: Scan, key: bytes) -> Field | None:
    lower = key.lower()
    name = KEYS.get(lower)
    shelf = found.fields if name else found.others
    unknown = not name
    name = name or lower.decode("ascii")
    if name not in shelf:
        if unknown and len(shelf) >= MOST_OTHER_KEYS:
            return None
        reader = PLAIN_NUMBER if unknown else READERS.get(name, PLAIN_NUMBER)
        shelf[name] = _new(found, Field(len(found.numbered), reader, may_be_text=unknown))
    found.by_key[key] = shelf[name]
    found.walk.state.add_key(key, shelf[name].number)
    return shelf[name]


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
    if not found.walk.state.put_wall():
        return False
    at = FIRST["wall"]
    found.walls.add(found.cue, match.group(*range(at + 1, at + 8)))
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
    role = "home" if label == "HOME" else "position"
    if not _put(found, role, label.encode("ascii")):
        return False
    found.gathered.single.append((found.cue, LABELS[label], numbers, suffix))
    if label != "bare":
        _known(found, label.encode("ascii"), Kind.PLACE, found.fields[role])
    return True


def _known(found: Scan, word: bytes, kind: Kind, column: Field | None) -> None:
    """Have the walk know a word that was met; without a column, that it may stand without a value."""
    number = -1 if column is None else column.number
    if (word, kind, number) not in found.words:
        found.words.add((word, kind, number))
        found.walk.state.add_word(word, number, kind, LABELS.get(word.decode("ascii"), 0))


def _attitude(found: Scan, match: re.Match[bytes]) -> bool:
    at = FIRST["attitude"]
    numbers = NUMBERS.findall(match.group(at + 2))
    prefix = "gimbal_" if match.group(at + 1) == b"G" else ""
    names = [prefix + n for n in ("pitch_deg", "roll_deg", "yaw_deg")]
    if len(numbers) != len(names):
        return False
    kept = [_put(found, name, value) for name, value in zip(names, numbers, strict=True)]
    columns = [found.fields[name] for name in names]
    first = columns[0].number
    if [column.number for column in columns] == [first, first + 1, first + 2]:
        _known(found, match.group(at + 1) + b".PRY", Kind.THREE, columns[0])
    return all(kept)


def _mark(found: Scan, match: re.Match[bytes]) -> bool:
    if len(found.marks) < MOST_OTHER_KEYS:
        found.marks.add(match.group(FIRST["mark"]).decode("latin-1").strip())
    return found.cue >= 0


def _barometer(found: Scan, match: re.Match[bytes]) -> bool:
    found.barometer_in_parentheses = True
    kept = _put(found, "barometer_m", match.group(FIRST["barometer"] + 1))
    _known(found, _WATCHED, Kind.PAREN, found.fields["barometer_m"])
    return kept


def _colon(found: Scan, match: re.Match[bytes]) -> bool:
    at = FIRST["colon"]
    word, value = match.group(at + 1, at + 2)
    if value is None:
        _known(found, word, _KIND_OF[word], found.fields.get(WORDS[word]))
        return found.cue >= 0
    if word == _WATCHED and match.group().rstrip()[-1:] in b"Mm":
        found.barometer_with_unit = True
    return _word_of(found, word, value)


def _word(found: Scan, match: re.Match[bytes]) -> bool:
    at = FIRST["word"]
    return _word_of(found, *match.group(at + 1, at + 2))


def _word_of(found: Scan, word: bytes, value: bytes) -> bool:
    kept = _put(found, WORDS[word], value)
    _known(found, word, _KIND_OF[word], found.fields[WORDS[word]])
    return kept


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
_HANDLER_OF = {FIRST[name]: handler for name, handler in _HANDLERS.items()}
