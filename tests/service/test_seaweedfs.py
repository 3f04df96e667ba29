"""A vault in a bucket of a real server: being let in, keeping, and when the server goes away."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from groundside.errors import BadSetting, Conflict, Unreachable
from groundside.keep.bucket import PIECE, Bucket, Patience
from groundside.keep.bucket_address import address_of
from groundside.keep.logs import get_log, put_log
from groundside.keep.store_s3 import BucketStore
from groundside.keep.track_dataset import read_tracks, tracks_dataset
from groundside.keep.tracks import get_track, put_track
from groundside.keep.vault import Vault
from groundside.model.log import MESSAGES, Log, rows_of
from groundside.model.recording import TimeBasis
from groundside.settings import Settings
from tests.keep_builders import KeyBook, open_vault, plain_vault, sealed_vault, track
from tests.service.seaweedfs import SECRET, SeaweedFS, running

pytestmark = pytest.mark.service
HURRIED = Patience(connect_s=1, request_s=5, retries=1, total_s=3)


def store_at(settings: Settings, folder: Path) -> BucketStore:
    return BucketStore(folder, Bucket(address_of(settings), HURRIED))


def vault_at(settings: Settings, folder: Path) -> Vault:
    return plain_vault(store_at(settings, folder))


def folder_vault(folder: Path) -> Vault:
    folder.mkdir()
    return open_vault(folder)


@pytest.fixture(params=["plain", "sealed"])
def vault(request: pytest.FixtureRequest, seaweed: SeaweedFS, tmp_path: Path) -> Vault:
    store = store_at(seaweed.settings(), tmp_path)
    return plain_vault(store) if request.param == "plain" else sealed_vault(store, KeyBook())


# Finding the server, and being let in


def test_over_tls_the_servers_certificate_must_be_of_an_authority_that_is_trusted(seaweed: SeaweedFS, tmp_path: Path):
    trusting = seaweed.settings(storage_endpoint=seaweed.https, storage_ca_file=seaweed.folder / "ca.crt")
    kept = put_track(vault_at(trusting, tmp_path), track(5))
    assert get_track(vault_at(trusting, tmp_path), kept.object_id).table.num_rows == 5
    assert read_tracks(tracks_dataset(vault_at(trusting, tmp_path), [kept.object_id])).num_rows == 5
    for other in (None, seaweed.folder / "other.crt"):
        with pytest.raises(Unreachable, match="not trusted") as caught:
            vault_at(replace(trusting, storage_ca_file=other), tmp_path).put([b"x"])
        assert "storage_ca_file" in caught.value.try_this


def test_a_certificate_of_another_host_is_not_trusted(seaweed: SeaweedFS, tmp_path: Path):
    by_number = seaweed.https.replace("localhost", "127.0.0.1")
    settings = seaweed.settings(storage_endpoint=by_number, storage_ca_file=seaweed.folder / "ca.crt")
    with pytest.raises(Unreachable, match="not trusted"):
        vault_at(settings, tmp_path).put([b"x"])


@pytest.mark.parametrize("wrong", [{"storage_secret": "another"}, {"storage_key_id": "NOBODY"}])
def test_a_wrong_key_is_said_to_be_refused_and_not_shown(wrong: dict[str, object], seaweed: SeaweedFS, tmp_path: Path):
    with pytest.raises(Unreachable, match="does not let us in") as caught:
        vault_at(seaweed.settings(**wrong), tmp_path).put([b"x"])  # type: ignore[arg-type]
    assert not any(word in str(caught.value) for word in (SECRET, "another", "NOBODY"))


def test_a_bucket_that_is_not_there_is_named(seaweed: SeaweedFS, tmp_path: Path):
    elsewhere = vault_at(seaweed.settings(storage="s3://no-such-bucket/x"), tmp_path)
    with pytest.raises(BadSetting, match="no bucket for s3://no-such-bucket"):
        elsewhere.put([b"x"])
    with pytest.raises(BadSetting, match="no bucket"):
        list(elsewhere.ids())


def test_what_the_environment_tells_amazons_own_tools_is_not_listened_to(
    seaweed: SeaweedFS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name, value in {
        "AWS_SESSION_TOKEN": "stray",
        "AWS_ACCESS_KEY_ID": "stray",
        "AWS_SKIP_SIGNATURE": "true",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_CONDITIONAL_PUT": "disabled",
        "AWS_ALLOW_INVALID_CERTIFICATES": "true",
        "AWS_BUCKET": "stray",
    }.items():
        monkeypatch.setenv(name, value)
    store = store_at(seaweed.settings(), tmp_path)
    kept = plain_vault(store).put([b"x"])
    assert plain_vault(store).read(kept.object_id) == b"x"
    with pytest.raises(Conflict):
        store.create(kept.object_id, b"y")
    tls = seaweed.settings(storage_endpoint=seaweed.https, storage_ca_file=seaweed.folder / "other.crt")
    with pytest.raises(Unreachable, match="not trusted"):
        vault_at(tls, tmp_path).put([b"x"])


# Keeping


def test_nothing_is_ever_written_over_small_or_large(seaweed: SeaweedFS, tmp_path: Path):
    store = store_at(seaweed.settings(), tmp_path)
    vault = plain_vault(store)
    for content in (b"small", bytes(PIECE + 1)):
        kept = vault.put([content])
        with pytest.raises(Conflict):
            store.create(kept.object_id, b"other")
        with pytest.raises(Conflict):
            store.upload(kept.object_id, iter([b"other"]), None)
        assert vault.digest(kept.object_id) == kept.digest


def test_objects_lie_in_the_bucket_as_in_a_folder_so_that_an_archive_can_be_moved_by_copying(
    seaweed: SeaweedFS, tmp_path: Path
):
    on_disk = folder_vault(tmp_path / "disk")
    kept = on_disk.put([b"moved"])
    bucket = Bucket(address_of(seaweed.settings()), HURRIED)
    for file in (tmp_path / "disk" / "objects").rglob("*"):
        if file.is_file():
            bucket.create(file.relative_to(tmp_path / "disk").as_posix(), file.read_bytes())
    moved = plain_vault(BucketStore(tmp_path, bucket))
    assert list(moved.ids()) == [kept.object_id]
    assert moved.digest(kept.object_id) == kept.digest


def test_what_a_crash_left_in_the_bucket_is_swept_and_what_is_young_or_referred_to_stays(
    seaweed: SeaweedFS, tmp_path: Path
):
    bucket = Bucket(address_of(seaweed.settings()), HURRIED)
    vault = plain_vault(BucketStore(tmp_path, bucket))
    kept, loose = (vault.put([b"x"]).object_id for _ in range(2))
    bucket.create(f"incoming/{'0' * 32}", b"")
    bucket.create("objects/not-ours", b"")
    assert vault.sweep({kept}.__contains__, older_than_s=60) == 0
    assert vault.sweep(None, older_than_s=-2) == 1
    assert set(vault.ids()) == {kept, loose}
    assert vault.sweep({kept}.__contains__, older_than_s=-2) == 1
    assert list(vault.ids()) == [kept]
    assert bucket.has("objects/not-ours")


def test_more_objects_than_one_page_of_a_list_holds_are_all_named(vault: Vault):
    with vault.batch() as batch:
        kept = {batch.put([number.to_bytes(2, "big")]).object_id for number in range(1050)}
    assert set(vault.ids()) == kept


def test_many_threads_may_put_and_read_at_once(vault: Vault):
    def put_and_read(number: int) -> bool:
        content = os.urandom(number * 100)
        return vault.read(vault.put([content]).object_id) == content

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(put_and_read, range(60)))


def test_a_log_and_a_track_are_the_same_bytes_in_a_bucket_and_in_a_folder(vault: Vault, tmp_path: Path):
    log = Log(TimeBasis.BOOT, messages=rows_of(MESSAGES, [(1, 6, "ready", "")]))
    on_disk = folder_vault(tmp_path / "disk")
    assert put_track(vault, track(700)).digest == put_track(on_disk, track(700)).digest
    assert put_log(vault, log).digest == put_log(on_disk, log).digest
    assert get_log(vault, put_log(vault, log).object_id).messages.equals(log.messages)


def test_a_large_object_is_read_to_its_end_with_few_requests(vault: Vault, monkeypatch: pytest.MonkeyPatch):
    kept, asked = vault.put([bytes(3 * PIECE)]), list[int]()
    ask = Bucket.get_range
    monkeypatch.setattr(Bucket, "get_range", lambda *args: asked.append(1) or ask(*args))
    with vault.open(kept.object_id) as file:
        file.seek(PIECE // 2)
        assert len(file.read()) == 3 * PIECE - PIECE // 2
    assert len(asked) <= 4


def test_a_crash_just_after_sealing_leaves_nothing_once_it_is_gone_on_with(seaweed: SeaweedFS, tmp_path: Path):
    vault = vault_at(seaweed.settings(), tmp_path)
    growing = vault.append()
    growing.write(b"x")
    file = tmp_path / "incoming" / f"{growing.object_id}.growing"
    growing.seal()
    file.write_bytes(b"x")
    with pytest.raises(Conflict, match="sealed"):
        vault.append(growing.object_id)
    assert not file.exists()


def test_in_a_fork_it_fails_at_once_where_it_would_wait_for_ever(vault: Vault):
    kept = vault.put([b"x"])
    child = os.fork()
    if not child:  # in the child, nothing of the test runner may run on
        try:
            vault.read(kept.object_id)
        except RuntimeError as error:
            os._exit(0 if "fork" in str(error) else 2)
        except BaseException:
            os._exit(3)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


# When the server goes away


@pytest.fixture(scope="module")
def mortal() -> Iterator[SeaweedFS]:
    """A server that a test may kill, and starts again."""
    with running() as server:
        yield server


def test_what_was_acknowledged_survives_a_killed_server_and_what_was_lost_is_named(mortal: SeaweedFS, tmp_path: Path):
    vault = vault_at(mortal.settings(), tmp_path)
    kept = [vault.put([number.to_bytes(2, "big") * 500]) for number in range(30)]
    tracks = tracks_dataset(vault, [put_track(vault, track(5)).object_id])
    with pytest.raises(Unreachable, match="nobody answers"), vault.batch() as batch:
        flushed = batch.put([b"flushed"])
        batch.flush()
        mortal.stop(signal.SIGKILL)
        lost = [batch.put([b"lost"]) for _ in range(3)]
    assert set(batch.lost) == {each.object_id for each in lost}
    for ask in (
        lambda: vault.put([b"x"]),
        lambda: vault.put([bytes(PIECE + 1)]),
        lambda: vault.read(flushed.object_id),
        lambda: vault.holds(flushed.object_id),
        lambda: list(vault.ids()),
        lambda: vault.discard(flushed.object_id),
        lambda: read_tracks(tracks),
    ):
        with pytest.raises(Unreachable):
            ask()
    mortal.start()
    assert all(vault.digest(each.object_id) == each.digest for each in [*kept, flushed])
    assert not any(vault.holds(each.object_id) for each in lost)


def test_a_growing_object_that_could_not_be_sealed_is_sealed_when_the_server_is_back(mortal: SeaweedFS, tmp_path: Path):
    vault = vault_at(mortal.settings(), tmp_path)
    growing = vault.append()
    growing.write(b"precious")
    mortal.stop(signal.SIGKILL)
    with pytest.raises(Unreachable):
        growing.seal()
    growing.close()
    mortal.start()
    kept = vault.append(growing.object_id).seal()
    assert vault.read(kept.object_id) == b"precious"
    assert list((tmp_path / "incoming").iterdir()) == []


def test_a_full_server_refuses_and_keeps_nothing_half(tmp_path: Path):
    with running("-volume.max=1", "-master.volumeSizeLimitMB=1") as small:
        vault = vault_at(small.settings(), tmp_path)
        kept = vault.put([os.urandom(1 << 20)])
        for content in (os.urandom(1 << 20), os.urandom(PIECE + 1)):
            with pytest.raises(Unreachable) as caught:
                vault.put([content])
            assert "full" in caught.value.try_this
        assert list(vault.ids()) == [kept.object_id]
        assert vault.digest(kept.object_id) == kept.digest
