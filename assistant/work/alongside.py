"""Work that goes on while something else is open."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any


@contextlib.asynccontextmanager
async def alongside(work: Sequence[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Everything in *work* runs inside this, and is cancelled on leaving."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
