"""Rejects request bodies that are too large or too slow, in our own error format."""

import asyncio
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Seconds for the whole body of a request.
BODY_SECONDS = 20.0


class BodyLimitMiddleware:
    """FastAPI's own limit responds in plain text; this one raises where the error handlers see it."""

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
                # After the body, receive() only waits for the disconnect, in streams for hours.
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
        found = (most for part, most in self._longer.items() if _is_part(part, path))
        return next(found, self._most)


def _is_part(part: str, path: str) -> bool:
    """Whether *path* begins with *part*, or ends with what follows its star."""
    return path.endswith(part[1:]) if part.startswith("*") else path.startswith(part)


def _get_content_length(scope: Scope) -> int:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else 0
