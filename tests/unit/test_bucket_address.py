"""Where a bucket is, as the settings say it: refused where it makes no sense or would be sent in the clear."""

import pickle
from pathlib import Path

import pytest

from groundside.errors import BadSetting, Refused
from groundside.keep.bucket_address import address_of
from groundside.settings import Settings

SECRET = "a secret that no message may hold"


def settings(**more: object) -> Settings:
    values: dict[str, object] = {
        "storage": "s3://flights/north/field",
        "storage_endpoint": "https://s3.example.org:8333",
        "storage_key_id": "key-name",
        "storage_secret": SECRET,
    }
    return Settings(**(values | more))  # type: ignore[arg-type]


def test_a_bucket_its_prefix_and_its_server_are_read():
    found = address_of(settings())
    assert (found.bucket, found.prefix, found.endpoint) == ("flights", "north/field", "https://s3.example.org:8333")
    assert found.place == "s3://flights/north/field at https://s3.example.org:8333"
    assert (found.region, found.is_plain) == ("us-east-1", False)


def test_without_a_server_it_is_amazons_and_without_a_prefix_the_whole_bucket():
    found = address_of(settings(storage="s3://flights/", storage_endpoint=None, storage_region="eu-north-1"))
    assert (found.place, found.endpoint, found.prefix, found.region) == ("s3://flights", "", "", "eu-north-1")


def test_neither_settings_nor_address_show_the_key():
    given = settings(storage_token="a token nobody may see")
    for shown in (repr(given), str(address_of(given)), repr(address_of(given).key)):
        assert not any(word in shown for word in (SECRET, "key-name", "a token"))


def test_a_key_is_not_passed_on_to_another_process():
    with pytest.raises(TypeError, match="not passed on"):
        pickle.dumps(address_of(settings()))


@pytest.mark.parametrize(
    "storage", ["flights", "s3:/flights", "gs://flights", "s3://", "s3://a/../b", "s3://fl ights", "s3://flights//x", "s3://flights/./x"]
)  # fmt: skip
def test_what_is_no_bucket_is_refused(storage: str):
    with pytest.raises(BadSetting, match="names no bucket") as caught:
        address_of(settings(storage=storage))
    assert "s3://" in caught.value.try_this


@pytest.mark.parametrize(
    "endpoint",
    [
        "s3.example.org",
        "ftp://s3.example.org",
        "https://",
        "https://s3.example.org/path",
        "https://user:word@s3.example.org",
        "https://s3.example.org:port",
        "https://s3.example.org?x=1",
    ],
)
def test_what_is_no_server_is_refused_without_showing_it_for_there_may_be_a_password_in_it(endpoint: str):
    with pytest.raises(BadSetting, match="storage_endpoint") as caught:
        address_of(settings(storage_endpoint=endpoint))
    assert "word" not in caught.value.what.replace("password", "")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"])
def test_on_this_machine_it_may_go_without_encryption(host: str):
    assert address_of(settings(storage_endpoint=f"http://{host}:8333")).is_plain


@pytest.mark.parametrize("host", ["s3.example.org", "10.0.0.7", "0.0.0.0", "localhost.example.org", "[2001:db8::1]"])
def test_beyond_this_machine_only_where_a_setting_says_so(host: str):
    with pytest.raises(Refused, match="without encryption") as caught:
        address_of(settings(storage_endpoint=f"http://{host}:8333"))
    assert "storage_plain_http" in caught.value.try_this
    assert address_of(settings(storage_endpoint=f"http://{host}:8333", storage_plain_http=True)).is_plain


@pytest.mark.parametrize("missing", ["storage_key_id", "storage_secret"])
def test_without_a_key_it_says_where_to_set_it(missing: str):
    with pytest.raises(BadSetting) as caught:
        address_of(settings(**{missing: None}))
    assert f"GROUNDSIDE_{missing.upper()}" in caught.value.try_this


def test_a_file_that_holds_no_certificate_is_refused(tmp_path: Path):
    file = tmp_path / "ca.pem"
    with pytest.raises(BadSetting, match="cannot be read"):
        address_of(settings(storage_ca_file=file))
    file.write_text("no certificate")
    with pytest.raises(BadSetting, match="no certificate"):
        address_of(settings(storage_ca_file=file))
