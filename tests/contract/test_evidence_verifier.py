"""The verifier that travels with evidence, run in this process: each thing it can find wrong, in its own words."""

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from groundside.keep.ledger import standalone
from tests.evidence_packages import build, pack_again


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    root = tmp_path_factory.mktemp("verifier")
    _, key, witness = build(root)
    return root, key, witness


@pytest.fixture
def bag(built: tuple[Path, str, str], tmp_path: Path) -> Path:
    shutil.copytree(built[0] / "bag", tmp_path / "bag")
    return tmp_path / "bag"


def first(bag: Path, pattern: str) -> Path:
    return sorted(bag.glob(pattern))[0]


def verified(bag: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    code = standalone.main(["bag", str(bag), *options])
    return code, capsys.readouterr().out


def test_a_whole_package_holds_and_says_what_it_does_not_prove(
    built: tuple[Path, str, str], bag: Path, capsys: pytest.CaptureFixture[str]
):
    code, said = verified(bag, capsys)
    assert code == 0, said
    assert "The key came with the package" in said
    assert "No witness's key was given" in said
    _, key, witness = built
    code, said = verified(bag, capsys, "--key", key, "--witness", witness, "--cosigners", "1")
    assert code == 0, said
    assert "came with the package" not in said
    assert "No witness" not in said
    assert " saw the ledger of " in said


def no_file(bag: Path) -> None:
    (bag / "bag-info.txt").unlink()


def no_entry(bag: Path) -> None:
    first(bag, "data/ledger/entries/*.json").unlink()


def no_event(bag: Path) -> None:
    shutil.rmtree(first(bag, "data/events/*"))


def others_facts(bag: Path) -> None:
    facts = first(bag, "data/flights/*/facts.json")
    facts.write_text(json.dumps(json.loads(facts.read_text()) | {"id": "0" * 32}))


def facts_of_nothing(bag: Path) -> None:
    first(bag, "data/flights/*/facts.json").write_text("[]")


def facts_nested_without_end(bag: Path) -> None:
    first(bag, "data/flights/*/facts.json").write_text("[" * 200_000)


def another_growth(bag: Path) -> None:
    growth = bag / "data" / "ledger" / "growth.txt"
    growth.write_text(growth.read_text().replace("old ", "old 1", 1))


def growth_of_another_ledger(bag: Path) -> None:
    growth = bag / "data" / "ledger" / "growth.txt"
    old, path, *note = growth.read_text().splitlines(keepends=True)
    growth.write_text("".join([old, base64.b64encode(bytes(32)).decode() + "\n", *note]))
    assert len(path) == 45


def no_witness(bag: Path) -> None:
    for name in ("cosigned.txt", "growth.txt"):
        (bag / "data" / "ledger" / name).unlink()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (no_file, "'bag-info.txt' is missing"),
        (no_entry, "proves an entry that is missing"),
        (no_event, "binds no event that is here"),
        (others_facts, "facts of another flight"),
        (facts_of_nothing, "is not of its form"),
        (facts_nested_without_end, "is not of its form"),
        (another_growth, "growth.txt is about other checkpoints"),
        (growth_of_another_ledger, "does not begin with what witnesses saw"),
        (no_witness, "no witness cosigned it"),
    ],
)
def test_what_is_wrong_is_named_though_the_manifests_agree(
    built: tuple[Path, str, str],
    bag: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Path], None],
    words: str,
):
    change(bag)
    pack_again(bag)
    code, said = verified(bag, capsys, "--witness", built[2])
    assert code == 1
    assert words in said
    assert "holds: " not in said


def test_another_key_than_the_one_that_was_given_is_named(
    built: tuple[Path, str, str], bag: Path, capsys: pytest.CaptureFixture[str]
):
    code, said = verified(bag, capsys, "--key", built[2])
    assert code == 1
    assert "is not the key that was given" in said


def test_what_is_no_key_ends_it_in_words(bag: Path, capsys: pytest.CaptureFixture[str]):
    code, said = verified(bag, capsys, "--key", "no key")
    assert code == 1
    assert said.startswith("DOES NOT HOLD: ")


def test_a_file_that_the_disk_will_not_give_is_named(
    bag: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    read = standalone.read_text

    def failing(name: str, most: int = standalone.MOST_BYTES) -> str:
        if name.endswith("facts.json"):
            raise OSError(5, "Input/output error")
        return read(name, most)

    monkeypatch.setattr(standalone, "read_text", failing)
    code, said = verified(bag, capsys)
    assert code == 1
    assert "facts.json' cannot be read: Input/output error" in said


def test_without_a_place_it_verifies_the_package_that_it_lies_in(
    bag: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(standalone, "__file__", str(bag / "verify.py"))
    assert standalone.main([]) == 0
    assert "holds: original " in capsys.readouterr().out


def test_a_text_that_is_too_long_is_not_read(tmp_path: Path):
    (tmp_path / "a").write_text("four")
    assert standalone.read_text(str(tmp_path / "a"), 4) == "four"
    with pytest.raises(standalone.Refusal, match="too long"):
        standalone.read_text(str(tmp_path / "a"), 3)
