"""
Every setting, in one frozen class: defaults, then a TOML file, then the environment; read once and handed down.

The file is named by `GROUNDSIDE_CONFIG`, or is `~/.config/groundside/settings.toml` where that exists. In the
environment a setting `max_file_bytes` is `GROUNDSIDE_MAX_FILE_BYTES`. An unknown name is refused.
An empty value counts as none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import cast

from groundside.errors import BadSetting

PREFIX = "GROUNDSIDE_"
CONFIG = "GROUNDSIDE_CONFIG"
NOT_OURS = frozenset({CONFIG, "GROUNDSIDE_CORPUS", "GROUNDSIDE_PASSPHRASE", "GROUNDSIDE_NEW_PASSPHRASE"})
"""Names with our prefix that are no settings: the file itself, what only the tests read, and passphrases, which
are looked up when one is needed and held in no object."""
GIB = 1 << 30
SECRETS = frozenset({"storage_key_id", "storage_secret", "storage_token"})
"""Settings whose values no message holds, and which a file may hold only where nobody else can read it."""
PASSWORD = re.compile(r"://[^/?@]*:[^/?]+@|[?&](?:ssl)?password=")
"""A password in a URL: such a URL is a secret too."""


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
        workers: who reads files: none is one process for each core; a number of processes; "0" reads in the very
            process that asks, without limits; "local:3" or "tls://scheduler:8786" is a Dask cluster.
        worker_memory_bytes: what reading may take of memory in one process, besides the file itself.
        worker_seconds: how long one file may take to read.
        dask_ca: file with the authority that signs the certificates of a Dask cluster.
        dask_cert: file with the certificate that this machine shows to it.
        dask_key: file with the key of that certificate.
        catalogue: URL of the PostgreSQL database that holds the catalogue; None keeps it in the archive folder.
        storage: where objects are kept, as "s3://BUCKET/PREFIX"; None keeps them in the archive folder.
        storage_endpoint: URL of the S3-compatible server; None is Amazon's own.
        storage_region: the bucket's region; None is "us-east-1".
        storage_ca_file: file with the authority that signed the server's certificate; None trusts the system's.
        storage_plain_http: allow a server beyond this machine to be reached without encryption.
        storage_key_id: name of the key by which the server knows us.
        storage_secret: that key; never shown.
        storage_token: what belongs to a key that was lent for a while; never shown.
        encrypt: whether an archive that is made now is sealed; older ones stay as they are.
        root_key: where the root key comes from: "file:PATH", "command:PROGRAM ARGUMENTS", "passphrase" or
            "credential:NAME"; None is a file of its own in the owner's data folder.
        outbound: destinations beyond this machine that may be connected to, each "HOST:PORT REASON"; all else is
            refused. In the environment several are separated by ";".
        residency: countries (ISO 3166-1 alpha-2) in which things may lie; empty is no rule.
        archive_country: where the archive folder lies, as the owner declares it.
        catalogue_country: where the database of the catalogue lies.
        storage_country: where the bucket lies.
        workers_country: where the workers of a Dask cluster are.
    """

    archive: Path | None = None
    max_file_bytes: int = 8 * GIB
    max_decode_bytes: int = 2 * GIB
    basemap: Path | None = None
    port: int = 8321
    watch_seconds: float = 2.0
    workers: str | None = None
    worker_memory_bytes: int = 4 * GIB
    worker_seconds: float = 600.0
    dask_ca: Path | None = None
    dask_cert: Path | None = None
    dask_key: Path | None = None
    catalogue: str | None = field(default=None, repr=False)
    storage: str | None = None
    storage_endpoint: str | None = None
    storage_region: str | None = None
    storage_ca_file: Path | None = None
    storage_plain_http: bool = False
    storage_key_id: str | None = field(default=None, repr=False)
    storage_secret: str | None = field(default=None, repr=False)
    storage_token: str | None = field(default=None, repr=False)
    encrypt: bool = True
    root_key: str | None = field(default=None, repr=False)
    outbound: tuple[str, ...] = ()
    residency: tuple[str, ...] = ()
    archive_country: str | None = None
    catalogue_country: str | None = None
    storage_country: str | None = None
    workers_country: str | None = None


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
    if _holds_secret(read) and path.stat().st_mode & 0o077:
        what = f"The settings file {path} holds a secret, and others than its owner can read it."
        raise BadSetting(what, try_this=f"chmod 600 {path}")
    return {name: _value(name, value, f"{path}") for name, value in read.items()}


def _holds_secret(read: Mapping[str, object]) -> bool:
    return bool(SECRETS & read.keys()) or PASSWORD.search(str(read.get("catalogue", ""))) is not None


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
    kinds_known = {"int": int, "float": float, "str | None": _text, "bool": _truth, "tuple[str, ...]": _texts}
    convert = kinds_known.get(kinds[name], _path)
    try:
        converted = convert(value)  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError, KeyError) as error:
        what = f"The setting {name!r} in {where} must be {kinds[name]}, not {_told(name, value)}."
        raise BadSetting(what) from error
    if isinstance(converted, int | float) and converted < 0:
        what = f"The setting {name!r} in {where} must not be negative, not {value!r}."
        raise BadSetting(what)
    return converted


def _path(value: object) -> Path:
    return Path(str(value)).expanduser()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: object) -> tuple[str, ...]:
    listed = cast("list[object]", value) if isinstance(value, list) else _text(value).split(";")
    return tuple(text for each in listed if (text := _text(each).strip()))


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[str(value).lower()]


def _told(name: str, value: object) -> str:
    # A table or a list may hold a password.
    plain = isinstance(value, str | int | float) and name not in SECRETS
    return repr(value) if plain else f"a {type(value).__name__}"
