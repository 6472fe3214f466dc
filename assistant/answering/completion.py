"""One question to a chat model, within what a turn may spend and a customer waits."""

import asyncio

from assistant.domain.budgets import ModelBudget
from assistant.domain.errors import ModelUnavailable
from assistant.models.token_count import count_tokens, count_usage
from assistant.ports.models import ChatModel, TokenUsage


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
    reserved = count_tokens(system + user, model.name) + max_tokens
    if allowance is not None and await allowance.reserve_tokens(reserved) is not None:
        return None
    written, usage = "", TokenUsage()
    try:
        async with asyncio.timeout(seconds):
            async for part in model.stream_completion(system, user, usage):
                written += part
    except (ModelUnavailable, TimeoutError):
        return None
    finally:
        if allowance is not None:
            spent = count_usage(usage, system + user, written, model.name)
            await allowance.record_usage(reserved, sum(spent), None)
    return written
