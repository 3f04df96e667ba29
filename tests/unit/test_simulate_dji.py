"""
What the simulator writes as DJI flight records, taken apart here by hand: chain, scrambling and AES one record at a time.

The reading below is written from the format's description only and shares nothing with the writer or the decoder.
"""

import base64
import struct
from functools import cache

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from groundside.errors import BadRequest
from groundside.model.recording import Aircraft, Battery
from groundside.simulate import places
from groundside.simulate.missions import Area
from groundside.simulate.scenario import Scenario, simulate
from groundside.simulate.truth import Truth
from groundside.simulate.writers import dji_record

POLYNOMIAL = 0xAD93D23594C935A9
POINTS = {
    13: {1: 1, 2: 1, 3: 1, 4: 1, 5: 7, 7: 1, 8: 1, 9: 7, 13: 1, 22: 6, 40: 1, 49: 5},
    14: {1: 1, 2: 1, 3: 10, 4: 11, 5: 7, 7: 13, 8: 13, 9: 7, 13: 1, 22: 13, 40: 1, 49: 5},
}
ENCRYPTED, ALL = (13, 14), (4, 6, 7, 11, 12, 13, 14)


@cache
def flown(batteries: int = 1) -> Truth:
    two = (Battery(slot=1, serial="SIMB0201"), Battery(slot=2, serial="SIMB0202"))
    area = Area(width_m=90.0, depth_m=50.0)
    return simulate(
        Scenario(
            name="t", field=places.OUTWASH_PLAIN, mission="survey", area=area, start_us=1_780_000_000_123_000,
            aircraft=Aircraft(name="SIMULATED Quad 2", serial="SIM0002"), batteries=two[:batteries], fix_after_s=3.0,
        ),
        5,
    )  # fmt: skip


@cache
def written(version: int, batteries: int = 1, **how) -> dji_record.Record:
    return dji_record.write(flown(batteries), dji_record.Recorder(version, **how), 11)


def reflected(value: int, bits: int) -> int:
    return int(f"{value:0{bits}b}"[::-1], 2)


@cache
def scrambling_key(first: int, kind: int) -> bytes:
    crc = reflected((first + kind) & 0xFF, 64)
    for byte in (0x123456789ABCDEF0 * first % 2**64).to_bytes(8, "little"):
        crc ^= reflected(byte, 8) << 56
        for _ in range(8):
            crc = (crc << 1) % 2**64 ^ (POLYNOMIAL if crc >> 63 else 0)
    return reflected(crc, 64).to_bytes(8, "little")


def unscrambled(payload: bytes, kind: int) -> bytes:
    key = scrambling_key(payload[0], kind)
    return bytes(b ^ key[i % 8] for i, b in enumerate(payload[1:-1]))


def parts(data: bytes) -> tuple[int, int, int, bytes]:
    """Version, where the records begin and end, and the details."""
    offset, length, version = struct.unpack_from("<QHB", data)
    if version < 12:
        return version, 12 if version < 6 else 100, offset, data[offset : offset + length]
    if version == 12:
        return version, 536, offset, data[100 : 100 + length]
    (size,) = struct.unpack_from("<H", data, 101)
    inside = unscrambled(data[103 : 103 + size], 0)
    (about,) = struct.unpack_from("<H", inside, 1)
    assert data[103 + size] == 1
    begin = 103 + size + 3 + struct.unpack_from("<H", data, 104 + size)[0]
    assert offset in {0, begin}
    return version, begin, len(data), inside[3 : 3 + about]


def chain(data: bytes):
    """Each record as (type, payload); fails unless it ends exactly where the records do."""
    version, at, end, _ = parts(data)
    width = 2 if version >= 13 else 1
    while at < end and data[at : at + 4] != b"\x39\x30\0\0" and data[at : at + 2] != b"\xff\xd8":
        length = int.from_bytes(data[at + 1 : at + 1 + width], "little")
        payload = data[at + 1 + width : at + 1 + width + length]
        assert data[at + 1 + width + length] == 0xFF, f"no end byte at {at}"
        yield data[at], payload
        at += 2 + width + length
    assert version <= 6 or data[at : at + 4] == b"\x39\x30\0\0"
    assert data[at + 4 * (version > 6) : end][:2] in {b"", b"\xff\xd8"}


def contents(record: dji_record.Record):
    """Each record as (type, content in the clear)."""
    version = record.content[10]
    groups = [
        {e["featurePoint"].rsplit("_")[-1]: [base64.b64decode(e[k]) for k in ("aesKey", "aesIv")] for e in group}
        for group in record.answer
    ]
    group = 0
    for kind, payload in chain(record.content):
        group += kind == 50
        content = payload if version <= 6 else unscrambled(payload, kind)
        point = str(POINTS.get(version, {}).get(kind, 8))
        if point != "8":
            key, iv = groups[group][point]
            coder = Cipher(algorithms.AES256(key), modes.CBC(iv)).decryptor()
            groups[group][point][1] = content[-16:]
            padded = coder.update(content) + coder.finalize()
            undo = PKCS7(128).unpadder()
            content = undo.update(padded) + undo.finalize()
        yield kind, content


@pytest.mark.parametrize("version", ALL)
def test_every_position_in_the_record_is_that_of_the_truth(version):
    truth = flown()
    osd = [c for k, c in contents(written(version)) if k == 1]
    lon, lat, *tenths = (np.array(v) for v in zip(*(struct.unpack_from("<ddhhhhhhh", c) for c in osd), strict=True))
    assert len(osd) == len(truth)
    assert np.abs(np.degrees(lon) - np.nan_to_num(truth.lon)).max() < 1e-9
    assert np.abs(np.degrees(lat) - np.nan_to_num(truth.lat)).max() < 1e-9
    columns = (truth.height_m, truth.vn_mps, truth.ve_mps, truth.vd_mps, truth.pitch_deg, truth.roll_deg)
    for stored, true in zip(tenths, columns, strict=False):
        assert np.abs(stored / 10.0 - true).max() <= 0.0501
    turned = np.mod(tenths[-1] / 10.0 - truth.yaw_deg + 180.0, 360.0) - 180.0
    assert np.abs(turned).max() <= 0.0501
    sky = np.array([c[32] >> 1 & 3 for c in osd]) == 2
    motors = np.array([c[32] >> 3 & 1 for c in osd], bool)
    assert (sky == truth.in_air).all() and (motors == truth.armed).all()


@pytest.mark.parametrize("version", ALL)
def test_the_clock_in_the_record_is_utc_milliseconds(version):
    truth = flown()
    order = [(k, c) for k, c in contents(written(version)) if k in {1, 5}]
    row = -1
    for kind, content in order:
        row += kind == 1
        if kind == 5:
            assert struct.unpack_from("<BBffq", content)[4] * 1000 == truth.time_us[row]


@pytest.mark.parametrize("version", ALL)
def test_the_details_sum_up_the_truth(version):
    truth = flown()
    details = parts(written(version).content)[3]
    assert len(details) == (436 if version >= 12 else 400)
    rows, mark, start_ms, lon, lat, distance, ms, height = struct.unpack_from("<iiqddfif", details, 83)
    assert (rows, mark, start_ms, ms) == (
        len(truth),
        12345,
        truth.start_us // 1000,
        round(truth.duration_s * 1000),
    )
    assert (lon, lat) == (truth.home.lon, truth.home.lat)
    assert (distance, height) == pytest.approx((truth.distance_m, truth.max_height_m), rel=1e-6)
    name, serial = (278, 267) if version <= 5 else (280, 312)
    assert details[name:].startswith(b"SIMULATED Quad 2\0") and details[serial:].startswith(b"SIM0002\0")


@pytest.mark.parametrize("version", ENCRYPTED)
def test_without_keys_the_chain_still_says_how_many_rows_there_are(version):
    kinds = [k for k, _ in chain(written(version).content)]
    assert kinds.count(1) == len(flown())


@pytest.mark.parametrize("version", ENCRYPTED)
@pytest.mark.parametrize("switch", [None, 500])
def test_the_stored_blobs_are_what_the_request_asks_for_group_by_group(version, switch):
    record = written(version, switch_row=switch)
    groups = [[]]
    for kind, payload in chain(record.content):
        if kind == 50:
            groups.append([])
        if kind == 56:
            content = unscrambled(payload, kind)
            point, size = struct.unpack_from("<HH", content)
            groups[-1].append((str(point), base64.b64encode(content[4 : 4 + size]).decode()))
    asked = [
        [(e["featurePoint"].rsplit("_")[-1], e["aesCiphertext"]) for e in g] for g in record.request["keychainsArray"]
    ]
    assert groups == asked
    assert len(groups) == (1 if switch is None else 2) == len(record.answer)


@pytest.mark.parametrize("version", ENCRYPTED)
def test_keys_changed_in_mid_flight_open_both_halves(version):
    record = written(version, switch_row=500)
    assert record.answer[0] != record.answer[1]
    lon = [struct.unpack_from("<d", c)[0] for k, c in contents(record) if k == 1]
    assert np.abs(np.degrees(lon) - np.nan_to_num(flown().lon)).max() < 1e-9


def test_two_batteries_are_both_recorded():
    truth = flown(2)
    volts = {1: [], 2: []}
    for kind, content in contents(written(14, 2)):
        if kind == 22 and content[0] == 2:
            volts[content[1]].append(struct.unpack_from("<i", content, 2)[0] / 1000.0)
    for index, of in volts.items():
        assert np.abs(np.array(of) - truth.battery_voltage_v[index - 1][::10]).max() < 0.001


def test_a_prefix_may_not_say_where_the_records_begin():
    data = written(13, details_offset=False).content
    assert struct.unpack_from("<Q", data)[0] == 0
    assert sum(k == 1 for k, _ in chain(data)) == len(flown())


@pytest.mark.parametrize("version", ALL)
def test_the_app_says_that_it_is_simulated(version):
    tips = [c.rstrip(b"\0").decode() for k, c in contents(written(version)) if k == 9]
    assert tips[0] == "SIMULATED by Groundside"


def test_the_same_truth_and_seed_give_the_same_bytes():
    first = dji_record.write(flown(), dji_record.Recorder(14), 11)
    assert first.content == written(14).content and first.answer == written(14).answer
    assert dji_record.write(flown(), dji_record.Recorder(14), 12).content != first.content


def test_a_version_nobody_described_is_refused():
    with pytest.raises(BadRequest, match="version 5"):
        written(5)
