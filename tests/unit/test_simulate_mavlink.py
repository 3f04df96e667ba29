"""What the simulator writes as MAVLink is MAVLink: cut into frames by hand here, and read by pymavlink."""

import io
import struct
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
from pymavlink import mavutil
from pymavlink.dialects.v20 import ardupilotmega as peer
from pyulog import ULog

from groundside.model.recording import Aircraft, Battery
from groundside.simulate import places
from groundside.simulate.missions import Area
from groundside.simulate.power import Pack
from groundside.simulate.scenario import Mishap, Scenario, simulate
from groundside.simulate.truth import Said, Setting, Truth
from groundside.simulate.writers import mavlink_tlog, ulog
from groundside.simulate.writers.mavlink_messages import MESSAGES, crc_extra, dtype_of, wire_fields
from groundside.simulate.writers.mavlink_tlog import SECRET, Link

TWO = (Battery(slot=1, serial="SIMB0101"), Battery(slot=2, serial="SIMB0102"))
BOOT_MS = Link().boot_ms
RADIO_STATUS = 109
LINKS = [
    Link(), Link("px4", gimbal=True), Link(protocol=1, gimbal=True, private=True), Link(signed=True, gimbal=True),
    Link(protocol="mixed", gimbal=True, private=True), Link(loss=0.2), Link(station=False, radio=False, utc=False),
]  # fmt: skip


class Frame(NamedTuple):
    received_us: int
    content: bytes
    message: peer.MAVLink_message

    @property
    def sender(self) -> tuple[int, int]:
        return self.message.get_srcSystem(), self.message.get_srcComponent()

    @property
    def name(self) -> str:
        return self.message.get_type()


@cache
def flown(kind: str = "multirotor", *mishaps: str, fix_after_s: float = 4.0, cells: int = 6) -> Truth:
    return simulate(
        Scenario(
            name="t", field=places.SALT_FLAT, mission="survey", area=Area(width_m=90.0, depth_m=50.0),
            start_us=1_780_000_000_123_000, batteries=TWO, fix_after_s=fix_after_s, pack=Pack(cells=cells),
            aircraft=Aircraft(name="SIMULATED Quad 3", serial="SIM0003", kind=kind),
            mishaps=tuple(Mishap(kind) for kind in mishaps),
        ),
        3,
    )  # fmt: skip


def truth_with(truth: Truth, **changes) -> Truth:
    return Truth(**{name: getattr(truth, name) for name in Truth.__slots__} | changes)


def cut(data: bytes, secret: bytes | None = None) -> list[Frame]:
    """
    Every frame of a telemetry log; fails where a frame does not follow or pymavlink does not accept it.

    With a secret all but radios must have signed.
    """
    reader, found, at = peer.MAVLink(None), [], 0
    reader.signing.secret_key, reader.robust_parsing = secret, False
    reader.signing.allow_unsigned_callback = lambda _, number: number == RADIO_STATUS
    while at < len(data):
        received_us, magic, length = struct.unpack_from(">QBB", data, at)
        begin = at + 8
        at = begin + length + (8 if magic == 0xFE else 12 + 13 * (data[begin + 2] & 1))
        assert magic in (0xFE, 0xFD) and at <= len(data)
        found.append(Frame(received_us, data[begin:at], accepted(reader, data[begin:at])))
    return found


def accepted(reader: peer.MAVLink, content: bytes) -> peer.MAVLink_message:
    message = reader.parse_char(content)
    assert message is not None, content.hex()
    return message


def told(truth: Truth, link: Link | None = None) -> list[Frame]:
    return cut(mavlink_tlog.write_tlog(truth, 5, link))


def of(frames: list[Frame], name: str, **equal: int) -> list[peer.MAVLink_message]:
    """Messages of a name from the autopilot, with some fields equal to something."""
    own = [f.message for f in frames if f.name == name and f.sender == (1, 1)]
    return [m for m in own if all(getattr(m, k) == v for k, v in equal.items())]


def column(messages: list[peer.MAVLink_message], name: str) -> np.ndarray:
    return np.array([getattr(m, name) for m in messages])


def rows_at(truth: Truth, boot_ms: np.ndarray) -> np.ndarray:
    rows = np.searchsorted(truth.time_us, (boot_ms - BOOT_MS) * 1000 + truth.start_us)
    assert np.array_equal(truth.time_us[rows] - truth.start_us, (boot_ms - BOOT_MS) * 1000)
    return rows


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: m.name)
def test_messages_are_those_that_pymavlink_generates_from_the_definitions(message):
    theirs = peer.mavlink_map[message.id]
    base, extensions = wire_fields(message)
    assert (message.name, crc_extra(message)) == (theirs.msgname, theirs.crc_extra)
    assert [f.name for f in (*base, *extensions)] == theirs.ordered_fieldnames
    assert dtype_of(message, 2).itemsize == theirs.unpacker.size


@pytest.mark.parametrize("link", LINKS, ids=str)
def test_every_frame_is_accepted_and_each_sender_counts_without_a_gap_but_for_what_was_lost(link):
    frames = told(flown(), link)
    last: dict[tuple[int, int], int] = {}
    gaps = 0
    for frame in frames:
        sequence = frame.content[2 if frame.content[0] == 0xFE else 4]
        sender = (
            (frame.content[3], frame.content[4]) if frame.content[0] == 0xFE else (frame.content[5], frame.content[6])
        )
        gaps += (sequence - last.get(sender, sequence - 1) - 1) % 256
        last[sender] = sequence
    expected = {(1, 1)} | ({(255, 190)} if link.station else set()) | ({(51, 68)} if link.radio else set())
    assert set(last) == expected | ({(1, 154)} if link.gimbal else set())
    assert (gaps > 0) == (link.loss > 0.0)
    if link.loss:
        assert 0.15 < gaps / (gaps + len(frames)) < 0.2
    stamps = [f.received_us for f in frames]
    assert stamps == sorted(stamps)


def test_positions_heights_and_speeds_are_the_truth_as_far_as_integers_go():
    truth = flown()
    found = [m for m in of(told(truth), "GLOBAL_POSITION_INT") if m.lat]
    rows = rows_at(truth, column(found, "time_boot_ms"))
    assert rows.tolist() == np.flatnonzero(truth.has_fix).tolist()
    for name, values, scale in (
        ("lat", truth.lat, 1e7), ("lon", truth.lon, 1e7), ("alt", truth.altitude_m, 1e3), ("relative_alt", truth.height_m, 1e3),
        ("vx", truth.vn_mps, 1e2), ("vy", truth.ve_mps, 1e2), ("vz", truth.vd_mps, 1e2),
    ):  # fmt: skip
        assert np.abs(column(found, name) - values[rows] * scale).max() <= 0.501, name
    assert np.abs((column(found, "hdg") / 100.0 - truth.yaw_deg[rows] + 180.0) % 360.0 - 180.0).max() <= 0.0051


def test_attitude_and_air_data_are_the_truth():
    truth = flown("plane")
    frames = told(truth)
    attitude, air = of(frames, "ATTITUDE"), of(frames, "VFR_HUD")
    assert len(attitude) == len(truth)
    assert np.abs(np.degrees(column(attitude, "roll")) - truth.roll_deg).max() < 1e-4
    assert np.abs(np.degrees(column(attitude, "pitch")) - truth.pitch_deg).max() < 1e-4
    assert np.abs((np.degrees(column(attitude, "yaw")) - truth.yaw_deg + 180.0) % 360.0 - 180.0).max() < 1e-4
    assert np.allclose(column(air, "airspeed"), np.nan_to_num(truth.airspeed_mps[::2]), atol=1e-4)
    assert not column(of(told(flown()), "VFR_HUD"), "airspeed").any()


def test_without_a_fix_there_is_no_position_and_no_vehicle_clock():
    truth = flown("multirotor", "gnss_lost")
    frames = told(truth)
    receiver = of(frames, "GPS_RAW_INT")
    assert np.array_equal(column(receiver, "fix_type") >= 3, truth.has_fix[::2])
    assert not column(receiver, "lat")[~truth.has_fix[::2]].any()
    early = [m for m in of(frames, "GLOBAL_POSITION_INT") if not m.lat]
    assert len(early) == 40
    assert len(of(told(truth, Link("px4")), "GLOBAL_POSITION_INT")) == int(truth.has_fix.sum())
    clock = of(frames, "SYSTEM_TIME")
    assert not any(m.time_unix_usec for m in clock if m.time_boot_ms < BOOT_MS + 4_000)
    assert all(m.time_unix_usec for m in clock if m.time_boot_ms >= BOOT_MS + 4_000)


def test_it_is_written_even_if_there_never_is_a_fix():
    frames = told(flown(fix_after_s=1e6))
    assert not of(frames, "HOME_POSITION") and not column(of(frames, "SYSTEM_TIME"), "time_unix_usec").any()


def test_the_ground_stations_clock_may_be_wrong_while_the_vehicles_is_not():
    truth = flown("multirotor", "clock_jump")
    jump = next(f for f in truth.faults if f.kind == "clock_jump")
    frames = told(truth, Link(station_ahead_s=3.5))
    clock = [(f.received_us, f.message) for f in frames if f.name == "SYSTEM_TIME" and f.message.time_unix_usec]
    utc = np.array([m.time_unix_usec for _, m in clock])
    ahead = np.array([received for received, _ in clock]) - utc
    assert np.array_equal(utc, truth.time_us[rows_at(truth, np.array([m.time_boot_ms for _, m in clock]))])
    before = utc < jump.start_us
    assert np.abs(ahead[before] - 3.5e6).max() < 10_000
    assert np.abs(ahead[~before] - (3.5 + jump.value) * 1e6).max() < 10_000
    assert before.any() and not before.all()


def test_a_vehicle_may_never_learn_utc():
    assert not column(of(told(flown(), Link(utc=False)), "SYSTEM_TIME"), "time_unix_usec").any()


def test_nothing_of_the_vehicle_arrives_while_the_link_is_lost():
    truth = flown("multirotor", "link_lost")
    lost = next(f for f in truth.faults if f.kind == "link_lost")
    frames = told(truth, Link(gimbal=True))
    silent = [f for f in frames if lost.start_us <= f.received_us <= lost.end_us]
    assert {f.sender for f in silent} == {(255, 190), (51, 68)}
    own = [f for f in frames if f.sender == (1, 1)]
    before = [f.content[4] for f in own if f.received_us < lost.start_us][-1]
    after = next(f.content[4] for f in own if f.received_us > lost.end_us)
    assert (after - before - 1) % 256 != 0
    assert {f.message.remrssi for f in silent if f.name == "RADIO_STATUS"} == {0}


def test_version_2_leaves_out_zeros_and_version_1_does_not():
    for frame in told(flown(), Link(gimbal=True)):
        length = frame.content[1]
        assert frame.content[0] == 0xFD and (length == 1 or frame.content[9 + length] != 0)
    for frame in told(flown(), Link(protocol=1)):
        message = next(m for m in MESSAGES if m.id == frame.message.get_msgId())
        assert frame.content[0] == 0xFE and frame.content[1] == dtype_of(message, 1).itemsize


def test_a_mixed_log_begins_with_version_1_and_goes_on_with_version_2():
    magic = [f.content[0] for f in told(flown(), Link(protocol="mixed", gimbal=True))]
    assert [a for a, b in pairwise([*magic, 0]) if a != b] == [0xFE, 0xFD]


def test_signatures_hold_with_the_secret_and_only_with_it():
    frames = cut(mavlink_tlog.write_tlog(flown(), 5, Link(signed=True, gimbal=True)), SECRET)
    signed = [f for f in frames if f.content[2] & 1]
    assert {f.sender for f in signed} == {(1, 1), (255, 190), (1, 154)}
    assert {f.sender for f in frames if not f.content[2] & 1} == {(51, 68)}
    ticks = [int.from_bytes(f.content[-12:-6], "little") for f in signed]
    assert all(a < b for a, b in pairwise(ticks))
    with pytest.raises(peer.MAVError, match="signature"):
        cut(mavlink_tlog.write_tlog(flown(), 5, Link(signed=True)), bytes(32))


@pytest.mark.parametrize(("protocol", "number"), [(1, 203), (2, 52_428)])
def test_a_private_message_is_unknown_to_the_public_dialects(protocol, number):
    found = [f for f in told(flown(), Link(protocol=protocol, private=True)) if f.name == f"UNKNOWN_{number}"]
    assert len(found) == -(-len(flown()) // 10)


@pytest.mark.parametrize("autopilot", ["ardupilot", "px4"])
def test_parameters_are_encoded_as_the_autopilot_says_it_does(autopilot):
    start = flown().start_us
    settings = (
        Setting("A_REAL", 812.5), Setting("B_WHOLE", -7.0, None, True), Setting("SIXTEEN_LETTERS_", 3.0, None, True),
        Setting("A_REAL", 0.25, start + 50_000_000), Setting("B_WHOLE", 2100.0, start + 60_000_000, True),
    )  # fmt: skip
    frames = told(truth_with(flown(), settings=settings), Link(autopilot))
    bytewise = bool(of(frames, "AUTOPILOT_VERSION")[0].capabilities & 16)
    assert bytewise == (autopilot == "px4")
    values = [
        (
            m.param_id,
            struct.unpack("<i", struct.pack("<f", m.param_value))[0]
            if bytewise and m.param_type == 6
            else m.param_value,
        )
        for m in of(frames, "PARAM_VALUE")
    ]
    assert values == [(s.name, s.value) for s in settings]
    assert [m.param_index for m in of(frames, "PARAM_VALUE")] == [0, 1, 2, 0, 1]
    assert {m.param_count for m in of(frames, "PARAM_VALUE")} == {3}
    assert [m.param_type for m in of(frames, "PARAM_VALUE")] == [9, 6, 6, 9, 6]


def test_long_texts_come_in_chunks_and_short_ones_whole():
    start = flown().start_us
    said = tuple(Said(start + 60_000_000, 4, letter * length) for letter, length in (("a", 50), ("b", 100), ("c", 120)))
    found = of(told(truth_with(flown(), messages=said)), "STATUSTEXT")
    assert found[0].id == 1 and "".join(m.text for m in found if m.id == 1).startswith(
        "SIMULATED by Groundside: SIMULATED Quad 3"
    )
    assert [m.text for m in found if m.id == 0] == ["ArduCopter V4.5.7 (51a51a5e)", "a" * 50]
    assert [(m.text, m.chunk_seq, m.severity) for m in found if m.id == 2] == [
        ("b" * 50, 0, 4),
        ("b" * 50, 1, 4),
        ("", 2, 4),
    ]
    assert "".join(m.text for m in found if m.id == 3) == "c" * 120


@pytest.mark.parametrize(
    ("autopilot", "kind", "modes"),
    [
        ("ardupilot", "multirotor", ["LOITER", "AUTO", "RTL", "LAND", "LOITER"]),
        ("ardupilot", "plane", ["MANUAL", "TAKEOFF", "AUTO", "RTL", "AUTO", "MANUAL"]),
        ("px4", "multirotor", ["LOITER", "TAKEOFF", "MISSION", "RTL", "LAND", "LOITER"]),
    ],
)
def test_modes_are_the_autopilots_own(autopilot, kind, modes):
    beats = of(told(flown(kind), Link(autopilot)), "HEARTBEAT")
    names = [mavutil.mode_string_v10(m) for m in beats]
    assert [a for a, b in pairwise([*names, ""]) if a != b] == modes
    assert {m.type for m in beats} == {1 if kind == "plane" else 2}
    assert {m.autopilot for m in beats} == {12 if autopilot == "px4" else 3}
    assert [bool(m.base_mode & 128) for m in beats] == flown(kind).armed[::10].tolist()


def test_a_failsafe_is_told_as_a_critical_state():
    truth = flown("multirotor", "link_lost")
    safe = next(f for f in truth.faults if f.kind == "failsafe")
    critical = [
        f.received_us
        for f in told(truth)
        if f.sender == (1, 1) and f.name == "HEARTBEAT" and f.message.system_status == 5
    ]
    assert critical and min(critical) >= safe.start_us


def test_take_off_and_landing_are_told_at_once():
    truth = flown()
    states = [(f.received_us, f.message.landed_state) for f in told(truth) if f.name == "EXTENDED_SYS_STATE"]
    changes = [(t, s) for (_, before), (t, s) in pairwise([(0, 0), *states]) if s != before]
    assert [s for _, s in changes] == [1, 3, 2, 4, 1]
    assert 0 <= changes[1][0] - truth.takeoff_us < 10_000
    assert 0 <= changes[4][0] - truth.landing_us - 100_000 < 10_000


def test_a_vtol_says_whether_it_flies_on_rotors_or_wings_and_others_do_not():
    assert set(column(of(told(flown("vtol")), "EXTENDED_SYS_STATE"), "vtol_state")) == {3, 4}
    assert set(column(of(told(flown("plane")), "EXTENDED_SYS_STATE"), "vtol_state")) == {0}


def test_what_the_vehicle_is_where_home_is_and_how_it_fares():
    truth = flown()
    frames = told(truth)
    version, home, status, sticks = (
        of(frames, n) for n in ("AUTOPILOT_VERSION", "HOME_POSITION", "SYS_STATUS", "RC_CHANNELS")
    )
    assert (version[0].flight_sw_version >> 24, bytes(version[0].flight_custom_version)) == (4, b"51a51a5e")
    assert bytes(version[0].uid2).rstrip(b"\0") == b"SIM0003"
    assert abs(home[0].latitude - truth.home.lat * 1e7) < 0.51 and abs(home[0].longitude - truth.home.lon * 1e7) < 0.51
    assert home[0].altitude == truth.field.altitude_m * 1e3
    assert np.abs(column(status, "voltage_battery") / 1e3 - truth.battery_voltage_v[0][::5]).max() < 0.00051
    assert (sticks[0].chancount, sticks[0].chan8_raw, sticks[0].chan9_raw) == (8, 1500, 0)
    assert np.abs(column(sticks, "rssi") / 2.54 - truth.link_percent[::10]).max() < 0.2


@pytest.mark.parametrize("cells", [6, 12])
def test_both_batteries_are_told_with_all_their_cells(cells):
    truth = flown("multirotor", "battery_low", cells=cells)
    frames = told(truth)
    for which in (0, 1):
        found = of(frames, "BATTERY_STATUS", id=which)
        volts = [sum(v for v in m.voltages if v != 65_535) + sum(m.voltages_ext) for m in found]
        assert np.abs(np.array(volts) / 1e3 - truth.battery_voltage_v[which][::5]).max() <= cells * 0.00051
        assert np.abs(column(found, "battery_remaining") - truth.battery_percent[which][::5]).max() <= 0.5001
        assert np.abs(column(found, "current_battery") / 1e2 - truth.battery_current_a[which][::5]).max() <= 0.00501
    low = next(f for f in truth.faults if f.kind == "battery_low")
    row = int(np.searchsorted(truth.time_us, low.start_us))
    weakest = of(frames, "BATTERY_STATUS", id=int(truth.battery_percent[:, row].argmin()))
    assert np.array_equal(column(weakest, "charge_state") == 2, truth.time_us[::5] >= low.start_us)


def test_the_gimbal_points_where_the_truth_says():
    truth = flown()
    found = [f.message for f in told(truth, Link(gimbal=True)) if f.name == "GIMBAL_DEVICE_ATTITUDE_STATUS"]
    w, x, y, z = np.array([m.q for m in found]).T
    assert np.abs(np.degrees(np.arcsin(np.clip(2 * (w * y - z * x), -1, 1))) - truth.gimbal_pitch_deg[::2]).max() < 0.05


def test_bare_bytes_are_the_frames_without_their_times():
    frames = told(flown(), Link(signed=True))
    assert mavlink_tlog.write_raw(flown(), 5, Link(signed=True)) == b"".join(f.content for f in frames)


def test_the_same_truth_and_seed_give_the_same_bytes():
    link = Link(loss=0.1, private=True)
    assert mavlink_tlog.write_tlog(flown(), 1, link) == mavlink_tlog.write_tlog(flown(), 1, link)
    assert mavlink_tlog.write_tlog(flown(), 1, link) != mavlink_tlog.write_tlog(flown(), 2, link)


def test_pymavlinks_own_reader_of_files_finds_every_frame_and_its_time(tmp_path):
    path = tmp_path / "flight.tlog"
    path.write_bytes(mavlink_tlog.write_tlog(flown(), 5))
    reader, times = mavutil.mavlink_connection(str(path), dialect="ardupilotmega"), []
    while (message := reader.recv_msg()) is not None:
        times.append(message._timestamp)
    reader.close()
    expected = [f.received_us / 1e6 for f in told(flown())]
    assert np.allclose(times, expected, atol=1e-6, rtol=0) and len(times) == len(expected)


def test_a_ulog_and_a_telemetry_log_of_one_flight_agree_at_each_moment_since_boot():
    truth = flown()
    log = ULog(io.BytesIO(ulog.write(truth, 0, ulog.Recorder(utc=False))))
    place = next(d.data for d in log.data_list if d.name == "vehicle_global_position")
    found = [m for m in of(told(truth), "GLOBAL_POSITION_INT") if m.lat]
    assert np.array_equal(column(found, "time_boot_ms"), place["timestamp"] // 1000)
    assert np.abs(column(found, "lat") / 1e7 - place["lat"]).max() < 0.51e-7
    assert np.abs(column(found, "lon") / 1e7 - place["lon"]).max() < 0.51e-7
