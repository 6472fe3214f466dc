"""Stops reading a body that is larger than any call needs, and says so in our own error shape."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """FastAPI's own limit answers in plain text; this one raises where the error handlers see it."""

    def __init__(self, app: ASGIApp, most: int, longer: Mapping[str, int]) -> None:
        self._app, self._most, self._longer = app, most, longer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read, most = 0, self._limit(str(scope["path"]))

        async def counted() -> Message:
            nonlocal read
            if _announced(scope) > most:
                raise HTTPException(413, f"The body is larger than {most} bytes.")
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(413, f"The body is larger than {most} bytes.")
            return message

        await self._app(scope, counted, send)

    def _limit(self, path: str) -> int:
        return next((most for prefix, most in self._longer.items() if path.startswith(prefix)), self._most)


def _announced(scope: Scope) -> int:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else 0
