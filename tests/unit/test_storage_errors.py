"""What an S3-compatible server may answer, from a server that answers only that."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from groundside.errors import BadSetting, Conflict, GroundsideError, NoSpace, NotFound, Unreachable, Unreadable
from groundside.keep.bucket import Bucket, Patience
from groundside.keep.bucket_address import BucketAddress, Key

SECRET = "a secret that no message may hold"
HURRIED = Patience(connect_s=1, request_s=0.5, retries=2, total_s=2)
Answer = Callable[[BaseHTTPRequestHandler], None]


def says(status: int, code: str = "", body: str = "") -> Answer:
    """An answer of this status, with a code in XML as S3 writes it."""
    content = f"<Error><Code>{code}</Code>{body}</Error>".encode() if code else body.encode()

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return answer


@contextmanager
def server(answer: Answer) -> Iterator[tuple[Bucket, list[str]]]:
    """A bucket on a server that answers only so, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path}")
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer(self)

        do_PUT = do_HEAD = do_POST = do_DELETE = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    address = BucketAddress("bucket", "", f"http://127.0.0.1:{listening.server_port}", "r", Key("id", SECRET))
    try:
        yield Bucket(address, HURRIED), asked
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


@pytest.mark.parametrize(
    ("answer", "error", "advice"),
    [
        (says(403, "InvalidAccessKeyId"), Unreachable, "storage_key_id"),
        (says(401, "AccessDenied"), Unreachable, "storage_secret"),
        (says(403, "RequestTimeTooSkewed"), Unreachable, "clock"),
        (says(404, "NoSuchBucket"), BadSetting, "'storage'"),
        (says(507), NoSpace, "room"),
        (says(500, "XMinioStorageFull"), NoSpace, "room"),
        (says(500, "InternalError"), Unreachable, "full"),
        (says(503, "SlowDown"), Unreachable, "log"),
        (says(400, "AuthorizationHeaderMalformed"), BadSetting, "storage_region"),
        (says(301), BadSetting, "storage_region"),
        (says(418), Unreadable, "log"),
        (says(409, "OperationAborted"), Conflict, ""),
    ],
)
def test_every_refusal_says_what_to_try_and_is_not_asked_for_ever(
    answer: Answer, error: type[GroundsideError], advice: str
):
    with server(answer) as (bucket, asked):
        with pytest.raises(error) as caught:
            bucket.create("objects/a", b"x")
        assert advice in caught.value.try_this
        assert 1 <= len(asked) <= 2 + HURRIED.retries


def test_what_the_server_quotes_of_our_request_is_not_in_the_error():
    quoted = "<AWSAccessKeyId>OURKEY</AWSAccessKeyId><StringToSign>signed</StringToSign>"
    with server(says(403, "SignatureDoesNotMatch", quoted)) as (bucket, _):
        with pytest.raises(Unreachable, match="SignatureDoesNotMatch") as caught:
            bucket.create("objects/a", b"x")
        assert caught.value.__suppress_context__
        assert not any(word in str(caught.value) for word in ("OURKEY", "signed", SECRET))


def test_a_server_that_is_silent_is_not_waited_for_for_ever():
    with server(lambda _: time.sleep(5)) as (bucket, asked):
        began = time.monotonic()
        with pytest.raises(Unreachable, match="in time"):
            bucket.size("objects/a")
        assert time.monotonic() - began < 5
        assert len(asked) <= 1 + HURRIED.retries


def hang_up(request: BaseHTTPRequestHandler) -> None:
    """Say nothing more."""
    request.close_connection = True
    request.connection.close()


def cut_short(request: BaseHTTPRequestHandler) -> None:
    """Promise more than is sent, and break off again where the rest is asked for."""
    if request.headers.get("Range"):
        hang_up(request)
        return
    request.send_response(200)
    for name, value in (("Content-Length", "100"), ("ETag", '"x"'), ("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT")):
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(b"half")
    request.wfile.flush()
    request.close_connection = True


@pytest.mark.parametrize("answer", [hang_up, cut_short])
def test_a_connection_that_breaks_off_is_never_taken_for_the_whole(answer: Answer):
    with server(answer) as (bucket, _), pytest.raises(Unreachable, match="lost"):
        bucket.get("objects/a")


def test_where_the_first_answer_was_lost_what_we_kept_ourselves_is_no_conflict():
    kept: list[bytes] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.command == "PUT":
            says(412, "PreconditionFailed")(request)
            return
        request.send_response(200)
        for name, value in (("Content-Length", str(len(kept[0]))), ("ETag", '"x"')):
            request.send_header(name, value)
        request.send_header("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT")
        request.end_headers()
        request.wfile.write(kept[0])

    with server(answer) as (bucket, _):
        kept[:] = [b"mine"]
        bucket.create("objects/a", b"mine")
        kept[:] = [b"others"]
        with pytest.raises(Conflict):
            bucket.create("objects/a", b"mine")


def test_what_is_not_there_is_the_callers_word_for_it():
    with server(says(404, "NoSuchKey")) as (bucket, _):
        with pytest.raises(NotFound, match="my word"):
            bucket.get("objects/a", NotFound("my word"))
        bucket.delete("objects/a")
        assert not bucket.has("objects/a")
