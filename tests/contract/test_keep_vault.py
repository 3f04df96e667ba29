"""What any vault holds to, whatever it is built on."""

import hashlib
import hmac
import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from groundside.errors import BadRequest, Conflict, NotFound, TooLarge
from groundside.keep.bucket import PIECE, Bucket
from groundside.keep.bucket_address import address_of
from groundside.keep.store_disk import DiskStore
from groundside.keep.store_s3 import BucketStore
from groundside.keep.vault import Vault
from tests.keep_builders import KeyBook, KnownSecrets, open_vault, plain_vault, sealed_vault

NOBODY = "0" * 32
LARGE = PIECE + 5


Reopen = Callable[[], Vault]


@pytest.fixture(params=["plain", "sealed"])
def form(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.service)])
def reopen(request: pytest.FixtureRequest, form: str, tmp_path: Path) -> Reopen:
    """Open the vault of this test, as another process would."""
    if request.param == "folder":
        store = lambda: DiskStore(tmp_path)  # noqa: E731
    else:
        address = address_of(request.getfixturevalue("seaweed").settings())
        store = lambda: BucketStore(tmp_path, Bucket(address))  # noqa: E731
    book = KeyBook()
    return lambda: plain_vault(store()) if form == "plain" else sealed_vault(store(), book)


@pytest.fixture
def vault(reopen: Reopen) -> Vault:
    return reopen()


def everything_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_bytes_come_back_as_they_went_in_with_their_size_and_digest(vault: Vault):
    kept = vault.put([b"one ", b"", b"two"])
    assert vault.read(kept.object_id) == b"one two"
    assert (kept.size, kept.digest.hex) == (7, hashlib.sha256(b"one two").hexdigest())
    assert vault.size(kept.object_id) == 7
    assert vault.digest(kept.object_id) == kept.digest


def test_the_same_bytes_twice_are_two_objects_under_names_that_say_nothing(vault: Vault):
    one, two = vault.put([b"same"]), vault.put([b"same"])
    assert one.object_id != two.object_id
    assert one.digest == two.digest
    assert one.digest.hex[:32] not in {one.object_id, two.object_id}
    assert set(vault.ids()) == {one.object_id, two.object_id}


def test_an_object_opens_seekable_read_only_and_without_a_path(vault: Vault):
    kept = vault.put([bytes(range(100))])
    with vault.open(kept.object_id) as file:
        file.seek(-3, io.SEEK_END)
        assert file.read() == b"abc"
        assert not file.writable()
        assert not isinstance(file.name, str)


@pytest.mark.parametrize(
    ("start", "length", "given"),
    [(0, None, b"abcdef"), (2, 3, b"cde"), (4, 10, b"ef"), (9, 1, b""), (6, None, b""), (1, 0, b"")],
)
def test_a_range_is_cut_short_where_the_object_ends(vault: Vault, start: int, length: int | None, given: bytes):
    assert vault.read(vault.put([b"abcdef"]).object_id, start, length) == given


@pytest.mark.parametrize(("start", "length"), [(-1, None), (0, -1)])
def test_a_range_before_the_beginning_is_refused(vault: Vault, start: int, length: int | None):
    with pytest.raises(BadRequest):
        vault.read(vault.put([b"abc"]).object_id, start, length)


@pytest.mark.parametrize("content", [b"", b"abc", bytes(LARGE)])
def test_a_view_is_the_whole_object_and_cannot_be_written(vault: Vault, content: bytes):
    with vault.view(vault.put([content]).object_id) as view:
        assert view == content
        assert view.readonly


def test_an_array_made_of_a_view_without_a_copy_may_outlive_it(vault: Vault):
    with vault.view(vault.put([bytes(range(8))]).object_id) as view:
        array = np.frombuffer(view, dtype=np.uint8)
    assert array.sum() == 28


@pytest.mark.parametrize("name", [NOBODY, "", "../../etc/passwd", "A" * 32, "0" * 31 + "\n", "0" * 33])
def test_what_is_no_object_is_not_found_and_never_a_path(vault: Vault, name: str):
    for ask in (
        vault.open,
        vault.read,
        vault.size,
        vault.digest,
        vault.discard,
        lambda each: vault.view(each).__enter__(),
    ):
        if ask == vault.discard and name == NOBODY:
            continue
        with pytest.raises(NotFound):
            ask(name)


def test_past_its_limit_nothing_is_kept(vault: Vault, tmp_path: Path):
    with pytest.raises(TooLarge):
        vault.put([b"12345", b"67890"], limit=9)
    assert list(vault.ids()) == []
    assert everything_in(tmp_path) == []
    assert vault.put([b"12345", b"67890"], limit=10).size == 10


@pytest.mark.parametrize("trouble", [OSError("the card was pulled"), KeyboardInterrupt(), ValueError("no")])
def test_where_the_source_fails_its_own_error_passes_and_nothing_is_left(
    vault: Vault, tmp_path: Path, trouble: BaseException
):
    def source():
        yield b"some"
        raise trouble

    with pytest.raises(type(trouble)):
        vault.put(source())
    assert everything_in(tmp_path) == []


def test_what_is_discarded_is_gone_and_discarding_it_again_does_no_harm(vault: Vault):
    kept = vault.put([b"x"])
    vault.discard(kept.object_id)
    vault.discard(kept.object_id)
    assert not vault.holds(kept.object_id)
    assert list(vault.ids()) == []


def test_a_fingerprint_is_keyed_so_a_known_digest_does_not_give_it_away(vault: Vault, tmp_path: Path):
    digest = vault.put([b"x"]).digest
    assert vault.fingerprint(digest) == hmac.digest(b"k" * 32, bytes.fromhex(digest.hex), "sha256").hex()
    assert vault.fingerprint(digest) != open_vault(tmp_path, KnownSecrets(b"another key" * 3)).fingerprint(digest)


def test_what_is_appended_is_seen_only_once_it_is_sealed(vault: Vault):
    growing = vault.append()
    growing.write(b"first ")
    growing.flush()
    assert list(vault.ids()) == []
    with pytest.raises(NotFound):
        vault.read(growing.object_id)
    growing.write(b"second")
    kept = growing.seal()
    assert vault.read(kept.object_id) == b"first second"
    assert kept.digest == vault.digest(kept.object_id)


def test_after_a_crash_appending_goes_on_from_what_was_flushed(vault: Vault, reopen: Reopen):
    with vault.append() as before:
        before.write(b"first ")
        before.flush()
    with reopen().append(before.object_id) as after:
        assert after.size == 6
        after.write(b"second")
        kept = after.seal()
    assert (kept.size, vault.read(before.object_id)) == (12, b"first second")
    assert kept.digest == vault.digest(kept.object_id)


def test_only_one_may_append_at_a_time_and_nobody_once_it_is_sealed(vault: Vault):
    growing = vault.append()
    with pytest.raises(Conflict, match="by another"):
        vault.append(growing.object_id)
    growing.seal()
    with pytest.raises(Conflict, match="sealed"):
        vault.append(growing.object_id)


def test_what_was_abandoned_or_never_begun_cannot_be_gone_on_with(vault: Vault, tmp_path: Path):
    growing = vault.append()
    growing.write(b"x")
    growing.abandon()
    assert everything_in(tmp_path) == []
    for name in (growing.object_id, NOBODY, "../x"):
        with pytest.raises(NotFound):
            vault.append(name)


def test_a_sweep_spares_what_is_referred_to_what_is_young_and_what_is_being_written(vault: Vault):
    kept, loose = vault.put([b"kept"]).object_id, vault.put([b"loose"]).object_id
    resumable, lost = vault.append(), vault.append()
    being_written = vault.append()
    for each in (resumable, lost):
        each.close()
    wanted = {kept, resumable.object_id}
    assert vault.sweep(wanted.__contains__, older_than_s=60) == 0
    assert vault.sweep(wanted.__contains__, older_than_s=-1) == 2
    assert list(vault.ids()) == [kept]
    assert loose not in vault.ids()
    being_written.write(b"still here")
    assert being_written.seal().size == 10
    vault.append(resumable.object_id).abandon()
    with pytest.raises(NotFound):
        vault.append(lost.object_id)


def large() -> bytes:
    """More than one request carries, and no two pieces alike."""
    return b"".join(number.to_bytes(4, "big") for number in range(LARGE // 4 + 1))


def test_a_large_object_comes_back_whole_and_in_ranges_and_is_seekable(vault: Vault):
    content = large()
    kept = vault.put(content[at : at + 1_000_003] for at in range(0, len(content), 1_000_003))
    assert (vault.size(kept.object_id), vault.digest(kept.object_id)) == (len(content), kept.digest)
    assert vault.read(kept.object_id, PIECE - 3, 7) == content[PIECE - 3 : PIECE + 4]
    assert vault.read(kept.object_id) == content
    with vault.open(kept.object_id) as file:
        file.seek(PIECE - 2)
        assert file.read(5) == content[PIECE - 2 : PIECE + 3]
        assert file.seek(-2, io.SEEK_END) == len(content) - 2
        assert file.read() == content[-2:]
        file.seek(10)
        assert file.read() == content[10:]
        assert file.read() == b""
    with vault.view(kept.object_id) as view:
        array = np.frombuffer(view, dtype=np.uint8)
    assert array.tobytes() == content


@pytest.mark.parametrize("trouble", [FileNotFoundError("pulled"), ValueError("no"), KeyboardInterrupt()])
def test_where_the_source_of_a_large_object_fails_nothing_is_to_be_seen(
    vault: Vault, tmp_path: Path, trouble: BaseException
):
    def source():
        yield large()
        raise trouble

    with pytest.raises(type(trouble)) as caught:
        vault.put(source())
    assert caught.value is trouble
    assert list(vault.ids()) == []
    assert everything_in(tmp_path) == []


def test_a_large_growing_object_is_sealed_whole(vault: Vault):
    with vault.append() as growing:
        growing.write(large())
        kept = growing.seal()
    assert vault.digest(kept.object_id) == kept.digest


def test_what_is_in_a_batch_is_kept_when_the_block_is_left(vault: Vault):
    with vault.batch() as batch:
        kept = [batch.put([f"file {number}".encode()]) for number in range(20)]
    assert {each.object_id for each in kept} == set(vault.ids())
    assert [vault.read(each.object_id) for each in kept] == [f"file {number}".encode() for number in range(20)]
    assert [vault.digest(each.object_id) for each in kept] == [each.digest for each in kept]
    assert not batch.lost


def test_a_batch_can_be_flushed_and_gone_on_with(vault: Vault):
    with vault.batch() as batch:
        first = batch.put([b"first"])
        batch.flush()
        assert vault.read(first.object_id) == b"first"
        second = batch.put([large()])
        batch.flush()
        batch.flush()
        assert vault.digest(second.object_id) == second.digest


def test_one_that_fails_leaves_the_others_of_its_batch(vault: Vault, tmp_path: Path):
    def breaking():
        yield b"some"
        raise ValueError("no")

    with vault.batch() as batch:
        kept = [batch.put([b"before"])]
        with pytest.raises(TooLarge):
            batch.put([b"12345", b"67890"], limit=9)
        with pytest.raises(ValueError, match="no"):
            batch.put(breaking())
        kept.append(batch.put([b"after"]))
    assert set(vault.ids()) == {each.object_id for each in kept}
    assert [path for path in everything_in(tmp_path) if path.suffix == ".part"] == []


@pytest.mark.parametrize("trouble", [ValueError("no"), KeyboardInterrupt()])
def test_a_batch_left_by_an_error_keeps_only_what_was_flushed(vault: Vault, trouble: BaseException):
    with pytest.raises(type(trouble)), vault.batch() as batch:
        flushed = batch.put([b"flushed"])
        batch.flush()
        batch.put([b"not flushed"])
        raise trouble
    assert list(vault.ids()) == [flushed.object_id]


def test_what_is_discarded_from_a_batch_is_never_seen(vault: Vault, tmp_path: Path):
    with vault.batch() as batch:
        kept, unwanted = batch.put([b"kept"]), batch.put([b"unwanted"])
        batch.discard(unwanted.object_id)
        batch.discard(NOBODY)
    assert list(vault.ids()) == [kept.object_id]
    assert [path for path in everything_in(tmp_path) if path.suffix == ".part"] == []


def test_two_batches_at_once_do_not_touch_each_other(vault: Vault, reopen: Reopen):
    with vault.batch() as one, reopen().batch() as other:
        first, second = one.put([b"one"]), other.put([b"other"])
        other.flush()
        with suppress(NotFound):  # in a bucket it may be there already, known to nobody
            assert vault.read(first.object_id) == b"one"
        assert vault.read(second.object_id) == b"other"
    assert vault.read(first.object_id) == b"one"


def test_a_sweep_of_what_is_half_arrived_alone_looks_at_no_object(vault: Vault, tmp_path: Path):
    loose = vault.put([b"loose"])
    growing = vault.append()
    growing.close()
    (tmp_path / "incoming" / f"{NOBODY}.part").write_bytes(b"half")
    assert vault.sweep(None, older_than_s=-1) == 1
    assert vault.holds(loose.object_id)
    vault.append(growing.object_id).abandon()
