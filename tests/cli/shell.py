"""A terminal for tests: types commands, starts the service, speaks to it as a customer."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx2

T = TypeVar("T")

ASSISTANT = (sys.executable, "-m", "assistant")
#: Far more than anything here takes: what hangs must fail, what is slow on a busy machine must not.
PATIENCE = 240.0
BYTECODE = Path(tempfile.gettempdir()) / "yorisoi-bytecode"


@dataclass(frozen=True)
class CommandResult:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The JSON lines on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]

    def refusal(self) -> str:
        """The one line that says what is wrong, of a command that failed as it should."""
        assert self.code == 1, (self.code, self.out, self.err)
        assert "Traceback" not in self.err
        assert self.err.count("\n") == 1, self.err
        return self.err.strip()


@dataclass(frozen=True)
class CliHarness:
    """A data folder and the settings that commands see; nothing of the tester's own environment."""

    data: Path
    settings: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ASSISTANT

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ASSISTANT_", "OPENAI_"))}
        if kept.pop("PYTHONDONTWRITEBYTECODE", ""):
            # Compiling everything at each start would take longer than what is tested.
            kept["PYTHONPYCACHEPREFIX"] = str(BYTECODE)
        return kept | {"ASSISTANT_DATA_DIR": str(self.data), "NO_COLOR": "1"} | self.settings

    def having(self, **settings: str) -> "CliHarness":
        return replace(self, settings=self.settings | settings)

    def run(self, *words: str | bytes, stdin: str | bytes = "") -> CommandResult:
        """Type a command; `stdin` is what follows."""
        typed = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [*self.command, *words],
            input=typed,
            capture_output=True,
            timeout=PATIENCE,
            cwd=self.data.parent,
            env=self.environment,
            check=False,
        )
        return CommandResult(done.returncode, done.stdout.decode(), done.stderr.decode())

    @contextmanager
    def serving(self, *words: str) -> Iterator["RunningService"]:
        """The service, ready; whatever is left of it at the end is killed."""
        log = (self.data / "serve.log").open("w+")
        command = [*self.command, "serve", "--port", "0", *words]
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=self.data.parent, env=self.environment
        )
        try:
            yield RunningService(process, *_address(process, self.data / "serve.log"))
        finally:
            process.kill()
            process.wait(timeout=10)
            log.close()


def _address(process: "subprocess.Popen[bytes]", log: Path) -> tuple[str, int]:
    def printed() -> int | None:
        assert process.poll() is None, log.read_text()
        found = re.search(r"with the chat +http://localhost:(\d+)/", log.read_text())
        return int(found[1]) if found else None

    port = until(printed)
    url = f"http://127.0.0.1:{port}"
    until(lambda: httpx2.get(f"{url}/readyz", timeout=20).status_code == 200)
    return url, port


@dataclass
class RunningService:
    """A running `assistant serve`."""

    process: "subprocess.Popen[bytes]"
    url: str
    port: int

    def stop(self) -> tuple[int, float]:
        """SIGTERM; the exit code, and after how many seconds."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30), time.monotonic() - began

    def kill(self) -> None:
        """Power off."""
        self.process.kill()
        self.process.wait(timeout=10)

    def open(self, locale: str = "ja") -> "VisitorConversation":
        opened = httpx2.post(f"{self.url}/v1/conversations", json={"locale": locale}, timeout=20)
        assert opened.status_code == 201, opened.text
        return VisitorConversation(opened.json()["id"], opened.json()["token"])

    def say(self, talk: "VisitorConversation", text: str, message: str | None = None) -> dict[str, Any]:
        """What a 202 says."""
        url = f"{self.url}/v1/conversations/{talk.id}/messages"
        body = {"id": message or str(uuid4()), "text": text}
        taken = httpx2.post(url, json=body, headers=talk.headers, timeout=20)
        assert taken.status_code == 202, taken.text
        stored: dict[str, Any] = taken.json()["message"]
        return stored

    def look(self, talk: "VisitorConversation") -> dict[str, Any]:
        response = httpx2.get(f"{self.url}/v1/conversations/{talk.id}", headers=talk.headers, timeout=20)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    def answers(self, talk: "VisitorConversation") -> list[dict[str, Any]]:
        return [message for message in self.look(talk)["messages"] if message["author"] == "assistant"]

    def answer(self, talk: "VisitorConversation") -> dict[str, Any]:
        """The first answer, once there is one."""
        return until(lambda: self.answers(talk))[0]


@dataclass(frozen=True)
class VisitorConversation:
    """One visitor's conversation; it outlives the process that opened it."""

    id: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def until(found: Callable[[], T | None], seconds: float = PATIENCE) -> T:
    """What *found* finds, as soon as it finds something."""
    end = time.monotonic() + seconds
    while True:
        if result := found():
            return result
        assert time.monotonic() < end, f"nothing within {seconds} s"
        time.sleep(0.02)
