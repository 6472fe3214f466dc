"""The fake model server as a process whose faults are switched while the service runs."""

import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from evals.bench.service import build_environment


@dataclass(frozen=True, slots=True)
class FakeModelProcess:
    """Its address; `set_fault` switches its behaviour."""

    url: str

    def set_fault(self, fault: str, share: float = 1.0) -> None:
        """Answer a *share* of the calls with *fault* (evals/fakes/chat_server.py), the rest honestly."""
        httpx2.post(f"{self.url}/mode", params={"fault": fault, "share": share}, timeout=10)

    def clear_fault(self) -> None:
        self.set_fault("", 0.0)


@contextmanager
def run_fake_model() -> Iterator[FakeModelProcess]:
    port = find_free_port()
    command = [sys.executable, "-m", "evals.faults.model", str(port)]
    process = subprocess.Popen(command, env=build_environment(), cwd=Path(__file__).parents[2])
    model = FakeModelProcess(f"http://127.0.0.1:{port}")
    try:
        _wait_until_ready(model)
        yield model
    finally:
        process.kill()
        process.wait()


def find_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_ready(model: FakeModelProcess) -> None:
    for _ in range(400):
        try:
            return model.clear_fault()
        except httpx2.TransportError:
            time.sleep(0.05)
    raise SystemExit("evals faults: the fake model did not start.")


def run_server(port: int) -> None:
    import uvicorn
    from starlette.types import ASGIApp, Receive, Scope, Send

    from evals.fakes.chat_server import create_fake

    app = create_fake()
    mode = ("", 0.0)

    @app.post("/mode")
    async def change_mode(fault: str, share: float) -> None:
        nonlocal mode
        mode = (fault, share)

    class Switch:
        """Routes a share of the calls to the fault's own address."""

        def __init__(self, inner: ASGIApp) -> None:
            self.inner = inner

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            path = scope.get("path", "")
            fault, share = mode
            if path.startswith("/v1/") and random.random() < share:
                scope = dict(scope) | {"path": f"/{fault}{path}"}
            await self.inner(scope, receive, send)

    uvicorn.run(Switch(app), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    run_server(int(sys.argv[1]))
