"""Read one file without an archive: `groundside.read` and `groundside decode`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from groundside.arrive.folder import Arrival, contents, head, shown, whole
from groundside.decode.format import HEAD_BYTES, Format, Options
from groundside.decode.known import formats, named, recognise
from groundside.decode.reading import Reading, not_understood, read_bytes
from groundside.errors import BadRequest, NotUnderstood, Unreadable
from groundside.model.decoded import Fact
from groundside.settings import Settings
from groundside.simulate import MARK

MARK_WITHIN = 1 << 20
Readable = str | Path | bytes | bytearray | memoryview
Moment = datetime | int
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read(
    source: Readable,
    *,
    tables: Iterable[str] | None = None,
    between: tuple[Moment, Moment] | None = None,
    keys: object = None,
    limit: int = Settings().max_decode_bytes,
) -> Reading:
    """
    Read one flight log, whatever format it is in.

    Bad bytes never raise: what is wrong is in `.problems`, and `.format` is None where no format recognises them.
    What is not asked for is not worked out: a table costs when it is touched, facts and problems when they are.

    Args:
        source: a path, or the bytes themselves. A file past 16 MiB is read through a memory map and must not be cut
            short meanwhile.
        tables: only these: "GPS" gives `GPS` and all its instances `GPS[0]`, `GPS[1]`; None for all.
        between: only rows of this stretch, half open: two datetimes with a time zone, or two numbers of microseconds
            on the clock of the track (UTC, or time since power-on where UTC is unknown). It cuts `.tables` and
            `.track()`; the rest is of the whole file. Tables without a time stay whole.
        keys: for encrypted DJI records, the answer of the key service, as parsed from its JSON.
        limit: larger files are refused.

    Returns:
        `.format`, `.tables` (name to `pyarrow.Table`), `.facts`, `.problems`, `.track()` (a `pyarrow.Table` or None).

    Raises:
        Unreadable: the operating system refuses.
        TooLarge: past the limit.
        BadRequest: the keys are no answer of a key service; there is no such table; the stretch is no stretch, or
            tables of this format cannot be cut by time.

    Example:
        >>> import groundside
        >>> log = groundside.read(b"what is this?")
        >>> log.format, log.problems[0].what
        (None, 'no known format begins like this')
    """
    stretch = _stretch(between)
    if isinstance(source, str | Path):
        reading = _examine_file(Path(source), keys, limit)
    else:
        view = memoryview(source).cast("B")
        kind = recognise(bytes(view[:HEAD_BYTES])) if keys is not None else None
        reading = _read(view, options_for(kind, keys))
    return reading if tables is None and stretch is None else reading.only(tables, stretch)


def _read(data: memoryview, options: Options) -> Reading:
    return replace(read_bytes(data, options), marked=partial(is_marked, data))


def is_marked(data: memoryview) -> bool:
    """Whether our own simulator wrote it: it leaves its mark near the start of whatever it writes."""
    return MARK.encode() in bytes(data[:MARK_WITHIN])


def _examine_file(path: Path, keys: object, limit: int) -> Reading:
    if not path.is_file():
        what = f"{shown(path)} is not a file that can be read."
        raise Unreadable(what, try_this="check the spelling and the permissions")
    arrival = Arrival(path, shown(Path(path.name)), path.stat().st_size)
    kind = recognise(head(arrival, HEAD_BYTES))
    if kind is None:
        return Reading(None, not_understood(arrival.size))
    return _read(whole(arrival, limit), options_for(kind, keys))


def _stretch(between: tuple[Moment, Moment] | None) -> tuple[int, int] | None:
    if between is None:
        return None
    first, last = (_microseconds(moment) for moment in between)
    if last <= first:
        what = f"There is nothing between {between[0]} and {between[1]}."
        raise BadRequest(what, try_this="give the earlier time first")
    return first, last


def _microseconds(moment: Moment) -> int:
    if not isinstance(moment, datetime):
        return int(moment)
    if moment.tzinfo is None:
        what = f"The time {moment} has no time zone."
        raise BadRequest(what, try_this="give it one: datetime(…, tzinfo=UTC)")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def options_for(kind: Format | None, keys: object) -> Options:
    """Turn the answer of a key service, if there is one, into what the decoder takes."""
    if keys is None or kind is None or kind.keys_from_answer is None:
        return Options()
    return Options(keychains=kind.keys_from_answer(keys))


def key_request_of(source: Path) -> dict[str, Fact]:
    """
    Say what the owner may ask the maker's key service for one encrypted file. Nothing is sent by us.

    Raises:
        NotUnderstood: the file is of no known format, or holds nothing encrypted.
    """
    arrival = Arrival(source, shown(Path(source.name)), 0)
    data = memoryview(b"".join(contents(arrival, Settings().max_decode_bytes)))
    kind = recognise(bytes(data[:HEAD_BYTES]))
    request = kind.key_request(data) if kind and kind.key_request else None
    if request is None:
        what = f"{arrival.name} holds nothing encrypted that a key could open."
        raise NotUnderstood(what, try_this=f"groundside decode {arrival.name}")
    return request


__all__ = ["Reading", "formats", "key_request_of", "named", "read"]
