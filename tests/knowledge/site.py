"""A web server on the loopback that says what a test wants, and keeps what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class SiteResponse:
    """What the loopback server says to one path."""

    body: bytes = b""
    status: str = "200 OK"
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Seconds between the bytes of a slow server.
    pause: float = 0.0


@dataclass(slots=True)
class LoopbackSite:
    """A web server on the loopback that keeps what it was asked."""

    port: int = 0
    answers: dict[str, SiteResponse] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(request)
            answer = self.answers.get(request.split(" ")[1], SiteResponse(status="404 Not Found"))
            etag = answer.headers.get("ETag")
            if etag and f"if-none-match: {etag.lower()}" in request.lower():
                answer = SiteResponse(status="304 Not Modified")
            headers = {"Content-Type": "text/html", "Content-Length": str(len(answer.body)), **answer.headers}
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            writer.write(f"HTTP/1.1 {answer.status}\r\n{lines}Connection: close\r\n\r\n".encode())
            await self.send(writer, answer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def send(self, writer: asyncio.StreamWriter, answer: SiteResponse) -> None:
        if not answer.pause:
            writer.write(answer.body)
            return
        for byte in answer.body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(answer.pause)


@asynccontextmanager
async def serving() -> AsyncIterator[LoopbackSite]:
    site = LoopbackSite()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    yield site
    server.close()
