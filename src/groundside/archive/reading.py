"""Read one file without an archive: `groundside.read` and `groundside decode`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from groundside.arrive.folder import Arrival, contents, head, shown
from groundside.decode.format import HEAD_BYTES, Format, Options
from groundside.decode.known import formats, named, recognise
from groundside.decode.reading import Reading, not_understood, read_bytes
from groundside.errors import NotUnderstood, Unreadable
from groundside.model.decoded import Fact
from groundside.settings import Settings
from groundside.simulate import MARK

MARK_WITHIN = 1 << 20
Readable = str | Path | bytes | bytearray | memoryview


def read(source: Readable, *, keys: object = None, limit: int = Settings().max_decode_bytes) -> Reading:
    """
    Read one flight log, whatever format it is in.

    Bad bytes never raise: what is wrong is in `.problems`, and `.format` is None where no format recognises them.

    Args:
        source: a path, or the bytes themselves.
        keys: for encrypted DJI records, the answer of the key service, as parsed from its JSON.
        limit: larger files are refused.

    Returns:
        `.format`, `.tables` (name to `pyarrow.Table`), `.facts`, `.problems`, `.track()` (a `pyarrow.Table` or None).

    Raises:
        Unreadable: the operating system refuses.
        TooLarge: past the limit.
        BadRequest: the keys are no answer of a key service.

    Example:
        >>> import groundside
        >>> log = groundside.read(b"what is this?")
        >>> log.format, log.problems[0].what
        (None, 'no known format begins like this')
    """
    if isinstance(source, str | Path):
        return _examine_file(Path(source), keys, limit)
    view = memoryview(source).cast("B")
    return _read(view, options_for(recognise(bytes(view[:HEAD_BYTES])), keys))


def _read(data: memoryview, options: Options) -> Reading:
    reading = read_bytes(data, options)
    if not is_marked(data):
        return reading
    return replace(reading, decoded=replace(reading.decoded, facts={**reading.facts, "simulated": True}))


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
    data = bytearray()
    for piece in contents(arrival, limit):
        data += piece
    return _read(memoryview(data), options_for(kind, keys))


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
