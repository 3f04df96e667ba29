"""Another site, open in the owner's browser beside ours and on the same machine, which is as near as one can come."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from tests.browser.conftest import TESTER, Visit

pytestmark = pytest.mark.timeout(300)

EVIL = """<!doctype html><title>evil</title><body><iframe name="sink"></iframe>
<form id="form" method="post" target="sink" enctype="text/plain" action="ORIGIN/api/v1/upload?name=evil.bin">
<input name="x" value="y"></form>
<script>
const ours = 'ORIGIN', results = {};
const attempt = (name, promise) => promise.then(
  (got) => { results[name] = got; }, (error) => { results[name] = 'refused'; });
const loads = (tag, path) => new Promise((yes, no) => {
  const element = document.createElement(tag);
  element.onload = () => yes('loaded'); element.onerror = () => no(); element.src = ours + path;
  document.body.append(element);
});
const ask = (path, options) => fetch(ours + path, {credentials: 'include', ...options});
const post = {method: 'POST', body: 'x'};
document.getElementById('form').submit();
Promise.all([
  attempt('read', ask('/api/v1/flights').then((r) => r.text())),
  attempt('read opaque', ask('/api/v1/flights', {mode: 'no-cors'}).then((r) => r.text().then((t) => t || 'empty'))),
  attempt('post opaque', ask('/api/v1/upload?name=evil.bin', {...post, mode: 'no-cors'}).then(() => 'empty')),
  attempt('post', ask('/api/v1/upload?name=evil.bin', post).then((r) => r.text())),
  attempt('post with our header', ask('/api/v1/upload?name=evil.bin', {...post, headers: {'X-Groundside': '1'}}).then((r) => r.text())),
  attempt('stream', new Promise((yes, no) => {
    const stream = new EventSource(ours + '/api/v1/events?after=0', {withCredentials: true});
    stream.onmessage = (event) => yes(event.data); stream.onerror = no; })),
  attempt('script', loads('script', '/api/v1/flights')),
  attempt('picture', loads('img', '/static/icon.svg')),
  attempt('map', loads('img', '/api/v1/basemap.pmtiles')),
  attempt('frame', new Promise((yes) => {
    const frame = document.createElement('iframe'); frame.src = ours + '/';
    frame.onload = () => { try { yes(frame.contentDocument.body.innerHTML); } catch { yes('empty'); } };
    document.body.append(frame); })),
]).then(() => { document.documentElement.dataset.results = JSON.stringify(results); });
</script></body>"""


@pytest.fixture
def evil(visit: Visit) -> Iterator[str]:
    """The address of a hostile page on the same host, at another port."""
    page = EVIL.replace("ORIGIN", visit.shown.server.origin).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_it_can_neither_read_nor_change_anything(visit: Visit, evil: str) -> None:
    visit.open()
    files = visit.shown.archive.files(TESTER)
    cookies = visit.page.context.cookies(visit.shown.server.origin)
    assert [(cookie["httpOnly"], cookie["sameSite"]) for cookie in cookies] == [(True, "Strict")]
    visit.page.goto(evil)
    visit.page.wait_for_selector("html[data-results]", state="attached")
    results = json.loads(visit.page.get_attribute("html", "data-results") or "{}")
    assert len(results) == 10
    assert {name: got for name, got in results.items() if got not in ("refused", "empty", "")} == {}
    assert visit.shown.archive.files(TESTER) == files
    visit.complaints.clear()
    visit.requests[:] = [url for url in visit.requests if not url.startswith(evil)]


def test_a_link_on_it_leads_to_our_page_but_opens_nothing_by_itself(visit: Visit, evil: str) -> None:
    visit.open()
    visit.page.goto(evil)
    visit.page.evaluate(f"() => {{ location.href = '{visit.shown.server.origin}/'; }}")
    visit.page.wait_for_selector("#flights-table [data-flight-id], main h1")
    assert visit.page.url.startswith(visit.shown.server.origin)
    assert visit.page.evaluate("() => window.opener === null")
    visit.complaints.clear()
    visit.requests[:] = [url for url in visit.requests if not url.startswith(evil)]
