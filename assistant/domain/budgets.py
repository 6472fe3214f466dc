"""What may be spent on models: per message, conversation, visitor and day, in tokens and in calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from assistant.domain.withheld_reasons import WithheldReason


class Scope(StrEnum):
    CONVERSATION = "conversation"
    VISITOR = "visitor"
    ADDRESS = "address"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    #: Tokens in and out together.
    tokens: int
    calls: int

    def has_room(self, spent: ModelUsage, tokens: int) -> bool:
        """There is room for one more call of *tokens*."""
        return spent.tokens + tokens <= self.tokens and spent.calls < self.calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """A visitor's, an address's and the day's begin anew at midnight where the business is."""

    #: A vote on the turn, a rewriting, an answer, and one from other articles where that one did not help.
    message: Budget = Budget(tokens=8_000, calls=4)
    conversation: Budget = Budget(tokens=80_000, calls=60)
    visitor: Budget = Budget(tokens=160_000, calls=120)
    #: Of all visitors of one address: whoever opens new conversations is no new visitor.
    address: Budget = Budget(tokens=800_000, calls=600)
    day: Budget = Budget(tokens=5_000_000, calls=5_000)

    def for_scope(self, scope: Scope) -> Budget:
        budget: Budget = getattr(self, scope.value)
        return budget


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUsage:
    tokens: int = 0
    calls: int = 0
    #: In the currency of the price list; what has no price costs nothing here.
    cost: float = 0.0

    def __add__(self, other: ModelUsage) -> ModelUsage:
        return ModelUsage(
            tokens=self.tokens + other.tokens, calls=self.calls + other.calls, cost=self.cost + other.cost
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A sum that is kept."""

    scope: Scope
    #: Conversation, customer, hash of an address, or "" for the day.
    key: str
    #: The day (YYYY-MM-DD, where the business is), or "" for what lasts.
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spender:
    """For whom a model is asked."""

    conversation: str
    customer: str
    #: Hash of the address; None where an app proves who it is.
    origin: str | None = None

    def list_accounts(self, now: datetime) -> Iterator[Account]:
        """*now* in the business's time zone."""
        day = now.date().isoformat()
        yield Account(scope=Scope.CONVERSATION, key=self.conversation, day="")
        yield Account(scope=Scope.VISITOR, key=self.customer, day=day)
        if self.origin is not None:
            yield Account(scope=Scope.ADDRESS, key=self.origin, day=day)
        yield Account(scope=Scope.DAY, key="", day=day)


class ModelBudget(Protocol):
    """What one turn may still spend on models, in tokens."""

    async def reserve_tokens(
        self, tokens: int
    ) -> WithheldReason | None: ...  # whose budget is spent; None: go ahead
    async def record_usage(self, reserved: int, tokens: int, cost: float | None) -> None: ...  # what it took


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Of a million tokens."""

    input: float
    output: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What models cost, by the name they are set with; there is no price that we could know."""

    models: Mapping[str, Price] = field(default_factory=dict)

    def compute_cost(self, model: str, taken: int, given: int) -> float | None:
        """Of *taken* tokens in and *given* out; None: no price is known."""
        price = self.models.get(model)
        return (taken * price.input + given * price.output) / 1_000_000 if price else None
