"""
Workers of a Dask cluster; the only module that imports the distributed engine.

A Dask scheduler runs whatever it is sent, with the rights of its workers, and what it is sent is pickled on the way:
never at rest, and never by us for anything else. So beyond this machine both sides must show certificates.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from groundside.errors import BadRequest, BadSetting, Conflict, Refused
from groundside.outbound import is_here, permit
from groundside.workers.guard import guarded
from groundside.workers.parcel import Died, Limits, Outcome, Parcel, Work

_RETRIES = 3
"""A task is done again so often where its worker was lost; it is pure, so that nothing is doubled."""
_CONNECT_S = 30.0


def cluster(named: str, work: Work, limits: Limits, tls: Mapping[str, Path | None]) -> Cluster:
    """
    Have work done by a Dask cluster.

    Args:
        named: "local:3", "tcp://127.0.0.1:8786" or "tls://scheduler:8786".
        work: a function of a module that is installed where the workers are.
        limits: of each process that works.
        tls: the files "ca", "cert" and "key".

    Raises:
        BadRequest: Dask is not installed, or there is no such scheduler.
        BadSetting: one of the files of TLS is not set.
        Refused: beyond this machine without TLS, or the setting `outbound` does not allow it.
    """
    try:
        import distributed  # pyright: ignore[reportUnusedImport] # noqa: F401
    except ImportError:
        what = "Dask is not installed."
        raise BadRequest(what, try_this="pip install 'groundside[dask]'") from None
    if not named.startswith("local:"):
        _refuse_open_network(named)
    return Cluster(named, work, limits, tls)


def _refuse_open_network(address: str) -> None:
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = None
    if not parts.hostname or port is None:
        what = f"{address[:60]!r} names no scheduler."
        raise BadRequest(what, try_this="groundside ingest --workers tls://scheduler:8786")
    if parts.scheme == "tcp" and not is_here(parts.hostname):
        what = f"The scheduler at {parts.hostname} is on another machine, and tcp:// is not encrypted."
        advice = "start it with TLS and name it tls://…; settings dask_ca, dask_cert, dask_key"
        raise Refused(what, try_this=advice)
    permit(parts.hostname, port, "workers")


class Cluster:
    """A Dask cluster's workers, each of which works in a guarded process of its own."""

    here = False

    def __init__(self, named: str, work: Work, limits: Limits, tls: Mapping[str, Path | None]) -> None:
        self.hands = 1
        self._work, self._limits = work, limits
        self._named, self._tls = named, tls
        self._stack = ExitStack()
        self._client: Any = None
        self._done: Any = None

    def submit(self, key: int, parcel: Parcel) -> None:
        """Have a parcel done."""
        blobs = [bytes(blob) for blob in parcel.blobs]
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Sending large graph")  # it is the file, and is needed once
            future = self._client.submit(
                _task, self._work, parcel.values, blobs, self._limits, key=f"groundside-{id(self)}-{key}",
                pure=False, retries=_RETRIES,
            )  # fmt: skip
        future.groundside_key = key
        self._done.add(future)

    def wait(self) -> tuple[int, Outcome]:
        """Give the next outcome; each task gives one, however often it was done."""
        from distributed import KilledWorker

        future = next(self._done)
        key = int(future.groundside_key)
        try:
            answer = future.result()
        except KilledWorker:
            return key, Died(None, f"and {_RETRIES} others of the cluster were lost")
        except OSError as error:
            what = f"The connection to the Dask cluster was lost: {error}."
            raise Conflict(what, try_this="groundside jobs, then resume") from error
        finally:
            future.release()
        return key, answer if isinstance(answer, Died) else Parcel(*answer)

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._stack.close()

    def _open(self) -> None:
        from distributed import Client, as_completed

        if self._named.startswith("local:"):
            address, security = self._stack.enter_context(_local(self._named)), None
        else:
            address = self._named
            security = _security(self._tls) if address.startswith("tls:") else None
        try:
            self._client = self._stack.enter_context(
                Client(address, security=security, timeout=_CONNECT_S, set_as_default=False)
            )
        except OSError as error:
            what = f"No Dask scheduler answers at {self._named}: {error}."
            raise BadRequest(what, try_this="start one: dask scheduler, and workers: dask worker ADDRESS") from error
        self._done = as_completed(loop=self._client.loop)
        self.hands = max(sum(self._client.nthreads().values()), 1)


def _local(named: str) -> Any:  # noqa: ANN401 - a class of the engine
    from distributed import LocalCluster

    count = named.removeprefix("local:")
    if not (count.isascii() and count.isdigit() and int(count)):
        what = f"{named[:60]!r} is no number of processes."
        raise BadRequest(what, try_this="groundside ingest --workers local:2")
    return LocalCluster(
        n_workers=int(count), threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0",
    )  # fmt: skip


def _security(tls: Mapping[str, Path | None]) -> Any:  # noqa: ANN401 - a class of the engine
    from distributed import Security

    for name, path in tls.items():
        if path is None or not path.is_file():
            what = f"The setting dask_{name} must name a file: with tls:// both sides show a certificate."
            raise BadSetting(what, try_this="docs/how-to/many-machines.md")
    return Security(
        tls_ca_file=str(tls["ca"]),
        tls_client_cert=str(tls["cert"]),
        tls_client_key=str(tls["key"]),
        require_encryption=True,
    )


def _task(work: Work, values: Any, blobs: list[bytes], limits: Limits) -> Died | tuple[Any, list[bytes]]:  # noqa: ANN401
    """Run in a worker of the cluster; what it is given and gives back is all that there is to it."""
    outcome = guarded(work, Parcel(values, blobs), limits)
    return outcome if isinstance(outcome, Died) else (outcome.values, [bytes(blob) for blob in outcome.blobs])
