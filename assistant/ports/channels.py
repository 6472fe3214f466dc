"""A messaging app, as the product meets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from assistant.domain.channels import (
    ChannelEvent,
    MessagePart,
    OutboundMessage,
    SendResult,
    Thread,
    WebhookRequest,
)


class Channel(Protocol):
    """One account in a messaging app: its webhook in, its calls out.

    Fourteen members because an adapter is all that knows its app: there is no app of which half would do.
    """

    name: str
    account: str
    max_webhook_bytes: int  # bytes that a webhook call of this app may have

    def answer_challenge(
        self, call: WebhookRequest
    ) -> str | None: ...  # the answer to the app's own test; None: no test
    def verify_webhook(self, call: WebhookRequest) -> None: ...  # Unauthorized
    def parse_webhook(
        self, call: WebhookRequest
    ) -> Sequence[ChannelEvent]: ...  # BadInput; unknown events yield none
    def split_message(
        self, letter: OutboundMessage
    ) -> Sequence[MessagePart]: ...  # pure: the same on every try
    async def send_part(
        self, letter: OutboundMessage, part: MessagePart
    ) -> SendResult: ...  # RetryLater, Undeliverable
    async def send_typing_indicator(
        self, thread: Thread
    ) -> None: ...  # shows that somebody is at it, if the app can
    async def fetch_media(self, source: str) -> bytes: ...  # a customer's file; RetryLater, Undeliverable
    async def fetch_peer_name(self, thread: Thread) -> str | None: ...  # what the person calls themselves
    async def check_setup(self) -> Sequence[str]: ...  # what works, a line each; SetupError with the mend
    async def refresh_limits(
        self, now: datetime
    ) -> None: ...  # asks the app about its limits, where they change
    def limits_now(self, thread: Thread, now: datetime) -> Sequence[Mapping[str, Any]]: ...  # its limits now
