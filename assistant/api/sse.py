"""Server-sent events: one generator and one task per stream, so that thousands can be open.

FastAPI's own response has two queues and three tasks per stream, which need more memory than everything else
together.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from assistant.api.responses import describe_content

#: OpenAPI description of a stream.
DESCRIBED = describe_content("Server-sent events", "text/event-stream")
#: A comment line, sent as a heartbeat.
HEARTBEAT = ":\n\n"


def format_event(name: str, data: Mapping[str, Any], number: int | None = None) -> str:
    """One event; *number* is its id, which the client sends as Last-Event-ID when it reconnects."""
    raw = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    numbered = "" if number is None else f"id: {number}\n"
    return f"{numbered}event: {name}\ndata: {raw}\n\n"


class EventStream(StreamingResponse):
    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[str], ended: Callable[[], None]) -> None:
        """*ended* is called once, however the stream ends."""
        # nginx would buffer events.
        super().__init__(events, headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the events end or the client disconnects."""
        sending = asyncio.create_task(self.stream_response(send))
        watching = asyncio.create_task(_wait_for_disconnect(receive))
        try:
            await asyncio.wait((sending, watching), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, watching):
                task.cancel()
            self._ended()
            await asyncio.gather(sending, watching, return_exceptions=True)
        if not sending.cancelled() and (problem := sending.exception()):
            raise problem


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
