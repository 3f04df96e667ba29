"""Where a bucket is and how it is reached, from the settings, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from groundside.errors import BadSetting, Refused
from groundside.outbound import is_here, permit, permit_proxy
from groundside.settings import Settings

EXAMPLE = "s3://my-bucket/groundside"
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}\Z")
_PREFIX = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*\Z")
_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Key:
    """By what the server knows us; shown nowhere, and not passed on to other processes."""

    id: str = field(repr=False)
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)

    def __reduce__(self) -> NoReturn:
        what = "a key is not passed on: give the other process settings of its own"
        raise TypeError(what)


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """
    Where a bucket is, and how it is reached.

    Args:
        bucket: its name.
        prefix: what all names in it begin with, without a slash at the end; may be empty.
        endpoint: URL of the server, without a path; empty for Amazon's own.
        region: the bucket's region.
        key: by what the server knows us.
        authority: PEM of who signed the server's certificate; None for those that the system trusts.
        authority_file: where that was read from.
    """

    bucket: str
    prefix: str
    endpoint: str
    region: str
    key: Key
    authority: bytes | None = field(default=None, repr=False)
    authority_file: Path | None = None

    @property
    def place(self) -> str:
        """Say which bucket of which server, for people and for the archive's folder."""
        return "/".join(part for part in (f"s3://{self.bucket}", self.prefix) if part) + (
            f" at {self.endpoint}" if self.endpoint else ""
        )

    def permit(self) -> None:
        """
        Pass the gate, before connections are opened.

        Raises:
            Refused: the server is beyond this machine, and the setting `outbound` does not allow it.
        """
        url = urlsplit(self.endpoint or f"https://s3.{self.region}.amazonaws.com")
        host = url.hostname or ""
        permit(host, url.port or (80 if url.scheme == "http" else 443), "objects")
        permit_proxy(url.scheme, host)

    @property
    def is_plain(self) -> bool:
        """Whether the server is reached without encryption."""
        return self.endpoint.startswith("http:")


def address_of(settings: Settings) -> BucketAddress:
    """
    Read where the bucket is.

    Raises:
        BadSetting: what is set is no bucket, no URL, no certificate, or a key is missing.
        Refused: the server is beyond this machine and would be reached without encryption.
    """
    bucket, prefix = _bucket(settings.storage or "")
    file = settings.storage_ca_file
    return BucketAddress(
        bucket,
        prefix,
        _endpoint(settings.storage_endpoint, plain_http=settings.storage_plain_http),
        settings.storage_region or _REGION,
        _key(settings),
        _authority(file) if file else None,
        file,
    )


def _bucket(text: str) -> tuple[str, str]:
    scheme, _, rest = text.partition("://")
    bucket, _, prefix = rest.partition("/")
    prefix = prefix.rstrip("/")
    named = _BUCKET.match(bucket) and (not prefix or _PREFIX.match(prefix))
    if scheme != "s3" or not named or {".", ".."} & set(prefix.split("/")):
        what = f"The setting 'storage' names no bucket: {text[:100]!r}."
        raise BadSetting(what, try_this=f"write it like {EXAMPLE}, or leave it out")
    return bucket, prefix


def _endpoint(text: str | None, *, plain_http: bool) -> str:
    if not text:
        return ""
    url = _parts(text)
    if url is None or url.scheme not in {"http", "https"} or url.path.strip("/") or url.query or url.username:
        what = "The setting 'storage_endpoint' must be the URL of a server, with neither path nor password."
        raise BadSetting(what, try_this="write it like https://s3.example.org:8333")
    if url.scheme == "http" and not plain_http and not is_here(url.hostname or ""):
        what = f"The storage at {url.netloc} would be reached without encryption."
        raise Refused(what, try_this="use https://, or set storage_plain_http = true (docs/how-to/s3-storage.md)")
    return f"{url.scheme}://{url.netloc}"


def _parts(text: str) -> SplitResult | None:
    try:
        url = urlsplit(text)
        return url if url.hostname and url.port != 0 else None
    except ValueError:
        return None


def _key(settings: Settings) -> Key:
    if not settings.storage_key_id or not settings.storage_secret:
        what = "Objects are to be kept in a bucket, and the key for it is not set."
        raise BadSetting(what, try_this="set GROUNDSIDE_STORAGE_KEY_ID and GROUNDSIDE_STORAGE_SECRET")
    return Key(settings.storage_key_id, settings.storage_secret, settings.storage_token)


def _authority(file: Path) -> bytes:
    try:
        pem = file.read_bytes()
    except OSError as error:
        what = f"The file that 'storage_ca_file' names cannot be read: {error.strerror}."
        raise BadSetting(what) from error
    if b"-----BEGIN CERTIFICATE-----" not in pem:
        what = "The file that 'storage_ca_file' names holds no certificate."
        raise BadSetting(what, try_this="give the certificate of the authority as PEM")
    return pem
