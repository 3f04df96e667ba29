"""Tracks as one table to ask, in a folder and in a bucket of a real server alike."""

from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from groundside.errors import NotFound, Tampered
from groundside.keep.bucket import Bucket
from groundside.keep.bucket_address import address_of
from groundside.keep.object_store import ObjectStore
from groundside.keep.store_disk import DiskStore
from groundside.keep.store_s3 import BucketStore
from groundside.keep.track_dataset import read_tracks, tracks_dataset
from groundside.keep.tracks import put_track
from groundside.keep.vault import Vault
from tests.keep_builders import T0, KeyBook, plain_vault, sealed_vault, track


@pytest.fixture(params=[False, True], ids=["plain", "sealed"])
def sealed(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.service)])
def either(request: pytest.FixtureRequest, sealed: bool, tmp_path: Path) -> Vault:
    if request.param == "folder":
        store: ObjectStore = DiskStore(tmp_path)
    else:
        store = BucketStore(tmp_path, Bucket(address_of(request.getfixturevalue("seaweed").settings())))
    return sealed_vault(store, KeyBook()) if sealed else plain_vault(store)


def test_many_tracks_are_one_table_of_which_only_what_is_asked_for_is_given(either: Vault):
    kept = [put_track(either, track(rows)) for rows in (3, 40, 500)]
    ids = [each.object_id for each in kept]
    tracks = tracks_dataset(either, ids, {each.object_id: each.size for each in kept})
    everything = read_tracks(tracks, ["object", "time_us", "lon", "height_m", "mode"])
    assert everything.column_names == ["object", "time_us", "lon", "height_m", "mode"]
    assert everything["object"].to_pylist() == [ids[0]] * 3 + [ids[1]] * 40 + [ids[2]] * 500
    assert everything["height_m"].null_count == 543
    late = ds.field("time_us") >= T0 + 30 * 100_000
    assert read_tracks(tracks, ["lat"], late).num_rows == 10 + 470
    assert read_tracks(tracks, ["lat"], late & (ds.field("object") == ids[1])).num_rows == 10


def test_a_filter_on_the_object_opens_no_other(either: Vault):
    kept = put_track(either, track(7)).object_id
    tracks = tracks_dataset(either, [kept, "0" * 32])  # the second is not there
    assert read_tracks(tracks, ["lon"], ds.field("object") == kept).num_rows == 7
    with pytest.raises(Tampered):
        read_tracks(tracks, ["lon"])


def test_a_filter_on_time_or_place_leaves_out_tracks_by_their_footers_alone(either: Vault):
    ids = [put_track(either, track(2000)).object_id for _ in range(3)]
    for nowhere in (ds.field("time_us") < T0, ds.field("lon") > 90, ds.field("lat") < 0):
        left = [
            piece
            for each in tracks_dataset(either, ids).get_fragments()
            for piece in each.split_by_row_group(nowhere)  # type: ignore[attr-defined]
        ]
        assert left == []


def test_a_track_whose_bytes_changed_is_noticed_in_a_dataset_too(either: Vault):
    content = bytearray(either.read(put_track(either, track(2000)).object_id))
    content[200] ^= 1
    changed = either.put([bytes(content)])
    with pytest.raises(Tampered):
        read_tracks(tracks_dataset(either, [changed.object_id]))


def test_no_tracks_are_a_table_without_rows(either: Vault):
    empty = read_tracks(tracks_dataset(either, []))
    assert empty.num_rows == 0
    assert empty.schema.field("time_us").type == pa.int64()
    with pytest.raises(NotFound):
        tracks_dataset(either, ["../secret"])
