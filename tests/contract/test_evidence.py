"""An evidence package is verified with Python alone, and whatever was changed in it is named."""

import ast
import base64
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import bagit
import pytest

from groundside.archive.archive import Archive
from groundside.errors import BadRequest, Conflict, Tampered
from groundside.keep.ledger import standalone
from groundside.keep.ledger.keys import SigningKey
from groundside.model.query import FlightQuery
from groundside.see.evidence.package import write_package
from tests.evidence_packages import CLAIM, WHO, WHY, build, flip, pack_again, verify

CASE = Path(__file__).resolve().parents[1] / "peers" / "case-utils" / ".venv" / "bin" / "case_validate"
FLIPS, FLIPS_IN_FULL = 60, 1_000
PROVED = ("data/originals", "data/events", "data/ledger")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str, str]:
    root = tmp_path_factory.mktemp("evidence")
    return root, *build(root)


@pytest.fixture
def bag(built: tuple[Path, str, str, str], tmp_path: Path) -> Path:
    shutil.copytree(built[0] / "bag", tmp_path / "bag")
    return tmp_path / "bag"


def wrong_in(bag: Path) -> list[str]:
    """What the verifier finds wrong, without the cost of a process."""
    found = standalone.Bag(bag)
    try:
        standalone.report_bag(found, "", [], 0)
    except standalone.Refusal as why:
        found.wrong.append(str(why))
    return found.wrong


def files(bag: Path, *below: str) -> list[Path]:
    return sorted(p for each in below or ("",) for p in (bag / each).rglob("*") if p.is_file())


def one(bag: Path, pattern: str) -> Path:
    return sorted(bag.glob(pattern))[0]


def named(bag: Path, path: Path) -> str:
    return repr(path.relative_to(bag).as_posix())


def test_a_package_verifies_with_nothing_but_python(built: tuple[Path, str, str, str], bag: Path):
    code, said = verify(bag)
    assert code == 0, said
    assert said.count("holds: original ") == 2
    assert "came with the package" in said
    assert "It does not prove" in said
    assert (bag / "verify.py").read_bytes() == Path(standalone.__file__).read_bytes()
    assert not list(bag.rglob("__pycache__"))


def test_with_keys_from_elsewhere_it_says_what_the_witness_saw(built: tuple[Path, str, str, str], bag: Path):
    _, _, key, witness = built
    code, said = verify(bag, "--key", key, "--witness", witness)
    assert code == 0, said
    assert "holds: example.org/w1 saw the ledger of 10 entries" in said
    assert "came with the package" not in said


def test_another_key_or_an_unknown_witness_is_refused(built: tuple[Path, str, str, str], bag: Path):
    _, _, key, _ = built
    other = SigningKey.make(key.split("+")[0])
    stranger = SigningKey.make("example.org/w2", type(other.kind).COSIGNATURE)
    code, said = verify(bag, "--key", str(other.verifier))
    assert code == 1
    assert "key.txt' is not the key that was given" in said
    code, said = verify(bag, "--key", key, "--witness", str(stranger.verifier))
    assert code == 1
    assert "too few witnesses signed" in said


def test_the_verifier_keeps_to_what_python_3_8_understands(bag: Path):
    ast.parse((bag / "verify.py").read_text(), feature_version=(3, 8))


def test_the_package_is_a_bag_to_others(bag: Path):
    opened = bagit.Bag(str(bag))
    assert opened.validate()
    assert opened.info["External-Description"].endswith(WHY)


@pytest.mark.skipif(not CASE.exists(), reason="case-utils is not installed: run tests/install_tools.sh")
def test_the_description_conforms_to_case_and_uco(bag: Path, full: bool):
    graph = bag / "data" / "case.jsonld"
    asked = [CASE, "--built-version", "case-1.5.0"]
    done = subprocess.run([*asked, graph], capture_output=True, text=True, check=False)
    assert (done.returncode, "Conforms: True" in done.stdout) == (0, True), done.stdout + done.stderr
    if not full:
        return
    graph.write_text(graph.read_text().replace("xsd:hexBinary", "xsd:boolean"))
    done = subprocess.run([*asked, graph], capture_output=True, text=True, check=False)
    assert done.returncode != 0, "the check can fail"


def test_the_description_names_each_file_with_its_digest(bag: Path):
    graph = json.loads((bag / "data" / "case.jsonld").read_text())["@graph"]
    package = json.loads((bag / "data" / "package.json").read_text())
    hashes = {
        facet["uco-observable:hash"]["uco-types:hashValue"]["@value"]
        for node in graph if node["@type"] == "uco-observable:File"
        for facet in node["uco-core:hasFacet"] if "uco-observable:hash" in facet
    }  # fmt: skip
    assert hashes == {each["sha256"] for each in package["originals"]}
    ids = [node["@id"] for node in graph]
    assert len(set(ids)) == len(ids)


def test_only_what_the_flight_needs_is_in_it(built: tuple[Path, str, str, str], bag: Path):
    root, flight, *_ = built
    with Archive.open(root / "archive") as it:
        others = {f.id for f in it.flights(WHO, FlightQuery()).flights} - {flight}
        foreign = {f.recording_id for f in it.files(WHO)} - {p.parent.name for p in files(bag, "data/originals")}
    text = b"".join(p.read_bytes() for p in files(bag))
    assert others
    assert foreign
    assert not [each for each in others | foreign if each.encode() in text]


def test_any_bit_that_flips_is_named(bag: Path, full: bool):
    chance = random.Random(2026)
    everything = files(bag)
    for _ in range(FLIPS_IN_FULL // 10 if full else FLIPS // 10):
        path = chance.choice(everything)
        bit = chance.randrange(path.stat().st_size * 8)
        flip(path, bit)
        wrong = wrong_in(bag)
        if path.name != "tagmanifest-sha256.txt":
            assert any(path.relative_to(bag).as_posix() in each for each in wrong), (path, wrong)
        assert wrong
        flip(path, bit)
    assert wrong_in(bag) == []


def test_a_bit_that_a_forger_flips_in_what_is_proved_is_named_though_the_manifests_agree(bag: Path, full: bool):
    chance = random.Random(5)
    proved = files(bag, *PROVED)
    for _ in range(FLIPS_IN_FULL if full else FLIPS):
        path = chance.choice(proved)
        bit = chance.randrange(path.stat().st_size * 8)
        flip(path, bit)
        pack_again(bag)
        wrong = wrong_in(bag)
        unverified = path.name == "cosigned.txt" and not wrong  # the witness's key is not given here
        assert unverified or wrong, (path, bit)
        flip(path, bit)
    pack_again(bag)
    assert wrong_in(bag) == []


@pytest.mark.parametrize("skilled", [False, True], ids=["plain", "manifests written anew"])
@pytest.mark.parametrize(
    "what",
    ["original", "event", "entry", "entry proof", "checkpoint", "key", "facts"],
)
def test_what_is_removed_is_missed(what: str, skilled: bool, bag: Path):
    patterns = {
        "original": "data/originals/*/*",
        "event": "data/events/*/*.txt",
        "entry": "data/ledger/entries/*.json",
        "entry proof": "data/ledger/entries/*.proof",
        "checkpoint": "data/ledger/checkpoint.txt",
        "key": "data/ledger/key.txt",
        "facts": "data/flights/*/facts.json",
    }
    path = one(bag, patterns[what])
    path.unlink()
    if skilled:
        pack_again(bag)
    code, said = verify(bag)
    assert code == 1, said
    if not skilled:
        assert f"{named(bag, path)} is missing" in said


@pytest.mark.parametrize("pattern", ["data/originals/*/*", "data/events/*/*.txt", "data/ledger/entries/*.json"])
def test_swapped_files_are_named_though_the_manifests_agree(pattern: str, bag: Path):
    first, *_, last = sorted(bag.glob(pattern))
    one_content, other = first.read_bytes(), last.read_bytes()
    first.write_bytes(other)
    last.write_bytes(one_content)
    assert any(named(bag, first) in each for each in wrong_in(bag))
    pack_again(bag)
    wrong = " ".join(wrong_in(bag))
    assert named(bag, first) in wrong
    assert named(bag, last) in wrong


def test_an_added_file_is_named(bag: Path):
    (bag / "data" / "originals" / "notes.txt").write_text("and this too")
    assert wrong_in(bag) == [
        "'data/originals/notes.txt' was added: no manifest lists it",
        "'data/originals/notes.txt' has no place in such a package",
    ]
    pack_again(bag)
    assert wrong_in(bag) == ["'data/originals/notes.txt' has no place in such a package"]


def test_a_second_file_beside_an_original_is_not_taken_for_it(bag: Path):
    original = one(bag, "data/originals/*/*")
    (original.parent / "better.csv").write_bytes(original.read_bytes() + b" ")
    pack_again(bag)
    assert any("better.csv' is not the file that the ledger binds" in each for each in wrong_in(bag))


def test_a_signature_that_was_made_up_is_named_though_everything_agrees_with_it(bag: Path):
    line = (bag / "data" / "ledger" / "checkpoint.txt").read_text().splitlines()[-1]
    made = bytearray(base64.b64decode(line.split()[-1]))
    made[20] ^= 1
    forged = f"{line.rpartition(' ')[0]} {base64.b64encode(made).decode()}"
    for path in files(bag, "data/ledger"):
        path.write_text(path.read_text().replace(line, forged))
    pack_again(bag)
    [wrong] = wrong_in(bag)
    assert "data/ledger/checkpoint.txt" in wrong
    assert "is not one of this text" in wrong


def test_an_event_under_another_number_is_named(bag: Path):
    event = one(bag, "data/events/*/*.txt")
    event.rename(event.with_name("999.txt"))
    pack_again(bag)
    assert [each for each in wrong_in(bag) if "999.txt'" in each and "not the event that its name says" in each]


def test_a_link_to_elsewhere_is_refused(bag: Path):
    original = one(bag, "data/originals/*/*")
    original.rename(bag.parent / "elsewhere")
    original.symlink_to(bag.parent / "elsewhere")
    assert f"{named(bag, original)} is no file" in wrong_in(bag)


def test_another_ledger_with_a_key_of_its_own_fails_against_the_right_key(
    built: tuple[Path, str, str, str], tmp_path: Path
):
    (tmp_path / "forged").mkdir()
    build(tmp_path / "forged")
    assert verify(tmp_path / "forged" / "bag")[0] == 0, "with its own key it is a package like any other"
    code, said = verify(tmp_path / "forged" / "bag", "--key", built[2])
    assert code == 1
    assert "is not the key that was given" in said


def test_nothing_to_verify_is_no_success(bag: Path):
    for path in files(bag, "data/originals", "data/events", "data/ledger/entries", "data/flights"):
        path.unlink()
    pack_again(bag)
    assert wrong_in(bag) == ["there is no original file, or no flight, to verify"]


def test_zips_of_the_same_evidence_are_the_same_bytes(built: tuple[Path, str, str, str], tmp_path: Path):
    with Archive.open(built[0] / "archive") as it:
        found = it.evidence(CLAIM, [built[1]], WHY)
        for name in ("one.zip", "two.zip"):
            write_package(found, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert all(name.isascii() and ".." not in name and not name.startswith("/") for name in archive.namelist())
        archive.extractall(tmp_path / "out")
    [bag] = (tmp_path / "out").iterdir()
    assert verify(bag)[0] == 0


def test_that_it_left_and_why_is_recorded_before_it_does(built: tuple[Path, str, str, str]):
    root, flight, *_ = built
    with Archive.open(root / "archive") as it:
        happened = [e for e in it.events(WHO, 0, 1000) if e.what == "evidence"]
    assert {(e.about, e.why, json.loads(e.details)["why"]) for e in happened} == {(flight, WHY, WHY)}


def test_evidence_needs_a_flight_and_a_reason(built: tuple[Path, str, str, str]):
    root, flight, *_ = built
    with Archive.open(root / "archive") as it:
        for asked, why in (([], WHY), ([flight], " ")):
            with pytest.raises(BadRequest, match="for a reason"):
                it.evidence(CLAIM, asked, why)


def test_a_package_replaces_nothing_and_leaves_nothing_half_written(built: tuple[Path, str, str, str], tmp_path: Path):
    def torn():
        what = "it was changed"
        raise Tampered(what)

    (tmp_path / "there").mkdir()
    with Archive.open(built[0] / "archive") as it:
        found = it.evidence(CLAIM, [built[1]], WHY)
        for name in ("there", "there.zip"):
            (tmp_path / "there.zip").touch()
            with pytest.raises(Conflict, match="never replaces"):
                write_package(found, tmp_path / name)
        broken = replace(found, files=(*found.files[:-1], replace(found.files[-1], open=torn)))
        for name in ("new", "new.zip"):
            with pytest.raises(Tampered):
                write_package(broken, tmp_path / name)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["there", "there.zip"]


def test_a_killed_run_leaves_nothing_that_looks_whole(built: tuple[Path, str, str, str], tmp_path: Path):
    program = (
        "import os, sys\n"
        "from dataclasses import replace\n"
        "from pathlib import Path\n"
        "from groundside.archive.archive import Archive\n"
        "from groundside.see.evidence.package import write_package\n"
        "from tests.evidence_packages import CLAIM, WHY\n"
        "with Archive.open(Path(sys.argv[1])) as it:\n"
        "    found = it.evidence(CLAIM, [sys.argv[2]], WHY)\n"
        "    die = lambda: os.kill(os.getpid(), 9)\n"
        "    write_package(replace(found, files=(*found.files[:-1], replace(found.files[-1], open=die))),\n"
        "                  Path(sys.argv[3]))\n"
    )
    for name in ("bag", "bag.zip"):
        asked = [sys.executable, "-c", program, built[0] / "archive", built[1], tmp_path / name]
        done = subprocess.run(asked, cwd=Path(__file__).parents[2], env=dict(os.environ), check=False)
        assert done.returncode == -9
    left = list(tmp_path.iterdir())
    assert left
    assert all(p.name.startswith(".groundside-") for p in left)
    assert not [p for p in tmp_path.rglob("*") if p.name in {"bagit.txt", "manifest-sha256.txt"}]
    assert not [p for p in left if p.is_file() and zipfile.is_zipfile(p)]


def test_bytes_that_are_not_what_was_kept_never_leave(built: tuple[Path, str, str, str], tmp_path: Path):
    with Archive.open(built[0] / "archive") as it:
        found = it.evidence(CLAIM, [built[1]], WHY)
        first, second = found.files
        swapped = replace(found, files=(replace(first, open=second.open), second))
        with pytest.raises(Tampered, match="another SHA-256"):
            write_package(swapped, tmp_path / "bag")
    assert not list(tmp_path.iterdir())
