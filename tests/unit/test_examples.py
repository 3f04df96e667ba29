"""What the documentation shows is run."""

import doctest
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import groundside
from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from tests.conftest import REPOSITORY
from tests.simulated import craft_files

EXAMPLES = sorted((REPOSITORY / "examples").glob("*.py"))


def source_of(module: pkgutil.ModuleInfo) -> str:
    origin = Path(module.module_finder.find_spec(module.name).origin or "")  # pyright: ignore
    return origin.read_text() if origin.suffix == ".py" else ""


MODULES = [
    m.name
    for m in pkgutil.walk_packages(groundside.__path__, "groundside.")
    if ".migrations" not in m.name and ">>> " in source_of(m)
]


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("card")
    for name, data in craft_files((6,)):
        (folder / name).write_bytes(data)
    with Archive.open(folder.parent / "examples-archive", create=True) as archive:
        archive.ingest(Caller("tester", "test"), [folder])
    return folder


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_example_is_short_and_runs(path: Path, card: Path):
    assert len(path.read_text().splitlines()) < 30
    [log] = card.glob("*.BIN")
    argument = log if path.stem == "look_into_a_log" else card.parent / "examples-archive"
    done = subprocess.run([sys.executable, path, argument], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_a_docstring_are_true(name: str):
    found = doctest.testmod(import_module(name), optionflags=doctest.ELLIPSIS)
    assert found.attempted
    assert found.failed == 0
