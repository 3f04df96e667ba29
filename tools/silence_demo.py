"""What `silence.py` runs by default: the demonstration as `make demo` has it, its page loaded, its API asked."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

GROUNDSIDE = Path(sys.executable).with_name("groundside")
_OWN = re.compile(r"""(?:src|href)=["'](/[^"']+)["']""")
_LONGEST_S = 300


class Api:
    """A client of the served archive."""

    def __init__(self, address: str) -> None:
        url = urlsplit(address)
        self._host = url.netloc
        self._token = parse_qs(url.query)["token"][0]

    def get(self, path: str) -> bytes:
        """Ask for one thing, which must be there."""
        connection = http.client.HTTPConnection(self._host, timeout=_LONGEST_S)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Authorization": f"Bearer {self._token}"})
            answer = connection.getresponse()
            body = answer.read()
        if answer.status != http.client.OK:
            what = f"{path} was answered with {answer.status}: {body[:200]!r}"
            raise AssertionError(what)
        return body


@contextlib.contextmanager
def demonstration(folder: str) -> Generator[str]:
    """Serve the demonstration, and give its address."""
    command = [str(GROUNDSIDE), "demo", "--archive", f"{folder}/demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            lines = (line for line in process.stdout if line.startswith("Open "))
            yield next(lines).removeprefix("Open ").strip()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(_LONGEST_S)


def main() -> int:
    """Run it; what is not as it should be raises."""
    with tempfile.TemporaryDirectory() as folder, demonstration(folder) as address:
        api = Api(address)
        page = api.get("/").decode()
        parts = sorted(set(_OWN.findall(page)))
        for part in parts:
            api.get(part)
        flights = json.loads(api.get("/api/v1/flights"))["flights"]
        first = flights[0]["id"]
        api.get(f"/api/v1/flights/{first}")
        api.get(f"/api/v1/flights/{first}/track")
        print(f"demonstration: {len(flights)} flights, {len(parts)} parts of the page")
    return 0 if flights and parts else 1


if __name__ == "__main__":
    sys.exit(main())
