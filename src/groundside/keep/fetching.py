"""Objects of a bucket, many bytes at a time: into a file, or for pyarrow to read by itself."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from groundside.keep.bucket import PIECE, Bucket
from groundside.keep.bucket_address import BucketAddress
from groundside.keep.durable import disk_errors

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

_AT_ONCE = 4
_TRIES = 4
_CONNECT_S, _REQUEST_S = 5, 60


def fetch(bucket: Bucket, key: str, size: int, handle: int) -> None:
    """Copy an object into an open file, several pieces at once."""

    def copy(start: int) -> None:
        found = bucket.get_range(key, start, min(start + PIECE, size))
        with disk_errors():
            while found:
                written = os.pwrite(handle, found, start)
                found, start = found[written:], start + written

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(copy, range(0, size, PIECE)):
            pass


def s3_file_system(address: BucketAddress, below: str) -> FileSystem:
    """Give pyarrow's own client of the bucket, which reads only columns that are asked for, several at once."""
    from pyarrow.fs import AwsStandardS3RetryStrategy, S3FileSystem, SubTreeFileSystem

    url = urlsplit(address.endpoint)
    trust = {"tls_ca_file_path": str(address.authority_file)} if address.authority_file else {}
    client = S3FileSystem(
        access_key=address.key.id,
        secret_key=address.key.secret,
        session_token=address.key.token,
        region=address.region,
        endpoint_override=url.netloc or None,
        scheme="http" if address.is_plain else "https",
        connect_timeout=_CONNECT_S,
        request_timeout=_REQUEST_S,
        retry_strategy=AwsStandardS3RetryStrategy(max_attempts=_TRIES),
        **cast("dict[str, Any]", trust),
    )
    return SubTreeFileSystem("/".join(part for part in (address.bucket, address.prefix, below) if part), client)
