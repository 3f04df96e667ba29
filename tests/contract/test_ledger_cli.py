"""`groundside ledger`, `witness` and `evidence` as people type them; a ledger that did not only grow is refused."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from typer.testing import CliRunner, Result

from groundside.archive import settling, taking
from groundside.archive.archive import Archive
from groundside.errors import BadRequest, Conflict, NotFound, Refused, Tampered, TooLarge
from groundside.keep import schema
from groundside.keep.custody_tables import ledger_checkpoint, ledger_entry, ledger_tile
from groundside.keep.ledger import log
from groundside.keep.ledger.entries import NewEntry
from groundside.keep.ledger.merkle import EMPTY_ROOT
from groundside.model.caller import Caller, Scope
from groundside.model.query import FlightQuery
from groundside.see.cli import main
from tests.evidence_packages import verify
from tests.simulated import craft_files

WHO = Caller("tester", "test")
SOMEBODY = Caller("somebody", "test", scope=Scope(frozenset({"other"})))
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ledger-cli")
    with Archive.open(root / "archive", create=True) as it:
        name, data = next((name, data) for name, data in craft_files() if name.endswith(".csv"))
        it.receive(WHO, name, [data])
        for _ in range(3):
            it.flights(WHO, FlightQuery())
    return root / "archive"


@pytest.fixture
def archive(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "archive")
    return tmp_path / "archive"


@pytest.fixture
def run(archive: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GROUNDSIDE_ARCHIVE", str(archive))
    return lambda *words: CliRunner().invoke(main.app, [*map(str, words)])


def done(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def refused(result: Result, kind: type[Exception], match: str) -> None:
    assert isinstance(result.exception, kind), (result.output, result.exception)
    assert match in str(result.exception)


@pytest.fixture
def witness(run: Run, tmp_path: Path) -> Path:
    """A witness that knows the ledger, and saw it once."""
    folder = tmp_path / "witness"
    made = done(run("witness", "make", folder, "--name", "example.org/anna")).strip()
    assert done(run("witness", "key", "--state", folder)).strip() == made
    done(run("witness", "trust", state(run)["key"], "--state", folder))
    done(run("ledger", "checkpoint", "--out", tmp_path / "first.txt"))
    done(run("witness", "cosign", tmp_path / "first.txt", "--state", folder))
    done(run("ledger", "keep", tmp_path / "first.txt.cosigned", "--witness", made))
    return folder


def state(run: Run) -> dict[str, object]:
    return json.loads(done(run("ledger", "--json")))


def grow(archive: Path, times: int = 1) -> None:
    with Archive.open(archive) as it:
        for _ in range(times):
            it.flights(WHO, FlightQuery())


def rewrite(archive: Path, entries: int, at_us: int = 1) -> None:
    """Write the ledger anew, with its own key: what whoever has the account can do."""
    with Archive.open(archive) as it, it.catalogue.commit(WHO) as writer:
        for table in (ledger_entry, ledger_tile, ledger_checkpoint):
            writer.connection.execute(delete(table))
        new = [NewEntry(at_us + n, "flights", 0, EMPTY_ROOT.hex()) for n in range(entries)]
        log.append(writer.connection, new, it.custody.signer())


def test_the_state_of_the_ledger_is_told_and_tells_that_nobody_witnesses(run: Run):
    result = run("ledger")
    assert "entries  4" in done(result)
    assert "No witness is known" in result.stderr
    told = state(run)
    assert (told["size"], told["witnesses"], told["seen"]) == (4, [], {})
    assert str(told["checkpoint"]).startswith(f"{str(told['key']).split('+')[0]}\n4\n")


def test_the_state_says_who_cosigned_also_after_the_ledger_went_on(run: Run, archive: Path, witness: Path):
    grow(archive)
    told = state(run)
    assert told["seen"] == {}
    [(name, at)] = told["cosigned"]["by"].items()
    assert (told["cosigned"]["size"], name) == (4, "example.org/anna")
    assert at.endswith("Z")
    assert "seen by  example.org/anna" in done(run("ledger"))


def test_damaged_hashes_are_mended_from_the_shell_and_damaged_entries_are_not(run: Run, archive: Path):
    assert json.loads(done(run("ledger", "mend", "--json"))) == {"mended": []}
    damage(archive, "UPDATE ledger_tile SET hashes = zeroblob(length(hashes))")
    refused(run("flights"), Tampered, "not what its last checkpoint signed")
    result = run("ledger", "mend")
    assert "Made anew: tile 0 0." in result.stderr, (result.output, result.exception)
    done(run("verify"))
    assert "ledger.mended" in done(run("ledger", "show", "5"))
    damage(archive, "UPDATE ledger_entry SET leaf = CAST(replace(leaf, 'flights', 'flightz') AS BLOB) WHERE seq = 1")
    refused(run("ledger", "mend"), Tampered, "not those that its newest checkpoint signed")


def damage(archive: Path, how: str) -> None:
    with sqlite3.connect(archive / "catalogue.sqlite") as connection:
        connection.execute(how)
    connection.close()


def test_entries_are_listed_from_a_number_on(run: Run):
    found = json.loads(done(run("ledger", "show", "--from", 0, "--limit", 2, "--json")))
    assert [(each["seq"], each["verb"], each["events"]) for each in found] == [(0, "receive", 2), (1, "flights", 1)]
    assert "ledger_entries" in done(run("ledger", "show", "--from", 4)), "looking is an entry too"


def test_an_entry_says_who_did_what_how_and_why(run: Run):
    [flight] = json.loads(done(run("flights", "--json")))
    done(run("--why", "claim 4711", "note", flight["id"], "windy"))
    last = json.loads(done(run("ledger", "--json")))["size"] - 1
    told = json.loads(done(run("ledger", "show", last, "--json")))
    assert (told["seq"], told["verb"], told["erased"]) == (last, "annotate", 0)
    [event] = told["told"]
    assert (event["about"], event["why"], event["how"]) == (flight["id"], "claim 4711", "shell")
    shown = done(run("ledger", "show", last))
    assert "why: claim 4711" in shown and flight["id"] in shown
    refused(run("ledger", "show", 999), NotFound, "has no entry 999")


def test_an_entry_is_proved_and_one_that_is_not_there_is_not(run: Run, tmp_path: Path):
    found = json.loads(done(run("ledger", "prove", 0, "--json")))
    (tmp_path / "proof").write_text(found["proof"])
    (tmp_path / "leaf").write_text(found["leaf"])
    from groundside.keep.ledger import standalone

    key = str(state(run)["key"])
    asked = ["entry", str(tmp_path / "proof"), str(tmp_path / "leaf"), "--key", key]
    assert standalone.main(asked) == 0
    (tmp_path / "leaf").write_text(found["leaf"].replace("receive", "deceive"))
    assert standalone.main(asked) == 1
    refused(run("ledger", "prove", 999), NotFound, "has no entry 999")


def test_a_witness_goes_on_cosigning_a_ledger_that_grows(run: Run, archive: Path, witness: Path, tmp_path: Path):
    grow(archive, 3)
    done(run("ledger", "consistency", "--from", 4, "--out", tmp_path / "growth.txt"))
    done(run("witness", "cosign", tmp_path / "growth.txt", "--state", witness, "--out", tmp_path / "back.txt"))
    done(run("ledger", "keep", tmp_path / "back.txt"))
    with Archive.open(archive) as it:
        assert it.verify(WHO).faults == ()
        grown = it.ledger(WHO).size
    assert grown == 9, "4, kept once, 3, kept again"


def test_the_same_checkpoint_may_be_cosigned_again(run: Run, witness: Path, tmp_path: Path):
    done(run("witness", "cosign", tmp_path / "first.txt", "--state", witness))


def test_a_checkpoint_that_grew_needs_its_proof(run: Run, witness: Path, tmp_path: Path):
    done(run("ledger", "checkpoint", "--out", tmp_path / "later.txt"))
    refused(run("witness", "cosign", tmp_path / "later.txt", "--state", witness), Refused, "is not shown")


@pytest.mark.parametrize(
    ("entries", "asks_from", "why"),
    [
        (2, None, "rolled back"),
        (4, None, "forked"),
        (6, 4, "does not begin with the 4 entries"),
    ],
    ids=["truncated", "forked", "rewritten"],
)
def test_a_ledger_that_did_not_only_grow_is_refused(
    entries: int, asks_from: int | None, why: str, run: Run, archive: Path, witness: Path, tmp_path: Path
):
    rewrite(archive, entries)
    asked = ["checkpoint"] if asks_from is None else ["consistency", "--from", asks_from]
    done(run("ledger", *asked, "--out", tmp_path / "given.txt"))
    refused(run("witness", "cosign", tmp_path / "given.txt", "--state", witness), Refused, why)
    assert not (tmp_path / "given.txt.cosigned").exists()


def test_a_ledger_rolled_back_to_a_copy_is_refused(run: Run, archive: Path, witness: Path, built: Path, tmp_path: Path):
    grow(archive, 2)
    done(run("ledger", "consistency", "--from", 4, "--out", tmp_path / "growth.txt"))
    done(run("witness", "cosign", tmp_path / "growth.txt", "--state", witness))
    shutil.rmtree(archive)
    shutil.copytree(built, archive)
    done(run("ledger", "checkpoint", "--out", tmp_path / "old.txt"))
    refused(run("witness", "cosign", tmp_path / "old.txt", "--state", witness), Refused, "rolled back")


def test_a_witness_knows_a_ledger_by_one_key_only(run: Run, witness: Path, tmp_path: Path):
    from groundside.keep.ledger.keys import SigningKey

    other = SigningKey.make(str(state(run)["key"]).split("+")[0])
    refused(run("witness", "trust", other.verifier, "--state", witness), Conflict, "by another key")
    refused(run("witness", "make", witness, "--name", "again"), Conflict, "already")
    refused(run("witness", "cosign", tmp_path / "first.txt", "--state", tmp_path / "no"), NotFound, "no witness")


@pytest.mark.parametrize("content", [b"", b"nonsense\n", b"old 4\n\n", b"old x\n\nmore\n"])
def test_what_is_no_checkpoint_is_refused(content: bytes, run: Run, witness: Path, tmp_path: Path):
    (tmp_path / "given.txt").write_bytes(content)
    refused(run("witness", "cosign", tmp_path / "given.txt", "--state", witness), Refused, "Not cosigned")


def test_what_is_no_small_text_is_refused(run: Run, witness: Path, tmp_path: Path):
    for content, kind in ((b"\xff\xfe", BadRequest), (b"x" * 2_000_000, TooLarge)):
        (tmp_path / "given.txt").write_bytes(content)
        refused(run("witness", "cosign", tmp_path / "given.txt", "--state", witness), kind, "given.txt")
    refused(run("ledger", "keep", tmp_path / "nowhere"), NotFound, "nowhere")


def test_a_checkpoint_of_another_ledger_or_by_a_stranger_is_not_kept(run: Run, archive: Path, tmp_path: Path):
    done(run("ledger", "checkpoint", "--out", tmp_path / "bare.txt"))
    refused(run("ledger", "keep", tmp_path / "bare.txt"), Tampered, "witnesses")
    folder = tmp_path / "stranger"
    done(run("witness", "make", folder, "--name", "example.org/eve"))
    done(run("witness", "trust", state(run)["key"], "--state", folder))
    done(run("witness", "cosign", tmp_path / "bare.txt", "--state", folder))
    refused(run("ledger", "keep", tmp_path / "bare.txt.cosigned"), Tampered, "not known here")
    refused(run("ledger", "keep", tmp_path / "bare.txt.cosigned", "--witness", state(run)["key"]), Tampered, "witness")
    assert state(run)["witnesses"] == []


def test_what_was_rewritten_after_a_witness_saw_it_is_a_fault_of_the_archive(run: Run, archive: Path, witness: Path):
    with Archive.open(archive) as it:
        assert it.verify(WHO).faults == ()
        with it.catalogue.read() as reader:
            kept = reader.connection.execute(ledger_checkpoint.select().where(ledger_checkpoint.c.witnessed)).one()
    rewrite(archive, 9)
    with Archive.open(archive) as it:
        with it.catalogue.commit(WHO) as writer:
            writer.connection.execute(ledger_checkpoint.insert().values(**kept._mapping))
        assert any("the ledger was rewritten" in each.what for each in it.verify(WHO).faults)


def test_who_may_not_see_every_case_sees_nothing_of_the_ledger_s_entries(archive: Path):
    with Archive.open(archive) as it:
        for asked in (
            lambda: it.ledger_entries(SOMEBODY, 0, 10),
            lambda: it.ledger_events(SOMEBODY, 0, 10),
            lambda: it.prove(SOMEBODY, 0),
            lambda: it.keep_checkpoint(SOMEBODY, ""),
        ):
            with pytest.raises(Refused, match="every case"):
                asked()
        with pytest.raises(NotFound):
            it.evidence(SOMEBODY, [it.flights(WHO, FlightQuery()).flights[0].id], "curious")


def test_evidence_is_packed_from_the_shell(run: Run, tmp_path: Path):
    [flight] = json.loads(done(run("flights", "--json")))
    asked = ["evidence", flight["id"][:6], "--to", tmp_path / "bag"]
    refused(run(*asked), BadRequest, "for a reason")
    told = json.loads(done(run(*asked, "--why", "claim 4711", "--json")))
    assert (told["flights"], told["originals"]) == (1, 1)
    assert verify(tmp_path / "bag", "--key", told["key"])[0] == 0
    refused(run(*asked, "--why", "claim 4711"), Conflict, "never replaces")


def test_evidence_of_what_was_altered_is_not_given(run: Run, archive: Path, tmp_path: Path):
    [flight] = json.loads(done(run("flights", "--json")))
    with Archive.open(archive) as it, it.catalogue.commit(WHO) as writer:
        writer.connection.execute(update(schema.event).where(schema.event.c.what == "read").values(who="eve"))
    result = run("evidence", flight["id"], "--to", tmp_path / "bag", "--why", "claim")
    refused(result, Tampered, "does not show that this event is one of the entry")
    assert not (tmp_path / "bag").exists()


def test_evidence_of_a_file_that_the_ledger_does_not_bind_is_not_given_until_it_came_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    [(name, data)] = [(name, data) for name, data in craft_files() if name.endswith(".csv")]
    with Archive.open(tmp_path / "old", create=True) as it:
        for module in (settling, taking):
            monkeypatch.setattr(module, "arrival_details", lambda came: "{}")  # as before digests were recorded
        it.receive(WHO, name, [data])
        monkeypatch.undo()
        [flight] = it.flights(WHO, FlightQuery()).flights
        with pytest.raises(Conflict, match="does not bind the bytes"):
            it.evidence(WHO, [flight.id], "claim")
        it.receive(WHO, f"again-{name}", [data])
        assert it.evidence(WHO, [flight.id], "claim").files[0].id == flight.sources[0].recording_id
