"""Files read by geopandas in a venv of its own: were pandas in ours, pyarrow would load it into every process."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import shapely

PYTHON = Path(__file__).parent / "peers" / "geopandas" / ".venv" / "bin" / "python"
needs_geopandas = pytest.mark.skipif(not PYTHON.exists(), reason="geopandas is not there: run tests/install_tools.sh")
_READ = """
import json, sys
import geopandas
path = sys.argv[1]
frame = geopandas.read_parquet(path) if path.endswith("parquet") else geopandas.read_file(path)
def plain(value):
    if hasattr(value, "wkb_hex"):
        return {"wkb": value.wkb_hex}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value
def values(column):
    return [None if (v is None or v != v) else plain(v) for v in column]
print(json.dumps({
    "crs": frame.crs and frame.crs.to_authority(),
    "epsg": frame.crs and frame.crs.to_epsg(),
    "columns": {name: values(frame[name]) for name in frame.columns},
    "geometry": frame.geometry.name if len(frame.columns) else "",
    "dtypes": {name: str(kind) for name, kind in frame.dtypes.items()},
}, default=str))
"""


@dataclass(frozen=True)
class Frame:
    """What geopandas read; a geometry is one of shapely, nothing known is None."""

    crs: tuple[str, str] | None
    epsg: int | None
    columns: dict[str, list[Any]]
    geometry: str
    dtypes: dict[str, str]

    @property
    def shapes(self) -> list[Any]:
        """The geometries."""
        return self[self.geometry]

    def __getitem__(self, name: str) -> list[Any]:
        return [_shape(each) for each in self.columns[name]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), []))


def read(path: Path | str) -> Frame:
    """Have geopandas read a file."""
    done = subprocess.run([PYTHON, "-I", "-c", _READ, str(path)], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    return Frame(told["crs"] and tuple(told["crs"]), *(told[k] for k in ("epsg", "columns", "geometry", "dtypes")))


def _shape(value: Any) -> Any:
    return shapely.from_wkb(value["wkb"]) if isinstance(value, dict) and "wkb" in value else value
