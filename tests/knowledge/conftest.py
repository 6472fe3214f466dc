"""Fixtures that several files here share."""

from collections.abc import AsyncIterator

import pytest

from tests.knowledge.site import LoopbackSite, serving


@pytest.fixture
async def site() -> AsyncIterator[LoopbackSite]:
    async with serving() as site:
        yield site
