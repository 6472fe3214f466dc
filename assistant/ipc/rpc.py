"""RPC between two processes of one service over a socket pair; either may end at any time."""

import asyncio
import itertools
import pickle
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from assistant.domain.errors import AssistantError, Unavailable

log = structlog.get_logger()

RpcFunction = Callable[..., Awaitable[Any]]


class RpcChannel:
    """One end: calls the other end's functions, serves its own, and is a message bus between the two.

    Only a parent and its child share one, so messages are trusted (pickle).
    """

    def __init__(self) -> None:
        self._offers: dict[str, RpcFunction] = {}
        self._reader = asyncio.StreamReader()
        self._writer: asyncio.StreamWriter | None = None
        self._numbers = itertools.count()
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._answering: set[asyncio.Task[Any]] = set()
        self._on_message: Callable[[str], None] = lambda _text: None
        self._missed: Callable[[], None] = lambda: None

    def register(self, **functions: RpcFunction) -> None:
        """Register functions that the other end may call, by name."""
        self._offers |= functions

    async def attach_socket(self, end: socket.socket) -> None:
        """Use *end* as our socket from now on; `receive_messages` must follow."""
        self._reader, self._writer = await asyncio.open_unix_connection(sock=end)
        self._missed()

    async def receive_messages(self) -> None:
        """Receive until the other end is gone."""
        try:
            while True:
                size = int.from_bytes(await self._reader.readexactly(4))
                self._dispatch_message(*pickle.loads(await self._reader.readexactly(size)))
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            if self._writer is not None:
                self._writer.close()
            self._writer = None
            asked, self._asked = self._asked, {}
            for future in asked.values():
                future.set_exception(Unavailable("The assistant's process has ended; it is started again."))

    async def call(self, name: str, *args: Any, seconds: float | None = None) -> Any:
        """Call function *name* of the other end; Unavailable when it does not answer."""
        number, future = next(self._numbers), asyncio.get_running_loop().create_future()
        if not self._write_message("ask", number, (name, args)):
            raise Unavailable("The assistant's process is starting.")
        self._asked[number] = future
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError as exc:
            raise Unavailable("The assistant's process does not answer.") from exc
        finally:
            self._asked.pop(number, None)

    # -- message bus

    def send(self, _key: str, text: str) -> None:
        self._write_message("notice", 0, text)

    async def run(self, on_message: Callable[[str], None], on_missed: Callable[[], None]) -> None:
        """Until cancelled, call *on_message* for each message, *on_missed* after the other end restarted."""
        self._on_message, self._missed = on_message, on_missed
        on_missed()
        await asyncio.Event().wait()

    # -- framing

    def _write_message(self, kind: str, number: int, value: Any) -> bool:
        """Returns False when the other end is gone."""
        if self._writer is None:
            return False
        message = pickle.dumps((kind, number, value))
        self._writer.write(len(message).to_bytes(4) + message)
        return True

    def _dispatch_message(self, kind: str, number: int, value: Any) -> None:
        if kind == "notice":
            self._on_message(value)
        elif kind == "ask":
            name, args = value
            task = asyncio.ensure_future(self._offers[name](*args))
            self._answering.add(task)
            task.add_done_callback(lambda done: self._write_answer(number, name, done))
        elif (future := self._asked.get(number)) and not future.done():
            future.set_result(value) if kind == "answer" else future.set_exception(value)

    def _write_answer(self, number: int, name: str, task: "asyncio.Task[Any]") -> None:
        self._answering.discard(task)
        if task.cancelled():
            return
        exc = task.exception()
        if exc is None:
            self._write_message("answer", number, task.result())
        elif isinstance(exc, AssistantError):
            self._write_message("failed", number, exc)
        else:
            log.error("work failed", kind=name, exc_info=exc)
            self._write_message(
                "failed", number, Unavailable(f"{name} failed ({type(exc).__name__}); see the log.")
            )
