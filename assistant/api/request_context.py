"""The request's id and conversation in every log line, its span, its duration."""

import asyncio
import re
import sys
import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.measures import HTTP_SECONDS
from assistant.tracing import start_span

log = structlog.get_logger()

HEADER = "X-Request-ID"
#: What nginx calls it when a client leaves before the response.
CLOSED = 499
#: What a proxy may call a request.
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
CONVERSATION = re.compile(r"/v1/(?:agent/)?conversations/([0-9a-f]{32})(?:/|$)")


class RequestContextMiddleware:
    """Outermost: everything that a request leads to in this process is within."""

    def __init__(self, app: ASGIApp, log_requests: bool) -> None:
        self._app, self._log_requests = app, log_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request = given if GIVEN.fullmatch(given) else uuid4().hex
        found = CONVERSATION.match(scope["path"])
        known = {"request": request} | ({"conversation": found[1]} if found else {})
        started, status = time.perf_counter(), 0
        # Not taken back at the end: what handles unexpected errors is outside. Each request has its own task.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(**known)

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request
                self._record_response(scope, status, time.perf_counter() - started)
            await send(message)

        attributes = {"http.request.method": scope["method"], "request.id": request}
        with start_span(scope["method"], attributes, conversation=found[1] if found else "") as span:
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                if not status:
                    status = CLOSED if isinstance(sys.exception(), asyncio.CancelledError) else 500
                    self._record_response(scope, status, time.perf_counter() - started)
                span.set_attributes({"http.response.status_code": status, "http.route": _get_route(scope)})

    def _record_response(self, scope: Scope, status: int, seconds: float) -> None:
        route = _get_route(scope)
        HTTP_SECONDS.labels(scope["method"], route, str(status)).observe(seconds)
        if self._log_requests:
            took = round(seconds * 1000)
            log.info("request", method=scope["method"], route=route, status=status, ms=took)


def _get_route(scope: Scope) -> str:
    """The route's pattern: paths hold ids, and there are as many as callers invent."""
    return getattr(scope.get("route"), "path", None) or "other"
