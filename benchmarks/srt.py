"""DJI subtitles to columns, against dji-drone-metadata-embedder's samples of the same file."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from dji_metadata_embedder.utilities import parse_telemetry_samples
from whole_reads import REPEATED_BYTES, Median, Row, our_columns, row, whole_row

MAVIC3 = "srt/DJI_SRT_Parser__MAVIC3.srt"
FILES = (MAVIC3, "srt/DJI_SRT_Parser__mavic_2pro_new.SRT", "srt/DJI_SRT_Parser__mavic_pro.SRT")
PEER = "dji-drone-metadata-embedder, telemetry samples"


def peer_samples(path: Path) -> int:
    """What the peer makes of a file: an object for each cue. Given a copy, for it may write beside what it reads."""
    return len(parse_telemetry_samples(path))


def rows(corpus: Path, median_s: Median) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        for name in FILES:
            copy = Path(folder, Path(name).name)
            data = (corpus / name).read_bytes()
            copy.write_bytes(data)
            ours = median_s(lambda data=data: our_columns(data))
            theirs = len(data) / median_s(lambda copy=copy: peer_samples(copy)) / 1e6
            yield row(f"SRT to columns, {copy.stem.rpartition('__')[2]}", len(data), ours, PEER, theirs)
            if name == MAVIC3:
                yield _large(data, theirs, median_s)


def _large(data: bytes, peer_mb_per_s: float, median_s: Median) -> Row:
    """One video's cues again and again: their numbers and times begin anew, as where files were joined."""
    times = -(-REPEATED_BYTES // len(data))
    large = data * times
    what = f"SRT to columns, {len(large) / 1e6:.0f} MB of MAVIC3, one video repeated {times} times"
    return whole_row(what, large, ".srt", (f"{PEER}, on MAVIC3 itself", peer_mb_per_s), median_s)
