"""Checks of the guarantees from outside: acknowledgements against the final transcripts."""

import asyncio
import time
from collections import Counter
from typing import Any

from evals.faults.load import CustomerConversation, LoadGenerator

#: Seconds after the last fault within which everything must be answered.
SETTLE_SECONDS = 30.0
#: Kinds of violations, in the order of the table.
KINDS = ("lost", "doubled", "order", "stuck", "row")


async def count_violations(load: LoadGenerator, agent: dict[str, str]) -> Counter[str]:
    """Violations by kind; waits until nothing is due, at most as long as guaranteed.

    *agent*: headers of an agent, who sees which message each reply answers.
    """
    found: Counter[str] = Counter()
    for talk, look in await _wait_until_settled(load):
        desk = await load.request_json("GET", f"/v1/agent/conversations/{talk.id}", None, agent)
        found.update(_check_conversation(talk, look, desk["turns"]))
    return found


async def _wait_until_settled(load: LoadGenerator) -> list[tuple[CustomerConversation, dict[str, Any]]]:
    end = time.monotonic() + SETTLE_SECONDS
    while True:
        looks = [(talk, await load.fetch_conversation(talk)) for talk in load.talks]
        if time.monotonic() > end or not any(is_waiting(look) for _, look in looks):
            return looks
        await asyncio.sleep(0.5)


def is_waiting(look: dict[str, Any]) -> bool:
    """Whether the assistant owes an answer."""
    messages = look["messages"]
    return bool(look["state"] == "assistant" and messages and messages[-1]["author"] == "customer")


def _check_conversation(
    talk: CustomerConversation, look: dict[str, Any], turns: list[dict[str, Any]]
) -> Counter[str]:
    messages = look["messages"]
    said = [m for m in messages if m["author"] == "customer"]
    stored = {m["id"]: m["text"] for m in said}
    found: Counter[str] = Counter()
    found["lost"] = sum(stored.get(id_) != text for id_, text in talk.acknowledged.items())
    found["doubled"] = len(said) - len(stored) + _count_double_answers(messages, turns)
    in_order = [m["id"] for m in said if m["id"] in talk.acknowledged] == list(talk.acknowledged)
    found["order"] = (not in_order) + ([m["seq"] for m in messages] != list(range(1, len(messages) + 1)))
    found["stuck"] = int(is_waiting(look))
    return found


def _count_double_answers(messages: list[dict[str, Any]], turns: list[dict[str, Any]]) -> int:
    """The number of replies to an already answered burst, or to no message."""
    replies = [m["id"] for m in messages if m["author"] == "assistant" and m["kind"] == "text"]
    answered = [turn["message_id"] for turn in turns if turn["reply_id"] in replies]
    return len(replies) - len(set(answered))
