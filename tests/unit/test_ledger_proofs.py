"""Proofs as text are read back and hold, for our verifier and for the one that travels with evidence."""

import ast
import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from groundside.errors import Tampered
from groundside.keep.ledger import log, proofs, standalone
from groundside.keep.ledger.checkpoint import open_checkpoint
from groundside.keep.ledger.entries import Entry, canonical_event
from tests.ledger_builders import KEY, OTHER, WITNESS, cosigned, empty, entries, entry_of, events, ledger, signed

FILE = Path(standalone.__file__)
PUBLIC = str(KEY.verifier)
THEIRS = standalone.key_from(PUBLIC)
SEEN_BY = standalone.key_from(str(WITNESS.verifier))


class Evidence:
    """An entry of five events, of which the third was erased, in a ledger of 300 entries that a witness cosigned."""

    def __init__(self) -> None:
        told, commitments = events(5)
        self.told = told
        told[2] = b"", None
        with ledger(200) as connection:
            self.older = cosigned(log.newest(connection) or "")
            log.append(connection, [entry_of(commitments)], KEY)
            log.append(connection, entries(99), KEY)
            self.note = cosigned(log.newest(connection) or "")
            self.leaf = log.read(connection, 200, 1)[0].leaf
            self.entry = proofs.entry_proof(200, log.inclusion(connection, 200, 300), self.note)
            self.growth = proofs.growth(200, log.consistency(connection, 200, 300), self.note)
        self.events = proofs.event_proofs(told, commitments)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return Evidence()


def both_refuse(raw: str, leaf: bytes) -> None:
    with pytest.raises(Tampered):
        proofs.open_entry_proof(raw, leaf, KEY.verifier, [WITNESS.verifier], 1)
    with pytest.raises(standalone.Refusal):
        standalone.verify_entry(raw, leaf, THEIRS, [SEEN_BY], 1)


def test_an_entry_is_proven_to_both(evidence: Evidence):
    entry, opened = proofs.open_entry_proof(evidence.entry, evidence.leaf, KEY.verifier, [WITNESS.verifier], 1)
    assert (entry.seq, entry.events, opened.checkpoint.size) == (200, 5, 300)
    found, checkpoint = standalone.verify_entry(evidence.entry, evidence.leaf, THEIRS, [SEEN_BY], 1)
    assert found == json.loads(evidence.leaf)
    assert checkpoint.root == opened.checkpoint.root
    assert checkpoint.seen == {WITNESS.name: 1_700_000_000}


def test_events_are_proven_to_both_and_an_erased_one_says_nothing(evidence: Evidence):
    entry, theirs = Entry.parse(evidence.leaf), standalone.entry_from(evidence.leaf)
    for at, raw in enumerate(evidence.events):
        told = evidence.told[at][1]
        assert proofs.open_event_proof(raw, entry) == (json.loads(told) if told else None)
        assert standalone.verify_event(raw, theirs).encode() == (told or b"")
    assert "who" not in evidence.events[2]


def test_an_event_in_the_place_of_another_is_refused(evidence: Evidence):
    entry, theirs = Entry.parse(evidence.leaf), standalone.entry_from(evidence.leaf)
    head, body = evidence.events[0].split("\n\n")
    other = evidence.events[1].split("\n\n")[1]
    erased = evidence.events[2]
    body_of = canonical_event({"x": 1}).decode()
    for raw in (
        f"{head}\n\n{other}",
        f"{head}\n\n{body}\n",
        f"{head}\n\n{body[:-1]}",
        f"{head}\n\n{body.replace('salt', 'pepper')}",
        f"{head}\n\n{body.replace('{', '{ ')}",
        f"{head}\n\n{body.replace('{', '[')}",
        f"{head}\n\n{body.splitlines()[0]}\n[1]\n",
        f"{head}\n\n{body.splitlines()[0]}\n{body_of}\n",
        f"{head}\n\nsalt AAAA\n{body_of}\n",
        f"{head}\n\n",
        erased + "\n",
        erased[:-1],
        erased.replace("commitment ", "commitment  "),
        evidence.entry,
    ):
        with pytest.raises(Tampered):
            proofs.open_event_proof(raw, entry)
        with pytest.raises(standalone.Refusal):
            standalone.verify_event(raw, theirs)


def test_growth_is_proven_to_both(evidence: Evidence):
    older = open_checkpoint(evidence.older, KEY.verifier, [WITNESS.verifier])
    newer = proofs.open_growth(evidence.growth, older, KEY.verifier, [WITNESS.verifier])
    assert newer.checkpoint.size == 300
    assert standalone.verify_growth(evidence.growth, evidence.older, THEIRS, [SEEN_BY], 1).size == 300


def test_growth_from_anything_else_is_refused_by_both(evidence: Evidence):
    with empty() as fork:
        log.append(fork, entries(200, "other"), KEY)
        forked = cosigned(log.newest(fork) or "")
    other_size = evidence.growth.replace("old 200", "old 199")
    longer = evidence.growth.replace("old 200\n", f"old 200\n{'A' * 43}=\n")
    none = "old 200\n\n" + evidence.growth.split("\n\n", 1)[1]
    for raw, older in (
        (evidence.growth, forked),
        (other_size, evidence.older),
        (longer, evidence.older),
        (none, evidence.older),
    ):
        with pytest.raises(Tampered):
            opened = open_checkpoint(older, KEY.verifier, [WITNESS.verifier])
            proofs.open_growth(raw, opened, KEY.verifier, [WITNESS.verifier])
        with pytest.raises(standalone.Refusal):
            standalone.verify_growth(raw, older, THEIRS, [SEEN_BY], 1)


def test_a_ledger_grows_from_itself(evidence: Evidence):
    raw = proofs.growth(300, [], evidence.note)
    assert standalone.verify_growth(raw, evidence.note, THEIRS, [SEEN_BY], 1).size == 300
    older = open_checkpoint(evidence.note, KEY.verifier, [WITNESS.verifier])
    assert proofs.open_growth(raw, older, KEY.verifier, [WITNESS.verifier]) == older


def test_what_is_not_exactly_the_proof_is_refused_by_both(evidence: Evidence):
    raw, leaf = evidence.entry, evidence.leaf
    lines = raw.split("\n")
    for changed in (
        "",
        raw.replace("index 200", "index 201"),
        raw.replace("index 200", "index 0200"),
        raw.replace("index 200", "index 300"),
        raw.replace("index 200", "extra AAAA\nindex 200"),
        raw.replace("\n\n", "\n", 1),
        raw.replace(lines[2], lines[3], 1),
        raw.replace(lines[2] + "\n", "", 1),
        raw.replace(lines[2] + "\n", f"{lines[2]}\n{lines[2]}\n", 1),
        raw.replace(lines[2] + "\n", f"{lines[2]}\n" * 64, 1),
        raw.replace(lines[2], "A" * 40, 1),
        raw.replace(lines[2], lines[2] + " ", 1),
        raw.replace(evidence.note, evidence.older),
        raw.replace(evidence.note, cosigned(signed(300, b"r" * 32))),
        raw.replace(evidence.note, cosigned(signed(300, b"r" * 32, OTHER))),
        raw.replace(evidence.note, "\n\n" + evidence.note),
        raw.rsplit("— ", 1)[0],
        raw + "\n",
        raw + "\x00",
        raw + "\ud800",
        "x" * (1 << 20) + raw,
    ):
        both_refuse(changed, leaf)
    for other in (
        leaf.replace(b'"seq":200', b'"seq":199'),
        leaf + b"\n",
        b"",
        b"{}",
        b"\xff",
        b"[" * 999,
        leaf[:-1] + b',"z":1}',
    ):
        both_refuse(raw, other)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("v", 2),
        ("seq", -1),
        ("seq", 2**53),
        ("seq", True),
        ("events", 5.5),
        ("verb", "Read"),
        ("verb", ""),
        ("manifest", "0"),
        ("at_us", "5"),
    ],
)
def test_an_entry_of_another_form_is_refused_by_the_standalone_verifier(name: str, value: object, evidence: Evidence):
    entry = json.loads(evidence.leaf) | {name: value}
    with pytest.raises(standalone.Refusal):
        standalone.entry_from(json.dumps(entry, sort_keys=True, separators=(",", ":")).encode())


def written(folder: Path, evidence: Evidence) -> dict[str, str]:
    files = {"older": evidence.older, "note": evidence.note, "entry": evidence.entry, "growth": evidence.growth}
    files |= {"leaf": evidence.leaf.decode(), "event": evidence.events[0], "erased": evidence.events[2]}
    for name, content in files.items():
        (folder / name).write_text(content)
    (folder / "latin").write_bytes(b"\xff")
    return {name: str(folder / name) for name in [*files, "latin"]}


def test_it_runs_by_itself_with_nothing_but_python(tmp_path: Path, evidence: Evidence):
    files = written(tmp_path, evidence)
    command = [
        sys.executable,
        "-I",
        "-S",
        str(FILE),
        "entry",
        files["entry"],
        files["leaf"],
        files["event"],
        "--key",
        PUBLIC,
    ]
    done = subprocess.run(
        [*command, "--witness", str(WITNESS.verifier), "--cosigners", "1"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "holds: entry 200 is in it: read, with 5 events" in done.stdout
    assert '"who":"Ö"' in done.stdout
    assert subprocess.run(command, capture_output=True).returncode == 1


def test_it_is_a_program(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "argv", [str(FILE), "checkpoint", "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(FILE), run_name="__main__")
    assert ended.value.code == 0


def test_a_signature_that_is_not_one_of_the_text_is_refused(evidence: Evidence):
    raw = evidence.note.replace("\n300\n", "\n301\n")
    with pytest.raises(standalone.Refusal, match="is not one of this text"):
        standalone.checkpoint_from(raw, THEIRS, [SEEN_BY], 1)


def test_its_command_says_what_holds_and_what_does_not(
    tmp_path: Path, evidence: Evidence, capsys: pytest.CaptureFixture[str]
):
    files = written(tmp_path, evidence)
    keys = ["--key", PUBLIC, "--witness", str(WITNESS.verifier)]
    assert standalone.main(["checkpoint", files["note"], *keys]) == 0
    assert f"ledger {KEY.name}: 300 entries" in capsys.readouterr().out
    assert standalone.main(["growth", files["older"], files["growth"], *keys]) == 0
    assert "begins with the older ledger" in capsys.readouterr().out
    assert standalone.main(["entry", files["entry"], files["leaf"], files["event"], files["erased"], *keys]) == 0
    assert "event of it: erased" in capsys.readouterr().out
    for wrong in (
        ["checkpoint", files["leaf"]],
        ["checkpoint", files["latin"]],
        ["growth", files["note"], files["growth"]],
    ):
        assert standalone.main([*wrong, *keys]) == 1
        assert capsys.readouterr().out.startswith("DOES NOT HOLD: ")
    with pytest.raises(SystemExit):
        standalone.main(["entry", files["entry"], *keys])


def test_it_imports_only_the_standard_library_and_can_be_read_by_python_3_8():
    tree = ast.parse(FILE.read_text(), feature_version=(3, 8))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= set(sys.stdlib_module_names)
    assert "groundside" not in names


@pytest.mark.parametrize(
    "text", ["", "a+b", PUBLIC + "=", PUBLIC.replace("+", "++"), PUBLIC.replace("archive", "b"), PUBLIC[:-4] + "AAAA"]
)
def test_it_takes_no_key_that_is_none(text: str):
    with pytest.raises(standalone.Refusal):
        standalone.key_from(text)


def test_it_holds_checkpoints_to_the_same_order_and_number_of_signatures(evidence: Evidence):
    text, lines = evidence.note.rsplit("\n\n", 1)
    mine, seen, _ = lines.split("\n")
    for order in ([seen, mine], [seen], [mine, mine], [mine, seen, seen], [mine]):
        raw = f"{text}\n\n" + "".join(f"{line}\n" for line in order)
        with pytest.raises(standalone.Refusal):
            standalone.checkpoint_from(raw, THEIRS, [SEEN_BY], 1)
        with pytest.raises(Tampered):
            open_checkpoint(raw, KEY.verifier, [WITNESS.verifier], 1)
    with pytest.raises(standalone.Refusal, match="key is not given"):
        standalone.checkpoint_from(evidence.note, THEIRS, [], 0)
    with pytest.raises(standalone.Refusal, match="no checkpoint"):
        standalone.state_from("one\n\n— a AAAAAAAA\n")
    with pytest.raises(standalone.Refusal, match="no signed note"):
        standalone.state_from("one\n\n— a AAAAAAAA")
    with pytest.raises(standalone.Refusal, match="line of a signature"):
        standalone.state_from("one\n\n- a AAAAAAAA\n")
    with pytest.raises(standalone.Refusal, match="no such leaf"):
        standalone.root_with(b"", 5, 5, [])
