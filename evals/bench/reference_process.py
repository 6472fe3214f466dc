"""A reference server in a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from evals.bench.service import build_environment

STARTING_SECONDS = 120


@contextmanager
def run_listening_server(
    module: str, *words: str, knock: tuple[str, dict[str, str]], **settings: str
) -> Iterator[str]:
    """The address of ``python -m module PORT words…`` once it answers *knock*, a path and a body to post.

    SystemExit when it ends before that, or takes longer than STARTING_SECONDS.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", module, str(port), *words]
    process = subprocess.Popen(command, env=build_environment(**settings), cwd=Path(__file__).parents[2])
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process, *knock)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]", path: str, body: dict[str, str]) -> None:
    end = time.monotonic() + STARTING_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            httpx2.post(f"{url}{path}", json=body, timeout=60).raise_for_status()
            return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise SystemExit(f"evals bench: the server to compare with did not start; see above ({url}).")
