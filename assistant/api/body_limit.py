"""Stops reading a body that is larger or slower than any call needs, and says so in our own error shape."""

import asyncio
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: The whole body of a request comes within this.
BODY_SECONDS = 20.0


class BodyLimitMiddleware:
    """FastAPI's own limit answers in plain text; this one raises where the error handlers see it."""

    def __init__(
        self, app: ASGIApp, most: int, longer: Mapping[str, int], seconds: float = BODY_SECONDS
    ) -> None:
        self._app, self._most, self._longer, self._seconds = app, most, longer, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read, most, whole = 0, self._get_max_bytes(str(scope["path"])), False
        due = asyncio.get_running_loop().time() + self._seconds

        async def receive_limited() -> Message:
            nonlocal read, whole
            if _get_content_length(scope) > most:
                raise HTTPException(413, f"The body is larger than {most} bytes.")
            try:
                # What comes after the body is only that the client went away: streams wait for it for hours.
                async with asyncio.timeout_at(None if whole else due):
                    message = await receive()
            except TimeoutError:
                closing = {"Connection": "close"}
                raise HTTPException(
                    408, f"The body took longer than {self._seconds:.0f} s.", closing
                ) from None
            whole = not message.get("more_body")
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(413, f"The body is larger than {most} bytes.")
            return message

        await self._app(scope, receive_limited, send)

    def _get_max_bytes(self, path: str) -> int:
        return next((most for prefix, most in self._longer.items() if path.startswith(prefix)), self._most)


def _get_content_length(scope: Scope) -> int:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else 0
