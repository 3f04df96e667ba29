"""Many tracks as one table to ask: only the columns and rows that a question needs are read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from groundside.errors import Tampered, Unreachable
from groundside.keep.vault import Vault
from groundside.model.track import COLUMNS

OBJECT = "object"
"""Column that says which track a row is of: the object's id."""
_SERVER = re.compile(r"AWS Error (?!NO_SUCH_KEY|RESOURCE_NOT_FOUND)")
_SCANNING = ds.ParquetFragmentScanOptions(pre_buffer=True, page_checksum_verification=True)
SCHEMA = pa.schema([(OBJECT, pa.string()), *COLUMNS.items()])


def tracks_dataset(vault: Vault, object_ids: Sequence[str], sizes: Mapping[str, int] | None = None) -> ds.Dataset:
    """
    Open tracks as one dataset, of a vault in a folder or in a bucket alike; nothing is read yet.

    What is unknown in a whole track is null, what is unknown in some of its rows NaN, or null where it is no float.
    A filter on `object` leaves out whole tracks unopened; one on `time_us`, `lon` or `lat` leaves out those whose
    footer says that nothing in them can match.

    Args:
        object_ids: as `put_track` gave them; rows come in this order where order is asked for.
        sizes: bytes of each object, as far as they are known, which saves asking a bucket for them.

    Raises:
        NotFound: what cannot be an object's id. That an object is not there is met when it is read, as an OSError.
    """
    file_system, names = vault.files(object_ids)
    known = sizes or {}
    form = ds.ParquetFileFormat(default_fragment_scan_options=_SCANNING)
    fragments = [
        form.make_fragment(
            name, file_system, partition_expression=ds.field(OBJECT) == object_id, file_size=known.get(object_id)
        )
        for object_id, name in zip(object_ids, names, strict=True)
    ]
    return ds.FileSystemDataset(fragments, SCHEMA, form, file_system)


def read_tracks(
    dataset: ds.Dataset, columns: Sequence[str] | None = None, where: ds.Expression | None = None
) -> pa.Table:
    """
    Read what is asked for out of `tracks_dataset`.

    Args:
        columns: of a track, or `object`; None for all.
        where: which rows; None for all.

    Raises:
        Tampered: a track is not there, or its bytes changed.
        Unreachable: the server of the bucket does not answer, or does not let us in.
    """
    options: dict[str, Any] = {} if where is None else {"filter": where}
    try:
        return dataset.to_table(columns=None if columns is None else list(columns), **options)
    except (pa.ArrowException, OSError) as error:
        if _SERVER.search(str(error)):
            what = "The storage of the tracks cannot be reached, or does not let us in."
            advice = "see that the server runs, then run the same command again"
            raise Unreachable(what, try_this=advice) from None
        what = "A track cannot be read: it is not there, or its bytes changed."
        raise Tampered(what, try_this="groundside verify") from error
