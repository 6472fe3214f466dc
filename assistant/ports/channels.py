"""Channels: a messaging app."""

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
    """One account in a messaging app: parses its webhooks, calls its API.

    Fifteen members because only the adapter knows its app: no app needs half of them.
    """

    name: str
    account: str
    max_webhook_bytes: int  # most bytes of a webhook call
    file_limits: Mapping[str, int]  # type of an agent's file -> most bytes; empty: the app carries none

    def answer_challenge(
        self, call: WebhookRequest
    ) -> str | None: ...  # the response to the app's verification call; None: it is none
    def verify_webhook(self, call: WebhookRequest) -> None: ...  # Unauthorized
    def parse_webhook(
        self, call: WebhookRequest
    ) -> Sequence[ChannelEvent]: ...  # BadInput; unknown events yield none
    def split_message(
        self, outbound: OutboundMessage
    ) -> Sequence[MessagePart]: ...  # pure: the same on every try
    async def send_part(
        self, outbound: OutboundMessage, part: MessagePart
    ) -> SendResult: ...  # RetryLater, Undeliverable
    async def send_typing_indicator(
        self, thread: Thread
    ) -> None: ...  # shows a typing indicator if the app has one
    async def fetch_media(self, source: str) -> bytes: ...  # a customer's file; RetryLater, Undeliverable
    async def fetch_peer_name(self, thread: Thread) -> str | None: ...  # the person's display name
    async def check_setup(self) -> Sequence[str]: ...  # one line per passed check; SetupError with a remedy
    async def refresh_limits(self, now: datetime) -> None: ...  # refreshes the app's limits if they change
    # its current limits
    def limits_now(self, thread: Thread, now: datetime) -> Sequence[Mapping[str, Any]]: ...
