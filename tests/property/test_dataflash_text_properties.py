"""Text logs of any content give a result in which every byte is accounted for."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.decode.formats.dataflash_text import FORMAT
from groundside.model.decoded import Decoded
from tests.dataflash_builder import decoded_text

HEAD = b"FMT, 128, 89, FMT, BBnNZ, Type,Length,Name,Format,Columns\nFMT, 1, 13, NUM, QHZ, TimeUS,Value,Text\n"
KNOWN = {
    "GPS": "TimeUS,Status,GMS,GWk,NSats,Lat,Lng,Alt,Spd,GCrs,VZ",
    "POS": "TimeUS,Lat,Lng,Alt,RelHomeAlt",
    "MODE": "TimeUS,Mode,ModeNum",
    "EV": "Id",
    "ERR": "TimeUS,Subsys,ECode",
    "ARM": "TimeUS,ArmState",
    "STAT": "TimeUS,Armed,isFlying",
    "BAT": "TimeUS,Inst,Volt,Curr,CurrTot,Temp,RemPct",
    "PARM": "TimeUS,Name,Value,Default",
    "MSG": "TimeUS,Message",
    "DSF": "TimeUS,Dp",
    "FMTU": "TimeUS,FmtType,UnitIds,MultIds",
    "UNIT": "TimeUS,Id,Label",
    "MULT": "TimeUS,Id,Mult",
    "VER": "TimeUS,BU,FWS,GH",
    "IMU": "TimeMS,AccX",
}
FIELDS = st.one_of(
    st.integers(-3, 300).map(str),
    st.floats().map(str),
    st.sampled_from(["", "0", "s#v", "F--", "1e400", "-", "nan", "STABILIZE", "Mode(7)", "18446744073709551615"]),
    st.text(max_size=6),
)


def hold(result: Decoded, size: int) -> None:
    assert result.account.total == size
    assert sum(p.length for p in result.problems) == result.account.skipped
    json.dumps(result.facts, allow_nan=False)
    FORMAT.recording(result)
    track = FORMAT.track(result)
    assert track is None or (track.time_us[1:] > track.time_us[:-1]).all()
    assert FORMAT.log is not None
    FORMAT.log(result)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_after_a_definition_give_a_result(data: bytes):
    FORMAT.recognises(data)
    hold(decoded_text(data), len(data))
    hold(decoded_text(HEAD + data), len(HEAD) + len(data))


@st.composite
def confused_logs(draw: st.DrawFn) -> bytes:
    """Logs whose messages have familiar names and columns, of types and values that no autopilot would give them."""
    text = ""
    for name in draw(st.lists(st.sampled_from(sorted(KNOWN)), min_size=1, max_size=5)):
        columns = KNOWN[name].split(",")
        chars = "".join(draw(st.sampled_from("QIBMLZNfeqn")) for _ in columns[1:])
        chars = draw(st.sampled_from("QQQIZfB")) + chars
        text += f"FMT, {draw(st.integers(1, 9))}, 50, {name}, {chars}, {KNOWN[name]}\n"
        for _ in range(draw(st.integers(1, 4))):
            row = [draw(FIELDS) for _ in columns]
            text += ", ".join([name, *row]) + draw(st.sampled_from(["\n", "\r\n", ""]))
    return text.encode("utf-8", "surrogatepass")


@given(confused_logs())
@settings(max_examples=150, deadline=None)
def test_familiar_messages_of_the_wrong_types_give_a_result(data: bytes):
    hold(decoded_text(data), len(data))


@given(st.lists(st.tuples(st.integers(0, 2**63), st.integers(0, 65535)), max_size=20), st.data())
@settings(max_examples=100, deadline=None)
def test_lines_that_are_not_damaged_are_read_and_no_others_are_made(rows: list[tuple[int, int]], data: st.DataObject):
    lines = [f"NUM, {time}, {number}, text\n".encode() for time, number in rows]
    hit = data.draw(st.integers(0, max(0, len(lines) - 1)))
    if lines:
        place = data.draw(st.integers(0, len(lines[hit]) - 2))
        lines[hit] = lines[hit][:place] + b"\x00\xff" + lines[hit][place + 1 :]
    result = decoded_text(HEAD + b"".join(lines))
    table = result.tables.get("NUM")
    found = list(zip(*(table[c].to_pylist() for c in ("TimeUS", "Value")), strict=True)) if table is not None else []
    assert found == [row for n, row in enumerate(rows) if n != hit]
