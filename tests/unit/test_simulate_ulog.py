"""What the simulator writes as ULog is ULog: walked by hand here, and read by pyulog."""

import io
import struct
from collections import Counter
from functools import cache

import numpy as np
import pytest
from pyproj import Geod
from pyulog import ULog

from groundside.errors import BadRequest
from groundside.model.recording import Aircraft, Battery
from groundside.simulate import places
from groundside.simulate.missions import Area
from groundside.simulate.scenario import Mishap, Scenario, simulate
from groundside.simulate.truth import Said, Setting, Truth
from groundside.simulate.writers import ulog
from groundside.simulate.writers.ulog import Recorder
from groundside.simulate.writers.ulog_layout import TOPICS, fields, payload_dtype

TWO = (Battery(slot=1, serial="SIMB0101"), Battery(slot=2, serial="SIMB0102"))
BOOT_US = Recorder().boot_us
G = 9.80665
RECORDERS = [
    Recorder(), Recorder("1.12"), Recorder(version=0), Recorder(receivers=2, tagged=True), Recorder(utc=False),
    Recorder(dropouts=3), Recorder(appended=1), Recorder("1.12", appended=3, dropouts=2),
]  # fmt: skip


@cache
def flown(kind: str = "multirotor", *mishaps: str, fix_after_s: float = 4.0) -> Truth:
    return simulate(
        Scenario(
            name="t", field=places.SALT_FLAT, mission="survey", area=Area(width_m=90.0, depth_m=50.0),
            start_us=1_780_000_000_123_000, batteries=TWO, fix_after_s=fix_after_s,
            aircraft=Aircraft(name="SIMULATED Quad 3", serial="SIM0003", kind=kind),
            mishaps=tuple(Mishap(kind) for kind in mishaps),
        ),
        3,
    )  # fmt: skip


def truth_with(truth: Truth, **changes) -> Truth:
    return Truth(**{name: getattr(truth, name) for name in Truth.__slots__} | changes)


def read(truth: Truth, recorder: Recorder | None = None) -> ULog:
    log = ULog(io.BytesIO(ulog.write(truth, 5, recorder)))
    assert not log.file_corruption
    return log


def of(log: ULog, topic: str, instance: int = 0) -> dict[str, np.ndarray]:
    """All data of a topic's instance; pieces that were appended are joined."""
    found = sorted(
        (d for d in log.data_list if (d.name, d.multi_id) == (topic, instance)), key=lambda d: d.data["timestamp"][0]
    )
    return {name: np.concatenate([d.data[name] for d in found]) for name in found[0].data}


def walk(data: bytes):
    """Each message as (kind, offset, payload), by the chain alone; goes on where data was appended."""
    offsets = [len(data)]
    at = 16
    while at < len(data):
        if at + 3 > offsets[0] or at + 3 + int.from_bytes(data[at : at + 2], "little") > offsets[0]:
            at = offsets.pop(0)
            continue
        size, kind = struct.unpack_from("<HB", data, at)
        payload = data[at + 3 : at + 3 + size]
        if chr(kind) == "B":
            offsets = [*filter(None, struct.unpack_from("<3Q", payload, 16)), len(data)]
        yield chr(kind), at, payload
        at += 3 + size
    assert at == len(data)


@pytest.mark.parametrize("recorder", RECORDERS, ids=str)
def test_every_message_is_on_the_chain_of_a_known_kind_and_defined_before_it_comes(recorder):
    data = ulog.write(flown("multirotor", "gnss_lost"), 5, recorder)
    known, sizes, subscribed = set(), {}, {}
    for topic in TOPICS[recorder.generation].values():
        sizes[topic.name] = payload_dtype(topic).itemsize
    assert data[:8] == b"ULog\x01\x12\x35" + bytes([recorder.version])
    assert struct.unpack_from("<Q", data, 8) == (BOOT_US,)
    for kind, at, payload in walk(data):
        assert kind in "BIFPQMACLSDO", at
        if kind == "F":
            known.add(payload.split(b":")[0].decode())
        if kind == "A":
            number, name = struct.unpack_from("<H", payload, 1)[0], payload[3:].decode()
            assert name in known
            subscribed[number] = name
        if kind == "D":
            assert len(payload) - 2 == sizes[subscribed[struct.unpack_from("<H", payload)[0]]]


@pytest.mark.parametrize("recorder", RECORDERS, ids=str)
def test_pyulog_finds_no_corruption_and_as_many_records_as_there_are_samples(recorder):
    truth = flown()
    log = read(truth, recorder)
    lost = sum(round(d.duration / 100) for d in log.dropouts)
    assert len(log.dropouts) == recorder.dropouts
    # A log that was cut short lost the record that was being written.
    assert len(of(log, "vehicle_attitude")["timestamp"]) in {
        len(truth) - lost - torn for torn in (0, recorder.appended > 0)
    }
    assert log._file_version == recorder.version


def test_version_0_has_neither_flags_nor_defaults():
    assert not {"B", "Q"} & {kind for kind, *_ in walk(ulog.write(flown(), 0, Recorder(version=0)))}
    assert {"B", "Q"} <= {kind for kind, *_ in walk(ulog.write(flown()))}


@pytest.mark.parametrize("generation", ["1.12", "1.16"])
def test_positions_are_the_truth_to_the_last_bit_and_those_of_receivers_as_the_release_rounds_them(generation):
    truth = flown()
    log, fixed = read(truth, Recorder(generation)), truth.has_fix
    place, receiver = of(log, "vehicle_global_position"), of(log, "sensor_gps")
    assert np.array_equal(place["lat"], truth.lat[fixed]) and np.array_equal(place["lon"], truth.lon[fixed])
    assert np.array_equal(place["timestamp"] - BOOT_US + truth.start_us, truth.time_us[fixed])
    assert np.array_equal(place["alt"], truth.altitude_m[fixed].astype(np.float32))
    seen = fixed[::2]
    if generation == "1.16":
        assert np.array_equal(receiver["latitude_deg"][seen], truth.lat[::2][seen])
        assert np.array_equal(receiver["altitude_msl_m"][seen], truth.altitude_m[::2][seen])
    else:
        assert np.abs(receiver["lat"][seen] - truth.lat[::2][seen] * 1e7).max() <= 0.501
        assert np.abs(receiver["alt"][seen] - truth.altitude_m[::2][seen] * 1e3).max() <= 0.501


def test_attitude_is_the_rotation_from_the_body_to_the_earth():
    truth = flown()
    q = of(read(truth), "vehicle_attitude")
    w, x, y, z = (q[f"q[{i}]"].astype(np.float64) for i in range(4))
    roll = np.degrees(np.arctan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)))
    pitch = np.degrees(np.arcsin(2 * (w * y - z * x)))
    yaw = np.degrees(np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)))
    assert np.abs(roll - truth.roll_deg).max() < 1e-4
    assert np.abs(pitch - truth.pitch_deg).max() < 1e-4
    assert np.abs((yaw - truth.yaw_deg + 180.0) % 360.0 - 180.0).max() < 1e-4


def test_local_positions_are_as_far_from_home_as_the_truth_and_in_its_direction():
    truth = flown()
    local, fixed = of(read(truth), "vehicle_local_position"), truth.has_fix
    count = int(fixed.sum())
    course, _, away = Geod(ellps="WGS84").inv(
        [truth.home.lon] * count, [truth.home.lat] * count, truth.lon[fixed], truth.lat[fixed]
    )
    north, east = local["x"][fixed], local["y"][fixed]
    assert np.abs(np.hypot(north, east) - away).max() < 0.005 * away.max()
    far = away > 20.0
    assert np.abs((np.degrees(np.arctan2(east, north)) - course + 180.0)[far] % 360.0 - 180.0).max() < 0.5
    assert np.abs(local["z"] + truth.height_m).max() < 1e-4
    assert np.array_equal(local["xy_valid"].astype(bool), fixed)


def test_the_vehicle_feels_gravity_at_rest_and_a_hard_landing():
    calm, hard = flown(), flown("multirotor", "hard_landing")
    rest = of(read(calm), "vehicle_acceleration")
    assert abs(rest["xyz[2]"][10] + G) < 0.1 and abs(rest["xyz[0]"][10]) < 0.2
    felt = of(read(hard), "vehicle_acceleration")
    worst = int(np.argmin(felt["xyz[2]"]))
    assert felt["timestamp"][worst] - BOOT_US + hard.start_us == next(
        f.start_us for f in hard.faults if f.kind == "hard_landing"
    )
    assert felt["xyz[2]"][worst] < -4 * G < rest["xyz[2]"].min()


def test_at_rest_what_is_felt_is_gravity_in_the_axes_of_the_body():
    still, size = flown(), len(flown())
    zero = np.zeros(size)
    leaning = dict.fromkeys(("vn_mps", "ve_mps", "vd_mps"), zero) | {"roll_deg": zero, "pitch_deg": zero + 30.0}
    felt = of(read(truth_with(still, **leaning)), "vehicle_acceleration")
    assert np.allclose(felt["xyz[0]"], G * 0.5, atol=1e-4) and np.allclose(
        felt["xyz[2]"], -G * np.sqrt(0.75), atol=1e-4
    )
    leaning = leaning | {"roll_deg": zero + 30.0, "pitch_deg": zero}
    felt = of(read(truth_with(still, **leaning)), "vehicle_acceleration")
    assert np.allclose(felt["xyz[1]"], -G * 0.5, atol=1e-4) and np.allclose(felt["xyz[0]"], 0.0, atol=1e-4)


def test_a_dropout_stands_where_data_goes_on_and_says_how_long_none_was_written():
    attitude, before, goes_on, silent = -1, BOOT_US - 100_000, 0, 0
    for kind, _, payload in walk(ulog.write(flown(), 5, Recorder(dropouts=3))):
        if kind == "A" and payload[3:] == b"vehicle_attitude":
            attitude = struct.unpack_from("<H", payload, 1)[0]
        if kind == "O":
            goes_on, silent = before + 100_000 + 1000 * struct.unpack("<H", payload)[0], silent + 1
        if kind == "D":
            number, clock = struct.unpack_from("<HQ", payload)
            assert clock >= goes_on
            if number == attitude:
                assert clock == max(before + 100_000, goes_on)
                before = clock
    assert silent == 3


def test_arming_take_off_modes_and_landing_are_told_when_they_happen():
    truth = flown()
    log = read(truth)
    status, land = of(log, "vehicle_status"), of(log, "vehicle_land_detected")
    utc = status["timestamp"] - BOOT_US + truth.start_us
    armed = status["arming_state"] == 2
    changes = np.flatnonzero(np.diff(armed.astype(int))) + 1
    real = np.flatnonzero(np.diff(truth.armed.astype(int))) + 1
    assert utc[changes].tolist() == truth.time_us[real].tolist()
    down = np.flatnonzero(np.diff(land["landed"])) + 1
    assert (land["timestamp"][down] - BOOT_US + truth.start_us).tolist() == [
        truth.takeoff_us,
        truth.landing_us + 100_000,
    ]
    assert [int(n) for n in status["nav_state"][np.flatnonzero(np.diff(status["nav_state"], prepend=0))]] == [
        4,
        17,
        3,
        5,
        18,
        4,
    ]
    assert status["takeoff_time"][-1] - BOOT_US + truth.start_us == truth.takeoff_us
    assert set(status["system_type"]) == {2} and set(status["vehicle_type"]) == {1}


def test_home_is_told_once_there_is_a_position():
    truth = flown()
    home = of(read(truth), "home_position")
    assert (home["lat"].tolist(), home["lon"].tolist()) == ([truth.home.lat], [truth.home.lon])
    assert home["timestamp"][0] - BOOT_US == 4_000_000


def test_both_batteries_are_written_and_the_warning_is_that_of_the_emptier_one():
    truth = flown("multirotor", "battery_low")
    log = read(truth)
    warned = []
    for which in (0, 1):
        battery = of(log, "battery_status", which)
        at = np.searchsorted(truth.time_us, battery["timestamp"] - BOOT_US + truth.start_us)
        assert np.abs(battery["voltage_v"] - truth.battery_voltage_v[which][at]).max() < 1e-5
        assert np.abs(battery["remaining"] * 100.0 - truth.battery_percent[which][at]).max() < 1e-4
        assert np.abs(battery["current_a"] - truth.battery_current_a[which][at]).max() < 1e-4
        assert np.abs(battery["temperature"] - truth.battery_temperature_c[which][at]).max() < 1e-4
        assert np.allclose(sum(battery[f"voltage_cell_v[{i}]"] for i in range(14)), battery["voltage_v"], atol=1e-4)
        assert (battery["serial_number"][0], battery["id"][0]) == (101 + which, which + 1)
        warned += [(which, int(t)) for t in battery["timestamp"][battery["warning"] == 1]][:1]
    low = next(f for f in truth.faults if f.kind == "battery_low")
    row = int(np.searchsorted(truth.time_us, low.start_us))
    assert warned == [(int(truth.battery_percent[:, row].argmin()), low.start_us - truth.start_us + BOOT_US)]


def test_during_an_outage_there_is_no_fix_no_time_and_no_position():
    truth = flown("multirotor", "gnss_lost")
    log = read(truth)
    receiver, place = of(log, "sensor_gps"), of(log, "vehicle_global_position")
    fix = truth.fix[::2]
    assert np.array_equal(receiver["fix_type"], fix) and (fix[200:] == 0).any()
    assert np.array_equal(receiver["time_utc_usec"], np.where(fix >= 3, truth.time_us[::2], 0))
    assert not receiver["latitude_deg"][fix < 3].any()
    assert len(place["lat"]) == int(truth.has_fix.sum())


def test_a_receiver_that_never_learns_utc_still_has_positions():
    receiver = of(read(flown(), Recorder(utc=False)), "vehicle_gps_position")
    assert not receiver["time_utc_usec"].any() and (receiver["fix_type"] == 3).any()


def test_without_any_fix_there_is_neither_position_nor_home():
    log = read(flown(fix_after_s=1e6))
    assert not {"vehicle_global_position", "home_position"} & {d.name for d in log.data_list}


def test_a_failsafe_and_a_lost_link_show_in_the_status():
    truth = flown("multirotor", "link_lost")
    status = of(read(truth), "vehicle_status")
    utc = status["timestamp"] - BOOT_US + truth.start_us
    lost = next(f for f in truth.faults if f.kind == "link_lost")
    safe = next(f for f in truth.faults if f.kind == "failsafe")
    missing = status["gcs_connection_lost"] == 1
    assert utc[missing].min() == lost.start_us
    assert utc[~missing & (utc > lost.start_us)].min() == lost.end_us + 100_000
    assert utc[status["failsafe"] == 1].min() == safe.start_us
    assert not of(read(flown()), "vehicle_status")["failsafe"].any()


def test_parameters_have_their_type_their_default_and_their_changes():
    start = flown().start_us
    truth = truth_with(
        flown(),
        settings=(
            Setting("B_WHOLE", 16_777_217.0, None, True), Setting("A_REAL", 812.5), Setting("C_NEGATIVE", -7.0, None, True),
            Setting("A_REAL", 0.25, start + 50_000_000), Setting("B_WHOLE", 3.0, start + 60_100_000, True),
        ),
    )  # fmt: skip
    log = read(truth)
    assert log.initial_parameters == {"A_REAL": 812.5, "B_WHOLE": 16_777_217, "C_NEGATIVE": -7}
    assert isinstance(log.initial_parameters["B_WHOLE"], int)
    assert log.changed_parameters == [(50_000_000 + BOOT_US, "A_REAL", 0.25), (60_100_000 + BOOT_US, "B_WHOLE", 3)]
    assert log.has_default_parameters and log.get_default_parameters(1) == {"A_REAL": 813.5}
    assert not read(truth, Recorder(version=0)).has_default_parameters


@pytest.mark.parametrize("tagged", [False, True])
def test_texts_have_their_level_and_their_time(tagged):
    start = flown().start_us
    said = (Said(start + 1_000_000, 6, "hello"), Said(start + 80_050_000, 2, "x" * 50))
    log = read(truth_with(flown(), messages=said), Recorder(tagged=tagged))
    found = log.logged_messages_tagged[2][1:] if tagged else log.logged_messages[1:]
    assert [(m.timestamp - BOOT_US, m.message, m.log_level_str()) for m in found] == [
        (1_000_000, "hello", "INFO"), (80_050_000, "x" * 50, "CRITICAL"),
    ]  # fmt: skip


def test_it_says_that_it_is_simulated_and_what_recorded_it():
    log = read(flown())
    info = log.msg_info_dict
    assert log.logged_messages[0].message == "SIMULATED by Groundside"
    assert (info["sys_name"], info["ver_sw_branch"]) == ("PX4", "SIMULATED")
    assert bytes.fromhex(info["sys_uuid"]).rstrip(b"\0") == b"SIM0003"
    assert log.get_version_info_str() == "v1.16.0"
    assert log.msg_info_multiple_dict["boot_console_output"] == [
        ["SIMULATED by Groundside\n", "SIMULATED Quad 3 SIM0003\n"]
    ]


def test_a_sync_mark_comes_each_half_second():
    counts = Counter(kind for kind, *_ in walk(ulog.write(flown())))
    assert counts["S"] == -(-len(flown()) // 5)


def test_what_was_appended_stands_at_the_offsets_that_the_flags_name():
    data = ulog.write(flown(), 5, Recorder(appended=2))
    compatible, incompatible, *offsets = struct.unpack_from("<8s8s3Q", data, 19)
    assert (compatible[0], incompatible[0], offsets[2]) == (1, 1, 0)
    assert all(chr(data[o + 2]) == "A" for o in offsets[:2])
    assert (
        of(read(flown(), Recorder(appended=2)), "vehicle_attitude")["timestamp"][-1]
        == flown().time_us[-1] - flown().start_us + BOOT_US
    )


@pytest.mark.parametrize("recorder", [Recorder(appended=4), Recorder(version=0, appended=1)], ids=str)
def test_more_pieces_than_the_format_can_name_are_refused(recorder):
    with pytest.raises(BadRequest):
        ulog.write(flown(), 0, recorder)


def test_nested_types_are_written_with_their_filling():
    motors = of(read(flown()), "esc_status")
    turning = motors["esc[3].esc_rpm"]
    assert turning.max() == 5200 and not motors["esc[4].esc_rpm"].any()
    assert np.array_equal(motors["esc[0].timestamp"], motors["timestamp"])


def test_a_plane_has_airspeed_and_flies_on_wings():
    truth = flown("plane")
    log = read(truth)
    assert np.array_equal(
        of(log, "airspeed_validated")["true_airspeed_m_s"], truth.airspeed_mps.astype(np.float32), equal_nan=True
    )
    status = of(log, "vehicle_status")
    assert set(status["vehicle_type"]) == {2} and set(status["system_type"]) == {1} and not status["is_vtol"].any()


def test_a_vtol_changes_between_rotors_and_wings():
    status = of(read(flown("vtol")), "vehicle_status")
    assert set(status["vehicle_type"]) == {1, 2} and status["is_vtol"].all()


def test_the_same_truth_and_seed_give_the_same_bytes():
    recorder = Recorder(dropouts=3)
    assert ulog.write(flown(), 1, recorder) == ulog.write(flown(), 1, recorder) != ulog.write(flown(), 2, recorder)


@pytest.mark.parametrize("generation", ["1.12", "1.16"])
def test_records_end_at_a_multiple_of_eight_bytes_with_their_filling(generation):
    for topic in TOPICS[generation].values():
        filling = fields(topic)[-1].count if fields(topic)[-1].name == "_padding0" else 0
        assert (payload_dtype(topic).itemsize + filling) % 8 == 0, topic.name


@pytest.mark.corpus
def test_the_topics_of_1_12_are_those_of_a_real_log(corpus):
    real = ULog(str(next((corpus / "flights").rglob("px4_sih_flight1.ulg"))), []).message_formats
    for topic in TOPICS["1.12"].values():
        assert [(f.type, f.count, f.name) for f in fields(topic)] == real[topic.name].fields, topic.name
