"""Each rule of the web server's security is shown to hold by breaking it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount
from starlette.testclient import TestClient

from groundside.see.web.app import PREFIX, create_app
from groundside.see.web.guard import MOST_BODY_BYTES
from groundside.see.web.session import cookie_name, new_token
from tests.elevation import tiff
from tests.fake_archive import FLIGHT, JOB, OTHER, FakeArchive

HOST = "127.0.0.1:8321"
HOSTS = frozenset({HOST, "localhost:8321", "[::1]:8321"})
TOKEN = "a-token-for-tests-only-0123456789ABCDEFGHIJ"
OWN = {"x-groundside": "1"}
LIMIT = 1 << 20
FIELD = b'{"type": "Polygon", "coordinates": [[[11, 47], [11.002, 47], [11.002, 47.002], [11, 47]]]}'
PLAN = b'{"drawn": {"areas": [[[[11, 47], [11.002, 47], [11.002, 47.002]]]]}, "camera": "DJI Phantom 4 RTK"}'
CROP = "0123abcd"
POSTS = {
    f"{PREFIX}/plan": PLAN,
    f"{PREFIX}/plan/file": b'{"plan": %s, "to": ".kml"}' % PLAN,
    f"{PREFIX}/plan/compare": b'{"plan": %s, "flight": "%s"}' % (PLAN, FLIGHT.encode()),
    f"{PREFIX}/plan/read?name=a.geojson": FIELD,
    f"{PREFIX}/plan/terrain?name=a.tif": tiff(),
    f"{PREFIX}/upload?name=a.bin": b"bytes",
    f"{PREFIX}/jobs/{JOB}/cancel": b"",
    f"{PREFIX}/flights/{FLIGHT}/notes": b'{"text": "t"}',
    f"{PREFIX}/flights/{FLIGHT}/merge": b'{"other": "%s"}' % OTHER.encode(),
    f"{PREFIX}/flights/{FLIGHT}/unmerge": b'{"alias": "%s"}' % OTHER.encode(),
    f"{PREFIX}/assign": b'{"flights": ["%s"], "said": {"purpose": "survey"}}' % FLIGHT.encode(),
    f"{PREFIX}/assign/undo": b"{}",
    f"{PREFIX}/fleet/ground": b'{"aircraft": "a", "why": "b"}',
    f"{PREFIX}/fleet/release": b'{"aircraft": "a"}',
    f"{PREFIX}/logbook/sign": b'{"pilot": "Ann", "month": "2026-05"}',
    f"{PREFIX}/people": b'{"name": "Ann"}',
    f"{PREFIX}/people/Ann": b"{}",
    f"{PREFIX}/photos/join": b"",
    f"{PREFIX}/findings": b'{"photo": "%s", "x": 1, "y": 1, "type": "crack"}' % FLIGHT.encode(),
    f"{PREFIX}/findings/0123abcd": b'{"status": "closed"}',
    f"{PREFIX}/assets": b'{"name": "Tower"}',
    f"{PREFIX}/redactions/{FLIGHT}/propose": b"",
    f"{PREFIX}/redactions/{FLIGHT}/edit": b'{"remove": [1]}',
    f"{PREFIX}/redactions/{FLIGHT}/confirm": b"{}",
    f"{PREFIX}/crop/fields": b'{"name": "Mead", "areas": [[[[11, 47], [11.002, 47], [11.002, 47.002]]]]}',
    f"{PREFIX}/crop/fields/{CROP}/drop": b"",
    f"{PREFIX}/crop/fields/{CROP}/weather": b'{"name": "w.csv", "table": "date,tmax_c,tmin_c"}',
    f"{PREFIX}/crop/fields/{CROP}/patches": b'{"kind": "strip", "name": "a", "areas": []}',
    f"{PREFIX}/crop/records/{CROP}/drop": b"",
    f"{PREFIX}/crop/images?field={CROP}&name=a.tif&taken=2026-05-28": tiff(),
    f"{PREFIX}/crop/rate": b'{"image": "%s"}' % CROP.encode(),
    f"{PREFIX}/crop/prescription": b'{"image": "%s"}' % CROP.encode(),
    f"{PREFIX}/crop/prescription/file": b'{"prescription": {"image": "%s"}, "to": "json"}' % CROP.encode(),
}
ALSO_LISTED = {
    f"{PREFIX}/{name}" for name in ("people", "photos/join", "findings", "findings/0123abcd", "assets", "crop/fields")
}
"""Where a GET of the same address shows something: a list, or the photo of that id."""
ON_A_REAL_ARCHIVE = (
    "/assign", "/fleet/", "/logbook/", "/people", "/photos/", "/findings", "/assets", "/redactions/",
    "/crop/",
)  # fmt: skip
"""What these do is tested in test_web_logbook, test_photo_api and test_inspection_api; the archive of this file is not that large."""
JSON = {"content-type": "application/json"}


@pytest.fixture
def archive() -> FakeArchive:
    return FakeArchive()


@pytest.fixture
def app(archive: FakeArchive) -> FastAPI:
    return create_app(archive, TOKEN, HOSTS, None, LIMIT)  # pyright: ignore[reportArgumentType]


@pytest.fixture
def anyone(app: FastAPI) -> Iterator[TestClient]:
    """A client that has proved nothing."""
    with TestClient(app, base_url=f"http://{HOST}", follow_redirects=False) as client:
        yield client


@pytest.fixture
def owner(app: FastAPI) -> Iterator[TestClient]:
    """The owner's browser, after the printed address was opened."""
    with TestClient(app, base_url=f"http://{HOST}", follow_redirects=False) as client:
        client.get(f"/?token={TOKEN}")
        yield client


def routes_of(app: FastAPI) -> list[tuple[str, str]]:
    """Every (method, path) that the application answers, the page's files and the OpenAPI document included."""
    found: set[tuple[str, str]] = set()
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, Mount):
            found |= {
                ("GET", route.original_route.path + "/index.html"),
                ("GET", route.original_route.path + "/assets/any.js"),
            }
        else:
            path = (route.path or "").replace("{flight}", FLIGHT).replace("{job}", JOB).replace("{person}", "Ann")
            path = path.replace("/redactions/{photo}", f"/redactions/{FLIGHT}").replace("{finding}", "0123abcd")
            path = path.replace("{field}", CROP).replace("{record}", CROP).replace("{image}", CROP)
            found |= {(method, path) for method in route.methods or ()}
    return sorted(found)


def post(client: TestClient, path: str, **headers: str):
    """One of the requests that change something, as the page itself would send it unless headers say otherwise."""
    sent = {**OWN, **JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.post(path, content=POSTS[path], headers={k: v for k, v in sent.items() if v})


# Who may see anything


def test_no_route_at_all_is_reachable_without_a_session(app: FastAPI, anyone: TestClient, archive: FakeArchive) -> None:
    walked = routes_of(app)
    assert len(walked) > 15
    answers = {each: anyone.request(*each, headers=OWN).status_code for each in walked}
    assert set(answers.values()) == {401}, answers
    assert archive.asked == []


def test_every_request_that_changes_something_is_a_post_and_every_post_is_in_this_test(app: FastAPI) -> None:
    walked = routes_of(app)
    assert {method for method, _ in walked} == {"GET", "HEAD", "POST"}
    assert {path for method, path in walked if method == "POST"} == {path.partition("?")[0] for path in POSTS}


def test_no_get_changes_anything(app: FastAPI, owner: TestClient, archive: FakeArchive) -> None:
    for method, path in routes_of(app):
        if method == "GET" and not path.endswith("/events"):
            owner.get(path, params={"to": "gpx"} if path.endswith("export") else {})
    assert archive.asked != []
    assert archive.changed == []


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
def test_what_changes_something_answers_no_other_method(
    owner: TestClient, archive: FakeArchive, method: str, path: str
) -> None:
    if path not in ALSO_LISTED or method not in {"GET", "HEAD"}:
        assert owner.request(method, path, headers=OWN).status_code == 405
        assert archive.asked == []


def test_the_printed_address_gives_a_session_and_leaves_the_address_bar(anyone: TestClient) -> None:
    opened = anyone.get(f"/?token={TOKEN}")
    assert (opened.status_code, opened.headers["location"]) == (303, "/")
    cookie = opened.headers["set-cookie"]
    assert TOKEN not in cookie
    assert TOKEN not in opened.text
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {
        "httponly",
        "samesite=strict",
        "path=/",
    }
    assert anyone.get(f"{PREFIX}/about").status_code == 200


@pytest.mark.parametrize(
    "token",
    ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.swapcase(), "%00", "%ff", "é"],
    ids=["none", "short", "one less", "one more", "other case", "nul", "no utf-8", "no ascii"],
)
def test_a_wrong_token_opens_nothing(anyone: TestClient, token: str) -> None:
    refused = anyone.get(f"/?token={token}")
    assert refused.status_code == 401
    assert "set-cookie" not in refused.headers
    assert "groundside serve" in refused.text


@pytest.mark.parametrize("path", [f"{PREFIX}/about", "/static/index.html", "/static/assets/x.js"])
def test_the_token_in_an_address_opens_the_page_alone(anyone: TestClient, path: str) -> None:
    assert anyone.get(f"{path}?token={TOKEN}").status_code == 401


@pytest.mark.parametrize("value", ["", "x", TOKEN, "0" * 64, "\xe9", '"'])
def test_a_made_up_cookie_opens_nothing_and_neither_does_the_token_in_one(anyone: TestClient, value: str) -> None:
    headers = {"cookie": f"{cookie_name(HOST)}={value}".encode("latin-1")}
    assert anyone.get(f"{PREFIX}/about", headers=headers).status_code == 401  # pyright: ignore


def test_a_session_ends_with_the_server_that_gave_it(owner: TestClient, archive: FakeArchive) -> None:
    cookie = {"cookie": f"{cookie_name(HOST)}={owner.cookies[cookie_name(HOST)]}"}
    assert owner.get(f"{PREFIX}/about", headers=cookie).status_code == 200
    started_again = create_app(archive, new_token(), HOSTS, None, LIMIT)  # pyright: ignore
    with TestClient(started_again, base_url=f"http://{HOST}") as client:
        assert client.get(f"{PREFIX}/about", headers=cookie).status_code == 401


def test_cookies_of_other_programs_on_this_machine_do_not_lock_the_owner_out(owner: TestClient) -> None:
    name = cookie_name(HOST)
    mine = f"{name}={owner.cookies[name]}"
    for planted in (f"{name}=x; {mine}", f"{mine}; {name}=x", f'a="; b\\; {mine}', f"[bad]=1;; =; {mine}"):
        owner.cookies.clear()
        assert owner.get(f"{PREFIX}/about", headers={"cookie": planted}).status_code == 200


def test_two_servers_on_one_machine_do_not_take_each_others_cookie() -> None:
    assert cookie_name("127.0.0.1:8321") != cookie_name("127.0.0.1:8322")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        ("Bearer ", 401),
        ("Bearer x", 401),
        (f"Basic {TOKEN}", 401),
        (TOKEN, 401),
    ],
)
def test_a_program_proves_itself_with_the_token_in_a_header(anyone: TestClient, given: str, status: int) -> None:
    assert anyone.get(f"{PREFIX}/about", headers={"authorization": given}).status_code == status


def test_the_archive_is_told_whether_a_page_or_a_program_asked(anyone: TestClient, archive: FakeArchive) -> None:
    anyone.get(f"{PREFIX}/about", headers={"authorization": f"Bearer {TOKEN}"})
    anyone.get(f"/?token={TOKEN}")
    anyone.get(f"{PREFIX}/about")
    assert [caller.how for _, caller, _ in archive.asked] == ["api", "page"]


def test_a_token_too_short_to_be_one_is_refused_at_the_start(archive: FakeArchive) -> None:
    with pytest.raises(ValueError, match="at least 32"):
        create_app(archive, "1234", HOSTS, None, LIMIT)  # pyright: ignore


# DNS rebinding


@pytest.mark.parametrize(
    "host",
    ["evil.example:8321", "evil.example", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8321.evil.example", "localhost:9",
     "127.0.0.1:8321@evil.example", "0.0.0.0:8321", "[::1]", " ", "", "127.0.0.1:8321,evil.example"],
)  # fmt: skip
def test_a_foreign_name_that_points_here_is_answered_with_nothing(
    owner: TestClient, archive: FakeArchive, host: str
) -> None:
    for path in (f"{PREFIX}/about", "/", f"/?token={TOKEN}"):
        refused = owner.get(path, headers={"host": host, "authorization": f"Bearer {TOKEN}"})
        assert refused.status_code == 421
        assert "set-cookie" not in refused.headers
    assert archive.asked == []


@pytest.mark.parametrize("host", ["LOCALHOST:8321", "[::1]:8321", HOST])
def test_the_names_of_this_machine_are_answered(anyone: TestClient, host: str) -> None:
    assert anyone.get(f"{PREFIX}/about", headers={"host": host, "authorization": f"Bearer {TOKEN}"}).status_code == 200


# Requests in the owner's name by other sites


@pytest.mark.parametrize("path", [p for p in POSTS if not p.removeprefix(PREFIX).startswith(ON_A_REAL_ARCHIVE)])
def test_the_page_itself_may_change_things(owner: TestClient, path: str) -> None:
    assert post(owner, path, origin=f"http://{HOST}", sec_fetch_site="same-origin").status_code == 200


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": f"https://{HOST}"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://localhost:8321"},
        {"origin": ""} | {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"x_groundside": ""},
        {"x_groundside": "0"},
        {"x_groundside": "", "origin": f"http://{HOST}", "sec_fetch_site": "same-origin"},
    ],
)
def test_another_site_cannot_change_anything(
    owner: TestClient, archive: FakeArchive, path: str, headers: dict[str, str]
) -> None:
    assert post(owner, path, **headers).status_code == 403
    assert archive.asked == []


def test_a_second_origin_header_does_not_hide_the_first(owner: TestClient, archive: FakeArchive) -> None:
    headers = [("x-groundside", "1"), ("origin", f"http://{HOST}"), ("origin", "http://evil.example")]
    assert owner.post(f"{PREFIX}/upload?name=a", content=b"x", headers=headers).status_code == 403
    assert archive.asked == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_embed_what_is_here(owner: TestClient, archive: FakeArchive, site: str) -> None:
    for destination in ("empty", "image", "script", "iframe"):
        mode = "navigate" if destination == "iframe" else "no-cors"
        headers = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": destination}
        assert owner.get(f"{PREFIX}/flights", headers=headers).status_code == 403
    assert archive.asked == []


def test_a_link_on_another_site_may_still_lead_here(anyone: TestClient) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert anyone.get("/", headers=headers).status_code == 401
    assert anyone.get(f"/?token={TOKEN}", headers=headers).status_code == 303


def test_no_other_site_is_allowed_to_read_answers(owner: TestClient) -> None:
    preflight = {"origin": "http://evil.example", "access-control-request-method": "POST"}
    for answer in (
        owner.get(f"{PREFIX}/about", headers={"origin": "http://evil.example"}),
        owner.options("/", headers=preflight),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


# What answers carry


@pytest.mark.parametrize(
    "path",
    [
        "/",
        f"{PREFIX}/about",
        f"{PREFIX}/nothing",
        f"{PREFIX}/flights?limit=x",
        f"{PREFIX}/upload",
        "/static/nothing.js",
    ],
)
def test_every_answer_carries_the_security_headers_whatever_its_status(
    owner: TestClient, archive: FakeArchive, path: str
) -> None:
    answer = owner.get(path)
    for forbidden in ("unsafe-inline", "unsafe-eval", "http:", "https:", "*"):
        assert forbidden not in answer.headers["content-security-policy"]
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["permissions-policy"]
    assert "server" not in answer.headers


def test_answers_of_the_api_are_not_stored_by_the_browser(owner: TestClient) -> None:
    for path in (
        "about",
        "flights",
        f"flights/{FLIGHT}",
        f"flights/{FLIGHT}/track",
        "files",
        "jobs",
        "nothing",
    ):
        assert owner.get(f"{PREFIX}/{path}").headers["cache-control"] == "no-store"


def test_a_defect_of_ours_says_nothing_of_the_inside(
    app: FastAPI, archive: FakeArchive, caplog: pytest.LogCaptureFixture
) -> None:
    archive.fail = RuntimeError("secret detail in /srv/vault/x")
    with TestClient(app, base_url=f"http://{HOST}") as client, caplog.at_level(logging.ERROR):
        client.get(f"/?token={TOKEN}")
        answer = client.get(f"{PREFIX}/about")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["error"]["what"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "secret detail" in caplog.text
    assert TOKEN not in caplog.text


def test_there_are_no_pages_that_load_from_elsewhere(owner: TestClient) -> None:
    for path in ("/docs", "/redoc", "/openapi.json", f"{PREFIX}/docs"):
        assert owner.get(path).status_code == 404


def test_no_setting_of_the_environment_makes_the_server_report_elsewhere(
    archive: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    app = create_app(archive, TOKEN, HOSTS, None, LIMIT)  # pyright: ignore
    assert not app._native_telemetry.enabled()
    assert not app._telemetry["auto_configure"]
    with TestClient(app, base_url=f"http://{HOST}") as client:
        assert client.get("/").status_code == 401


# Paths


@pytest.mark.parametrize(
    "path",
    ["/../app.py", "/..%2fapp.py", "/%2e%2e/app.py", "/%2e%2e%2fapp.py", "/assets/..%2f..%2fapp.py", "/..%5capp.py",
     "//etc/passwd", "/%2fetc/passwd", "/%00", "/assets/%00.js", "/....//app.py", "/../../../app.py", "/.%2e/app.py",
     "/%252e%252e/app.py", "/" + "a" * 5000, "/assets"],
)  # fmt: skip
def test_no_path_leads_out_of_the_folder_of_the_page(tmp_path: Path, archive: FakeArchive, path: str) -> None:
    from starlette.applications import Starlette

    from groundside.see.web.pages import show_page

    (tmp_path / "app.py").write_text("outside")
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("page")
    (static / "assets" / "link.js").symlink_to(tmp_path / "app.py")
    site = Starlette()
    show_page(site, static)
    with TestClient(site) as client:
        assert client.get("/").text == "page"
        assert client.get("/static/index.html").text == "page"
        for tried in (path, f"/static{path}", "/static/assets/link.js"):
            answer = client.get(tried)
            assert answer.status_code in {400, 404}
            assert "outside" not in answer.text
            assert "root:" not in answer.text


@pytest.mark.parametrize(
    "flight",
    ["x", "0" * 31, "0" * 33, "G" * 32, "A" * 32, "%2e%2e%2fetc", "0" * 32 + "%0a", "..", "' or 1=1 --"],
)
def test_an_id_that_is_none_never_reaches_the_archive(owner: TestClient, archive: FakeArchive, flight: str) -> None:
    for rest in ("", "/track", "/export?to=gpx"):
        assert owner.get(f"{PREFIX}/flights/{flight}{rest}").status_code in {400, 404}
    answer = owner.post(f"{PREFIX}/flights/{FLIGHT}/merge", json={"other": flight}, headers=OWN)
    assert answer.status_code == 400
    assert archive.asked == []


# Bodies


def test_a_long_body_where_none_belongs_is_refused_before_it_is_read(owner: TestClient, archive: FakeArchive) -> None:
    note = b'{"text": "' + b"x" * MOST_BODY_BYTES + b'"}'
    answer = owner.post(f"{PREFIX}/flights/{FLIGHT}/notes", content=note, headers=OWN | JSON)
    assert answer.status_code == 413
    assert archive.asked == []


def test_a_body_of_unknown_length_is_taken_by_the_upload_alone(owner: TestClient, archive: FakeArchive) -> None:
    pieces = (piece for piece in (b'{"text": ', b'"t"}'))
    assert owner.post(f"{PREFIX}/flights/{FLIGHT}/notes", content=pieces, headers=OWN | JSON).status_code == 413
    assert archive.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"[" * 60_000,
        b"null",
        b'{"text": ""}',
        b'{"text": "a", "more": 1}',
        b'{"text": "\\ud800"}',
        b"\xff",
        b'{"text": 1}',
    ],
)
def test_a_note_that_is_none_is_refused_in_words(owner: TestClient, archive: FakeArchive, body: bytes) -> None:
    answer = owner.post(f"{PREFIX}/flights/{FLIGHT}/notes", content=body, headers=OWN | JSON)
    assert answer.status_code == 400
    assert answer.json()["error"]["what"]
    assert archive.asked == []
