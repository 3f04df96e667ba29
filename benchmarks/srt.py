"""DJI subtitles to columns, against dji-drone-metadata-embedder's samples of the same file."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from dji_metadata_embedder.utilities import parse_telemetry_samples

import groundside

MAVIC3 = "srt/DJI_SRT_Parser__MAVIC3.srt"
FILES = (MAVIC3, "srt/DJI_SRT_Parser__mavic_2pro_new.SRT", "srt/DJI_SRT_Parser__mavic_pro.SRT")
REPEATED_BYTES = 32_000_000
PEER = "dji-drone-metadata-embedder, telemetry samples"
_PEAK = """
import sys
from pathlib import Path
import groundside
log = groundside.read(Path(sys.argv[1]))
values = sum(log.tables[name].num_rows * log.tables[name].num_columns for name in log.tables)
print(1024 * int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]))
"""


def our_columns(data: bytes) -> int:
    """Every table made, every column there; gives how many values."""
    tables = groundside.read(data).tables
    return sum(tables[name].num_rows * tables[name].num_columns for name in tables)


def peer_samples(path: Path) -> int:
    """What the peer makes of a file: an object for each cue. Given a copy, for it may write beside what it reads."""
    return len(parse_telemetry_samples(path))


def row(what: str, size: int, ours_s: float, peer: str, peer_mb_per_s: float) -> dict[str, object]:
    speed = size / ours_s / 1e6
    return {
        "what": what, "bytes": size, "seconds": ours_s, "MB_per_s": speed, "peer": peer,
        "peer_seconds": size / peer_mb_per_s / 1e6, "times_peer": speed / peer_mb_per_s,
    }  # fmt: skip


def peak_bytes(path: Path) -> int:
    """Peak memory of a fresh process that reads a file and makes every table."""
    done = subprocess.run([sys.executable, "-c", _PEAK, str(path)], capture_output=True, check=True, text=True)
    return int(done.stdout)


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float]) -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        for name in FILES:
            copy = Path(folder, Path(name).name)
            data = (corpus / name).read_bytes()
            copy.write_bytes(data)
            ours = median_s(lambda data=data: our_columns(data))
            theirs = len(data) / median_s(lambda copy=copy: peer_samples(copy)) / 1e6
            yield row(f"SRT to columns, {copy.stem.rpartition('__')[2]}", len(data), ours, PEER, theirs)
            if name == MAVIC3:
                yield _large(data, theirs, Path(folder, "large.srt"), median_s)


def _large(
    data: bytes, peer_mb_per_s: float, path: Path, median_s: Callable[[Callable[[], object]], float]
) -> dict[str, object]:
    """One video's cues again and again: their numbers and times begin anew, as where files were joined."""
    times = -(-REPEATED_BYTES // len(data))
    large = data * times
    path.write_bytes(large)
    what = f"SRT to columns, {len(large) / 1e6:.0f} MB of MAVIC3, one video repeated {times} times"
    all_s = median_s(lambda: our_columns(large))
    return {
        **row(what, len(large), all_s, f"{PEER}, on MAVIC3 itself", peer_mb_per_s),
        "peak_bytes": peak_bytes(path),
        "peak_allowed_bytes": 2.5 * len(large) + 80e6,
    }
