"""What happens in the archive, as a stream of server-sent events that a page can take up where it lost it."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import anyio
from anyio import CapacityLimiter, to_thread

from groundside.see import shapes

if TYPE_CHECKING:
    from groundside.model.event import Event
    from groundside.see.web.asked import Asked

LOOK_EVERY_S = 0.5
BEAT_EVERY = 30
"""Looks without news after which a comment is sent, so that a dead connection is noticed: 15 s."""
AT_ONCE = 200
RETRY_MS = 2000
_ONLY_LOOKED = "revealed."


class Following:
    """
    Streams of events, all of which end when `closing` is set.

    Args:
        closing: set when the server stops, for it waits for its streams and these never end by themselves.
    """

    def __init__(self, closing: threading.Event) -> None:
        self.closing = closing
        self._threads = CapacityLimiter(4)

    async def stream(self, asked: Asked, after: int | None) -> AsyncIterator[bytes]:
        """
        Tell every event after `after`, then each as it comes; None begins with the next one to come.

        That somebody looked at something is no news to a page: it would look again, and so without end.
        """
        yield f"retry: {RETRY_MS}\n\n".encode()
        last = after if after is not None else await self._newest(asked)
        idle = 0
        while not self.closing.is_set():
            events = await self._events(asked, last)
            for event in events:
                last = event.seq
                if not event.what.startswith(_ONLY_LOOKED):
                    idle = 0
                    yield b"id: %d\ndata: %s\n\n" % (event.seq, shapes.encode(shapes.event_shape(event)))
            idle += 1
            if idle >= BEAT_EVERY:
                idle = 0
                yield b": still here\n\n"
            if len(events) < AT_ONCE:
                await anyio.sleep(LOOK_EVERY_S)

    async def _newest(self, asked: Asked) -> int:
        return (await to_thread.run_sync(asked.archive.about, asked.caller, limiter=self._threads)).last_event

    async def _events(self, asked: Asked, after: int) -> tuple[Event, ...]:
        return await to_thread.run_sync(asked.archive.events, asked.caller, after, AT_ONCE, limiter=self._threads)
