"""
NDVI of a five-band orthomosaic, zstd in and zstd out as int16, against gdal_calc.py and rioxarray with dask.

Each runs as a process of its own, its start included, so that its CPU time and its peak of memory are its own. All read
the same file, and write one that is not there yet: to replace one, ext4 waits until the new one is on its way to the
disk. Each peer writes float32 with deflate, as it is usually run, and int16 x 10,000 with zstd as we do;
gdal_calc.py also float32 without compression. (Asked for no type it takes that of its input, uint16, in which an NDVI
is 0 or 1: no comparison.) Each row says in what format its peer's file really is, and how large.

`gdal_calc.py` is Debian's (gdal-bin, python3-gdal); rioxarray is run by the interpreter of
benchmarks/peers/rioxarray/.venv, or the one that GROUNDSIDE_RIOXARRAY names: benchmarks/install_peers.sh installs both.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import rasterio
from rasterio.windows import Window

ROOT = Path(__file__).resolve().parents[1]
SIDE, FULL_SIDE, LARGER = 4096, 8192, 16384
PIECE = 1024
SOIL = (5000, 7000, 9000, 11000, 10000)
PLANT = (2300, 5500, 3000, 28000, 12500)
OURS = """
import sys
from pathlib import Path
from groundside.archive.crop_analysis import IndexOrder, index_raster
index_raster(Path(sys.argv[1]), IndexOrder(("ndvi",), threads=2), Path(sys.argv[2]), lambda step: None)
"""
RIOXARRAY = """
import sys, threading
import dask, numpy, rioxarray
with dask.config.set(scheduler="threads", num_workers=2):
    bands = rioxarray.open_rasterio(sys.argv[1], chunks={"x": 2048, "y": 2048}, lock=False)
    nir, red = bands[3].astype("float64"), bands[2].astype("float64")
    ndvi = ((nir - red) / (nir + red)).drop_attrs()
    whole = numpy.rint(ndvi * 10000).astype("int16")
    tiles = {"tiled": True, "blockxsize": 512, "blockysize": 512, "lock": threading.Lock()}
    if sys.argv[3] == "int16":
        whole.rio.to_raster(sys.argv[2], compress="zstd", zstd_level=1, predictor=2, **tiles)
    else:
        ndvi.astype("float32").rio.to_raster(sys.argv[2], compress="deflate", **tiles)
"""
FORMULA = "(A.astype(float64)-B)/(A.astype(float64)+B)"
RUNNER = """
import os, subprocess, sys, time
began = time.monotonic()
process = subprocess.Popen(sys.argv[1:])
_, status, used = os.wait4(process.pid, 0)
print(time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3)
sys.exit(bool(status))
"""
Row = dict[str, object]


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float], full: bool = False) -> Iterator[Row]:
    del corpus, median_s
    side = FULL_SIDE if full else SIDE
    with tempfile.TemporaryDirectory(dir=ROOT.parent, prefix=".bench-crop-") as folder:
        source = made(Path(folder, "field.tif"), side)
        source.read_bytes()
        found = peers(source, Path(folder))
        for missing in {"gdal_calc.py", "rioxarray"} - {name.split()[0] for name in found}:
            print(f"crop: no {missing}: run benchmarks/install_peers.sh", file=sys.stderr)
        yield from against(found, source, Path(folder, "ours.tif"), side)
        assert_formula(source, Path(folder, "ours.tif"))
        if full:
            yield larger(Path(folder))


def larger(folder: Path) -> Row:
    """The same on a raster four times the size: the memory must not grow with it."""
    source = made(folder / "larger.tif", LARGER)
    out = folder / "ours.tif"
    wall, cpu, peak = run([sys.executable, "-c", OURS, str(source), str(out)], out, 1)
    return {
        "what": f"NDVI {LARGER} x {LARGER}, zstd to int16 zstd, 2 threads",
        "MPix_per_s": LARGER**2 / wall / 1e6,
        "cpu_s": cpu,
        "peak_mb": peak,
    }


def against(peers: dict[str, tuple[list[str], Path]], source: Path, out: Path, side: int) -> Iterator[Row]:
    """We run before and after each peer, so that both have the same machine."""
    words = [sys.executable, "-c", OURS, str(source), str(out)]
    for name, (asked, written) in peers.items():
        before = run(words, out, 3)
        peer_wall, peer_cpu, peer_peak = run(asked, written, 3)
        wall, cpu, peak = (statistics.median(pair) for pair in zip(before, run(words, out, 3), strict=True))
        cost = f"peak {peer_peak:.0f} MB, {peer_wall:.2f} s, {peer_cpu:.2f} CPU s"
        yield {
            "what": f"NDVI {side} x {side} x 5 uint16, zstd to {described(out)}, 2 threads",
            "median_ms": wall * 1e3,
            "MPix_per_s": side**2 / wall / 1e6,
            "MPix_per_2_cpu_s": 2.0 * side**2 / cpu / 1e6,
            "peak_mb": peak,
            "peer": f"{name}, to {described(written)} ({cost})",
            "times_peer": peer_wall / wall,
            "times_peer_cpu": peer_cpu / cpu,
        }


def described(path: Path) -> str:
    """In what format a raster is."""
    with rasterio.open(path) as made:
        packing = made.tags(ns="IMAGE_STRUCTURE").get("COMPRESSION", "uncompressed").lower()
        return f"{made.dtypes[0]} {packing}, {path.stat().st_size / 1e6:.0f} MB"


def peers(source: Path, folder: Path) -> dict[str, tuple[list[str], Path]]:
    """By name: the words of a command, and the file that it writes."""
    found: dict[str, tuple[list[str], Path]] = {}
    calc = shutil.which("gdal_calc.py")
    if calc:
        words = [calc, "-A", str(source), "--A_band=4", "-B", str(source), "--B_band=3", "--quiet", "--overwrite"]
        tiles = ["--co=TILED=YES", "--co=BLOCKXSIZE=512", "--co=BLOCKYSIZE=512"]
        zstd = ["--type=Int16", "--co=COMPRESS=ZSTD", "--co=ZSTD_LEVEL=1", "--co=PREDICTOR=2", *tiles]
        deflate = ["--type=Float32", "--co=COMPRESS=DEFLATE", *tiles]
        for name, formula, more in (
            ("usual", FORMULA, deflate),
            ("as ours", f"rint({FORMULA}*10000)", zstd),
            ("no compression", FORMULA, ["--type=Float32"]),
        ):
            out = folder / f"calc-{name.replace(' ', '-')}.tif"
            found[f"gdal_calc.py ({name})"] = ([*words, f"--calc={formula}", f"--outfile={out}", *more], out)
    python = os.environ.get("GROUNDSIDE_RIOXARRAY") or str(ROOT / "benchmarks/peers/rioxarray/.venv/bin/python")
    if Path(python).exists():
        out = folder / "rio.tif"
        words = [python, "-c", RIOXARRAY, str(source), str(out)]
        found["rioxarray with dask (usual)"] = ([*words, "float32"], out)
        found["rioxarray with dask (as ours)"] = ([*words, "int16"], out)
    return found


def run(words: list[str], out: Path, times: int) -> tuple[float, float, float]:
    """Run a process, from one that is small, and give the median of wall and CPU seconds, and the peak in MB."""
    found = []
    for _ in range(times):
        out.unlink(missing_ok=True)
        said = subprocess.run([sys.executable, "-c", RUNNER, *words], check=True, capture_output=True, text=True).stdout
        found.append(tuple(map(float, said.split()[-3:])))
    walls, cpus, peaks = zip(*found, strict=True)
    return statistics.median(walls), statistics.median(cpus), max(peaks)


def made(path: Path, side: int) -> Path:
    """Write plants and soil in waves, with noise, as an orthomosaic would be."""
    rng = np.random.default_rng(7)
    with rasterio.open(
        path, "w", driver="GTiff", width=side, height=side, count=5, dtype="uint16", tiled=True, blockxsize=512,
        blockysize=512, compress="zstd", predictor=2, interleave="band", crs="EPSG:32632", bigtiff="if_safer",
        num_threads=2, transform=rasterio.Affine(0.05, 0, 5e5, 0, -0.05, 5e6),
    ) as target:  # fmt: skip
        target.descriptions = ("blue", "green", "red", "nir", "red edge")
        for row in range(0, side, PIECE):
            for column in range(0, side, PIECE):
                y, x = np.mgrid[row : row + PIECE, column : column + PIECE]
                cover = 0.5 + 0.5 * np.sin(x / 300) * np.cos(y / 250)
                for band, (soil, plant) in enumerate(zip(SOIL, PLANT, strict=True), 1):
                    values = soil + (plant - soil) * cover + rng.normal(0, 250, cover.shape)
                    target.write(
                        values.clip(1, 65534).astype(np.uint16), band, window=Window(column, row, PIECE, PIECE)
                    )
    return path


def assert_formula(source: Path, found: Path) -> None:
    """Every stored number is that of the formula in double precision, rounded."""
    with rasterio.open(source) as given, rasterio.open(found) as ours:
        for row in range(0, given.height, PIECE):
            window = Window(0, row, given.width, PIECE)
            nir, red = (given.read(band, window=window).astype(np.float64) for band in (4, 3))
            assert np.array_equal(ours.read(1, window=window), np.rint((nir - red) / (nir + red) * 10000))


if __name__ == "__main__":
    for line in rows(Path(), lambda work: 0.0, "--full" in sys.argv):
        print(line, flush=True)
