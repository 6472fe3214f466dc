"""Stands for the business's system, so that no real order is ever asked for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from assistant.domain.actions import AnswerKind, SlotKind, Tool, ToolAnswer
from assistant.domain.people import Identity
from assistant.ports.actions import CustomerRecord, ToolCall
from assistant.rehearsal.customer import OrderInHand

POSTCODE = "150-0001"
#: What fields of a result hold, by kind.
FIELD_VALUES: Mapping[str, Any] = {"text": "4821-0000", "date": "2030-01-15", "list": ["A"]}
_DIGITS = re.compile(r"(?:\[0-9\]|\\d)(?:\{(\d+)(?:,\d*)?\})?")


def invent_order(tool: Tool, rng: Random) -> OrderInHand | None:
    """An order number that fits the tool's schema; None where its pattern is too much for us."""
    pattern = str(tool.schema.get("properties", {}).get(tool.subject, {}).get("pattern", ""))
    if not pattern or tool.get_slot(tool.subject).kind is not SlotKind.NUMBER:
        return None
    number = _DIGITS.sub(
        lambda found: "".join(str(rng.randint(1, 9)) for _ in range(int(found[1] or 1))),
        pattern.strip("^$"),
    )
    return OrderInHand(number=number, postcode=POSTCODE) if re.fullmatch(pattern, number) else None


@dataclass(frozen=True, slots=True)
class SimulatedToolBackend:
    """Knows every order with one postcode; each stands as the first result that the tool can tell."""

    async def call_tool(self, call: ToolCall) -> ToolAnswer:
        if call.tool.is_write:
            return ToolAnswer(kind=AnswerKind.UNREACHED)
        fields = {name: FIELD_VALUES[kind] for name, kind in call.tool.result_fields.items()}
        when = call.tool.results[0].when if call.tool.results else {}
        return ToolAnswer(kind=AnswerKind.OK, fields=fields | dict(when))

    async def find_operation(self, key: str, tool: Tool) -> ToolAnswer:
        return ToolAnswer(kind=AnswerKind.UNKNOWN)

    async def verify_order(self, subject: str, proof: Mapping[str, str]) -> bool | None:
        return proof.get("postcode", "").replace("-", "") == POSTCODE.replace("-", "")

    async def send_code(self, subject: str, code: str, language: str) -> bool:
        return False

    async def lookup_customer(self, identities: Sequence[Identity]) -> CustomerRecord | None:
        return None
