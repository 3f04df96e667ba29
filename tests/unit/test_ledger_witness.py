"""A witness cosigns what only grew, remembers it before it says so, and refuses all else in plain words."""

import errno
from pathlib import Path

import pytest
from sqlalchemy import Connection

from groundside.errors import BadRequest, Conflict, NoSpace, NotFound, Refused, Tampered
from groundside.keep.ledger import log, proofs, witness
from groundside.keep.ledger.checkpoint import open_checkpoint
from groundside.keep.ledger.keys import SigningKey
from groundside.keep.ledger.note import Note
from groundside.keep.ledger.witness import Witness
from tests.ledger_builders import KEY, NAME, OTHER, SECOND, cosigned, empty, entries, ledger, signed


@pytest.fixture
def seeing(tmp_path: Path) -> Witness:
    made = Witness.make(tmp_path / "witness", "witness.example/stick")
    made.trust(KEY.verifier)
    return made


def request(connection: Connection, old: int) -> str:
    note = log.newest(connection) or ""
    return proofs.growth(old, log.consistency(connection, old, log.size_of(connection)), note)


def refusal(seeing: Witness, asked: str) -> str:
    with pytest.raises(Refused) as caught:
        seeing.cosign(asked)
    assert caught.value.try_this
    return caught.value.what


def test_a_ledger_that_only_grows_is_cosigned_each_time(seeing: Witness):
    with empty() as connection:
        old = 0
        for step in (1, 5, 300, 1):
            log.append(connection, entries(step), KEY)
            note = seeing.cosign(request(connection, old), at_s=old)
            opened = open_checkpoint(note, KEY.verifier, [seeing.key], least=1)
            assert opened.seen == {seeing.key: old}
            old += step
            assert opened.checkpoint == seeing.last(NAME)
            assert opened.checkpoint.size == old


def test_the_same_checkpoint_may_be_cosigned_again_at_another_time(seeing: Witness):
    with ledger(3) as connection:
        seeing.cosign(request(connection, 0), at_s=5)
        assert Note.parse(seeing.cosign(request(connection, 3), at_s=6)).verified([seeing.key]) == {seeing.key: 6}
        assert Note.parse(seeing.cosign(request(connection, 3))).verified([seeing.key])[seeing.key] > 1_700_000_000


def test_cosignatures_of_others_are_kept(seeing: Witness):
    with ledger(3) as connection:
        asked = proofs.growth(0, [], cosigned(log.newest(connection) or "", SECOND))
        note = seeing.cosign(asked)
        assert len(open_checkpoint(note, KEY.verifier, [seeing.key, SECOND.verifier], least=2).seen) == 2


def test_a_ledger_that_was_rolled_back_is_refused(seeing: Witness):
    with ledger(300) as connection, ledger(200) as rolled_back:
        seeing.cosign(request(connection, 0))
        for old in (0, 100, 200):
            said = refusal(seeing, request(rolled_back, old))
            assert said == "The ledger was rolled back: it had 300 entries, and now has 200."
        assert seeing.last(NAME) == open_checkpoint(log.newest(connection) or "", KEY.verifier).checkpoint


def test_a_ledger_that_was_cut_short_and_grew_again_is_refused(seeing: Witness):
    with ledger(300) as connection, ledger(200) as cut:
        seeing.cosign(request(connection, 0))
        log.append(cut, entries(150, "other"), KEY)
        assert "was rewritten" in refusal(seeing, request(cut, 300))
        assert "begins at 200 entries; this witness last saw 300" in refusal(seeing, request(cut, 200))
        assert "begins at 0 entries" in refusal(seeing, request(cut, 0))


def test_a_ledger_that_was_forked_is_refused(seeing: Witness):
    with ledger(300) as connection, empty() as fork:
        log.append(fork, entries(300, "other"), KEY)
        seeing.cosign(request(connection, 0))
        assert refusal(seeing, request(fork, 300)) == "The ledger was forked: it had other entries when it had 300."
        log.append(fork, entries(1), KEY)
        log.append(connection, entries(1), KEY)
        assert "was rewritten" in refusal(seeing, request(fork, 300))
        taken = log.consistency(connection, 300, 301)
        assert "was rewritten" in refusal(seeing, proofs.growth(300, taken, log.newest(fork) or ""))
        seeing.cosign(request(connection, 300))


def test_what_another_key_signed_is_refused(seeing: Witness):
    with ledger(3, OTHER) as connection:
        assert "not signed by a ledger that this witness knows" in refusal(seeing, request(connection, 0))
    stranger = SigningKey.make("stranger.example/ledger")
    with ledger(3, stranger) as connection:
        assert "not signed by a ledger that this witness knows" in refusal(seeing, request(connection, 0))
    forged = signed(3, b"r" * 32, OTHER).replace(
        signed(3, b"r" * 32, OTHER).rsplit(" ", 1)[1][:6], signed(3, b"r" * 32).rsplit(" ", 1)[1][:6]
    )
    assert "is not one of this text" in refusal(seeing, proofs.growth(0, [], forged))


@pytest.mark.parametrize(
    "text", ["", "old 0\n\n", "old -1\n\nx", "new 0\n\nx", "old 0\nAAAA\n\nx", "old 0\n\nx\n\n— y AAAA\n"]
)
def test_what_is_no_request_is_refused(seeing: Witness, text: str):
    assert refusal(seeing, text).startswith("Not cosigned: ")


def test_a_proof_of_more_hashes_than_any_has_is_refused(seeing: Witness):
    assert "at most 63" in refusal(seeing, proofs.growth(0, [b"h" * 32] * 64, signed(3, b"r" * 32)))


def test_nothing_is_given_out_that_was_not_written_down_first(seeing: Witness, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with ledger(3) as connection:
        with monkeypatch.context() as patched:
            patched.setattr(witness, "write_file", full)
            with pytest.raises(NoSpace):
                seeing.cosign(request(connection, 0))
        assert seeing.last(NAME) is None


def test_a_witness_opened_again_remembers_and_signs_as_the_same(seeing: Witness, tmp_path: Path):
    with ledger(300) as connection, ledger(200) as rolled_back:
        seeing.cosign(request(connection, 0))
        again = Witness.open(tmp_path / "witness")
        assert again.key == seeing.key
        assert "rolled back" in refusal(again, request(rolled_back, 0))
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "witness").iterdir()} == {0o600}


def test_a_witness_whose_memory_was_altered_says_so_and_cosigns_nothing(seeing: Witness, tmp_path: Path):
    with ledger(300) as connection:
        seeing.cosign(request(connection, 0))
        memory = next((tmp_path / "witness").glob("*.seen"))
        whole = memory.read_text()
        for altered in (whole.replace("\n300\n", "\n200\n"), "", signed(1, b"r" * 32), "\udcff"):
            memory.write_bytes(altered.encode(errors="surrogateescape"))
            with pytest.raises(Tampered):
                seeing.cosign(request(connection, 300))
        stranger = SigningKey.make("stranger.example/ledger")
        seeing.trust(stranger.verifier)
        with ledger(300, stranger) as other:
            memory.write_text(seeing.cosign(request(other, 0)))  # rightly signed, but of another ledger
        with pytest.raises(Tampered):
            seeing.last(NAME)


def test_a_known_ledger_does_not_change_its_key_in_silence(seeing: Witness):
    seeing.trust(KEY.verifier)
    with pytest.raises(Conflict):
        seeing.trust(OTHER.verifier)


def test_a_folder_holds_one_witness_or_none(tmp_path: Path):
    with pytest.raises(NotFound):
        Witness.open(tmp_path)
    Witness.make(tmp_path, "witness.example/w")
    with pytest.raises(Conflict):
        Witness.make(tmp_path, "witness.example/w")
    with pytest.raises(BadRequest):
        Witness.make(tmp_path / "other", "two words")
    (tmp_path / "witness.key").write_text(KEY.secret_text())
    with pytest.raises(Tampered):
        Witness.open(tmp_path)
