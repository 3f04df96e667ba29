"""DataFlash to scaled columns, against pymavlink's public way to the same columns."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from pymavlink.DFReader import DFReader_binary

import groundside

FILES = ("bin/dronekit-la-testdata__log171.bin", "bin/ardupilot-log-diagnosis__sample.bin")


def peer_columns(path: Path) -> dict[str, list[object]]:
    log = DFReader_binary(str(path))
    found: dict[str, list[object]] = defaultdict(list)
    while (message := log.recv_msg()) is not None:
        kind = message.get_type()
        for name in message.get_fieldnames():
            found[f"{kind}.{name}"].append(getattr(message, name))
    return found


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float]) -> Iterator[dict[str, object]]:
    for name in FILES:
        path = corpus / name
        data = path.read_bytes()
        ours = median_s(lambda data=data: groundside.read(data).tables)
        theirs = median_s(lambda path=path: peer_columns(path))
        yield {
            "what": f"DataFlash to columns, {path.name.rpartition('__')[2]}",
            "bytes": len(data),
            "seconds": ours,
            "MB_per_s": len(data) / ours / 1e6,
            "peer": "pymavlink to columns",
            "peer_seconds": theirs,
            "times_peer": theirs / ours,
        }
