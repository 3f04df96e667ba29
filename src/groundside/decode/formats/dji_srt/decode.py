"""Read a subtitle file: cues, facts, and an account of every byte."""

from __future__ import annotations

import re

import numpy as np

from groundside.decode.format import Options
from groundside.decode.formats.dji_srt.columns import BARE, I64
from groundside.decode.formats.dji_srt.cues import Cues, read_cues
from groundside.decode.formats.dji_srt.encoding import Text, text_of
from groundside.decode.formats.dji_srt.found import Scan
from groundside.decode.formats.dji_srt.scan import scan
from groundside.decode.formats.dji_srt.times import CueTable
from groundside.decode.formats.dji_srt.tokens import BOM
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem, Said
from groundside.model.late import Late, LateTables
from groundside.native.pages import let_go

_MOST_PROBLEMS = 200
"""Past this many places of the same kind, one problem sums up the rest."""
_BEGINS_WITHIN = 4096
_LOOKS_AFTER = 4096
_UNKNOWN = "Text in a cue that is not understood."

_CUE = re.compile(
    rb"(?<![^\s\xbf])\d{1,3}:\d\d:\d\d[,.]\d{1,3}[ \t]{0,8}-->[ \t]{0,8}\d{1,3}:\d\d"
    rb"|(?<![^\s\xbf])\d{1,9}[ \t]{0,8}(?:\r\n?|\n)[ \t]{0,8}\d{4}[-./]\d{1,2}[-./]\d{1,2}[ \t]"
)
_NUMBERED = re.compile(rb"[\r\n][ \t]{0,8}\d{4}[-./]")
"""What every cue without an arrow has, found sooner."""
_DJI = re.compile(
    rb"\[[ \t]{0,8}(?:latitude|longt?itude|rel_alt|iso|shutter|fnum|focal_len|ae_meter_md|color_md)"
    rb"[ \t]{0,8}:"
    rb"|(?:FrameCnt|SrtCnt)[ \t]{0,8}:[ \t]{0,8}\d"
    rb"|(?<![A-Za-z])(?:GPS|RTK|HOME)[ \t]{0,4}\([ \t]{0,4}[-+]?\d{1,3}\.\d"
    rb"|F/\d[\d.]{0,8},[ \t]{0,4}SS[ \t]"
    rb"|[\r\n](?:[-+]?\d{1,3}\.\d{3,12}[ \t]{0,4},[ \t]{0,4}){2}[-+]?\d{1,6}"
)


def recognises(head: bytes) -> bool:
    """A cue of a subtitle file at the start, and soon after it something that only DJI writes."""
    text = bytes(text_of(head).data)
    begin = text[: _BEGINS_WITHIN + 64]
    if b"-->" not in begin and _NUMBERED.search(begin) is None:
        return False
    cue = _CUE.search(begin)
    return cue is not None and _DJI.search(text, cue.end() - 1, cue.end() + _LOOKS_AFTER) is not None


def decode(data: memoryview, options: Options) -> Decoded:
    """
    Read all cues of a DJI subtitle file.

    One table, `cues`, one row a cue in which anything was understood. Bytes in cues that no pattern explains
    are skipped as unknown; cues in which nothing was understood, and what comes before the first, are skipped
    whole. UTF-16 with a byte order mark, as editors on Windows save it, is read too.
    """
    text = text_of(data)
    found = scan(text.data)
    let_go(data)
    cues = Late(lambda: read_cues(found))
    problems, account = _account(found, text)
    return Decoded.late(LateTables({"cues": CueTable(cues)}), account, lambda: _said(found, cues(), text, problems))


def _said(found: Scan, cues: Cues, text: Text, problems: tuple[Problem, ...]) -> Said:
    problems = (*problems, *_left_out(found, cues, text))
    return _facts(found, cues, text), tuple(sorted(problems, key=lambda p: p.offset or 0))


def _facts(found: Scan, cues: Cues, text: Text) -> dict[str, Fact]:
    rows = cues.table.num_rows
    height = not (found.barometer_in_parentheses or found.barometer_with_unit) and "barometer_m" in found.fields
    return {
        "cues": rows,
        "dialects": [*_dialects(found)],
        "coordinate_order": "lon,lat" if cues.order.lon_first else "lat,lon",
        "coordinate_order_basis": cues.order.basis,
        "positions": int(np.isfinite(cues.position.lon).sum()),
        "no_fix": cues.position.no_fix,
        "impossible_positions": len(cues.position.impossible) + len(cues.home.impossible),
        "incomplete_positions": len(cues.position.incomplete) + len(cues.home.incomplete),
        "marks": [*sorted(found.marks)],
        "missing_cue_numbers": _missing_numbers(found.index),
        "barometer_is_height": height,
        "inferences": [*_encoding(text), *cues.inferences, *_more_inferences(found, cues, height)],
    }


def _dialects(found: Scan) -> list[str]:
    signs = {
        "bracketed": "latitude" in found.fields or bool(found.others) or "shutter" in found.fields,
        "camera line": "height_m" in found.fields and "shutter_denominator" in found.fields,
        "functions": "barometer_m" in found.fields,
        "bare tuple": bool((found.places.labels == BARE).any()),
    }
    return [name for name, present in signs.items() if present]


def _encoding(text: Text) -> list[str]:
    if not text.encoding:
        return []
    return [f"The text is {text.encoding.upper()}, by the byte order mark: an editor saved it so."]


def _more_inferences(found: Scan, cues: Cues, barometer_is_height: bool) -> list[str]:
    said: list[str] = []
    if len(found.walls):
        said.append("The date and time in the cues is a local wall clock without a zone: UTC is unknown.")
    elif cues.table.num_rows:
        said.append("There is no date in the file: times count from the start of the video.")
    if len(found.walls) and not (found.start_ms >= 0).any():
        said.append("Cues have no times: time in the video is the wall clock since the first cue.")
    if cues.position.no_fix:
        said.append(f"{cues.position.no_fix} positions of 0, 0 are taken as no fix.")
    if barometer_is_height:
        said.append("BAROMETER (or Hb) without a unit is taken as height above take-off.")
    elif "barometer_m" in found.fields:
        said.append("DJI does not say above what BAROMETER counts here: it is kept, but not used as the height.")
    if "altitude_m" in found.fields:
        said.append("DJI does not say above what [altitude] counts: it is kept, but not used in the track.")
    return said


def _missing_numbers(index: I64) -> int:
    steps = np.diff(index[index >= 0])
    return int((steps[steps > 1] - 1).sum())


def _left_out(found: Scan, cues: Cues, text: Text) -> list[Problem]:
    """Say which positions were read but not used; a last cue that is cut short is reported as that."""
    impossible = np.concatenate([cues.position.impossible, cues.home.impossible])
    incomplete = np.concatenate([cues.position.incomplete, cues.home.incomplete])
    problems: list[Problem] = []
    for which, what in (
        (impossible, "are on no place on Earth (latitude past 90 or longitude past 180)"),
        (incomplete[incomplete != len(found.starts) - 1], "lack their latitude or their longitude"),
    ):
        if len(which):
            offset = text.offset(int(found.starts[int(which.min())]))
            problems.append(Problem(offset, 0, f"{len(which)} positions {what}: left out."))
    return problems


def _account(found: Scan, text: Text) -> tuple[tuple[Problem, ...], ByteAccount]:
    places = _not_read(found, text.data)
    ranges = [(text.offset(begin), text.offset(end), what) for begin, end, what in places]
    if text.end != text.size:
        ranges.append((text.end, text.size, "Half a character of UTF-16."))
    unknown = sum(end - begin for begin, end, what in ranges if what == _UNKNOWN)
    skipped = sum(end - begin for begin, end, _ in ranges)
    account = ByteAccount(text.size, text.size - skipped, skipped, unknown=unknown)
    return _problems(ranges, found, text.size) + _last_cue(found, text.size), account


def _not_read(found: Scan, data: bytes | memoryview) -> list[tuple[int, int, str]]:
    """From where to where nothing was understood, and what is there; in order."""
    begins = np.array([*found.starts, found.size], np.int64)
    known = np.concatenate([[False], found.understood])
    ranges: list[tuple[int, int, str]] = []
    begin_of_first = int(begins[0])
    if bytes(data[:begin_of_first]).removeprefix(BOM).strip():
        ranges.append((0, begin_of_first, "Before the first cue."))
    for cue in np.flatnonzero(~known[1:]):
        ranges.append((int(begins[cue]), int(begins[cue + 1]), "A cue in which nothing was understood."))
    gaps = _joined(found.gaps, data)
    cue_of = np.searchsorted(begins[:-1], [gap[0] for gap in gaps], side="right")
    ranges += [(*gap, _UNKNOWN) for gap, cue in zip(gaps, cue_of, strict=True) if known[cue]]
    return sorted(ranges)


def _joined(gaps: list[tuple[int, int]], data: bytes | memoryview) -> list[tuple[int, int]]:
    """Words with only spaces between them are one text."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(gaps):
        if joined and not bytes(data[joined[-1][1] : begin]).strip(b" \t\r\n,;"):
            joined[-1] = joined[-1][0], end
        else:
            joined.append((begin, end))
    return joined


def _last_cue(found: Scan, size: int) -> tuple[Problem, ...]:
    """A file can be cut between two fields, where no byte looks wrong."""
    last = len(found.starts) - 1
    columns = (found.fields | found.others).items() if last > 0 else ()
    lacking = [name for name, column in columns if len(column) == last and column.last != last]
    if not lacking:
        return ()
    what = f"The last cue lacks {', '.join(lacking)}, which all others have: the file may be cut short."
    return (Problem(size, 0, what),)


def _problems(ranges: list[tuple[int, int, str]], found: Scan, size: int) -> tuple[Problem, ...]:
    problems = [Problem(b, e - b, _at_end(what, e, size)) for b, e, what in ranges[:_MOST_PROBLEMS]]
    rest = ranges[_MOST_PROBLEMS:]
    if rest:
        bytes_in_rest = sum(e - b for b, e, _ in rest)
        what = f"{len(rest)} more places like these from here on, {bytes_in_rest} bytes in all."
        problems.append(Problem(rest[0][0], bytes_in_rest, what))
    if size == 0:
        problems.append(Problem(0, 0, "The file is empty."))
    elif not len(found.starts) and not problems:
        problems.append(Problem(0, 0, "There is no cue in the file."))
    return tuple(problems)


def _at_end(what: str, end: int, size: int) -> str:
    return f"{what} The file ends here: it may be cut short." if end == size else what
