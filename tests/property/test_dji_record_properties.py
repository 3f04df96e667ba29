import struct
import tracemalloc

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundside.decode.format import Options
from groundside.decode.formats.dji_record import FORMAT, chain
from groundside.model.decoded import Decoded
from groundside.model.track import COLUMNS
from tests.dji_record_builders import Flight, flown

VERSIONS = st.sampled_from([1, 4, 6, 7, 11, 12, 13, 14])
FILES = {version: flown(version, rows=12).build() for version in (1, 4, 6, 7, 11, 12, 13, 14)}
KEYS = {version: flown(version, rows=12).answer() for version in (13, 14)}


def read_all(data: bytes, version: int | None = None) -> Decoded:
    """Everything that the product does with a file."""
    assert FORMAT.keys_from_answer is not None
    assert FORMAT.key_request is not None
    chains = FORMAT.keys_from_answer(KEYS[version]) if version in KEYS else ()
    decoded = FORMAT.decode(memoryview(data), Options(chains))
    FORMAT.recognises(data[:65536])
    FORMAT.key_request(memoryview(data))
    recording = FORMAT.recording(decoded)
    track = FORMAT.track(decoded)
    assert decoded.account.total == len(data)
    if track is not None:
        assert track.table.column_names == list(COLUMNS)
        assert recording.rows_expected == track.table.num_rows
        assert (track.time_us[1:] >= track.time_us[:-1]).all()
    for problem in decoded.problems:
        assert problem.what
        assert problem.offset is None or 0 <= problem.offset <= len(data)
        assert 0 <= problem.length <= len(data)
    return decoded


@given(st.binary(max_size=3000), VERSIONS)
@settings(max_examples=60, deadline=None)
@example(b"", 4)
@example(b"\xff\xd8" * 400, 4)
@example(b"\x01\x01" * 900, 14)
def test_random_bytes_behind_a_prefix_never_raise_and_add_up(body: bytes, version: int):
    prefix = struct.pack("<QHB", 0, 0, version).ljust(100 if version >= 6 else 12, b"\0")
    read_all(prefix + body, version)


@given(st.binary(max_size=500))
@settings(max_examples=60, deadline=None)
def test_random_bytes_never_raise_and_are_no_flight_record(data: bytes):
    decoded = read_all(data)
    assert not decoded.tables or decoded.account.decoded


@given(VERSIONS, st.data())
@settings(max_examples=80, deadline=None)
def test_a_file_with_bytes_changed_anywhere_never_raises_and_adds_up(version: int, draw: st.DataObject):
    data = bytearray(FILES[version])
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, len(data) - 1))
        data[at : at + draw.draw(st.integers(1, 8))] = draw.draw(st.binary(min_size=0, max_size=8))
        data = data or bytearray(b"\0")
    read_all(bytes(data), version)


@given(VERSIONS, st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_file_cut_anywhere_keeps_the_rows_before_the_cut(version: int, share: float):
    data = FILES[version]
    cut = int(len(data) * share)
    whole, part = read_all(data, version), read_all(data[:cut], version)
    if "OSD" in part.tables:
        before = (whole.tables["OSD"].column("offset").to_numpy() < cut - 200).sum()
        assert before <= part.tables["OSD"].num_rows <= whole.tables["OSD"].num_rows


@given(VERSIONS, st.integers(0, 60), st.binary(min_size=1, max_size=300))
@settings(max_examples=60, deadline=None)
def test_bytes_put_between_records_lose_no_record_behind_them(version: int, where: int, noise: bytes):
    flight = flown(version, rows=12)
    pieces = flight.pieces()
    at = FILES[version].index(pieces[where % len(pieces)])
    data = FILES[version][:at] + noise + FILES[version][at:]
    if version < 12:
        data = struct.pack("<Q", struct.unpack_from("<Q", data)[0] + len(noise)) + data[8:]
    found = read_all(data, version).tables["OSD"].column("offset").to_numpy()
    wanted = read_all(FILES[version], version).tables["OSD"].column("offset").to_numpy()
    wanted = [o + len(noise) if o >= at else o for o in wanted.tolist()]
    assert len(set(wanted) & set(found.tolist())) >= len(wanted) - 6


def test_memory_follows_the_size_of_the_file_and_not_what_it_claims():
    claim = Flight(14, offset_zero=True).build() + b"\x01\xff\xff" + bytes(2000)
    claim = bytearray(claim)
    claim[100 + 1 : 100 + 3] = b"\xff\xff"
    tracemalloc.start()
    read_all(bytes(claim))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


@given(
    st.lists(st.sampled_from(b"\x00\x01\x02\x03\x09\x28\xff\xd8"), min_size=2, max_size=60), st.booleans(), st.data()
)
@settings(max_examples=150, deadline=None)
def test_a_few_positions_are_searched_one_by_one_as_many_are_at_once(
    octets: list[int], wide: bool, data: st.DataObject
):
    content, seen = bytes(octets), chain.Seen(wide)
    common = data.draw(st.integers(1, len(content)))
    start = data.draw(st.integers(0, common - 1))
    at_once = chain._before(np.frombuffer(content, np.uint8), start, common, seen)  # pyright: ignore[reportPrivateUsage]
    one_by_one = chain._near_before(memoryview(content), start, common, len(content), seen)  # pyright: ignore[reportPrivateUsage]
    assert one_by_one == at_once
