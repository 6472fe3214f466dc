"""A chat model's server on this machine, and a client for it."""

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import uvicorn
from httpx2 import AsyncClient

from assistant.models.chat import build_http_client
from assistant.models.limits import ModelLimits
from evals.fakes.chat_server import create_fake

QUICK = ModelLimits(connect=0.3, first=0.9, between=0.3, total=1.8, pause=0.01)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A fake server on a free port of this machine."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(create_fake(), log_level="critical", timeout_graceful_shutdown=0)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    running.should_exit = running.force_exit = True
    thread.join()


@pytest.fixture
async def http() -> AsyncIterator[AsyncClient]:
    async with build_http_client(QUICK) as opened:
        yield opened
