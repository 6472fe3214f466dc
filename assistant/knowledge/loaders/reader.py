"""Parses documents in a child process, so that a malformed or hostile one can only kill the child."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from datetime import date
from types import TracebackType
from typing import Any, Protocol, Self

from assistant.domain.errors import SetupError
from assistant.knowledge.ingest.sitemap import Sitemap, parse_sitemap
from assistant.knowledge.loaders import LOADERS
from assistant.knowledge.loaders.child import SITEMAP
from assistant.knowledge.loaders.document import Document, Unreadable

SECONDS = 30.0
MAX_ANSWER_BYTES = 50_000_000
#: Child exit: the parser crashed on the content, or the system killed it at a limit.
DAMAGED = "it is damaged; open it in the program that made it and save it again"
TOO_MUCH = "reading it needs more time or memory than allowed; split it"
#: The child gets no secrets: it opens untrusted files.
ENVIRONMENT = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT", "LANG", "LC_ALL")
DAYS = ("updated", "valid_from", "valid_until")


class DocumentReader(Protocol):
    """Parses bytes of a file with a suffix, or of a sitemap; raises Unreadable."""

    async def parse_documents(self, suffix: str, data: bytes) -> list[Document]: ...

    async def parse_sitemap(self, data: bytes) -> Sitemap: ...


class InProcessReader:
    """Parses in this process without limits: for trusted documents such as a test's own."""

    async def parse_documents(self, suffix: str, data: bytes) -> list[Document]:
        return LOADERS[suffix](data)

    async def parse_sitemap(self, data: bytes) -> Sitemap:
        return parse_sitemap(data)


class ChildProcessReader:
    """A child process that parses documents; it is replaced when a document kills it."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def parse_documents(self, suffix: str, data: bytes) -> list[Document]:
        """The documents in a file with that suffix; Unreadable gives the reason in one line."""
        return [_build_document(values) for values in (await self._request_answer(suffix, data))["documents"]]

    async def parse_sitemap(self, data: bytes) -> Sitemap:
        """The addresses of a sitemap."""
        message = await self._request_answer(SITEMAP, data)
        return Sitemap(tuple(message["pages"]), tuple(message["sitemaps"]))

    async def _request_answer(self, suffix: str, data: bytes) -> dict[str, Any]:
        child = self._child or await self._start_child()
        try:
            message = await asyncio.wait_for(_send_request(child, suffix, data), self._seconds)
        except TimeoutError as exc:
            await self.close()
            raise Unreadable(f"reading it takes more than {self._seconds:g} s; split it") from exc
        except (asyncio.IncompleteReadError, ConnectionError) as exc:
            crashed = await child.wait() > 0
            await self.close()
            raise Unreadable(DAMAGED if crashed else TOO_MUCH) from exc
        if "error" in message:
            raise Unreadable(message["error"])
        return message

    async def close(self) -> None:
        """Kill the child; it has no state to lose."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        await child.communicate()

    async def _start_child(self) -> Process:
        self._child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "assistant.knowledge.loaders.child"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
            # Ctrl-C must not reach the child: it would look like a document that kills its parser.
            start_new_session=True,
        )
        try:
            # The child's start does not count as the document's time.
            await _receive_answer(self._child)
        except asyncio.IncompleteReadError as exc:
            await self.close()
            raise SetupError("The reader of documents does not start; run `make install` again.") from exc
        return self._child


async def _send_request(child: Process, suffix: str, data: bytes) -> dict[str, Any]:
    assert child.stdin is not None
    child.stdin.write(json.dumps({"suffix": suffix, "size": len(data)}).encode() + b"\n" + data)
    await child.stdin.drain()
    return await _receive_answer(child)


async def _receive_answer(child: Process) -> dict[str, Any]:
    assert child.stdout is not None
    size = int.from_bytes(await child.stdout.readexactly(8), "big")
    if size > MAX_ANSWER_BYTES:
        child.kill()
    message: dict[str, Any] = json.loads(await child.stdout.readexactly(size))
    return message


def _build_document(values: dict[str, Any]) -> Document:
    days = {name: date.fromisoformat(values[name]) for name in DAYS if values[name]}
    lists = {name: tuple(values[name]) for name in ("supersedes", "tags", "warnings")}
    return Document(**{**values, **days, **lists})
