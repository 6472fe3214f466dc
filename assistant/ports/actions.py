"""Actions: the business's system, and recognizing what a customer wants done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from assistant.domain.actions import IdentityLevel, Tool, ToolAnswer, ToolMatch
from assistant.domain.people import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A call with the authority that it has."""

    tool: Tool
    arguments: Mapping[str, str]
    level: IdentityLevel
    #: Nothing is changed: what would be, or why not; arguments may still be missing.
    is_dry_run: bool = False
    #: Idempotency key of a change.
    key: str = ""
    #: Agent on whose own authority it is made; empty: on the customer's.
    agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRecord:
    """What the business's system knows of a signed-in customer; hostile text."""

    profile: Mapping[str, Any] = field(default_factory=dict)
    orders: Sequence[Mapping[str, Any]] = ()
    #: When it was true there, RFC 3339.
    as_of: str = ""


class ToolBackend(Protocol):
    """The business's system; no method raises because it is down."""

    async def call_tool(self, call: ToolCall) -> ToolAnswer: ...
    async def find_operation(self, key: str, tool: Tool) -> ToolAnswer: ...  # UNKNOWN: never heard of it
    #: Whether the order belongs to who knows this; None: it cannot be asked.
    async def verify_order(self, subject: str, proof: Mapping[str, str]) -> bool | None: ...
    #: To the address that the business has; whether it was sent.
    async def send_code(self, subject: str, code: str, language: str) -> bool: ...
    async def lookup_customer(self, identities: Sequence[Identity]) -> CustomerRecord | None: ...


class ToolMatcher(Protocol):
    """Recognizes what a customer wants done."""

    async def find_tool(self, text: str) -> ToolMatch | None: ...
    async def warm_up(self) -> None: ...
