"""
Keeping: a flight's track and log as bytes, and many small files made durable, in a folder and in a bucket.

The peer of a batch is the same vault, file by file, each durable by itself. Times of durable writes are those of a
clock on the wall, for most of them is waiting; times of making bytes are CPU.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from groundside.archive.deriving import Derivation, derive, log_in
from groundside.keep.bucket import Bucket
from groundside.keep.bucket_address import address_of
from groundside.keep.logs import log_bytes
from groundside.keep.sealing.keys import GivenKeys, NoSecrets
from groundside.keep.storage import vault_over
from groundside.keep.store_disk import DiskStore
from groundside.keep.store_s3 import BucketStore
from groundside.keep.track_dataset import read_tracks, tracks_dataset
from groundside.keep.tracks import put_track, track_bytes
from groundside.keep.vault import Vault
from groundside.model.log import Log
from groundside.model.track import Track

ROOT = Path(__file__).resolve().parents[1]
LOG = "bin/ardupilot-log-diagnosis__sample.bin"
POINTS = 600
FILES, FILE_BYTES, A_BATCH = 1000, 60_000, 250
BUCKET_FILES = 300
TRACKS = 300
Row = dict[str, object]


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float]) -> Iterator[Row]:
    data = memoryview((corpus / LOG).read_bytes())
    told = derive(data, None, 1 << 31)
    yield from making(told, log_in(data, None), median_s)
    # Beside the repository, not in the temporary folder, which may be memory.
    with tempfile.TemporaryDirectory(dir=ROOT.parent, prefix=".bench-keeping-") as folder:
        disk = vault_over(DiskStore(Path(folder)), GivenKeys({}), NoSecrets(), sealed=False)
        yield durable("folder", disk, FILES)
        yield asking("folder", disk, told)
        sys.path.insert(0, str(ROOT))
        from tests.service.seaweedfs import running

        with running() as server:
            store = BucketStore(Path(folder), Bucket(address_of(server.settings())))
            bucket = vault_over(store, GivenKeys({}), NoSecrets(), sealed=False)
            yield durable("bucket (SeaweedFS, loopback)", bucket, BUCKET_FILES)
            yield asking("bucket (SeaweedFS, loopback)", bucket, told)


def making(told: Derivation, log: Log, median_s: Callable[[Callable[[], object]], float]) -> Iterator[Row]:
    """Bytes of one flight, without writing them."""
    track, each = flight_of(told), 50

    def repeated(work: Callable[[], object]) -> float:
        return median_s(lambda: [work() for _ in range(each)]) / each

    ours, theirs = repeated(lambda: track_bytes(track)), repeated(lambda: by_default(track.table))
    yield {
        "what": f"track of {POINTS} points as Parquet, CPU",
        "median_ms": ours * 1e3,
        "bytes": len(track_bytes(track)),
        "peer": "pyarrow's own settings, zstd",
        "peer_bytes": len(by_default(track.table)),
        "times_peer": theirs / ours,
    }
    both = repeated(lambda: (track_bytes(track), log_bytes(log)))
    yield {
        "what": f"track and log of that flight ({log.parameters.num_rows} parameters), CPU",
        "median_ms": both * 1e3,
        "target_ms": 3.0,
    }


def flight_of(told: Derivation) -> Track:
    assert told.track is not None
    return Track(told.track.table.slice(0, POINTS), told.track.time_basis, told.track.time_error_s)


def by_default(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table.combine_chunks(), sink, compression="zstd", write_page_checksum=True)
    return sink.getvalue().to_pybytes()


def durable(where: str, vault: Vault, files: int) -> Row:
    """Small files, durable: in batches, and one by one."""
    contents = [np.random.default_rng(number).bytes(FILE_BYTES) for number in range(files)]

    def batched() -> None:
        for first in range(0, files, A_BATCH):
            with vault.batch() as batch:
                for content in contents[first : first + A_BATCH]:
                    batch.put([content])

    ours, cpu = taken(batched)
    few = contents[: files // 10]
    theirs, _ = taken(lambda: [vault.put([content]) for content in few])
    return {
        "what": f"{files} files of {FILE_BYTES // 1000} kB durable, {A_BATCH} a batch, {where}",
        "files_per_s": files / ours,
        "cpu_ms_per_file": cpu / files * 1e3,
        "peer": "one by one",
        "times_peer": theirs / len(few) / (ours / files),
    }


def asking(where: str, vault: Vault, told: Derivation) -> Row:
    """Two columns of many tracks as one table, against reading them all."""
    track = flight_of(told)
    with vault.batch() as batch:
        kept = [put_track(batch, track) for _ in range(TRACKS)]
    tracks = tracks_dataset(vault, [each.object_id for each in kept], {each.object_id: each.size for each in kept})
    ours, _ = taken(lambda: read_tracks(tracks, ["lon", "lat"]))
    theirs, _ = taken(lambda: read_tracks(tracks))
    nothing, _ = taken(lambda: read_tracks(tracks, ["lon"], ds.field("time_us") < 0))
    return {
        "what": f"lon and lat of {TRACKS} tracks as one dataset, {where} (one flight repeated)",
        "median_ms": ours * 1e3,
        "none_match_ms": nothing * 1e3,
        "peer": "all columns",
        "times_peer": theirs / ours,
    }


def taken(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the clock on the wall, and of CPU."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - cpu
