"""
Planning again while a corner is dragged: what the server does between the page's question and its answer.

A field of 200 ha (seven corners, one bent in; and the same with three holes) at 100 m over hills told by an elevation
model with cells of 9 m, with the way, photos, times, all checks and the height profile, as JSON. Each question has the
corner somewhere else. CPU time of this thread, for the machine is shared; the 95th percentile of all drags.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from groundside.archive.plan_asked import look_of  # noqa: E402
from groundside.archive.plan_shown import shown, shown_shape  # noqa: E402
from groundside.see import shapes  # noqa: E402
from groundside.see.web.planning_asked import PlanAsked, asked_of, conditions_of, mission_of  # noqa: E402
from groundside.see.web.settled import settle  # noqa: E402

Row = dict[str, object]
LON, LAT = 8.0, 46.0
SIDE_M = 1414.0
M_PER_DEGREE = 111_320.0
TARGET_MS = 100.0


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float], full: bool = False) -> Iterator[Row]:
    del corpus, median_s
    with tempfile.TemporaryDirectory() as folder:
        terrain = hills(Path(folder))
        for what, holes in (("200 ha over hills, a corner dragged, CPU", 0), ("the same with 3 holes, CPU", 3)):
            yield dragging(what, holes, terrain, 200 if full else 40)


def dragging(what: str, holes: int, terrain: Path, drags: int) -> Row:
    field = rings(holes)
    answer(field, terrain, quick=True)
    settle()
    taken = []
    for step in range(drags):
        field[0][4] = [field[0][4][0] + 2e-5 * np.cos(step / 5.0), field[0][4][1] + 2e-5 * np.sin(step / 3.0)]
        taken.append(cpu_ms(lambda: answer(field, terrain, quick=True)))
    whole = cpu_ms(lambda: answer(field, terrain, quick=False))
    return {
        "what": what,
        "median_ms": float(np.median(taken)),
        "p95_ms": float(np.percentile(taken, 95)),
        "most_ms": max(taken),
        "target_ms": TARGET_MS,
        "when_let_go_ms": whole,
        "drags": drags,
    }


def cpu_ms(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1e3


def answer(field: list[list[list[float]]], terrain: Path, *, quick: bool) -> bytes:
    """Do what the route does: from the page's JSON to the answer's."""
    plan = PlanAsked.model_validate({
        "drawn": {"areas": [field]}, "camera": "DJI Phantom 4 RTK", "aircraft": "DJI Phantom 4 RTK", "height_m": 100,
        "quick": quick,
    })  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        asked = asked_of(plan, Path(folder), terrain)
        return shapes.encode(shown_shape(shown(mission_of(plan, asked), conditions_of(plan, asked), look_of(asked))))


def rings(holes: int) -> list[list[list[float]]]:
    wide, high = SIDE_M / M_PER_DEGREE / np.cos(np.radians(LAT)), SIDE_M / M_PER_DEGREE
    shape = [(0, 0), (0.5, -0.08), (1, 0), (1.05, 0.5), (1, 1), (0.5, 0.8), (0, 1)]
    outer = [[LON + x * wide, LAT + y * high] for x, y in shape]
    cut = [
        [[LON + (x + dx) * wide, LAT + (0.4 + dy) * high] for dx, dy in ((0, 0), (0.08, 0.02), (0.06, 0.1))]
        for x in (0.2, 0.45, 0.75)
    ]
    return [outer, *cut[:holes]]


def hills(folder: Path) -> Path:
    """Write an elevation model of 4 km, with hills of some 70 m."""
    import rasterio
    from rasterio.transform import from_origin

    rows, columns = np.mgrid[0:450, 0:450]
    heights = (500 + 40 * np.sin(columns / 30) + 30 * np.cos(rows / 25)).astype(np.float32)
    cell = 10.0 / M_PER_DEGREE
    path = folder / "hills.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=450, width=450, count=1, dtype="float32", crs="EPSG:4326", tiled=True,
        blockxsize=256, blockysize=256, transform=from_origin(LON - 0.01, LAT + 0.03, cell, cell),
    ) as raster:  # fmt: skip
        raster.write(heights, 1)
    return path


if __name__ == "__main__":
    for row in rows(Path(), lambda work: cpu_ms(work) / 1e3, full="--full" in sys.argv):
        sys.stdout.write(f"{row}\n")
