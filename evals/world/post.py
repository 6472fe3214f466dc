"""A fake mail server for measurements and tests: a mailbox by IMAP, and SMTP."""

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

Session = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

MAX_MESSAGE_BYTES = 64 * 1024 * 1024


@dataclass
class FakeMailServer:
    """Mails of the mailbox, and sent mails, oldest first."""

    unread: dict[int, bytes] = field(default_factory=dict)
    #: Numbers of mails that were marked as read.
    seen: list[int] = field(default_factory=list)
    sent: list[EmailMessage] = field(default_factory=list)
    #: Every line that a client sent without encryption.
    in_the_clear: list[str] = field(default_factory=list)
    password: str = "p w"
    #: With it, STARTTLS is offered, or TLS is implicit.
    certificate: ssl.SSLContext | None = None
    at_once: bool = False
    #: Seconds before each response.
    slow: float = 0.0
    imap_port: int = 0
    smtp_port: int = 0
    _last: int = 0
    _sessions: list["asyncio.Task[None]"] = field(default_factory=list)

    def add_mail(self, raw: bytes) -> int:
        self._last += 1
        self.unread[self._last] = raw
        return self._last

    @asynccontextmanager
    async def serve_mail(self) -> AsyncIterator["FakeMailServer"]:
        how: dict[str, Any] = {"limit": MAX_MESSAGE_BYTES, "ssl": self.certificate if self.at_once else None}
        imap = await asyncio.start_server(self._wrap_session(self._handle_imap), "127.0.0.1", 0, **how)
        smtp = await asyncio.start_server(self._wrap_session(self._handle_smtp), "127.0.0.1", 0, **how)
        self.imap_port, self.smtp_port = (s.sockets[0].getsockname()[1] for s in (imap, smtp))
        try:
            yield self
        finally:
            imap.close()
            smtp.close()
            for session in self._sessions:
                session.cancel()
            await asyncio.gather(*self._sessions, return_exceptions=True)

    def _wrap_session(self, session: Session) -> Session:
        async def run_session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._sessions.append(task)
            try:
                with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                    await session(reader, writer)
            finally:
                writer.close()

        return run_session

    async def _read_line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        line = (await reader.readline()).decode("utf-8", "replace").strip()
        if writer.get_extra_info("ssl_object") is None:
            self.in_the_clear.append(line)
        await asyncio.sleep(self.slow)
        return line

    # -- SMTP

    async def _handle_smtp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def send_lines(*lines: str) -> None:
            writer.write("".join(f"{line}\r\n" for line in lines).encode())

        send_lines("220 post office")
        offered = None if self.at_once else self.certificate
        while line := await self._read_line(reader, writer):
            word = line.split(":")[0].split(" ")[0].upper()
            if word == "EHLO":
                send_lines("250-post office", *(["250-STARTTLS"] if offered else []), "250 AUTH PLAIN")
            elif word == "STARTTLS" and offered:
                send_lines("220 go on")
                await writer.start_tls(offered)
                offered = None
            elif word == "DATA":
                send_lines("354 go on")
                raw = await reader.readuntil(b"\r\n.\r\n")
                self.sent.append(BytesParser(policy=policy.default).parsebytes(raw[:-5]))
                send_lines("250 taken")
            else:
                send_lines({"QUIT": "221 bye", "AUTH": "235 in"}.get(word, "250 ok"))
            if word == "QUIT":
                break

    # -- IMAP

    async def _handle_imap(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK post office\r\n")
        offered = None if self.at_once else self.certificate
        while line := await self._read_line(reader, writer):
            tag, _, command = line.partition(" ")
            if command.upper() == "STARTTLS" and offered:
                writer.write(f"{tag} OK go on\r\n".encode())
                await writer.start_tls(offered)
                offered = None
                continue
            capabilities = f"* CAPABILITY IMAP4rev1{' STARTTLS' if offered else ''}\r\n".encode()
            writer.write(capabilities if command.upper() == "CAPABILITY" else self._answer_command(command))
            refused = command.upper().startswith("LOGIN") and self.password not in command
            writer.write(f"{tag} {'NO' if refused else 'OK'} done\r\n".encode())
            if command.upper() == "LOGOUT":
                break

    def _answer_command(self, command: str) -> bytes:
        upper = command.upper()
        if upper.startswith("SELECT"):
            return f"* {len(self.unread)} EXISTS\r\n".encode()
        if upper.startswith("UID SEARCH"):
            return f"* SEARCH {' '.join(map(str, self.unread))}".rstrip().encode() + b"\r\n"
        if found := re.match(r"UID FETCH (\d+) .*?(?:<0\.(\d+)>)?\)", upper):
            raw = self.unread[int(found[1])][: int(found[2] or MAX_MESSAGE_BYTES)]
            head = f"* {found[1]} FETCH (UID {found[1]} BODY[]<0> {{{len(raw)}}}\r\n"
            return head.encode() + raw + b")\r\n"
        if (found := re.match(r"UID STORE (\d+) \+FLAGS \(?\\SEEN", upper)) and int(found[1]) in self.unread:
            del self.unread[int(found[1])]
            self.seen.append(int(found[1]))
        return b""
