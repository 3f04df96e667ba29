"""Signed notes, keys and checkpoints: known answers, one form only, limits, and who signed."""

import random

import pytest

from groundside.errors import BadRequest, Tampered
from groundside.keep.ledger.checkpoint import Checkpoint, open_checkpoint, sign
from groundside.keep.ledger.keys import KeyKind, SigningKey, VerifierKey
from groundside.keep.ledger.merkle import EMPTY_ROOT
from groundside.keep.ledger.note import MOST_BYTES, MOST_SIGNATURES, Note
from tests.ledger_builders import KEY, NAME, OTHER, SECOND, WITNESS, cosigned, signed

GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ROOT = bytes(range(32))
CHECKPOINT = Checkpoint(NAME, 7, ROOT)
PLAIN = sign(CHECKPOINT, KEY)
LINE = PLAIN.rsplit("\n\n")[1]
FULL = cosigned(cosigned(PLAIN, SECOND), WITNESS)
WITNESSES = [WITNESS.verifier, SECOND.verifier]


def refused(raw: str, witnesses: list[VerifierKey] = WITNESSES, least: int = 0) -> str:
    with pytest.raises(Tampered) as caught:
        open_checkpoint(raw, KEY.verifier, witnesses, least)
    return caught.value.what


def test_a_note_that_go_signed_is_verified_and_ours_is_the_same():
    key = SigningKey.parse(GO_SECRET)
    note = Note.parse(GO_NOTE)
    assert str(key.verifier) == GO_PUBLIC
    assert note.verified([VerifierKey.parse(GO_PUBLIC)]) == {key.verifier: 0}
    assert str(Note(note.text, ()).signed(key)) == GO_NOTE


def test_keys_come_back_from_their_text_and_secrets_are_shown_nowhere():
    for key in (KEY, WITNESS, SigningKey.make("new.example/ledger")):
        assert SigningKey.parse(key.secret_text()) == key
        assert VerifierKey.parse(str(key.verifier)) == key.verifier
    assert "seed" not in repr(KEY)
    assert KEY.verifier.key_id != OTHER.verifier.key_id


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\nb", "a\u2003b", "a\x00", "x" * 256])
def test_a_key_is_not_called_what_a_note_could_not_state(name: str):
    with pytest.raises(BadRequest):
        SigningKey.make(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        NAME,
        str(KEY.verifier).replace("+", " "),
        str(KEY.verifier) + "=",
        str(KEY.verifier).replace(NAME, NAME + "x"),
        str(KEY.verifier).upper(),
        f"{NAME}+00000000+{str(KEY.verifier).split('+', 2)[2]}",
        f"{NAME}+{KEY.verifier.key_id.hex()}+AgAA",
        "x" * 600,
        str(VerifierKey(NAME, 9, b"k" * 32)),  # type: ignore[arg-type]
    ],
)
def test_a_text_that_is_no_key_is_refused(text: str):
    with pytest.raises(Tampered):
        VerifierKey.parse(text)


@pytest.mark.parametrize(
    "weak",
    [
        "01" + "00" * 31,
        "00" * 32,
        "ec" + "ff" * 30 + "7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ee" + "ff" * 30 + "7f",
    ],
)
def test_a_key_for_which_anybody_can_sign_is_refused(weak: str):
    with pytest.raises(Tampered, match="proves nothing"):
        VerifierKey.parse(str(VerifierKey(NAME, KeyKind.NOTE, bytes.fromhex(weak))))


def test_a_text_that_is_no_secret_is_refused_without_showing_it():
    for text in (str(KEY.verifier), "", KEY.secret_text() + "A"):
        with pytest.raises(Tampered) as caught:
            SigningKey.parse(text)
        assert KEY.secret_text()[-20:] not in str(caught.value)


def test_a_checkpoint_is_verified_with_every_witness_that_cosigned():
    opened = open_checkpoint(FULL, KEY.verifier, WITNESSES, least=2)
    assert opened.checkpoint == CHECKPOINT
    assert opened.seen == {WITNESS.verifier: 1_700_000_000, SECOND.verifier: 1_700_000_000}
    assert open_checkpoint(PLAIN, KEY.verifier).seen == {}


def test_a_checkpoint_is_a_name_a_size_and_a_root_and_may_have_lines_of_others():
    assert CHECKPOINT.text == f"{NAME}\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    more = Checkpoint(NAME, 0, EMPTY_ROOT, ("one", "two more"))
    assert open_checkpoint(sign(more, KEY), KEY.verifier).checkpoint == more


def test_signatures_of_unknown_keys_are_passed_over_in_a_note_but_not_in_a_checkpoint():
    assert Note.parse(FULL).verified([KEY.verifier]) == {KEY.verifier: 0}
    assert Note.parse(FULL).verified([]) == {}
    assert "not known here" in refused(FULL, [WITNESS.verifier])


def test_a_checkpoint_must_be_signed_by_the_ledger_and_by_enough_witnesses():
    text, lines = FULL.rsplit("\n\n", 1)
    assert "not signed by the ledger" in refused(f"{text}\n\n" + "\n".join(lines.split("\n")[1:]))
    assert "1 witnesses cosigned" in refused(cosigned(PLAIN), least=2)
    assert "not signed by the ledger" in refused(signed(7, ROOT, OTHER))


def test_signatures_of_a_checkpoint_have_one_order():
    text, lines = FULL.rsplit("\n\n", 1)
    mine, first, second, _ = lines.split("\n")
    for order in ([mine, second, first], [first, mine, second], [first, second, mine]):
        assert "order" in refused(f"{text}\n\n" + "".join(f"{line}\n" for line in order))
    assert "twice" in refused(f"{text}\n\n{mine}\n{mine}\n")


def test_a_checkpoint_of_another_ledger_is_refused_although_this_key_signed_it():
    assert "another ledger" in refused(str(Note("other.example\n7\n" + PLAIN.split("\n")[2] + "\n", ()).signed(KEY)))


def test_a_cosignature_is_for_one_time_and_cannot_be_used_for_another():
    early, late = cosigned(PLAIN, at_s=5), cosigned(PLAIN, at_s=6)
    assert Note.parse(early).verified([WITNESS.verifier]) == {WITNESS.verifier: 5}
    assert early != late
    past_all = Note.parse(PLAIN).signed(WITNESS, 2**63)
    with pytest.raises(Tampered):
        past_all.verified([WITNESS.verifier])
    assert Note.parse(late).signed(WITNESS, 5) == Note.parse(early)


@pytest.mark.parametrize(
    "body",
    [
        f"{NAME}\n7\n",
        f"{NAME}\n7\n\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        f"{NAME}\n07\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        f"{NAME}\n+7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        f"{NAME}\n٧\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        f"{NAME}\n7 \nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        f"{NAME}\n9223372036854775807\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        f"{NAME}\n99999999999999999999\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        f"{NAME}\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n",
        f"{NAME}\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        f"{NAME}\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\n",
        f"{NAME}\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n",
    ],
)
def test_a_body_that_is_no_checkpoint_is_refused_although_it_is_signed(body: str):
    with pytest.raises(Tampered):
        open_checkpoint(str(Note(body, ()).signed(KEY)), KEY.verifier)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "\n",
        PLAIN[:-1],
        PLAIN + "\n",
        PLAIN + LINE[:-1],
        PLAIN.replace("\n\n", "\n"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("— ", "- "),
        PLAIN.replace("— ", "—  "),
        PLAIN.replace("— ", "—"),
        PLAIN.replace("\n\n— ", "\n\n— x\t"),
        PLAIN.rsplit(" ", 1)[0] + " AAAA\n",
        PLAIN.rsplit(" ", 1)[0] + " !\n",
        PLAIN.rsplit(" ", 1)[0] + " é\n",
        PLAIN.replace("=\n\n", "=\udc80\n\n"),
        PLAIN + LINE * MOST_SIGNATURES,
        "x" * MOST_BYTES + PLAIN,
        PLAIN + LINE.replace(NAME, "a b"),
    ],
)
def test_a_text_that_is_no_note_is_refused(raw: str):
    with pytest.raises(Tampered):
        Note.parse(raw)


def test_as_many_signatures_as_are_read_are_read():
    assert len(Note.parse(PLAIN + LINE * (MOST_SIGNATURES - 1)).signatures) == MOST_SIGNATURES


def test_no_changed_bit_of_a_checkpoint_goes_unseen():
    raw, chance = FULL.encode(), random.Random(5)
    for bit in chance.sample(range(len(raw) * 8), 400):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        refused(changed.decode(errors="surrogateescape"), least=2)
