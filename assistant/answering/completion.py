"""One question to a chat model, within what a turn may spend and a customer waits."""

import asyncio

from assistant.domain.budgets import ModelBudget
from assistant.domain.errors import ModelUnavailable
from assistant.models.token_count import count_tokens
from assistant.ports.models import ChatModel


async def request_completion(
    model: ChatModel,
    prompt: tuple[str, str],
    allowance: ModelBudget | None,
    *,
    max_tokens: int,
    seconds: float,
) -> str | None:
    """What *model* writes to *prompt* (system, user); None: it failed, was too slow, or nothing is left.

    *max_tokens*: what is reserved for its words.
    """
    system, user = prompt
    taken = count_tokens(system + user, model.name)
    reserved = taken + max_tokens
    if allowance is not None and await allowance.reserve_tokens(reserved) is not None:
        return None
    written = ""
    try:
        async with asyncio.timeout(seconds):
            async for part in model.stream_completion(system, user):
                written += part
    except (ModelUnavailable, TimeoutError):
        return None
    finally:
        if allowance is not None:
            await allowance.record_usage(reserved, taken + count_tokens(written, model.name), None)
    return written
