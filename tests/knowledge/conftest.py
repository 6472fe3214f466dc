"""Fixtures that several files here share."""

from collections.abc import AsyncIterator

import pytest

from tests.knowledge.site import Site, serving


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as site:
        yield site
