"""
The messages of a simulated DataFlash log and how their values become bytes.

Read from ArduPilot's libraries/AP_Logger/LogStructure.h, AP_GPS/LogStructure.h, AP_AHRS/LogStructure.h,
AP_NavEKF3/LogStructure.h and AP_BattMonitor/LogStructure.h (message definitions and the meaning of format,
unit and multiplier characters); BAT, MNT and the float ATT of 4.7 and everything of 3.1 from the FMT
records that real logs of those versions carry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

HEAD = b"\xa3\x95"
FMT_TYPE = 128

STORAGE = {
    "b": "i1", "B": "u1", "M": "u1", "h": "<i2", "H": "<u2", "c": "<i2", "C": "<u2", "i": "<i4", "I": "<u4",
    "e": "<i4", "E": "<u4", "L": "<i4", "q": "<i8", "Q": "<u8", "f": "<f4", "d": "<f8",
    "n": "S4", "N": "S16", "Z": "S64",
}  # fmt: skip
SCALE = {"c": 100.0, "C": 100.0, "e": 100.0, "E": 100.0, "L": 1e7}
"""The recorder multiplies by this, and rounds."""

UNITS = {
    "-": "", "?": "UNKNOWN", "A": "A", "a": "Ah", "d": "deg", "b": "B", "k": "deg/s", "D": "deglatitude",
    "h": "degheading", "i": "A.s", "J": "W.s", "m": "m", "n": "m/s", "O": "degC", "P": "Pa", "%": "%",
    "S": "satellites",
    "s": "s", "U": "deglongitude",
    "v": "V", "w": "Ohm", "X": "W.h", "#": "instance",
}  # fmt: skip
MULTIPLIERS = {
    "-": 0.0, "?": 1.0, "2": 1e2, "1": 1e1, "0": 1.0, "A": 1e-1, "B": 1e-2, "C": 1e-3, "D": 1e-4, "E": 1e-5,
    "F": 1e-6, "G": 1e-7, "I": 1e-9, "!": 3.6, "/": 3600.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of message; no units and multipliers where the generation has none."""

    type: int
    name: str
    format: str
    labels: str
    units: str = ""
    multipliers: str = ""

    @property
    def dtype(self) -> np.dtype[np.void]:
        """How a record lies in the file, its head included."""
        columns = zip(self.labels.split(","), self.format, strict=True)
        return np.dtype([("head", "S2"), ("type", "u1"), *((label, STORAGE[c]) for label, c in columns)])


def records(message: Message, columns: Mapping[str, ArrayLike], count: int) -> NDArray[np.void]:
    """
    Fill in records; what is not given is zero.

    Args:
        message: which.
        columns: label to values in the unit that a reader sees: degrees, metres, volts.
        count: how many.
    """
    out = np.zeros(count, message.dtype)
    out["head"], out["type"] = HEAD, message.type
    for label, char in zip(message.labels.split(","), message.format, strict=True):
        values = columns.get(label)
        if values is not None:
            out[label] = np.round(np.asarray(values, np.float64) * SCALE[char]) if char in SCALE else values
    return out


def by_name(*messages: Message) -> dict[str, Message]:
    """List messages by name."""
    return {m.name: m for m in messages}


FMT = Message(FMT_TYPE, "FMT", "BBnNZ", "Type,Length,Name,Format,Columns", "-b---", "-----")

COPTER_4_5 = by_name(
    FMT,
    Message(116, "FMTU", "QBNN", "TimeUS,FmtType,UnitIds,MultIds", "s---", "F---"),
    Message(117, "UNIT", "QbZ", "TimeUS,Id,Label", "s--", "F--"),
    Message(118, "MULT", "Qbd", "TimeUS,Id,Mult", "s--", "F--"),
    Message(32, "PARM", "QNff", "TimeUS,Name,Value,Default", "s---", "F---"),
    Message(59, "MSG", "QZ", "TimeUS,Message", "s-", "F-"),
    Message(120, "MODE", "QMBB", "TimeUS,Mode,ModeNum,Rsn", "s---", "F---"),
    Message(186, "ARM", "QBIBB", "TimeUS,ArmState,ArmChecks,Forced,Method", "s----", "F----"),
    Message(181, "EV", "QB", "TimeUS,Id", "s-", "F-"),
    Message(94, "GPS", "QBBIHBcLLeffffB", "TimeUS,I,Status,GMS,GWk,NSats,HDop,Lat,Lng,Alt,Spd,GCrs,VZ,Yaw,U",
            "s#-s-S-DUmnhnh-", "F--C-0BGGB000--"),
    Message(74, "POS", "QLLfff", "TimeUS,Lat,Lng,Alt,RelHomeAlt,RelOriginAlt", "sDUmmm", "FGG000"),
    Message(72, "ATT", "QccccCCCCB", "TimeUS,DesRoll,Roll,DesPitch,Pitch,DesYaw,Yaw,ErrRP,ErrYaw,AEKF",
            "sddddhhdh-", "FBBBBBBBB-"),
    Message(88, "BAT", "QBfffffcfBB", "TimeUS,Inst,Volt,VoltR,Curr,CurrTot,EnrgTot,Temp,Res,RemPct,H",
            "s#vvAaXOw%-", "F-000C000--"),
    Message(44, "XKF1", "QBccCfffffffccce", "TimeUS,C,Roll,Pitch,Yaw,VN,VE,VD,dPD,PN,PE,PD,GX,GY,GZ,OH",
            "s#ddhnnnnmmmkkkm", "F-BBB0000000BBBB"),
    Message(73, "ORGN", "QBLLe", "TimeUS,Type,Lat,Lng,Alt", "s#DUm", "F-GGB"),
    Message(63, "RSSI", "Qff", "TimeUS,RXRSSI,RXLQ", "s-%", "F--"),
    Message(83, "MNT", "QBfffffffff", "TimeUS,I,DRoll,Roll,DPitch,Pitch,DYawB,YawB,DYawE,YawE,Dist",
            "s#ddddddddm", "F-000000000"),
    Message(184, "ERR", "QBB", "TimeUS,Subsys,ECode", "s--", "F--"),
    Message(206, "VER", "QBHBBBBIZH", "TimeUS,BT,BST,Maj,Min,Pat,FWT,GH,FWS,APJ", "s---------", "F---------"),
)  # fmt: skip

COPTER_4_7 = COPTER_4_5 | by_name(
    Message(72, "ATT", "QffffffB", "TimeUS,DesRoll,Roll,DesPitch,Pitch,DesYaw,Yaw,AEKF",
            "sddddhh-", "F000000-"),
    Message(88, "BAT", "QBfffffcfBBB", "TimeUS,Inst,Volt,VoltR,Curr,CurrTot,EnrgTot,Temp,Res,RemPct,H,SH",
            "s#vvAaXOw%-%", "F-000C000---"),
)  # fmt: skip

_WING = by_name(
    Message(2, "STAT", "QBfBBBBBB", "TimeUS,isFlying,isFlyProb,Armed,Safety,Crash,Still,Stage,Hit",
            "s--------", "F--------"),
    Message(110, "ARSP", "QBffcffBBffB", "TimeUS,I,Airspeed,DiffPress,Temp,RawPress,Offset,U,H,Hp,TR,Pri",
            "s#nPOPP-----", "F-00B00-----"),
)  # fmt: skip
"""What ArduPlane writes besides, on an aircraft with a pitot tube; from the records of a log of 4.5."""
PLANE_4_5, PLANE_4_7 = COPTER_4_5 | _WING, COPTER_4_7 | _WING

IMU = Message(101, "IMU", "QBffffffIIfBBHH", "TimeUS,I,GyrX,GyrY,GyrZ,AccX,AccY,AccZ,EG,EA,T,GH,AH,GHz,AHz",
              "s#---------O----", "F-000000-------")  # fmt: skip
"""Written where inertial sensors are logged; units that other messages lack are left out."""

COPTER_3_1 = by_name(
    FMT,
    Message(129, "PARM", "Nf", "Name,Value"),
    Message(130, "GPS", "BIHBcLLeeEefI", "Status,TimeMS,Week,NSats,HDop,Lat,Lng,RelAlt,Alt,Spd,GCrs,VZ,T"),
    Message(132, "MSG", "Z", "Message"),
    Message(1, "ATT", "IccccCC", "TimeMS,DesRoll,Roll,DesPitch,Pitch,DesYaw,Yaw"),
    Message(3, "MODE", "Mh", "Mode,ThrCrs"),
    Message(4, "CTUN", "Ihhhffecchh", "TimeMS,ThrIn,AngBst,ThrOut,DAlt,Alt,BarAlt,DSAlt,SAlt,DCRt,CRt"),
    Message(9, "CURR", "IhIhhhf", "TimeMS,ThrOut,ThrInt,Volt,Curr,Vcc,CurrTot"),
    Message(13, "EV", "B", "Id"),
    Message(19, "ERR", "BB", "Subsys,ECode"),
)
