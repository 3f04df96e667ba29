"""Tables as bytes: the same table always gives the same bytes, each page with its checksum."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from groundside.errors import Tampered
from groundside.keep.vault import Vault

ROWS_A_GROUP = 1 << 16
_ENCODINGS: dict[pa.DataType, str] = {pa.float64(): "BYTE_STREAM_SPLIT", pa.int64(): "DELTA_BINARY_PACKED"}


def parquet_bytes(
    table: pa.Table,
    *,
    dictionaries: Collection[str],
    statistics: Collection[str],
    encodings: Mapping[str, str] | None = None,
) -> bytes:
    """
    Write a table as Parquet, one row group for each 65,536 rows.

    How the table's columns are divided into chunks makes no difference to the bytes. Floats are written byte by byte
    of all rows (BYTE_STREAM_SPLIT), times as differences, both with LZ4: on tracks that is about as small as zstd of
    the plain values, in two thirds of the time.

    Args:
        dictionaries: columns of which few values differ; for others a dictionary is tried in vain, which costs time.
        statistics: columns that are asked for by range.
        encodings: of its columns, as `encodings_of` has them, where that was worked out already.
    """
    sink = pa.BufferOutputStream()
    pq.write_table(
        table.combine_chunks(),
        sink,
        compression="lz4",
        row_group_size=ROWS_A_GROUP,
        use_dictionary=cast("Any", [*dictionaries]),
        column_encoding={**(encodings_of(table.schema) if encodings is None else encodings)},
        write_statistics=[*statistics],
        write_page_checksum=True,
    )
    return sink.getvalue().to_pybytes()


def encodings_of(schema: pa.Schema) -> dict[str, str]:
    """Say how columns are encoded; those that are not in it as Parquet has it by itself."""
    kinds = zip(schema.names, schema.types, strict=True)
    return {name: _ENCODINGS[kind] for name, kind in kinds if kind in _ENCODINGS}


@contextmanager
def opened_parquet(vault: Vault, object_id: str, what_it_is: str) -> Generator[pq.ParquetFile]:
    """
    Open an object that is Parquet; pages are checked as they are read.

    Args:
        what_it_is: for the error's text, such as "track".

    Raises:
        NotFound: no such object.
        Tampered: it is not Parquet, or its bytes changed; also when that is met in the `with` block.
    """
    with vault.open(object_id) as file:
        try:
            yield pq.ParquetFile(file, page_checksum_verification=True)
        except (pa.ArrowException, OSError, KeyError, ValueError) as error:
            what = f"The {what_it_is} in object {object_id} cannot be read: {error}."
            raise Tampered(what, try_this="groundside rebuild") from error
