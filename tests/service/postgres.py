"""A real PostgreSQL 15, one for each process of the tests, with a database of its own for each test that asks."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.service.certificates import write_certificates

BINARIES = Path("/usr/lib/postgresql/15/bin")
USER = "groundside"
PASSWORD = "correct horse"  # of the role `keyed`, over loopback
HOST_NAME = "catalogue.example"
"""What the server's certificate says it is."""
SHARED = "shared"
"""A catalogue that is emptied after each test, which is quicker than making another."""
_TEMPLATE = "catalogue_template"
_START_S = 60.0
_HBA = f"""local all all trust
hostssl all {USER} 127.0.0.1/32 cert
host all keyed 127.0.0.1/32 scram-sha-256
"""
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
fsync = off
full_page_writes = off
shared_buffers = 32MB
max_connections = 60
autovacuum = off
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
ssl_ca_file = 'ca.crt'
"""


class Server:
    """
    A running server; `folder` holds its socket.

    It sorts text as people do in English (ICU), so that whatever leans on the order of bytes has to say so.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self._numbers = itertools.count()
        self._process: subprocess.Popen[bytes] | None = None
        _as_owner([BINARIES / "initdb", "-D", "data", "-U", "admin", "-A", "trust", "--no-sync", *_LOCALE], folder)
        write_certificates(folder, HOST_NAME, USER)
        for name in ("ca.crt", "server.crt", "server.key"):
            _hand_over(shutil.copy(folder / name, folder / "data" / name))
        (folder / "data" / "pg_hba.conf").write_text(_HBA)
        with (folder / "data" / "postgresql.conf").open("a") as end:
            end.write(f"{_CONFIGURATION}unix_socket_directories = '{folder}'\n")

    def start(self) -> None:
        """Start it, on the port that it had or a free one, and wait until it answers."""
        for _ in range(5):
            self.port = self.port or _free_port()
            command = [*_owner("--pdeathsig", "INT"), BINARIES / "postgres", "-D", "data", "-p", str(self.port)]
            log = (self.folder / "log").open("ab")
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
            log.close()
            if self._answers():
                return
            self.port = 0
        raise RuntimeError((self.folder / "log").read_text()[-2000:])

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT cuts every connection off, SIGQUIT is a crash."""
        assert self._process
        self._process.send_signal(how)
        self._process.wait(60)

    def url(self, database: str, user: str = USER) -> str:
        """What a setting would say, by way of the socket."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}&port={self.port}"

    def tcp_url(self, database: str, login: str = USER, more: str = "") -> str:
        """What a setting would say for a server far away, which this one plays on loopback."""
        return f"postgresql+psycopg://{login}@{HOST_NAME}:{self.port}/{database}?hostaddr=127.0.0.1{more}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Do something as the administrator."""
        where = {"host": str(self.folder), "port": self.port, "user": "admin", "dbname": database}
        with psycopg.connect(autocommit=True, **where) as connection:  # type: ignore[arg-type]
            cursor = connection.execute(sql.SQL(statement))  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def new_database(self, template: str = "template1") -> str:
        """Make an empty database, or a copy of another."""
        name = f"d{next(self._numbers)}"
        how = "" if template == "template1" else " STRATEGY file_copy"
        self.execute(f"CREATE DATABASE {name} OWNER {USER} TEMPLATE {template}{how}")
        return name

    def new_catalogue(self) -> str:
        """Make a database that holds an empty catalogue; migrated once a run, for a hundred tests."""
        return self.new_database(_TEMPLATE)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected."""
        self.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def prepare(self) -> None:
        """Make the roles and the template."""
        from groundside.keep.catalogue import Catalogue  # not before a test asks: every test session loads this file

        self.execute(f"CREATE ROLE {USER} LOGIN")
        self.execute(f"CREATE ROLE keyed LOGIN PASSWORD '{PASSWORD}' IN ROLE {USER}")
        self.execute(f"CREATE DATABASE {_TEMPLATE} OWNER {USER}")
        Catalogue.open(self.url(_TEMPLATE), backup_folder=None).close()
        self.execute(f"CREATE DATABASE {SHARED} OWNER {USER} TEMPLATE {_TEMPLATE}")

    def _answers(self) -> bool:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            assert self._process
            if self._process.poll() is not None:
                return False
            with contextlib.suppress(psycopg.OperationalError):
                self.execute("SELECT 1")
                return True
            time.sleep(0.02)
        self.stop(signal.SIGQUIT)
        return False


_LOCALE = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")


def _owner(*more: str) -> list[str]:
    # PostgreSQL refuses to run as root. The signal makes sure that no server outlives a test run that was killed.
    become = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.getuid() == 0 else []
    return ["setpriv", *become, *more] if become or more else []


def _as_owner(command: list[str | Path], folder: Path) -> None:
    subprocess.run([*_owner(), *command], cwd=folder, check=True, capture_output=True)


def _hand_over(path: Path) -> None:
    path.chmod(0o600)
    if os.getuid() == 0:
        shutil.chown(path, "postgres", "postgres")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server for as long as this process tests."""
    if not (BINARIES / "postgres").exists():
        pytest.skip("no PostgreSQL 15: apt-get install postgresql-15")
    # Not below pytest's own folder: its path is long, and closed to others. In memory, where there is such a place.
    folder = Path(tempfile.mkdtemp(prefix="gs-pg-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    folder.chmod(0o755)
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    try:
        server = Server(folder)
        server.start()
        try:
            server.prepare()
            yield server
        finally:
            server.stop(signal.SIGQUIT)  # there is nothing to save
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    """The name of an empty database."""
    name = postgres.new_database()
    yield name
    postgres.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def catalogue_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty catalogue; whoever asks is tested on each kind of database."""
    from groundside.keep import schema
    from tests.keep_builders import sqlite_url

    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    server: Server = request.getfixturevalue("postgres")
    yield server.url(SHARED)
    server.execute(f"TRUNCATE {', '.join(schema.metadata.tables)} RESTART IDENTITY", SHARED)
