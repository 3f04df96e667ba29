"""What can stand in a subtitle cue of DJI's: one pattern with an alternative for each kind of text."""

from __future__ import annotations

import re

BOM = b"\xef\xbb\xbf"

# Every repetition is bounded or possessive, so that no input makes the search slower than linear.
_S = r"[ \t]{0,8}"
_LINE_END = r"(?:\r\n?|\n)"
_WORD_START = r"(?<![A-Za-z])"
_LINE_START = r"(?<![^\r\n])"
_CUE_START = r"(?<![^\s\xbf])"
_NUMBER = r"[-+]?\d{1,9}(?:\.\d{1,12})?"
_DEGREES = r"[-+]?\d{1,3}\.\d{1,12}"
_VALUE = r"[-+]?\d{1,9}(?:\.\d{1,9})?(?:/\d{1,6}(?:\.\d{1,6})?)?"
_CLOCK = r"(\d{1,3}):(\d\d):(\d\d)[,.](\d{1,3})"
_DAY = r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})[ \t]{1,3}"
_PAIR = rf"[A-Za-z]\w{{0,31}}+{_S}:{_S}[^\[\]\s:,]{{1,64}}+"
_COLON = "FrameCnt|SrtCnt|DiffTime|FrameId|BAROMETER|ISO|Shutter|EV|Fnum|TV|IR|Hb|Hs"
_PLAIN = r"F/|SS|ISO|EV|D|H\.S|V\.S|H"

KINDS = {
    # [iso : 100] [rel_alt: 1.3 abs_alt: 132.86]: nearly all of a new file is runs of these
    "pairs": rf"(?:\[(?:{_S}{_PAIR}(?=[ \t\]]))++{_S}\]{_S},?{_S})++",
    # 17, line end, 00:00:00,480 --> 00:00:00,513
    "cue": rf"{_CUE_START}(?:(\d{{1,9}}){_S}{_LINE_END}{_S})?{_CLOCK}{_S}-->{_S}{_CLOCK}",
    # 17, line end, and at once the date: the line with the arrow is missing
    "untimed": rf"{_CUE_START}(\d{{1,9}}){_S}{_LINE_END}(?={_S}\d{{4}}[-./]\d{{1,2}}[-./]\d{{1,2}}[ \t])",
    # [Drone: Yaw:-146.0, Pitch:-0.6, Roll:1.3] [shift x: 0.00, y: 0.00] [ct: 5574, tint: 8]
    "bracket": r"\[([^\[\]\r\n]{1,400})\]",
    # 2021-02-03 04:05:06,789,012 and 2019.3.7 14:11:51
    "wall": rf"(?<!\d){_DAY}(\d{{1,2}}):(\d\d):(\d\d)((?:[.,]\d{{1,6}}){{0,5}})",
    # GPS (-12.3456, 34.5678, 17) HOME(12.3456,-34.5678) GPS(34.5678,-12.3456,0.0M)
    "tuple": rf"{_WORD_START}(GPS|RTK|HOME){_S}\({_S}({_NUMBER}){_S},{_S}({_NUMBER})"
    rf"(?:{_S},{_S}({_NUMBER}){_S}([Mm]?))?{_S}\)",
    # G.PRY (-27.3°, 0.0°, -76.0°)
    "attitude": rf"{_WORD_START}([FG])\.PRY{_S}\(([^()\r\n]{{1,80}})\)",
    "barometer": rf"{_WORD_START}BAROMETER{_S}\({_S}({_NUMBER}){_S}[Mm]?{_S}\)",
    # -12.3456, 34.5678, 115.5m, 302° alone on a line
    "bare": rf"{_LINE_START}({_DEGREES}){_S},{_S}({_DEGREES}){_S},{_S}({_NUMBER}){_S}([Mm]?)"
    rf"(?:{_S},{_S}{_NUMBER}(?:\xc2?\xb0)?)?{_S}(?![^\r\n])",
    # ISO:100 EV: Fnum:F2.8 DiffTime : 33ms BAROMETER:0.3M
    "colon": rf"{_WORD_START}({_COLON}){_S}:(?:{_S}F?/?({_VALUE})[ \t]?(?:(?:ms|[Mm])(?![A-Za-z]))?)?",
    # F/2.8, SS 30.15, ISO 260, EV -1.7, D 221.21m, H.S n/a
    "word": rf"{_WORD_START}({_PLAIN})[ \t=]{{0,3}}({_VALUE}|n/a)"
    r"[ \t]?(?:m/s|m(?![A-Za-z]))?",
    "tag": r"<[ \t]{0,8}/?[ \t]{0,8}[A-Za-z]{1,8}[^<>\r\n]{0,80}>",
    # a lone number inside a cue, before more brackets: Matrice 300 writes its second camera so
    "part": rf"{_LINE_START}\d{{1,9}}{_S}{_LINE_END}(?={_S}\[)",
    # what simulators put in so that nobody takes their files for flown ones
    "mark": rf"{_LINE_START}SIMULATED\b[^\r\n\[<]{{0,80}}",
    "space": r"(?:\A\xef\xbb\xbf)|[\s,;]++",
}

TOKEN = re.compile(rf"(?:{'|'.join(f'(?P<{name}>{body})' for name, body in KINDS.items())})[\s,;]*+".encode("latin-1"))
"""One token and the space after it; the name of the group says its kind."""
FIRST = dict(TOKEN.groupindex)
"""Kind to the number of its group; the groups inside it have the numbers after that."""
PAIRS = re.compile(rb"(\w+)[ \t]*:[ \t]*([^\[\]\s:,]+)")
INNER_KEY = re.compile(rb"(?:\A[ \t]*([A-Za-z]\w{0,31})[ \t]+)?([A-Za-z]\w{0,31})[ \t]{0,8}:")
NUMBERS = re.compile(_NUMBER.encode("ascii"))
COLON_WORDS = frozenset(_COLON.encode("ascii").split(b"|"))
"""Words with a colon behind them."""
PLAIN_WORDS = frozenset(_PLAIN.replace("\\", "").encode("ascii").split(b"|"))
"""Words with a value behind them at once."""

WORDS = {
    b"F/": "fnum",
    b"Fnum": "fnum",
    b"IR": "fnum",
    b"SS": "shutter_denominator",
    b"Shutter": "shutter_denominator",
    b"TV": "shutter_denominator",
    b"ISO": "iso",
    b"EV": "ev",
    b"D": "distance_m",
    b"H": "height_m",
    b"H.S": "horizontal_speed_mps",
    b"V.S": "vertical_speed_mps",
    b"FrameCnt": "frame_count",
    b"SrtCnt": "frame_count",
    b"DiffTime": "frame_ms",
    b"FrameId": "frame_id",
    b"BAROMETER": "barometer_m",
    b"Hb": "barometer_m",
    b"Hs": "height_sensor_m",
}
KEYS = {
    b"latitude": "latitude",
    b"longitude": "longitude",
    b"longtitude": "longitude",
    b"altitude": "altitude_m",
    b"rel_alt": "rel_alt_m",
    b"abs_alt": "abs_alt_m",
    b"iso": "iso",
    b"shutter": "shutter",
    b"fnum": "fnum",
    b"ev": "ev",
    b"ct": "ct_k",
    b"focal_len": "focal_len",
    b"gb_yaw": "gimbal_yaw_deg",
    b"gb_pitch": "gimbal_pitch_deg",
    b"gb_roll": "gimbal_roll_deg",
    b"drone_yaw": "yaw_deg",
    b"drone_pitch": "pitch_deg",
    b"drone_roll": "roll_deg",
    b"drone_speedx": "drone_speed_x_mps",
    b"drone_speedy": "drone_speed_y_mps",
    b"drone_speedz": "drone_speed_z_mps",
}
