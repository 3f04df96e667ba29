"""Nothing leaves the machine: seen by the kernel's own counts where there is no network, and by who imports what."""

import ast
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from groundside import outbound
from groundside.archive.archive import Archive
from groundside.errors import Refused
from groundside.model.caller import Caller
from tests.conftest import REPOSITORY, Figure
from tests.service.seaweedfs import SeaweedFS

SOURCE = REPOSITORY / "src" / "groundside"
SILENCE = [sys.executable, str(REPOSITORY / "tools" / "silence.py")]
ME = Caller("me", "test")

CONNECTS = {
    "_socket": set[str](),
    "aiohttp": set[str](),
    "asyncio": set[str](),
    "boto3": set[str](),
    "botocore": set[str](),
    "dask": set[str](),
    "distributed": {"workers/cluster.py"},
    "duckdb": set[str](),
    "fsspec": set[str](),
    "ftplib": set[str](),
    "grpc": set[str](),
    "http.client": set[str](),
    "http.server": set[str](),
    "httpcore": set[str](),
    "httpx": set[str](),
    "httpx2": set[str](),
    "imaplib": set[str](),
    "multiprocessing": set[str](),
    "obstore": {"keep/bucket.py", "keep/storage_errors.py"},  # the second knows its errors only
    "poplib": set[str](),
    "psycopg": {"keep/postgres.py"},
    "pyarrow.flight": set[str](),
    "requests": set[str](),
    "smtplib": set[str](),
    "socket": {"see/web/server.py"},  # listens
    "socketserver": set[str](),
    "ssl": set[str](),
    "subprocess": {"workers/guard.py", "keep/keys/key_command.py"},
    "telnetlib": set[str](),
    "tornado": set[str](),
    "urllib.request": set[str](),
    "urllib3": set[str](),
    "uvicorn": {"see/web/server.py"},  # listens
    "webbrowser": set[str](),
    "websockets": set[str](),
    "xmlrpc": set[str](),
}
"""What opens connections, or starts what might, and the only modules that may use it."""
NAMED = {
    "S3FileSystem": {"keep/fetching.py"},
    "create_engine": {"keep/postgres.py", "keep/sqlite.py"},
    "open_connection": set[str](),
    "create_connection": set[str](),
    "connect_tcp": set[str](),
    "connect_unix": set[str](),
    "set_network_enabled": set[str](),
    "GcsFileSystem": set[str](),
    "HadoopFileSystem": set[str](),
    "from_uri": set[str](),
    "__import__": set[str](),
}
"""Names that stand for the same in libraries which do other things too."""
PERMITTING = {
    "keep/bucket.py": "address.permit()",
    "keep/postgres.py": "permit_servers(",
    "workers/cluster.py": "permit(",
}
"""Who opens connections beyond this machine, and how each passes the gate first."""

WORDS = re.compile("|".join(each.partition(".")[0] for each in CONNECTS | NAMED))
"""Most modules hold none of them, and parsing takes long."""


def uses(source: str) -> set[str]:
    """What of the lists above a module uses."""
    found = set[str]()
    if not WORDS.search(source):
        return found
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {alias.name for alias in node.names if alias.name in NAMED}
        elif isinstance(node, ast.Attribute) and node.attr in NAMED:
            found.add(node.attr)
        elif isinstance(node, ast.Name) and node.id in NAMED:
            found.add(node.id)
    listed = CONNECTS | NAMED
    return {each for each in listed if any(f == each or f.startswith(f"{each}.") for f in found)}


def strangers(modules: dict[str, str]) -> list[str]:
    may = CONNECTS | NAMED
    return sorted(
        f"{name} uses {used}" for name, text in modules.items() for used in uses(text) if name not in may[used]
    )


@cache
def modules() -> dict[str, str]:
    return {str(path.relative_to(SOURCE)): path.read_text() for path in SOURCE.rglob("*.py")}


def test_only_the_named_modules_can_open_a_connection():
    assert strangers(modules()) == []


@pytest.mark.parametrize(
    "text",
    [
        "import socket",
        "from urllib import request",
        "import urllib.request as u",
        "from http import client",
        "def f():\n    from obstore.store import S3Store",
        "import pyarrow.fs as fs\nfs.S3FileSystem()",
        "from asyncio import open_connection",
        "import sqlalchemy\nsqlalchemy.create_engine('x')",
    ],
)
def test_a_module_that_opens_its_own_connection_is_noticed(text: str):
    assert strangers({"decode/known.py": text}) != []


def test_whoever_opens_a_connection_beyond_this_machine_passes_the_gate():
    found = modules()
    assert [name for name, call in PERMITTING.items() if call not in found[name]] == []


def test_the_kernels_speak_to_nobody():
    calls = re.compile(r"\b(socket|connect|getaddrinfo|sendto|sendmsg|gethostbyname)\s*\(|sys/socket\.h|netdb\.h")
    ours = [p for p in (SOURCE / "native").iterdir() if p.suffix in {".c", ".h", ".pyx"} and not p.name.startswith("_")]
    assert ours and [path.name for path in ours if calls.search(path.read_text())] == []


@pytest.mark.service
def test_a_session_to_a_server_beyond_this_machine_is_refused_or_leaves_an_entry_with_its_reason(
    seaweed: SeaweedFS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(outbound, "is_here", lambda host: not host)  # loopback stands for another machine
    where = seaweed.endpoint.removeprefix("http://")
    settings = seaweed.settings("silence-1", workers="0")
    with pytest.raises(Refused, match=where):
        Archive.open(tmp_path / "a", settings, create=True)
    allowed = seaweed.settings("silence-1", workers="0", outbound=(f"{where} our own bucket",))
    for _ in range(2):
        with Archive.open(tmp_path / "a", allowed, create=True) as archive:
            happened = [each for each in archive.events(ME, 0, 100) if each.what == "outbound"]
    assert [each.about for each in happened] == [where, where]
    told = json.loads(happened[0].details)
    assert (told["reason"], told["purpose"], told["port"]) == ("our own bucket", "objects", int(where.split(":")[1]))


@pytest.mark.service
def test_workers_that_go_to_a_bucket_themselves_are_told_of_in_the_entry_of_who_engaged_them(
    seaweed: SeaweedFS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(outbound, "is_here", lambda host: not host)  # loopback stands for another machine
    where = seaweed.endpoint.removeprefix("http://")
    (tmp_path / "note.txt").write_text("nothing that flies")
    settings = seaweed.settings("silence-2", workers="0", outbound=(f"{where} our own bucket",))
    with Archive.open(tmp_path / "a", settings, create=True) as archive:
        archive.ingest(ME, [tmp_path / "note.txt"])
        happened = [each for each in archive.events(ME, 0, 100) if each.what == "outbound"]
        entries = [each.verb for each in archive.ledger_entries(ME, 0, 100)]
    assert [each.who for each in happened] == ["groundside", "me"]
    assert entries == ["outbound", "ingest"]


WATCH = """
import json, os, sys
from pathlib import Path
called = []
def hook(event, args):
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        called.append((event, repr(args[1])))
    elif event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}:
        called.append((event, repr(args[0])))
sys.addaudithook(hook)
from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.settings import Settings
me = Caller("me", "test")
with Archive.open(Path(sys.argv[1]), Settings(workers="0"), create=True) as archive:
    archive.simulate(me, most=1)
    archive.rebuild(me)
    archive.verify(me)
print(json.dumps(called))
"""


def test_python_itself_is_not_asked_for_any_connection_or_name(tmp_path: Path):
    ran = subprocess.run([sys.executable, "-c", WATCH, str(tmp_path / "a")], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout.splitlines()[-1]) == []


@pytest.mark.service
@pytest.mark.parametrize(
    "what",
    [
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
        "import socket; socket.create_connection(('2001:db8::1', 80), 1)",
        "import socket; socket.getaddrinfo('groundside.example', 80)",
    ],
)
def test_whatever_calls_out_is_counted_even_where_it_hides_its_failure(what: str):
    hidden = f"try:\n    {what}\nexcept OSError:\n    pass"
    ran = subprocess.run([*SILENCE, "--", sys.executable, "-c", hidden], capture_output=True, text=True)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "tried to leave this machine" in ran.stderr


@pytest.mark.service
def test_the_demonstration_sends_nothing_beyond_loopback():
    ran = subprocess.run(SILENCE, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "demonstration: " in ran.stdout
    assert "'packets': 0, 'refused_v4': 0, 'refused_v6': 0, 'questions': 0" in ran.stdout


@pytest.mark.service
@pytest.mark.timeout(7200)
def test_the_tests_send_nothing_beyond_loopback(full: bool, figure: Figure):
    """Reduced: those in which two clients speak to a bucket. The browser's own look-ups are Chromium's; its tests watch its requests."""
    asked = ["tests", "-m", "not browser", "-k", "not silence"] if full else ["tests/service/test_track_dataset.py"]
    tests = [sys.executable, "-m", "pytest", "-q", "-n", "auto" if full else "0", "-p", "no:cacheprovider", *asked]
    ran = subprocess.run([*SILENCE, "--", *tests], capture_output=True, text=True, cwd=REPOSITORY)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    figure("silence", {"tests": ran.stdout.splitlines()[-2], "counts": ran.stdout.splitlines()[-1]})
