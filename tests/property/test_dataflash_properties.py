"""Whatever the bytes are, decoding gives a result, and every byte of it is accounted for."""

from __future__ import annotations

import json
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.decode.formats.dataflash import FORMAT
from groundside.model.decoded import Decoded
from tests.dataflash_builder import PACKING, LogBuilder, decoded, fmt_record, with_gps

PACKING_CHARS = sorted(PACKING)
SIZES = {char: struct.calcsize("<" + packing) for char, packing in PACKING.items()}


def small_log(units: bool) -> tuple[bytes, list[int]]:
    """Give a log and the offset at which each of its NUM records ends."""
    log = LogBuilder().define("NUM", "QHf", "TimeUS,Value,More").define("EV", "B", "Id")
    log = log.units("NUM", "sv-", "FC-") if units else log
    log.define("MSG", "QZ", "TimeUS,Message").add("MSG", 10_000_000, "ArduCopter V4.5.7 (abcd1234)")
    log = with_gps(log, rows=2).add("EV", 10)
    ends: list[int] = []
    for n in range(12):
        log.add("NUM", 10_300_000 + n, n, n / 2)
        ends.append(len(log.bytes))
    return log.bytes, ends


LOG, ENDS = small_log(units=True)
SHORT, SHORT_ENDS = small_log(units=False)


def hold(result: Decoded, size: int) -> None:
    """Fail where a promise that every result makes is broken."""
    account = result.account
    assert account.total == size == account.decoded + account.skipped
    assert all(p.offset is None or 0 <= p.offset <= size for p in result.problems)
    assert sum(p.length for p in result.problems) == account.skipped
    json.dumps(result.facts, allow_nan=False)
    FORMAT.recording(result)
    track = FORMAT.track(result)
    if track is not None:
        assert (track.time_us[1:] > track.time_us[:-1]).all()


@given(st.binary(max_size=2000))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_result(data: bytes):
    FORMAT.recognises(data)
    hold(decoded(data), len(data))


@given(
    st.lists(
        st.sampled_from([b"\xa3\x95", b"\x80", b"\x01", LOG[:89], LOG[89:178], b"\x00" * 30, b"NUM"]),
        max_size=30,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_heap_of_pieces_of_a_log_gives_a_result(pieces: list[bytes]):
    data = b"".join(pieces)
    hold(decoded(data), len(data))


@given(st.lists(st.tuples(st.integers(0, len(LOG) - 1), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_log_with_bytes_changed_gives_a_result(changes: list[tuple[int, int]]):
    data = bytearray(LOG)
    for at, value in changes:
        data[at] = value
    hold(decoded(bytes(data)), len(data))


@given(st.integers(0, len(LOG)), st.integers(0, 60), st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_a_log_with_a_piece_replaced_gives_a_result(at: int, removed: int, inserted: bytes):
    data = LOG[:at] + inserted + LOG[at + removed :]
    hold(decoded(data), len(data))


def test_a_log_cut_anywhere_keeps_every_record_that_is_whole():
    for size in range(len(SHORT) + 1):
        result = decoded(SHORT[:size])
        hold(result, size)
        whole = sum(end <= size for end in SHORT_ENDS)
        rows = result.tables["NUM"]["Value"].to_pylist() if whole else []
        assert rows == list(range(whole)), f"cut at {size}"


def test_one_changed_byte_in_a_header_costs_that_record_only():
    for index, end in enumerate(ENDS[1:-4], start=1):
        for byte in range(3):
            at = ENDS[index - 1] + byte
            data = LOG[:at] + b"\xee" + LOG[at + 1 :]
            result = decoded(data)
            assert result.tables["NUM"]["Value"].to_pylist() == [n for n in range(12) if n != index]
            assert [(p.offset, p.length) for p in result.problems] == [(ENDS[index - 1], end - ENDS[index - 1])]


KNOWN = {
    "GPS": "TimeUS,Status,GMS,GWk,NSats,Lat,Lng,Alt,Spd,GCrs,VZ,RelAlt",
    "POS": "TimeUS,Lat,Lng,Alt,RelHomeAlt",
    "ATT": "TimeUS,Roll,Pitch,Yaw",
    "MODE": "TimeUS,Mode,ModeNum",
    "EV": "Id",
    "ARM": "TimeUS,ArmState",
    "STAT": "TimeUS,Armed,isFlying",
    "BAT": "TimeUS,Inst,Volt,Curr,CurrTot,Temp,RemPct",
    "CURR": "TimeMS,Volt,Curr,Volt2",
    "PARM": "TimeUS,Name,Value",
    "MSG": "TimeUS,Message",
    "FMTU": "TimeUS,FmtType,UnitIds,MultIds",
    "UNIT": "TimeUS,Id,Label",
    "MULT": "TimeUS,Id,Mult",
    "ORGN": "TimeUS,Type,Lat,Lng,Alt",
    "CMD": "TimeUS,CNum,Lat,Lng",
    "XKF1": "TimeUS,C,VN,VE,VD",
    "XKF4": "TimeUS,C,PI",
    "RSSI": "TimeUS,RXRSSI",
    "MNT": "TimeUS,Pitch,YawE",
    "VER": "TimeUS,BU,FWS",
    "FILE": "FileName,Data",
    "BARO": "TimeMS,Alt",
    "AHR2": "TimeUS,Roll,Pitch,Yaw,Alt,Lat,Lng",
}


@st.composite
def confused_logs(draw: st.DrawFn) -> bytes:
    """Logs whose messages have familiar names and columns, of types that no autopilot would give them."""
    log = b""
    for name in draw(st.lists(st.sampled_from(sorted(KNOWN)), min_size=1, max_size=6)):
        columns = KNOWN[name].split(",")
        chars = "".join(draw(st.sampled_from(PACKING_CHARS)) for _ in columns[1:])
        chars = draw(st.sampled_from("QQQIZfaq")) + chars
        size = 3 + sum(SIZES[char] for char in chars)
        if size > 255:
            continue
        kind = draw(st.integers(1, 12))
        log += fmt_record(kind, name, chars, KNOWN[name][:64])
        for _ in range(draw(st.integers(1, 4))):
            payload = draw(st.binary(min_size=0, max_size=size - 3))
            log += (
                b"\xa3\x95" + bytes([kind]) + payload.ljust(size - 3, draw(st.sampled_from([b"\0", b"\x03", b"\xff"])))
            )
    return log


@given(confused_logs())
@settings(max_examples=150, deadline=None)
def test_familiar_messages_of_the_wrong_types_give_a_result(data: bytes):
    hold(decoded(data), len(data))
