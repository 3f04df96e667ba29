"""Nothing leaves for where no setting allows it; and nothing lies in a country that the owner forbids."""

from pathlib import Path

import pytest

from groundside import outbound
from groundside.archive.archive import Archive
from groundside.errors import BadSetting, Refused
from groundside.keep.bucket import Bucket
from groundside.keep.bucket_address import address_of
from groundside.keep.location import parse, permit_servers
from groundside.keep.residency import refuse_abroad
from groundside.model.caller import Caller
from groundside.settings import Settings, load
from groundside.workers import Limits, crew

ME = Caller("me", "test")
BUCKET = {"storage": "s3://flights/p", "storage_key_id": "id", "storage_secret": "hush"}
ELSEWHERE = "s3.example.org:443 our bucket; contract 12"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_outside_of_a_gate_nothing_passes():
    with pytest.raises(Refused):
        outbound.permit("s3.example.org", 443, "objects")


def test_what_is_allowed_passes_with_its_reason_and_nothing_else_does():
    with outbound.gate([ELSEWHERE]) as passed:
        outbound.permit("S3.Example.org.", 443, "objects")
        for host, port in [("s3.example.org", 80), ("example.org", 443), ("as3.example.org", 443), ("192.0.2.1", 443)]:
            with pytest.raises(Refused):
                outbound.permit(host, port, "objects")
    assert passed == [outbound.Passage("s3.example.org", 443, "our bucket; contract 12", "objects")]


@pytest.mark.parametrize("host", ["s3.example.org", "192.0.2.7", "2001:db8::7"])
def test_the_line_that_a_refusal_says_to_add_is_the_one_that_allows_it(host: str):
    with outbound.gate([]), pytest.raises(Refused) as caught:
        outbound.permit(host, 8333, "objects")
    line = caught.value.try_this.split('"')[1]
    with outbound.gate([line]) as passed:
        outbound.permit(host, 8333, "objects")
    assert passed[0].reason == "WHY IT MAY"


@pytest.mark.parametrize("host", ["", "localhost", "127.0.0.1", "127.8.0.1", "::1", "/run/postgresql", "@socket"])
def test_this_machine_needs_no_leave(host: str):
    outbound.permit(host, 1, "objects")


@pytest.mark.parametrize("host", ["0.0.0.0", "localhost.example.org", "10.0.0.1", "::ffff:192.0.2.1", "127.1"])
def test_what_is_not_plainly_this_machine_is_beyond_it(host: str):
    with pytest.raises(Refused):
        outbound.permit(host, 1, "objects")


@pytest.mark.parametrize(
    "line", ["", "s3.example.org why", "s3.example.org:443", "a:0 why", "a:99999 why", "*:443 why"]
)
def test_a_line_without_host_port_and_reason_is_refused(line: str):
    with pytest.raises(BadSetting, match="'outbound'"), outbound.gate([line]):
        pass


@pytest.mark.parametrize(("endpoint", "where"), [("https://s3.example.org:8333", "s3.example.org:8333"), (None, "s3.us-east-1.amazonaws.com:443")])  # fmt: skip
def test_a_bucket_beyond_this_machine_needs_leave_before_a_client_is_made(endpoint: str | None, where: str):
    address = address_of(Settings(**BUCKET, storage_endpoint=endpoint))
    with pytest.raises(Refused, match=where):
        Bucket(address)
    with outbound.gate([f"{where} ours"]) as passed:
        Bucket(address)
    assert [each.purpose for each in passed] == ["objects"]


def test_a_proxy_of_the_environment_needs_leave_too_for_all_would_go_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.org:3128")
    address = address_of(Settings(**BUCKET, storage_endpoint="http://127.0.0.1:9"))
    with outbound.gate([]), pytest.raises(Refused, match=r"proxy\.example\.org:3128"):
        Bucket(address)
    monkeypatch.setenv("NO_PROXY", "other.example.org, 127.0.0.1")
    Bucket(address)


@pytest.mark.parametrize(
    ("url", "defaults", "where"),
    [
        ("postgresql://u@db.example.org/d", {}, "db.example.org:5432"),
        ("postgresql://u@db.example.org:6000/d", {}, "db.example.org:6000"),
        ("postgresql://u@/d?host=localhost,db.example.org&port=1,2", {}, "db.example.org:2"),
        ("postgresql://u@/d?host=localhost,db.example.org&port=7", {}, "db.example.org:7"),
        ("postgresql://u@localhost/d?hostaddr=192.0.2.9", {}, "192.0.2.9:5432"),
        ("postgresql://u@/d", {"host": "db.example.org", "port": "9"}, "db.example.org:9"),
    ],
)
def test_every_server_that_a_catalogue_url_leads_to_needs_leave(url: str, defaults: dict[str, str], where: str):
    with outbound.gate([]), pytest.raises(Refused, match=where):
        permit_servers(parse(url), defaults)
    with outbound.gate([f"{where} ours"]) as passed:
        permit_servers(parse(url), defaults)
    assert [f"{each.host}:{each.port}" for each in passed] == [where]


def test_a_scheduler_beyond_this_machine_needs_leave():
    with outbound.gate([]), pytest.raises(Refused, match=r"scheduler\.example\.org:8786"):
        crew("tls://scheduler.example.org:8786", None, Limits(1, 1.0), {})  # type: ignore[arg-type]


def test_an_archive_whose_bucket_has_no_leave_is_not_opened(tmp_path: Path):
    settings = Settings(**BUCKET, storage_endpoint="https://s3.example.org")
    with pytest.raises(Refused, match=r"s3\.example\.org:443"):
        Archive.open(tmp_path / "archive", settings, create=True)


def test_lists_are_read_from_the_file_and_from_the_environment(tmp_path: Path):
    config = tmp_path / "settings.toml"
    config.write_text('outbound = ["a:1 one", "b:2 two, and more"]\nresidency = ["DE"]\n')
    found = load({"GROUNDSIDE_CONFIG": str(config), "GROUNDSIDE_RESIDENCY": "FR; DE"}, tmp_path)
    assert (found.outbound, found.residency) == (("a:1 one", "b:2 two, and more"), ("FR", "DE"))
    config.write_text("outbound = [5]\n")
    with pytest.raises(BadSetting, match="'outbound'"):
        load({"GROUNDSIDE_CONFIG": str(config)}, tmp_path)


LAWFUL = {"residency": ("DE", "FR"), "archive_country": "DE"}


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"archive_country": None}, "Nobody said in which country the archive is"),
        ({"archive_country": "US"}, "The archive is in US"),
        ({"catalogue": "postgresql:///d"}, "Nobody said in which country the catalogue is"),
        ({"catalogue": "postgresql:///d", "catalogue_country": "US"}, "The catalogue is in US"),
        (BUCKET, "Nobody said in which country the storage is"),
        ({**BUCKET, "storage_country": "US"}, "The storage is in US"),
    ],
)
def test_nothing_is_opened_in_a_country_that_is_forbidden_or_not_said(
    more: dict[str, object], what: str, tmp_path: Path
):
    with pytest.raises(Refused, match=what) as caught:
        Archive.open(tmp_path / "archive", Settings(**(LAWFUL | more)), create=True)  # type: ignore[arg-type]
    assert "DE" in caught.value.try_this


def test_what_lies_where_it_may_is_opened(tmp_path: Path):
    with Archive.open(tmp_path / "archive", Settings(**LAWFUL), create=True) as archive:  # type: ignore[arg-type]
        assert archive.verify(ME).faults == ()
    refuse_abroad(Settings(**LAWFUL, **BUCKET, storage_country="FR"))  # type: ignore[arg-type]


def test_files_are_not_sent_to_a_cluster_in_another_country(tmp_path: Path):
    file = tmp_path / "a.txt"
    file.write_text("no log")
    settings = Settings(**LAWFUL, workers="tcp://127.0.0.1:9")  # type: ignore[arg-type]
    with (
        Archive.open(tmp_path / "archive", settings, create=True) as archive,
        pytest.raises(Refused, match="in which country the workers"),
    ):
        archive.ingest(ME, [file])


def test_a_country_is_two_capital_letters():
    with pytest.raises(BadSetting, match="'residency'"):
        refuse_abroad(Settings(residency=("Germany",)))
