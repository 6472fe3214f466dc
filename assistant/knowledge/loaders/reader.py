"""Reads documents in a child process, so that a broken or hostile one can only kill its reader."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from datetime import date
from types import TracebackType
from typing import Any, Self

from assistant.knowledge.loaders.document import Document, Unreadable

SECONDS = 30.0
#: The child gets no secrets: it opens hostile files.
ENVIRONMENT = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT", "LANG", "LC_ALL")


class Reader:
    """A child process that turns bytes into documents; it is replaced when a document kills it."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def read(self, suffix: str, data: bytes) -> list[Document]:
        """The documents in a file of that suffix; Unreadable says in one line why there are none."""
        child = self._child or await self._started()
        try:
            message = await asyncio.wait_for(_asked(child, suffix, data), self._seconds)
        except TimeoutError as exc:
            await self.close()
            raise Unreadable(f"reading it takes more than {self._seconds:g} s; split it") from exc
        except (asyncio.IncompleteReadError, ConnectionError) as exc:
            await self.close()
            raise Unreadable("reading it needs more time or memory than allowed; split it") from exc
        if "error" in message:
            raise Unreadable(message["error"])
        return [_document(values) for values in message["documents"]]

    async def close(self) -> None:
        """End the child at once; there is nothing in it to lose."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        await child.communicate()

    async def _started(self) -> Process:
        self._child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "assistant.knowledge.loaders.child"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
        )
        return self._child


async def _asked(child: Process, suffix: str, data: bytes) -> dict[str, Any]:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(json.dumps({"suffix": suffix, "size": len(data)}).encode() + b"\n" + data)
    await child.stdin.drain()
    size = int.from_bytes(await child.stdout.readexactly(8), "big")
    message: dict[str, Any] = json.loads(await child.stdout.readexactly(size))
    return message


def _document(values: dict[str, Any]) -> Document:
    days = {name: date.fromisoformat(values[name]) for name in ("updated", "valid_until") if values[name]}
    lists = {name: tuple(values[name]) for name in ("tags", "warnings")}
    return Document(**{**values, **days, **lists})
