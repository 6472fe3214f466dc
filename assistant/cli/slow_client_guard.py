"""Protects HTTP connections against slow clients (slowloris): a request's header has a deadline."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from asyncio import TimerHandle

#: Seconds for the header of a request from its first byte, else the connection is closed. uvicorn itself
#: waits for ever; bodies have their own deadline (`api/body_limit.py`), as then we can respond with an error.
HEAD_SECONDS = 10.0
#: Bytes of the header, of trailers and of the marks between chunks; uvicorn itself has no limit.
HEAD_BYTES = 64 * 1024
#: Pipelined requests; browsers and proxies send none. uvicorn itself has no limit (one connection of small
#: requests took 5.7 GB).
WAITING_REQUESTS = 16
TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class SlowClientGuard(HttpToolsProtocol):
    """uvicorn's protocol with a deadline and a size limit for headers, and a limit on pipelining."""

    _late: TimerHandle | None = None
    #: Bytes since the last complete header or the last part of a body.
    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_timer()

    def data_received(self, data: bytes) -> None:
        if self._late is None and self.timeout_keep_alive_task is not None:
            self._start_timer()  # a further request on a kept-alive connection
        self._head += len(data)
        super().data_received(data)
        if self._head > HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(TOO_LONG)
            self._cut_connection()

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= WAITING_REQUESTS:
            raise ValueError(
                "too many requests at once"
            )  # which `data_received` answers with 400 before it closes
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head = 0
        self._cancel_timer()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._head = 0
        super().on_body(body)

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_timer()
        super().connection_lost(exc)

    def _start_timer(self) -> None:
        self._head = 0
        self._late = self.loop.call_later(HEAD_SECONDS, self._cut_connection)

    def _cancel_timer(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _cut_connection(self) -> None:
        self._cancel_timer()
        self.transport.close()
