"""Server-sent events on the wire: one generator and one small task a stream, so that thousands may be open.

FastAPI's own keep two queues and three tasks for each, which is more memory than everything else together.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

#: How OpenAPI describes such a call.
DESCRIBED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
#: A line that says nothing but that the stream lives.
HEARTBEAT = ":\n\n"


def format_event(name: str, data: dict[str, Any], number: int | None = None) -> str:
    """One event; *number* is what a client that comes back names as the last it has seen."""
    raw = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    numbered = "" if number is None else f"id: {number}\n"
    return f"{numbered}event: {name}\ndata: {raw}\n\n"


class EventStream(StreamingResponse):
    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[str], ended: Callable[[], None]) -> None:
        """*ended* is called once, whatever ends it."""
        # nginx would hold events back until its buffer is full.
        super().__init__(events, headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the events end or the client has gone."""
        sending = asyncio.create_task(self.stream_response(send))
        watching = asyncio.create_task(_wait_for_disconnect(receive))
        try:
            await asyncio.wait((sending, watching), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, watching):
                task.cancel()
            self._ended()
            await asyncio.gather(sending, watching, return_exceptions=True)
        if not sending.cancelled() and (trouble := sending.exception()):
            raise trouble


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
