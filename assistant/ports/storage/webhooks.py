"""Outgoing webhooks inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from assistant.domain.outgoing_webhooks import WebhookDelivery, WebhookEndpoint


class WebhookStore(Protocol):
    """Endpoints, and deliveries to them.

    Twelve members because endpoints and the log of their deliveries are looked at together.
    """

    def get_endpoint(self, endpoint: str) -> WebhookEndpoint: ...  # NotFound; locked in a write
    def list_endpoints(self) -> Sequence[WebhookEndpoint]: ...  # in order
    def save_endpoint(self, endpoint: WebhookEndpoint) -> None: ...
    def delete_endpoint(self, endpoint: str) -> None: ...  # with its deliveries
    def add_delivery(self, delivery: WebhookDelivery) -> None: ...
    def get_delivery(self, delivery: str) -> WebhookDelivery: ...  # NotFound
    def save_delivery(self, delivery: WebhookDelivery) -> None: ...
    def list_deliveries(self, endpoint: str, *, limit: int) -> Sequence[WebhookDelivery]: ...  # newest first
    def list_due_endpoints(self, now: datetime) -> Sequence[str]: ...
    def claim_delivery(self, endpoint: str, now: datetime, lease: timedelta) -> WebhookDelivery | None: ...
    def find_last_success(self, endpoint: str) -> datetime | None: ...
    def delete_before(self, moment: datetime) -> int: ...
