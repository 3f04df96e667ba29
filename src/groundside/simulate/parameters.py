"""
What an autopilot is set to: some dozens of its parameters, and a few that change in flight.

Names exist in public logs of ArduCopter, ArduPlane and PX4; values are usual ones, and exact as 32-bit floats. Those
that say what the aircraft, its batteries and its failsafes are follow from the flight.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from groundside.simulate.speaking import Autopilot
from groundside.simulate.truth import Setting, Truth


def settings(truth: Truth, autopilot: Autopilot, thresholds: tuple[float, float]) -> tuple[Setting, ...]:
    """
    Give the parameters of a flight: those in force at the start by name, then the changes in order of time.

    Args:
        truth: the flight.
        autopilot: whose parameters.
        thresholds: percent at which a battery counts as low, and as critical.
    """
    if autopilot == "dji":
        return ()
    kind = truth.aircraft.kind or "multirotor"
    values = _px4(truth, kind, thresholds) if autopilot == "px4" else _ardupilot(truth, kind, thresholds)
    initial = [_setting(name, value) for name, value in sorted(values.items())]
    return (*initial, *_changes(truth, autopilot, values))


def _setting(name: str, value: float, time_us: int | None = None) -> Setting:
    return Setting(name, float(np.float32(value)), time_us, isinstance(value, int))


def _changes(truth: Truth, autopilot: Autopilot, values: Mapping[str, float]) -> Iterator[Setting]:
    if not truth.sorties:
        return
    begin, end = truth.sorties[0].takeoff_us, truth.sorties[0].landing_us
    names = (
        ("STAT_RUNTIME", "WP_RADIUS", "WPNAV_RADIUS") if autopilot == "ardupilot" else ("MPC_XY_CRUISE", "NAV_ACC_RAD")
    )
    third = begin + (end - begin) // 3 // 100_000 * 100_000
    for number, name in enumerate(n for n in names if n in values):
        yield _setting(name, values[name] + 30 * (number == 0) + 1, third + number * 2_000_000)


def _ardupilot(truth: Truth, kind: str, thresholds: tuple[float, float]) -> dict[str, float]:
    of_kind = {"multirotor": _COPTER, "plane": _PLANE, "vtol": _PLANE | _QUADPLANE}[kind]
    return _COMMON | of_kind | _batteries(truth, thresholds)


def _batteries(truth: Truth, thresholds: tuple[float, float]) -> dict[str, float]:
    out: dict[str, float] = {}
    for slot in range(len(truth.batteries)):
        name = "BATT" if slot == 0 else f"BATT{slot + 1}"
        mah = round(truth.capacity_ah * 1000.0)
        out |= {
            f"{name}_MONITOR": 4, f"{name}_CAPACITY": mah, f"{name}_LOW_MAH": mah * thresholds[0] / 100.0,
            f"{name}_CRT_MAH": mah * thresholds[1] / 100.0, f"{name}_FS_LOW_ACT": 2, f"{name}_FS_CRT_ACT": 1,
            f"{name}_LOW_VOLT": round(truth.cells * 3.5, 1), f"{name}_CRT_VOLT": round(truth.cells * 3.3, 1),
            f"{name}_LOW_TIMER": 10,
        }  # fmt: skip
    return out


def _px4(truth: Truth, kind: str, thresholds: tuple[float, float]) -> dict[str, float]:
    types: dict[str, float] = {"multirotor": 2, "plane": 1, "vtol": 22}
    limits = {"BAT_LOW_THR": thresholds[0] / 100.0, "BAT_CRIT_THR": thresholds[1] / 100.0}
    battery = {"BAT1_N_CELLS": truth.cells, "BAT1_CAPACITY": truth.capacity_ah * 1000.0}
    return _PX4 | {"MAV_TYPE": types[kind]} | limits | battery


_COMMON: dict[str, float] = {
    "ARMING_CHECK": 1, "COMPASS_USE": 1, "EK2_ENABLE": 0, "EK3_ENABLE": 1, "FENCE_ENABLE": 0, "FENCE_ALT_MAX": 120.0,
    "FENCE_RADIUS": 1500.0, "GPS_TYPE": 1, "INS_ACCEL_FILTER": 20, "INS_GYRO_FILTER": 20, "LOG_BITMASK": 65535,
    "LOG_DISARMED": 1, "SCHED_LOOP_RATE": 400, "STAT_RUNTIME": 81000, "SYSID_THISMAV": 1,
}  # fmt: skip
_COPTER: dict[str, float] = {
    "ANGLE_MAX": 3500, "ATC_ANG_PIT_P": 4.5, "ATC_ANG_RLL_P": 4.5, "ATC_ANG_YAW_P": 4.5, "ATC_RAT_PIT_P": 0.135,
    "ATC_RAT_RLL_D": 0.0036, "ATC_RAT_RLL_I": 0.135, "ATC_RAT_RLL_P": 0.135, "ATC_RAT_YAW_P": 0.3,
    "CIRCLE_RADIUS": 1000.0, "CIRCLE_RATE": 20.0, "DISARM_DELAY": 10, "FRAME_CLASS": 1, "FRAME_TYPE": 1,
    "FS_CRASH_CHECK": 1, "FS_EKF_ACTION": 1, "FS_EKF_THRESH": 0.8, "FS_GCS_ENABLE": 1, "FS_THR_ENABLE": 1,
    "LAND_ALT_LOW": 800, "LAND_SPEED": 70, "LAND_SPEED_HIGH": 200, "MOT_SPIN_ARM": 0.1, "MOT_SPIN_MAX": 0.95,
    "MOT_SPIN_MIN": 0.15, "MOT_THST_EXPO": 0.65, "MOT_THST_HOVER": 0.39, "PILOT_SPEED_UP": 250, "PSC_ACCZ_I": 1.0,
    "PSC_ACCZ_P": 0.5, "PSC_POSXY_P": 1.0, "PSC_POSZ_P": 1.0, "PSC_VELXY_I": 1.0, "PSC_VELXY_P": 2.0,
    "PSC_VELZ_P": 5.0, "RTL_ALT": 6000, "RTL_LOIT_TIME": 2000, "RTL_SPEED": 1000, "WPNAV_ACCEL": 180.0,
    "WPNAV_RADIUS": 200.0, "WPNAV_SPEED": 1000.0, "WPNAV_SPEED_DN": 200.0, "WPNAV_SPEED_UP": 250.0,
}  # fmt: skip
_PLANE: dict[str, float] = {
    "ALT_HOLD_RTL": 6000, "ARSPD_FBW_MAX": 24, "ARSPD_FBW_MIN": 12, "ARSPD_RATIO": 2.0, "ARSPD_TYPE": 1, "ARSPD_USE": 1,
    "FS_LONG_ACTN": 1, "FS_LONG_TIMEOUT": 5.0, "FS_SHORT_ACTN": 0, "LAND_DISARMDELAY": 20, "LAND_FLARE_ALT": 2.0,
    "LAND_FLARE_SEC": 2.0, "LIM_PITCH_MAX": 2000, "LIM_PITCH_MIN": -2500, "LIM_ROLL_CD": 4000, "NAVL1_DAMPING": 0.75,
    "NAVL1_PERIOD": 17.0, "PTCH2SRV_TCONST": 0.5, "PTCH_RATE_P": 0.04, "RLL2SRV_TCONST": 0.45, "RLL_RATE_FF": 0.345,
    "RLL_RATE_P": 0.08, "RTL_AUTOLAND": 2, "RTL_RADIUS": 0, "STALL_PREVENTION": 1, "TECS_CLMB_MAX": 4.0,
    "TECS_LAND_ARSPD": 13.0, "TECS_SINK_MAX": 3.0, "TECS_SINK_MIN": 2.0, "TECS_SPDWEIGHT": 1.0,
    "TECS_TIME_CONST": 5.0, "THR_FAILSAFE": 1, "THR_MAX": 100, "THR_MIN": 0, "TKOFF_ALT": 50, "TKOFF_LVL_ALT": 5,
    "TKOFF_ROTATE_SPD": 12.0, "TRIM_ARSPD_CM": 1700, "TRIM_THROTTLE": 45, "WP_LOITER_RAD": 60, "WP_RADIUS": 40,
}  # fmt: skip
_QUADPLANE: dict[str, float] = {
    "Q_ANGLE_MAX": 3000, "Q_ASSIST_SPEED": 10.0, "Q_A_ANG_PIT_P": 4.5, "Q_A_ANG_RLL_P": 4.5, "Q_A_RAT_PIT_P": 0.15,
    "Q_A_RAT_RLL_P": 0.25, "Q_ENABLE": 1, "Q_FRAME_CLASS": 1, "Q_FRAME_TYPE": 1, "Q_LAND_FINAL_ALT": 8.0,
    "Q_LAND_SPEED": 70.0, "Q_M_SPIN_ARM": 0.1, "Q_M_THST_HOVER": 0.35, "Q_RTL_ALT": 28, "Q_RTL_MODE": 1,
    "Q_TRANSITION_MS": 5000, "Q_TRANS_DECEL": 1.6, "Q_VFWD_GAIN": 0.02, "Q_WP_SPEED": 500.0, "Q_WP_SPEED_DN": 200.0,
    "Q_WP_SPEED_UP": 250.0,
}  # fmt: skip
_PX4: dict[str, float] = {
    "BAT1_R_INTERNAL": -1.0, "BAT1_V_CHARGED": 4.05, "BAT1_V_EMPTY": 3.5, "BAT_EMERGEN_THR": 0.05,
    "COM_DISARM_LAND": 2.0, "COM_DL_LOSS_T": 10, "COM_LOW_BAT_ACT": 3, "COM_OBL_ACT": 0, "COM_POS_FS_DELAY": 1,
    "COM_RC_IN_MODE": 1, "COM_RC_LOSS_T": 0.5, "EKF2_AID_MASK": 1, "EKF2_GPS_CHECK": 245, "EKF2_GPS_DELAY": 110.0,
    "EKF2_HGT_MODE": 0, "EKF2_MAG_TYPE": 0, "EKF2_REQ_NSATS": 6, "GF_ACTION": 2, "GF_MAX_HOR_DIST": 1500.0,
    "GF_MAX_VER_DIST": 120.0, "LNDMC_Z_VEL_MAX": 0.5, "MAV_COMP_ID": 1, "MAV_PROTO_VER": 0, "MAV_SYS_ID": 1,
    "MC_PITCHRATE_P": 0.15, "MC_PITCH_P": 6.5, "MC_ROLLRATE_P": 0.15, "MC_ROLL_P": 6.5, "MC_YAWRATE_P": 0.2,
    "MC_YAW_P": 2.8, "MIS_TAKEOFF_ALT": 2.5, "MPC_ACC_HOR": 3.0, "MPC_JERK_AUTO": 4.0, "MPC_LAND_SPEED": 0.7,
    "MPC_THR_HOVER": 0.5, "MPC_TILTMAX_AIR": 45.0, "MPC_TKO_SPEED": 1.5, "MPC_XY_CRUISE": 8.0, "MPC_XY_P": 0.95,
    "MPC_XY_VEL_MAX": 12.0, "MPC_Z_P": 1.0, "MPC_Z_VEL_MAX_DN": 2.0, "MPC_Z_VEL_MAX_UP": 3.0, "NAV_ACC_RAD": 2.0,
    "NAV_DLL_ACT": 2, "NAV_LOITER_RAD": 50.0, "NAV_RCL_ACT": 2, "RTL_DESCEND_ALT": 10.0, "RTL_RETURN_ALT": 30.0,
    "RTL_TYPE": 0, "SDLOG_MODE": 0, "SDLOG_PROFILE": 131, "SYS_AUTOSTART": 4001, "SYS_HAS_BARO": 1, "SYS_HAS_MAG": 1,
}  # fmt: skip
