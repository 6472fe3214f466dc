"""Fixtures that several files here share."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.knowledge.site import Site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    yield site
    server.close()
