"""Growing objects of a sealed archive: nothing in the clear, gone on with after a crash, torn ends dropped."""

import errno
import random
from pathlib import Path

import pytest

from groundside.errors import Conflict, NoSpace, NotFound, Tampered
from groundside.keep import appending
from groundside.keep.durable import write_all
from groundside.keep.sealing.stream import CHUNK
from groundside.keep.store_disk import DiskStore
from groundside.keep.vault import Vault
from tests.keep_builders import KeyBook, sealed_vault

CANARY = b"the canary sings at dawn"


@pytest.fixture
def book() -> KeyBook:
    return KeyBook()


@pytest.fixture
def vault(tmp_path: Path, book: KeyBook) -> Vault:
    return sealed_vault(DiskStore(tmp_path), book)


def grown(vault: Vault, *pieces: bytes) -> str:
    with vault.append() as growing:
        for piece in pieces:
            growing.write(piece)
        growing.flush()
    return growing.object_id


def file_of(folder: Path, object_id: str) -> Path:
    return folder / "incoming" / f"{object_id}.growing"


def test_while_it_grows_no_byte_of_it_lies_in_the_clear_nor_once_it_is_whole(vault: Vault, tmp_path: Path):
    name = grown(vault, CANARY, CANARY * 100)
    assert CANARY[:8] not in file_of(tmp_path, name).read_bytes()
    kept = vault.append(name).seal()
    assert vault.read(kept.object_id) == CANARY * 101
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert CANARY[:8] not in files[0].read_bytes()


def test_cut_anywhere_it_goes_on_from_the_last_whole_piece(vault: Vault, tmp_path: Path):
    pieces = [b"one", b"second piece", b"", b"3" * 50]
    name = grown(vault, *pieces[:2])
    with vault.append(name) as growing:  # a section of its own
        growing.write(pieces[2])
        growing.write(pieces[3])
    whole = file_of(tmp_path, name).read_bytes()
    prefixes = {b"".join(pieces[:count]) for count in range(5)}
    longest = b""
    for end in [*range(0, len(whole), 3), len(whole)]:
        file_of(tmp_path, name).write_bytes(whole[:end])
        with vault.append(name) as growing:
            growing.write(b" and on")
            growing.flush()
        with vault.append(name) as again:
            assert again.size == growing.size
            kept = again.seal()
        found = vault.read(kept.object_id).removesuffix(b" and on")
        assert found in prefixes
        assert len(found) >= len(longest)
        longest = found
        vault.discard(name)
    assert longest == b"".join(pieces)


def test_after_a_torn_end_no_key_is_used_twice_for_the_same_place(vault: Vault, tmp_path: Path):
    name = grown(vault, b"flushed")
    before = file_of(tmp_path, name).read_bytes()
    with vault.append(name) as growing:
        growing.write(b"A" * 64)
    torn = file_of(tmp_path, name).read_bytes()[:-1]
    file_of(tmp_path, name).write_bytes(torn)
    with vault.append(name) as growing:
        growing.write(b"B" * 64)
    after = file_of(tmp_path, name).read_bytes()
    both = bytes(a ^ b for a, b in zip(torn[len(before) :], after[len(before) :], strict=False))
    assert bytes([ord("A") ^ ord("B")]) * 32 not in both


def test_a_flipped_bit_is_noticed_and_nothing_is_cut_off_for_it(vault: Vault, tmp_path: Path, full: bool):
    name = grown(vault, b"first, which was flushed", b"second", b"x" * 50)
    file = file_of(tmp_path, name)
    whole = file.read_bytes()
    for bit in range(0, 8 * len(whole), 1 if full else 7):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        file.write_bytes(changed)
        with pytest.raises(Tampered, match=name):
            vault.append(name)
        assert file.read_bytes() == changed


def test_zeros_that_a_power_failure_left_after_what_was_flushed_are_dropped(vault: Vault, tmp_path: Path):
    name = grown(vault, b"flushed")
    with file_of(tmp_path, name).open("ab") as file:
        file.write(bytes(10_000))
    with vault.append(name) as growing:
        assert growing.size == 7


def sections(vault: Vault, tmp_path: Path, *contents: bytes) -> tuple[str, list[bytes]]:
    """Make a growing object of sections of one frame each; gives its name and them."""
    name, ends = grown(vault, contents[0]), [0]
    for content in contents[1:]:
        ends.append(file_of(tmp_path, name).stat().st_size)
        with vault.append(name) as growing:
            growing.write(content)
    whole = file_of(tmp_path, name).read_bytes()
    return name, [whole[a:b] for a, b in zip(ends, [*ends[1:], len(whole)], strict=True)]


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2, 1), (0, 2), (1, 2), (0, 0, 1, 2), (0, 1, 1, 2), (2, 1, 0)])
def test_a_section_that_was_moved_repeated_or_left_out_is_noticed(vault: Vault, tmp_path: Path, order: tuple[int, ...]):
    name, found = sections(vault, tmp_path, b"one-", b"two-", b"six-")
    file_of(tmp_path, name).write_bytes(b"".join(found[each] for each in order))
    with pytest.raises(Tampered, match=name):
        vault.append(name)


def test_a_frame_left_out_before_another_section_is_noticed(vault: Vault, tmp_path: Path):
    name = grown(vault, b"one", b"two")
    cut = file_of(tmp_path, name).stat().st_size - (8 + 3 + 16)
    with vault.append(name) as growing:
        growing.write(b"three")
    whole = file_of(tmp_path, name).read_bytes()
    file_of(tmp_path, name).write_bytes(whole[:cut] + whole[cut + 8 + 3 + 16 :])
    with pytest.raises(Tampered, match=name):
        vault.append(name)


@pytest.mark.parametrize("fails_at", [1, 2])
def test_after_a_write_that_failed_the_next_section_follows_what_is_there(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, fails_at: int
):
    calls = 0

    def failing(handle: int, data: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            write_all(handle, bytes(data)[:9])
            raise OSError(errno.ENOSPC, "full")
        write_all(handle, data)

    name = grown(vault, b"one")
    with vault.append(name) as growing:
        with monkeypatch.context() as patch:
            patch.setattr(appending, "write_all", failing)
            with pytest.raises(NoSpace):
                growing.write(b"lost")
        growing.write(b"two")
    with vault.append(name) as growing:
        growing.write(b"three")
        assert vault.read(growing.seal().object_id) == b"onetwothree"


def test_a_growing_object_in_the_place_of_another_is_refused(vault: Vault, tmp_path: Path):
    one, other = grown(vault, b"one" * 40), grown(vault, b"other")
    file_of(tmp_path, one).rename(file_of(tmp_path, other))
    with pytest.raises(Tampered):
        vault.append(other)


def test_a_crash_while_it_was_sealed_loses_nothing_for_its_key_was_told_to_nobody(
    vault: Vault, tmp_path: Path, book: KeyBook
):
    name = grown(vault, b"flushed")
    growing_file = file_of(tmp_path, name).read_bytes()
    vault.append(name).seal()
    book.clear()  # the process ended before the key was recorded
    file_of(tmp_path, name).write_bytes(growing_file)
    again = sealed_vault(DiskStore(tmp_path), book)
    kept = again.append(name).seal()
    assert again.read(name) == b"flushed"
    assert kept.key == book[name]


def test_a_file_that_comes_back_beside_a_whole_object_that_is_recorded_goes(vault: Vault, tmp_path: Path):
    name = grown(vault, b"flushed")
    growing_file = file_of(tmp_path, name).read_bytes()
    vault.append(name).seal()
    file_of(tmp_path, name).write_bytes(growing_file)
    with pytest.raises(Conflict, match="sealed"):
        vault.append(name)
    assert not file_of(tmp_path, name).exists()
    assert vault.read(name) == b"flushed"


def test_large_pieces_come_back_and_what_is_sealed_is_one_object(vault: Vault):
    content = random.Random(9).randbytes(3 * CHUNK + 5)
    with vault.append() as growing:
        growing.write(content)
        growing.write(content[:10])
        kept = growing.seal()
    assert vault.read(kept.object_id) == content + content[:10]
    with pytest.raises(NotFound):
        vault.append("0" * 32)
