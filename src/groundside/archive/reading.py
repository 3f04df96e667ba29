"""Read one file without an archive: `groundside.read` and `groundside decode`."""

from __future__ import annotations

from pathlib import Path

from groundside.arrive.folder import Arrival, contents, head, shown
from groundside.decode.format import HEAD_BYTES, Format, Options
from groundside.decode.known import formats, named, recognise
from groundside.decode.reading import Reading, not_understood, read_bytes
from groundside.errors import NotUnderstood, Unreadable
from groundside.model.decoded import Fact
from groundside.settings import Settings

Readable = str | Path | bytes | bytearray | memoryview


def read(source: Readable, *, keys: object = None) -> Reading:
    """
    Read one flight log, whatever format it is in.

    Args:
        source: a path, or the bytes themselves.
        keys: for encrypted DJI records, the answer of the key service, as parsed from its JSON.

    Returns:
        `.format`, `.tables` (name to `pyarrow.Table`), `.facts`, `.problems` and `.track()`.

    Raises:
        NotUnderstood: no known format recognises it.
        Unreadable: the operating system refuses.
        TooLarge: past `max_decode_bytes` of the settings.

    Example:
        >>> import groundside
        >>> groundside.read(b"what is this?")
        Traceback (most recent call last):
        ...
        groundside.errors.NotUnderstood: 13 bytes: no known format begins like this
          try: groundside decode --help
    """
    reading = examine(source, keys=keys)
    if reading.format is None:
        name = shown(Path(source)) if isinstance(source, str | Path) else f"{len(source)} bytes"
        what = f"{name}: {reading.problems[0].what}"
        raise NotUnderstood(what, try_this="groundside decode --help")
    return reading


def examine(source: Readable, *, keys: object = None, limit: int = Settings().max_decode_bytes) -> Reading:
    """Read like `read`, but give an account also of what no format recognises."""
    if not isinstance(source, str | Path):
        view = memoryview(source).cast("B")
        return read_bytes(view, options_for(recognise(bytes(view[:HEAD_BYTES])), keys))
    return _examine_file(Path(source), keys, limit)


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
    return read_bytes(memoryview(data), options_for(kind, keys))


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


__all__ = ["Reading", "examine", "formats", "key_request_of", "named", "read"]
