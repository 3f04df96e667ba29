"""The form of sealed objects: whatever is done to one is noticed before its last byte is given out."""

import io
import itertools
import os
import random
from collections.abc import Callable, Iterator

import pytest

from groundside.errors import Tampered
from groundside.keep.sealing.opening import open_sealed, view_sealed
from groundside.keep.sealing.stream import CHUNK, HEADER, MAGIC, TAG, content_size, seal, sealed_size

OBJECT, OTHER = "a" * 32, "b" * 32
KEY = bytes(range(32))
BLOCK = CHUNK + TAG


def sealed(content: bytes, object_id: str = OBJECT, key: bytes = KEY) -> bytes:
    return b"".join(bytes(piece) for piece in seal([content], key, object_id))


def read(raw: bytes, object_id: str = OBJECT, key: bytes = KEY) -> bytes:
    with open_sealed(object_id, key, io.BytesIO(raw)) as file:
        return file.read()


def viewed(raw: bytes, object_id: str = OBJECT, key: bytes = KEY) -> bytes:
    with view_sealed(object_id, key, memoryview(raw)) as view:
        return bytes(view)


def in_small_pieces(raw: bytes, object_id: str = OBJECT, key: bytes = KEY) -> bytes:
    with open_sealed(object_id, key, io.BytesIO(raw)) as file:
        return b"".join(iter(lambda: file.read(65_537), b""))


def backwards(raw: bytes, object_id: str = OBJECT, key: bytes = KEY) -> bytes:
    with open_sealed(object_id, key, io.BytesIO(raw)) as file:
        ends = [*range(file.seek(0, io.SEEK_END), 0, -300_000), 0]
        return b"".join([_range(file, first, last) for last, first in itertools.pairwise(ends)][::-1])


def _range(file: io.IOBase, first: int, last: int) -> bytes:
    file.seek(first)
    return file.read(last - first)  # type: ignore[attr-defined]


WAYS = [read, viewed, in_small_pieces, backwards]
Way = Callable[..., bytes]


@pytest.fixture(scope="module")
def three_chunks() -> tuple[bytes, bytes]:
    """A content of two whole chunks and a third of 1000 bytes, and it sealed."""
    content = random.Random(5).randbytes(2 * CHUNK + 1000)
    return content, sealed(content)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7, 9 * CHUNK + 3])
@pytest.mark.parametrize("way", WAYS)
def test_what_was_sealed_comes_back_and_its_size_is_known_without_a_key(size: int, way: Way):
    content = random.Random(size).randbytes(size)
    raw = sealed(content)
    assert way(raw) == content
    assert len(raw) == sealed_size(size)
    assert content_size(OBJECT, len(raw)) == size


def test_an_object_begins_with_the_format_and_no_two_are_alike():
    one, other = sealed(b"same"), sealed(b"same")
    assert one[: len(MAGIC) + 1] == other[: len(MAGIC) + 1] == b"GSOBJ\x01\x14"
    assert one[HEADER - 2 : HEADER] == bytes(2)
    assert one[7:14] != other[7:14]
    assert one[HEADER:] != other[HEADER:]


def test_a_sealed_object_can_be_opened_by_anyone_who_knows_the_construction_and_the_key(three_chunks):
    # Written down once more, from the text of the format alone.
    import hashlib

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    content, raw = three_chunks
    header, body = raw[:16], raw[16:]
    bound = hashlib.sha256(header + OBJECT.encode()).digest()
    chunks = [body[at : at + 1048592] for at in range(0, len(body), 1048592)]
    found = [
        AESGCM(KEY).decrypt(
            header[7:14] + number.to_bytes(4, "big") + (b"\1" if chunk is chunks[-1] else b"\0"), chunk, bound
        )
        for number, chunk in enumerate(chunks)
    ]
    assert b"".join(found) == content


@pytest.mark.parametrize("way", WAYS)
def test_every_flipped_bit_of_a_small_object_is_noticed(way: Way):
    raw = sealed(b"a small content")
    for bit in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Tampered, match=OBJECT):
            way(bytes(changed))


def test_a_flipped_bit_of_an_empty_object_is_noticed_as_soon_as_it_is_opened():
    raw = sealed(b"")
    for bit in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Tampered):
            open_sealed(OBJECT, KEY, io.BytesIO(changed))


def test_flipped_bits_anywhere_in_a_large_object_are_noticed_and_located(three_chunks, full: bool):
    _, raw = three_chunks
    chance = random.Random(11)
    for _ in range(2000 if full else 60):
        at = chance.randrange(HEADER, len(raw))
        changed = bytearray(raw)
        changed[at] ^= 1 << chance.randrange(8)
        number = (at - HEADER) // BLOCK
        for way in (read, viewed):
            with pytest.raises(Tampered, match=f"chunk {number}, bytes {number * CHUNK:,} to "):
                way(bytes(changed))
    with pytest.raises(Tampered, match="chunk 2, bytes 2,097,152 to 2,098,151 of its content"):
        read(raw[:-1] + bytes([raw[-1] ^ 1]))


def around(*places: int) -> Iterator[int]:
    for place in places:
        yield from (place - 1, place, place + 1)


@pytest.mark.parametrize("way", WAYS)
def test_cut_at_any_chunk_or_a_byte_beside_it_is_noticed(three_chunks, way: Way):
    _, raw = three_chunks
    ends = [0, 1, *around(HEADER, HEADER + TAG, HEADER + BLOCK, HEADER + BLOCK + TAG, HEADER + 2 * BLOCK), len(raw) - 1]
    for end in ends:
        with pytest.raises(Tampered):
            way(raw[:end])


def test_before_a_cut_is_noticed_only_whole_true_chunks_are_given_out(three_chunks):
    content, raw = three_chunks
    given = bytearray()
    with open_sealed(OBJECT, KEY, io.BytesIO(raw[: HEADER + 2 * BLOCK])) as file, pytest.raises(Tampered):
        while piece := file.read(1 << 16):
            given += piece
    assert bytes(given) == content[:CHUNK]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "added", [b"\0", bytes(TAG), bytes(TAG + 1), bytes(BLOCK), "its last chunk", "its first chunk", "all of it"]
)
def test_anything_added_is_noticed(three_chunks, way: Way, added: bytes | str):
    _, raw = three_chunks
    more = {
        "its last chunk": raw[HEADER + 2 * BLOCK :],
        "its first chunk": raw[HEADER : HEADER + BLOCK],
        "all of it": raw[HEADER:],
    }
    with pytest.raises(Tampered):
        way(raw + (added if isinstance(added, bytes) else more[added]))


@pytest.mark.parametrize("way", WAYS)
def test_chunks_in_any_other_order_or_number_are_noticed(way: Way):
    content = random.Random(3).randbytes(4 * CHUNK)
    raw = sealed(content)
    blocks = [raw[at : at + BLOCK] for at in range(HEADER, len(raw), BLOCK)]
    for number in (1, 2, 3, 4, 5):
        for order in itertools.product(range(4), repeat=number) if number < 4 else itertools.permutations(range(4)):
            if order != (0, 1, 2, 3) and len(set(order)) > number - 2:
                with pytest.raises(Tampered):
                    way(raw[:HEADER] + b"".join(blocks[each] for each in order))


@pytest.mark.parametrize("way", WAYS)
def test_an_object_in_the_place_of_another_is_noticed_although_their_keys_are_the_same(three_chunks, way: Way):
    _, raw = three_chunks
    with pytest.raises(Tampered, match=f"{OTHER}.*chunk [01]"):
        way(raw, OTHER)
    with pytest.raises(Tampered):
        way(raw, OBJECT, os.urandom(32))


@pytest.mark.parametrize("way", WAYS)
def test_a_chunk_of_another_object_or_of_another_copy_under_the_same_key_is_noticed(three_chunks, way: Way):
    content, raw = three_chunks
    for other in (sealed(content, OTHER), sealed(content)):
        mixed = raw[: HEADER + BLOCK] + other[HEADER + BLOCK : HEADER + 2 * BLOCK] + raw[HEADER + 2 * BLOCK :]
        with pytest.raises(Tampered, match="chunk 1"):
            way(mixed)
        with pytest.raises(Tampered, match=r"chunk [01]"):
            way(other[:HEADER] + raw[HEADER:])


def test_a_sound_chunk_of_a_damaged_object_can_still_be_read(three_chunks):
    content, raw = three_chunks
    damaged = bytearray(raw)
    damaged[HEADER + BLOCK + 5] ^= 1
    with open_sealed(OBJECT, KEY, io.BytesIO(damaged)) as file:
        assert file.read(CHUNK) == content[:CHUNK]
        file.seek(2 * CHUNK)
        assert file.read() == content[2 * CHUNK :]
        file.seek(CHUNK + 3)
        with pytest.raises(Tampered):
            file.read(1)


def test_nothing_of_a_chunk_that_is_not_true_reaches_the_memory_it_was_asked_into(three_chunks):
    _, raw = three_chunks
    damaged = bytearray(raw)
    damaged[HEADER + CHUNK - 1] ^= 1
    memory = bytearray(CHUNK)
    with open_sealed(OBJECT, KEY, io.BytesIO(damaged)) as file, pytest.raises(Tampered):
        file.readinto(memory)  # type: ignore[attr-defined]
    assert memory == bytes(CHUNK)


def test_a_range_decrypts_only_the_chunks_that_it_touches(three_chunks):
    content, raw = three_chunks
    asked: list[tuple[int, int]] = []

    class Noting(io.BytesIO):
        def readinto(self, buffer) -> int:
            at = self.tell()
            taken = super().readinto(buffer)
            asked.append((at, taken))
            return taken

    with open_sealed(OBJECT, KEY, Noting(raw)) as file:
        file.seek(CHUNK + 10)
        assert file.read(20) == content[CHUNK + 10 : CHUNK + 30]
        file.seek(CHUNK + 40_000)
        assert file.read(20) == content[CHUNK + 40_000 : CHUNK + 40_020]
    assert asked == [(HEADER + BLOCK, BLOCK)]


def test_a_source_that_fails_fails_with_its_own_error_and_the_memory_it_was_lent_is_used_again():
    def breaking() -> Iterator[bytes]:
        yield bytes(CHUNK + 1)
        raise ValueError("no")

    for _ in range(3):
        with pytest.raises(ValueError, match="no"):
            list(seal(breaking(), KEY, OBJECT))
    assert read(sealed(b"after")) == b"after"


def test_two_objects_sealed_at_once_do_not_share_memory():
    one, other = random.Random(1).randbytes(2 * CHUNK + 1), random.Random(2).randbytes(2 * CHUNK + 1)
    both = zip(seal([one], KEY, OBJECT), seal([other], KEY, OTHER), strict=True)
    pieces = [(bytes(a), bytes(b)) for a, b in both]
    assert read(b"".join(a for a, _ in pieces)) == one
    assert read(b"".join(b for _, b in pieces), OTHER) == other


@pytest.mark.parametrize(
    "size", [-1, 0, HEADER - 1, HEADER, HEADER + TAG - 1, HEADER + BLOCK + TAG, HEADER + BLOCK + 5]
)
def test_a_size_that_no_sealed_object_has_is_said_so(size: int):
    with pytest.raises(Tampered, match="no sealed object has"):
        content_size(OBJECT, size)
