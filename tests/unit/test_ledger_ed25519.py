"""The standalone verifier's Ed25519: known answers of RFC 8032, agreement with OpenSSL, and no second form."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundside.keep.ledger import standalone
from groundside.keep.ledger.standalone import ORDER, P, signed_by

KNOWN = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
SMALL_ORDER = [
    "00" * 32,
    "00" * 31 + "80",
    "01" + "00" * 31,
    "ec" + "ff" * 30 + "7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]


@pytest.mark.parametrize(("public", "message", "signature"), KNOWN)
def test_the_known_answers_of_rfc_8032_hold(public: str, message: str, signature: str):
    assert signed_by(bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message))
    assert not signed_by(bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message) + b"\0")


def test_what_openssl_signs_is_verified_and_nothing_else():
    chance = random.Random(11)
    for _ in range(40):
        key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, message = key.public_key().public_bytes_raw(), chance.randbytes(chance.randrange(200))
        signature = key.sign(message)
        assert signed_by(public, signature, message)
        for part in (public, signature, message + b"."):
            changed = bytearray(part)
            changed[chance.randrange(len(part))] ^= 1 << chance.randrange(8)
            assert not signed_by(
                *(bytes(changed) if each is part else each for each in (public, signature)),
                bytes(changed) if part not in (public, signature) else message,
            )


def test_a_signature_with_the_order_added_is_another_form_and_refused():
    public, message, signature = (bytes.fromhex(each) for each in KNOWN[1])
    s = int.from_bytes(signature[32:], "little")
    for more in range(1, 8):
        assert not signed_by(public, signature[:32] + (s + more * ORDER).to_bytes(32, "little"), message)
    assert not signed_by(public, signature + b"\0", message)
    assert not signed_by(public, signature[:63], message)


@pytest.mark.parametrize("weak", SMALL_ORDER)
def test_points_of_small_order_are_refused_as_key_and_in_a_signature(weak: str):
    point = bytes.fromhex(weak)
    with pytest.raises(standalone.Refusal):
        standalone.decode_point(point)
    for message in (b"a", b"b", b"c", b"d"):
        assert not signed_by(point, point + bytes(32), message)
        assert not signed_by(point, bytes.fromhex("01" + "00" * 31) + bytes(32), message)


@pytest.mark.parametrize(
    "other",
    [
        (P + 1).to_bytes(32, "little"),
        (P + 3).to_bytes(32, "little"),
        (2**255 - 1).to_bytes(32, "little"),
        b"\x02" + bytes(31),
        (1 | 1 << 255).to_bytes(32, "little"),
        b"",
        bytes(33),
    ],
)
def test_points_in_another_form_or_not_on_the_curve_are_refused(other: bytes):
    with pytest.raises(standalone.Refusal):
        standalone.decode_point(other)


def test_the_base_point_has_the_order_of_the_group():
    point, found = standalone.BASE[1], (0, 1, 1, 0)
    for bit in bin(ORDER)[2:]:
        found = standalone.double(found)
        found = standalone.add(found, point) if bit == "1" else found
    assert standalone.encode_point(found) == b"\x01" + bytes(31)
    assert standalone.encode_point(point).hex() == "58" + "66" * 31
