"""Foreign desks: where a firm's people already answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from assistant.domain.channels import WebhookRequest
from assistant.domain.foreign_desks import DeskCall, DeskDelivery, DeskLink, DeskNews, DeskReceipt


class ForeignDesk(Protocol):
    """One account in a foreign desk.

    Nine members because only the adapter knows how its desk is named, asked and told.
    """

    name: str
    title: str  # what people call it
    account: str
    max_webhook_bytes: int  # most bytes of a webhook call
    poll_seconds: float  # how often it is asked what its callbacks missed

    async def deliver(self, delivery: DeskDelivery) -> DeskReceipt: ...  # RetryLater, Undeliverable
    def inbound(self, call: WebhookRequest) -> DeskCall: ...  # Unauthorized, BadInput; pure
    async def reconcile(self, link: DeskLink) -> DeskNews: ...  # since its cursor; RetryLater, Undeliverable
    async def health(self) -> Sequence[str]: ...  # one line per passed check; SetupError with a remedy
