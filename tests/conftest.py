"""What every test may ask for."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest_plugins = ["tests.service.postgres", "tests.service.seaweedfs"]
REPOSITORY = Path(__file__).resolve().parents[1]
DEFAULT_CORPUS = REPOSITORY.parent / "shared" / "corpus"
IN_CI = bool(os.environ.get("CI"))
MEASURED: dict[str, object] = {}
Figure = Callable[[str, object], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="every full count of the Must-show lines (slow)")
    parser.addoption("--figures", type=Path, help="write what was measured as JSON into this file")


def pytest_sessionfinish(session: pytest.Session) -> None:
    out: Path | None = session.config.getoption("--figures")
    if out is not None:
        out.write_text(json.dumps(MEASURED, indent=2, sort_keys=True) + "\n")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[object]:
    """In CI a skip is a failure: what the tests need, `make test` installs."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = (
            f"skipped in CI: {report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr}"
        )
    return report


@pytest.fixture(scope="session", autouse=True)
def keys_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Root keys of the archives that tests make never go into the home folder of who runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        for name in ("GROUNDSIDE_PASSPHRASE", "GROUNDSIDE_NEW_PASSPHRASE", "GROUNDSIDE_ROOT_KEY"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether every full count was asked for (`make prove`)."""
    return bool(request.config.getoption("--full"))


@pytest.fixture(scope="session")
def figure() -> Figure:
    """Record a figure that was measured, under a name, for `make prove`."""
    return MEASURED.__setitem__


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real files; the test is skipped where it is absent."""
    folder = Path(os.environ.get("GROUNDSIDE_CORPUS", DEFAULT_CORPUS))
    if not (folder / "flights").is_dir():
        pytest.skip(f"no real files at {folder}: set GROUNDSIDE_CORPUS to the corpus folder")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's browser; test tools cannot download their own."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("no chromium: apt-get install chromium")
    return found
