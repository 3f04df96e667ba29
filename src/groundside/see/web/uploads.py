"""Bytes on their way from a browser into the archive: pulled piece by piece, never held whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any

from anyio import CapacityLimiter, fail_after, from_thread, to_thread
from starlette.requests import ClientDisconnect

from groundside.errors import TooLarge, Unreadable
from groundside.see.text import shown_name

if TYPE_CHECKING:
    from groundside.model.results import Received
    from groundside.see.web.asked import Asked

Pull = Callable[[], Coroutine[Any, Any, bytes]]
PIECE_BYTES = 1 << 20
MOST_NAME = 200
STALL_S = 60.0
"""A sender who needs longer for one piece than this is given up."""
AT_ONCE = 4
"""Uploads that are taken in at the same time; more wait, so that they do not take every thread there is."""


def base_name(name: str) -> str:
    """
    Make of whatever a browser calls a file a name that can be shown and is no path.

    >>> base_name("../../etc/passwd"), base_name("C:\\\\logs\\\\1.BIN"), base_name("..")
    ('passwd', '1.BIN', 'upload')
    """
    last = shown_name(name).strip()[-MOST_NAME:]
    return last if last.strip(".") else "upload"


class Uploads:
    """
    Takes files in from browsers.

    Args:
        limit: most bytes of one file.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._threads = CapacityLimiter(AT_ONCE)

    async def receive(self, asked: Asked, name: str, length: str | None, body: AsyncIterator[bytes]) -> Received:
        """
        Hand a body that is still coming to the archive, at the pace at which the archive takes it.

        Args:
            asked: the archive, and on whose behalf.
            name: what the sender calls the file.
            length: how many bytes the sender says will come; None where it does not say.
            body: the bytes; a sender who goes away raises `ClientDisconnect` in it.

        Raises:
            TooLarge: more than the limit was announced, or came.
            Unreadable: the sender went away or fell silent before the end.
        """
        if length is not None and int(length) > self.limit:
            raise _too_large(self.limit)
        pull = _pieces(body, self.limit)

        def whole() -> Received:
            return asked.archive.receive(asked.caller, base_name(name), _from_loop(pull))

        return await to_thread.run_sync(whole, limiter=self._threads)


def _pieces(body: AsyncIterator[bytes], limit: int) -> Pull:
    """Make what gives the next piece of about `PIECE_BYTES`, and empty bytes at the end."""
    taken = 0

    async def pull() -> bytes:
        nonlocal taken
        piece = bytearray()
        try:
            with fail_after(STALL_S):
                async for chunk in body:
                    taken += len(chunk)
                    if taken > limit:
                        raise _too_large(limit)
                    piece += chunk
                    if len(piece) >= PIECE_BYTES:
                        break
        except (ClientDisconnect, TimeoutError) as gone:
            how = "went away" if isinstance(gone, ClientDisconnect) else "fell silent"
            what = f"The sender {how} after {taken} bytes."
            raise Unreadable(what, try_this="send it again") from gone
        return bytes(piece)

    return pull


def _from_loop(pull: Pull) -> Iterator[bytes]:
    while piece := from_thread.run(pull):
        yield piece


def _too_large(limit: int) -> TooLarge:
    what = f"The file is larger than {limit} bytes, the most that is taken."
    return TooLarge(what, try_this="raise max_file_bytes in the settings and start groundside serve again")
