"""
Every setting, in one frozen class: defaults, then a TOML file, then the environment; read once and handed down.

The file is named by `GROUNDSIDE_CONFIG`, or is `~/.config/groundside/settings.toml` where that exists. In the
environment a setting `max_file_bytes` is `GROUNDSIDE_MAX_FILE_BYTES`. An unknown name is refused.
An empty value counts as none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path

from groundside.errors import BadSetting

PREFIX = "GROUNDSIDE_"
CONFIG = "GROUNDSIDE_CONFIG"
NOT_OURS = frozenset({CONFIG, "GROUNDSIDE_CORPUS"})
"""Names with our prefix that are no settings: the file itself, and what only the tests read."""
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Settings:
    """
    All settings with their defaults.

    Args:
        archive: the archive folder.
        max_file_bytes: larger files are not taken in; listed with this limit named.
        max_decode_bytes: larger files are kept but not read.
        basemap: a PMTiles file of the owner's for the map; None draws the offline outlines only.
        port: where `serve` listens on loopback; 0 lets the system choose.
        watch_seconds: how often `watch` looks into its folder.
    """

    archive: Path | None = None
    max_file_bytes: int = 8 * GIB
    max_decode_bytes: int = 2 * GIB
    basemap: Path | None = None
    port: int = 8321
    watch_seconds: float = 2.0


def load(environment: Mapping[str, str], home: Path) -> Settings:
    """
    Read the settings of this process.

    Args:
        environment: usually `os.environ`.
        home: the folder below which `.config/groundside/settings.toml` is looked for.

    Raises:
        BadSetting: an unknown name, a value of the wrong kind, or a file that is not TOML.
    """
    return Settings(**{**_from_file(environment, home), **_from_environment(environment)})  # pyright: ignore[reportArgumentType]


def _from_file(environment: Mapping[str, str], home: Path) -> dict[str, object]:
    named = environment.get(CONFIG)
    path = Path(named) if named else home / ".config" / "groundside" / "settings.toml"
    if not named and not path.is_file():
        return {}
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        what = f"The settings file {path} cannot be read: {error}."
        raise BadSetting(what, try_this=f"correct it, or unset {CONFIG}") from error
    return {name: _value(name, value, f"{path}") for name, value in read.items()}


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    ours = {k: v for k, v in environment.items() if v and k.startswith(PREFIX) and k not in NOT_OURS}
    return {_setting_of(k): _value(_setting_of(k), v, f"the environment ({k})") for k, v in ours.items()}


def _setting_of(variable: str) -> str:
    return variable.removeprefix(PREFIX).lower()


def _value(name: str, value: object, where: str) -> object:
    kinds = {f.name: str(f.type) for f in fields(Settings)}
    if name not in kinds:
        near = get_close_matches(name, kinds, n=1, cutoff=0.0)
        what = f"There is no setting {name!r} (in {where})."
        raise BadSetting(what, try_this=f"did you mean {near[0]!r}? All are: {', '.join(kinds)}")
    convert = {"int": int, "float": float}.get(kinds[name], lambda text: Path(str(text)).expanduser())
    try:
        converted = convert(value)  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError) as error:
        what = f"The setting {name!r} in {where} must be {kinds[name]}, not {value!r}."
        raise BadSetting(what) from error
    if isinstance(converted, int | float) and converted < 0:
        what = f"The setting {name!r} in {where} must not be negative, not {value!r}."
        raise BadSetting(what)
    return converted
