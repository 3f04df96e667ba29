import base64
import dataclasses

import numpy as np
import pytest

from groundside.decode.format import Keychains, Options
from groundside.decode.formats.dji_record import FORMAT
from groundside.errors import BadRequest
from groundside.model.decoded import Decoded
from tests.dji_record_builders import HOME, START_MS, Flight, custom, flown, gimbal, key_storage, keys, osd

VERSIONS = [13, 14]


def answer_of(flight: Flight) -> Keychains:
    assert FORMAT.keys_from_answer is not None
    return FORMAT.keys_from_answer(flight.answer())


def read(data: bytes, keychains: Keychains = ()) -> Decoded:
    return FORMAT.decode(memoryview(data), Options(keychains))


@pytest.mark.parametrize("version", VERSIONS)
def test_without_keys_the_logbook_row_is_complete_and_the_track_is_locked(version: int):
    flight = flown(version)
    data = flight.build()
    assert FORMAT.recognises(data)
    decoded = read(data)
    recording = FORMAT.recording(decoded)
    assert recording.track_locked
    assert recording.rows_expected == 20
    assert recording.start_us == START_MS * 1000
    assert (recording.duration_s, recording.distance_m, recording.max_height_m) == (60.0, 120.0, 30.0)
    assert (recording.aircraft.model, recording.aircraft.serial) == ("Mavic 3", "AIRCRAFT0000001")
    assert recording.home is not None
    assert recording.home.lat == HOME[1]
    assert FORMAT.track(decoded) is None
    assert decoded.facts["track_locked"] is True
    assert list(decoded.tables) == ["KEY_STORAGE"]
    locked = sum(len(p) for p, r in zip(flight.pieces(), flight.records, strict=True) if r.kind != 56)
    assert decoded.account.locked == locked == decoded.account.skipped
    assert [p.length for p in decoded.problems] == [locked]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("offset_zero", [False, True])
def test_with_its_keys_the_track_is_the_one_that_was_flown(version: int, offset_zero: bool):
    flight = flown(version, offset_zero=offset_zero)
    decoded = read(flight.build(), answer_of(flight))
    assert not decoded.facts["track_locked"]
    assert decoded.account.locked == 0
    assert decoded.account.skipped == 0
    track = FORMAT.track(decoded)
    assert track is not None
    np.testing.assert_allclose(track.floats("lat"), HOME[1] + np.arange(20) * 1e-5, atol=1e-12)
    np.testing.assert_array_equal(track.floats("height_m"), np.arange(20) / 2)
    np.testing.assert_array_equal(track.time_us, (START_MS + np.arange(20) * 100) * 1000)
    assert track.floats("gimbal_pitch_deg")[5] == -90.0
    assert track.floats("battery_percent")[5] == 90.0
    assert len(decoded.problems) == (1 if offset_zero else 0)


def test_the_version_block_and_not_the_prefix_says_which_records_a_key_opens():
    flight = flown(14, category=3)
    decoded = read(flight.build(), answer_of(flight))
    assert decoded.tables["GIMBAL"].num_rows == 20
    assert not decoded.problems


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wrong_key_is_a_problem_and_gives_no_row(version: int):
    flight = flown(version, rows=60)
    wrong = dataclasses.replace(flight, keys=[keys(2)])
    decoded = read(flight.build(), answer_of(wrong))
    assert decoded.facts["track_locked"] is True
    assert list(decoded.tables) == ["KEY_STORAGE"]
    assert FORMAT.track(decoded) is None
    assert any("does not open" in problem.what and "Base_1" in problem.what for problem in decoded.problems)
    assert decoded.account.locked == read(flight.build()).account.locked


def test_a_key_of_the_wrong_size_is_a_problem_and_no_exception():
    flight = flown(14)
    chains = tuple(tuple(dataclasses.replace(e, key=b"short") for e in group) for group in answer_of(flight))
    assert read(flight.build(), chains).facts["track_locked"] is True


def test_a_wrong_first_vector_spoils_one_record_and_the_file_says_so():
    flight = flown(14)
    chains = tuple(tuple(dataclasses.replace(e, iv=bytes(range(16))) for e in group) for group in answer_of(flight))
    decoded = read(flight.build(), chains)
    lat = decoded.tables["OSD"].column("lat").to_numpy()
    assert np.all(np.abs(lat - HOME[1]) < 1)


def test_keys_for_a_part_of_the_records_open_that_part():
    flight = flown(14)
    chains = tuple(tuple(e for e in group if e.feature_point in {1, 7}) for group in answer_of(flight))
    decoded = read(flight.build(), chains)
    assert decoded.tables["OSD"].num_rows == 20
    assert "GIMBAL" not in decoded.tables
    assert decoded.facts["track_locked"] is False
    assert decoded.facts["locked_feature_points"] == [
        "FR_Standardization_Feature_Gimbal_10",
        "FR_Standardization_Feature_Battery_13",
    ]
    assert decoded.account.locked > 0


def switched() -> Flight:
    """A flight whose application was started again in the middle: record 50, then other keys."""
    flight = Flight(14, keys=[keys(1), keys(3)])
    for group in range(2):
        flight.add(56, key_storage(1, bytes([group]) * 8)).add(56, key_storage(7, bytes([group, 7]) * 8))
        for k in range(10):
            n = 10 * group + k
            flight.add(1, osd(n, height_dm=n)).add(5, custom(START_MS + 100 * n))
        if group == 0:
            flight.add(50, b"switch")
    return flight


def test_record_50_switches_to_the_next_keys():
    flight = switched()
    decoded = read(flight.build(), answer_of(flight))
    assert decoded.tables["OSD"].column("height_m").to_pylist() == [n / 10 for n in range(20)]
    assert not decoded.problems


def test_the_request_lists_the_sealed_keys_group_by_group_as_the_service_expects():
    assert FORMAT.key_request is not None
    request = FORMAT.key_request(memoryview(switched().build()))
    sealed = [[bytes([g]) * 8, bytes([g, 7]) * 8] for g in range(2)]
    names = ["FR_Standardization_Feature_Base_1", "FR_Standardization_Feature_DJIFlyCustom_7"]
    assert request == {
        "version": 4,
        "department": 3,
        "keychainsArray": [
            [
                {"featurePoint": n, "aesCiphertext": base64.b64encode(s).decode()}
                for n, s in zip(names, group, strict=True)
            ]
            for group in sealed
        ],
    }


@pytest.mark.parametrize("version", [4, 11, 12])
def test_nothing_is_asked_for_a_file_that_is_not_encrypted(version: int):
    assert FORMAT.key_request is not None
    assert FORMAT.key_request(memoryview(flown(version).build())) is None


@pytest.mark.parametrize("data", [b"", b"\0" * 500, b"text"])
def test_nothing_is_asked_for_what_is_no_flight_record(data: bytes):
    assert FORMAT.key_request is not None
    assert FORMAT.key_request(memoryview(data)) is None


def test_records_behind_a_hole_are_given_only_where_their_chain_is_whole():
    flight = flown(14, rows=40)
    data, pieces = flight.build(), flight.pieces()
    start = data.index(pieces[30])
    damaged = data[:start] + bytes(len(pieces[30])) + data[start + len(pieces[30]) :]
    decoded = read(damaged, answer_of(flight))
    lat = decoded.tables["OSD"].column("lat").to_numpy()
    assert 38 <= len(lat) < 40
    assert np.all(np.abs(lat - HOME[1]) < 1e-3), "a record whose first block cannot be decrypted is never a row"
    gimbals = decoded.tables["GIMBAL"].column("pitch_deg").to_pylist()
    assert set(gimbals) == {-90.0}
    assert any("record before is missing" in problem.what for problem in decoded.problems)
    lengths = sum(problem.length for problem in decoded.problems)
    assert decoded.account.skipped == lengths


def test_a_record_damaged_inside_takes_the_next_with_it_for_that_chains_to_it():
    flight = Flight(14, keys=[keys(1)])
    for k in range(10):
        flight.add(3, gimbal(-k, k))
    pieces = flight.pieces()
    data = bytearray(flight.build())
    at = bytes(data).index(pieces[4])
    data[at + 3 + 1 + 3] ^= 0x40
    decoded = read(bytes(data), answer_of(flight))
    assert decoded.tables["GIMBAL"].column("roll_deg").to_pylist() == [0.0] * 8
    assert decoded.tables["GIMBAL"].column("record").to_pylist() == [0, 1, 2, 3, 6, 7, 8, 9]


def test_the_service_answer_is_understood_bare_and_wrapped():
    assert FORMAT.keys_from_answer is not None
    bare = flown(14).answer()
    wrapped = {"result": {"code": 0, "msg": "ok"}, "data": bare}
    assert FORMAT.keys_from_answer(bare) == FORMAT.keys_from_answer(wrapped)
    numbered = [[e | {"featurePoint": 1}] for e in bare[0][:1]]
    assert FORMAT.keys_from_answer(numbered)[0][0].feature_point == 1


KEY, IV = base64.b64encode(bytes(32)).decode(), base64.b64encode(bytes(16)).decode()
GOOD = {"featurePoint": "FR_Standardization_Feature_Base_1", "aesKey": KEY, "aesIv": IV}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (None, "the answer should be a list"),
        ("keys", "the answer should be a list"),
        ({}, "no member 'data'"),
        ({"result": {"code": 403, "msg": "no"}}, "refused: code 403, 'no'"),
        ({"data": None}, "the answer should be a list"),
        ([1], "group 1 should be a list"),
        ([[GOOD], [GOOD, 7]], "group 2, key 2 should be an object"),
        ([[GOOD | {"featurePoint": "Base"}]], "group 1, key 1 has the unknown featurePoint 'Base'"),
        ([[GOOD | {"featurePoint": True}]], "unknown featurePoint"),
        ([[GOOD | {"featurePoint": [1]}]], "unknown featurePoint"),
        ([[GOOD | {"aesKey": IV}]], "'aesKey' of group 1, key 1 is not 32 bytes"),
        ([[GOOD | {"aesKey": "é!"}]], "'aesKey' of group 1, key 1 is not 32 bytes"),
        ([[GOOD | {"aesIv": None}]], "group 1, key 1 has no text 'aesIv'"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused_with_what_is_wrong_where(answer: object, says: str):
    assert FORMAT.keys_from_answer is not None
    with pytest.raises(BadRequest) as refused:
        FORMAT.keys_from_answer(answer)
    assert says in refused.value.what
    assert refused.value.try_this
    assert KEY not in str(refused.value)
