"""Small images of 12-megapixel JPEGs, against Pillow decoding the whole image first, in the same run."""

import io
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from PIL import Image, ImageOps

from groundside.produce.imagery.thumbnail import LONGEST_PX, thumbnail

FILES, PEER_FILES, WORKERS = 60, 10, 2
SIZE = (4000, 3000)
HELD: list[bytes] = []
Row = dict[str, object]


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float]) -> Iterator[Row]:
    real = sorted((corpus.parent / "imagery" / "brighton_beach").glob("*.JPG"))
    if not real:
        print("no real photos: skipped", file=sys.stderr)
        return
    images = [large(path) for path in real]
    ours = median_s(lambda: [thumbnail(each) for each in images]) / len(images)
    peer = median_s(lambda: [decoded_whole(each) for each in images[:PEER_FILES]]) / PEER_FILES
    yield {
        "what": f"small images of JPEGs of {SIZE[0]} x {SIZE[1]} px, one process, CPU",
        "images_per_s": 1 / ours,
        "mean_bytes": sum(map(len, images)) // len(images),
        "peer": "Pillow, decoded whole",
        "times_peer": peer / ours,
    }
    yield {
        "what": f"the same on {WORKERS} cores, by the clock on the wall",
        "images_per_s": FILES / both_cores(images),
        "target_images_per_s": 60,
    }


def large(path: Path) -> bytes:
    """Give a real photo the size that is asked for, at the quality that cameras write."""
    out = io.BytesIO()
    with Image.open(path) as image:
        ImageOps.fit(image.convert("RGB"), SIZE).save(out, "JPEG", quality=90)
    return out.getvalue()


def decoded_whole(data: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        image.thumbnail((LONGEST_PX, LONGEST_PX))
        image.save(out, "JPEG", quality=80)
    return out.getvalue()


def both_cores(images: list[bytes]) -> float:
    """Each process has the images already, as a worker that read them from the vault has."""
    HELD[:] = images
    with ProcessPoolExecutor(WORKERS, get_context("fork")) as pool:
        list(pool.map(small, range(FILES), chunksize=FILES // 10))
        began = time.perf_counter()
        made = list(pool.map(small, range(FILES), chunksize=FILES // 10))
        taken = time.perf_counter() - began
    assert all(made)
    return taken


def small(number: int) -> bytes | None:
    return thumbnail(HELD[number % len(HELD)])
