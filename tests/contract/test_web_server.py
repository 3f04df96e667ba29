"""The server as it really runs: on a socket, with clients that stall, vanish or lie."""

from __future__ import annotations

import http.client
import json
import logging
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator

import pytest

from groundside.errors import BadRequest, Conflict, GroundsideError, Refused
from groundside.model.caller import Caller
from groundside.model.results import Received
from groundside.see.web import following, uploads
from groundside.see.web.app import PREFIX
from groundside.see.web.server import Server, names, serve
from groundside.see.web.uploads import PIECE_BYTES
from groundside.settings import Settings
from tests.fake_archive import FakeArchive

LIMIT = 8 * PIECE_BYTES
SETTINGS = Settings(max_file_bytes=LIMIT)
PATIENCE_S = 20.0


class SlowArchive(FakeArchive):
    """Says when an upload began, and how it ended."""

    def __init__(self) -> None:
        super().__init__()
        self.began = threading.Event()
        self.ended = threading.Event()
        self.broken_off: BaseException | None = None

    def receive(self, caller: Caller, name: str, chunks: Iterable[bytes]) -> Received:
        self.began.set()
        try:
            return super().receive(caller, name, chunks)
        except BaseException as error:
            self.broken_off = error
            raise
        finally:
            self.ended.set()


class Running:
    """A server in a thread, and what a client needs to reach it."""

    def __init__(self, archive: FakeArchive) -> None:
        self.archive = archive
        self.server = Server(archive, SETTINGS, port=0)  # pyright: ignore[reportArgumentType]
        self.port = int(self.server.origin.rpartition(":")[2])
        self.connections: list[http.client.HTTPConnection] = []
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.server.token}", "X-Groundside": "1", **more}

    def connection(self) -> http.client.HTTPConnection:
        self.connections.append(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S))
        return self.connections[-1]

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        asked = self.connection()
        asked.request("GET", path, headers=self.headers(**headers))
        return asked.getresponse()

    def raw(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as to:
            to.sendall(request)
            to.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: to.recv(65_536), b""))

    def stop(self) -> bool:
        self.server.should_exit = True
        self.thread.join(PATIENCE_S)
        return not self.thread.is_alive()


@pytest.fixture
def running() -> Iterator[Running]:
    it = Running(SlowArchive())
    yield it
    for connection in it.connections:
        connection.close()
    assert it.stop()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_EVERY_S", 0.01)


def next_data(stream: http.client.HTTPResponse) -> dict[str, object]:
    while line := stream.readline():
        if line.startswith(b"data: "):
            return json.loads(line[6:])
    pytest.fail("the stream ended")


# Where it listens


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.20", "example.org", "", "127.0.0.1.example.org", "0177.0.0.1"]
)
def test_it_refuses_to_listen_where_others_could_reach_it(host: str) -> None:
    with pytest.raises(Refused) as refused:
        Server(FakeArchive(), SETTINGS, host=host, port=0)  # pyright: ignore[reportArgumentType]
    assert "SSH tunnel" in refused.value.try_this


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
def test_it_listens_on_loopback_at_a_port_of_the_systems_choice(host: str) -> None:
    server = Server(FakeArchive(), SETTINGS, host=host, port=0)  # pyright: ignore[reportArgumentType]
    with server.socket:
        assert server.socket.getsockname()[0] == ("127.0.0.1" if host == "localhost" else host)
        assert server.address == f"{server.origin}/?token={server.token}"
        assert not server.origin.endswith(":0")


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    first = Server(FakeArchive(), SETTINGS, port=0)  # pyright: ignore[reportArgumentType]
    with first.socket, pytest.raises(Conflict) as refused:
        Server(FakeArchive(), SETTINGS, port=first.socket.getsockname()[1])  # pyright: ignore[reportArgumentType]
    assert "--port 0" in refused.value.try_this


@pytest.mark.parametrize("port", [-1, 65_536, 10**12])
def test_a_port_that_cannot_be_is_refused(port: int) -> None:
    with pytest.raises(BadRequest):
        Server(FakeArchive(), SETTINGS, port=port)  # pyright: ignore[reportArgumentType]


def test_a_browser_leaves_port_80_out_of_the_host() -> None:
    assert "localhost" in names("127.0.0.1", 80)
    assert "localhost" not in names("127.0.0.1", 8080)


def test_the_address_is_announced_once_somebody_listens_there() -> None:
    announced: list[str] = []

    def look(address: str) -> None:
        announced.append(address)
        host, port = address.split("/")[2].split(":")
        socket.create_connection((host, int(port)), timeout=PATIENCE_S).close()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serve(FakeArchive(), settings=SETTINGS, announce=look, port=0)  # pyright: ignore[reportArgumentType]
    assert len(announced) == 1


def test_every_start_has_a_token_of_its_own() -> None:
    servers = [Server(FakeArchive(), SETTINGS, port=0) for _ in range(2)]  # pyright: ignore[reportArgumentType]
    for server in servers:
        server.socket.close()
    assert servers[0].token != servers[1].token
    assert len(servers[0].token) >= 43


def test_the_token_is_in_no_log(
    running: Running, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    running.server.config.access_log = True
    logging.getLogger("uvicorn.access").propagate = True
    with caplog.at_level(logging.DEBUG):
        running.get(f"/?token={running.server.token}").read()
        running.archive.fail = RuntimeError("a defect")
        running.get(f"{PREFIX}/about?token={running.server.token}").read()
        running.get(f"/?token={running.server.token}", Host="evil.example").read()
        running.raw(b"GET /?token=%s HTTP/9\r\n\r\n" % running.server.token.encode())
    written = capfd.readouterr()
    assert "a defect" in caplog.text
    assert '"GET / HTTP/1.1" 303' in caplog.text
    assert running.server.token not in caplog.text + written.out + written.err


# Events


@pytest.mark.usefixtures("hasty")
def test_events_come_as_they_happen(running: Running) -> None:
    running.archive.happen("before.the.page.opened")
    stream = running.get(f"{PREFIX}/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.readline() == b"retry: 2000\n"
    while not any(verb == "events" for verb, _, _ in running.archive.asked):
        time.sleep(0.01)
    running.archive.happen("flight.added", about="f1")
    assert next_data(stream)["what"] == "flight.added"
    running.archive.happen("flight.changed", about="f1")
    assert next_data(stream)["about"] == "f1"


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("how", ["header", "query"])
def test_a_stream_is_taken_up_where_it_was_lost(running: Running, how: str) -> None:
    for number in range(1, 6):
        running.archive.happen(f"event.{number}")
    if how == "header":
        stream = running.get(f"{PREFIX}/events", **{"Last-Event-ID": "3"})
    else:
        stream = running.get(f"{PREFIX}/events?after=3")
    assert [next_data(stream)["seq"] for _ in range(2)] == [4, 5]


@pytest.mark.usefixtures("hasty")
def test_that_somebody_looked_is_no_news_because_a_page_would_look_again_without_end(
    running: Running,
) -> None:
    running.archive.happen("revealed.flights")
    running.archive.happen("file.kept")
    stream = running.get(f"{PREFIX}/events?after=0")
    first = next_data(stream)
    assert (first["seq"], first["what"]) == (2, "file.kept")
    assert "details" not in first


@pytest.mark.usefixtures("hasty")
def test_a_quiet_stream_still_beats(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "BEAT_EVERY", 2)
    stream = running.get(f"{PREFIX}/events")
    assert any(stream.readline() == b": still here\n" for _ in range(5))


@pytest.mark.parametrize("last", ["x", "-1", "1e3", str(2**63)])
def test_a_stream_cannot_be_taken_up_from_nonsense(running: Running, last: str) -> None:
    assert running.get(f"{PREFIX}/events", **{"Last-Event-ID": last}).status == 400


@pytest.mark.usefixtures("hasty")
def test_a_stream_that_nobody_reads_any_more_ends(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    stream_of = following.Following.stream

    async def watched(*given: object) -> AsyncIterator[bytes]:
        try:
            async for each in stream_of(*given):  # pyright: ignore
                yield each
        finally:
            ended.set()

    monkeypatch.setattr(following.Following, "stream", watched)
    running.get(f"{PREFIX}/events").readline()
    running.connections[-1].close()
    assert ended.wait(PATIENCE_S)


def test_an_open_stream_does_not_keep_the_server_from_stopping(running: Running) -> None:
    stream = running.get(f"{PREFIX}/events")
    stream.readline()
    assert running.stop()
    assert b"data: " not in stream.read()


# Uploads


def begin_upload(running: Running, length: int) -> socket.socket:
    to = socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE_S)
    lines = [
        f"POST {PREFIX}/upload?name=a.bin HTTP/1.1",
        f"Host: 127.0.0.1:{running.port}",
        f"Content-Length: {length}",
    ]
    lines += [f"{name}: {value}" for name, value in running.headers().items()]
    to.sendall("\r\n".join([*lines, "", ""]).encode())
    return to


def test_an_upload_arrives_byte_for_byte_in_pieces_of_bounded_size(running: Running) -> None:
    whole = bytes(range(256)) * (LIMIT // 256)
    asked = running.connection()
    asked.request("POST", f"{PREFIX}/upload?name=a.bin", body=whole, headers=running.headers())
    assert asked.getresponse().status == 200
    assert running.archive.received == {"a.bin": whole}
    assert len(running.archive.pieces) > 3
    assert max(running.archive.pieces) < 2 * PIECE_BYTES


def test_a_sender_who_goes_away_leaves_nothing_behind(running: Running) -> None:
    archive = running.archive
    assert isinstance(archive, SlowArchive)
    with begin_upload(running, LIMIT) as to:
        to.sendall(b"x" * (PIECE_BYTES + 5))
        assert archive.began.wait(PATIENCE_S)
    assert archive.ended.wait(PATIENCE_S)
    assert isinstance(archive.broken_off, GroundsideError)
    assert "went away" in archive.broken_off.what
    assert archive.received == {}


def test_a_sender_who_falls_silent_is_given_up(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "STALL_S", 0.2)
    archive = running.archive
    assert isinstance(archive, SlowArchive)
    with begin_upload(running, LIMIT) as to:
        to.sendall(b"x" * 10)
        assert to.recv(65_536).startswith(b"HTTP/1.1 422 ")
    assert isinstance(archive.broken_off, GroundsideError)
    assert "fell silent after 10 bytes" in archive.broken_off.what
    assert archive.received == {}


def test_a_sender_who_stalls_does_not_keep_the_server_from_stopping(running: Running) -> None:
    archive = running.archive
    assert isinstance(archive, SlowArchive)
    running.server.config.timeout_graceful_shutdown = 1
    with begin_upload(running, LIMIT) as to:
        to.sendall(b"x" * 10)
        assert archive.began.wait(PATIENCE_S)
        assert running.stop()
    assert archive.ended.wait(PATIENCE_S)
    assert archive.received == {}


def test_stalled_uploads_do_not_keep_others_from_the_page(running: Running) -> None:
    stalled = [begin_upload(running, LIMIT) for _ in range(60)]
    assert running.get(f"{PREFIX}/flights").status == 200
    for to in stalled:
        to.close()


def test_an_upload_that_is_announced_too_large_is_refused_before_it_is_sent(running: Running) -> None:
    with begin_upload(running, LIMIT + 1) as to:
        assert to.recv(65_536).startswith(b"HTTP/1.1 413 ")
    assert running.archive.received == {}


def test_an_upload_of_no_announced_length_is_broken_off_at_the_limit(running: Running) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 65_536

    asked = running.connection()
    with pytest.raises(OSError):
        asked.request(
            "POST",
            f"{PREFIX}/upload?name=a.bin",
            body=endless(),
            headers=running.headers(),
            encode_chunked=True,
        )
    assert running.archive.received == {}
    assert sum(running.archive.pieces) <= LIMIT


# Requests that no browser sends


def request(running: Running, line: str, *headers: str) -> bytes:
    proof = f"Authorization: Bearer {running.server.token}"
    return "\r\n".join([line, proof, "Connection: close", *headers, "", ""]).encode()


HOSTILE: list[tuple[str, Callable[[Running], bytes]]] = [
    ("two hosts", lambda r: request(r, f"GET {PREFIX}/about HTTP/1.1", f"Host: 127.0.0.1:{r.port}", "Host: evil.example")),
    ("no host", lambda r: request(r, f"GET {PREFIX}/about HTTP/1.0")),
    ("a whole address", lambda r: request(r, f"GET http://evil.example{PREFIX}/about HTTP/1.1", f"Host: 127.0.0.1:{r.port}")),
    ("a proxy request", lambda r: request(r, "CONNECT evil.example:80 HTTP/1.1", f"Host: 127.0.0.1:{r.port}")),
    ("a forwarded host", lambda r: request(r, f"GET {PREFIX}/about HTTP/1.1", "Host: evil", f"X-Forwarded-Host: 127.0.0.1:{r.port}")),
    ("no HTTP", lambda r: b"\x16\x03\x01\x02\x00\x01\x00"),
    ("a long header", lambda r: request(r, f"GET {PREFIX}/about HTTP/1.1", f"Host: 127.0.0.1:{r.port}", "X: " + "x" * 100_000)),
    ("an invalid header", lambda r: request(r, f"GET {PREFIX}/about HTTP/1.1", f"Host: 127.0.0.1:{r.port}", "A B: x")),
    ("a websocket", lambda r: request(r, "GET /ws HTTP/1.1", f"Host: 127.0.0.1:{r.port}", "Upgrade: websocket", "Connection: Upgrade")),
    (
        "two lengths",
        lambda r: request(r, f"POST {PREFIX}/upload?name=a HTTP/1.1", f"Host: 127.0.0.1:{r.port}", "X-Groundside: 1",
                          "Content-Length: 5", "Content-Length: 6") + b"hello!",
    ),
    (
        "a request hidden in a body",
        lambda r: request(r, f"POST {PREFIX}/about HTTP/1.1", f"Host: 127.0.0.1:{r.port}", "X-Groundside: 1",
                          "Content-Length: 4", "Transfer-Encoding: chunked")
        + b"0\r\n\r\n" + request(r, f"GET {PREFIX}/about HTTP/1.1", f"Host: 127.0.0.1:{r.port}"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("make", [make for _, make in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_a_request_that_no_browser_sends_is_refused_and_harms_nothing(
    running: Running, make: Callable[[Running], bytes]
) -> None:
    answer = running.raw(make(running))
    assert b" 200 " not in answer.partition(b"\r\n")[0]
    assert b"archive" not in answer
    assert running.archive.changed == []
    assert running.get(f"{PREFIX}/about").status == 200


def test_a_forwarded_address_changes_nothing(running: Running) -> None:
    answer = running.get(
        "/nothing", **{"X-Forwarded-Proto": "https", "X-Forwarded-For": "8.8.8.8", "Forwarded": "host=evil"}
    )
    assert answer.status == 404
    assert b"evil" not in answer.read()
