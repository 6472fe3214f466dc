"""SQL for outgoing webhooks."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from assistant.domain.errors import NotFound
from assistant.domain.outgoing_webhooks import WebhookDelivery, WebhookEndpoint, WebhookState
from assistant.storage import case_tables as k
from assistant.storage.statements import build_select, build_upsert


class SqlWebhooks:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get_endpoint(self, endpoint: str) -> WebhookEndpoint:
        """The endpoint, or NotFound. In a write transaction its row stays locked until the end."""
        writes = self._connection.get_execution_options().get("write", False)
        query = build_select(k.webhook_endpoints, "id", hold=writes)
        row = self._connection.execute(query, {"id": endpoint}).mappings().first()
        if row is None:
            raise NotFound("There is no such webhook.")
        return WebhookEndpoint(**row)

    def list_endpoints(self) -> Sequence[WebhookEndpoint]:
        c = k.webhook_endpoints.c
        rows = self._connection.execute(sa.select(k.webhook_endpoints).order_by(c.created_at, c.id))
        return [WebhookEndpoint(**row) for row in rows.mappings()]

    def save_endpoint(self, endpoint: WebhookEndpoint) -> None:
        self._connection.execute(build_upsert(self._connection, k.webhook_endpoints), asdict(endpoint))

    def delete_endpoint(self, endpoint: str) -> None:
        """Forget an endpoint with its deliveries."""
        deliveries, endpoints = k.webhook_deliveries, k.webhook_endpoints
        self._connection.execute(sa.delete(deliveries).where(deliveries.c.endpoint == endpoint))
        self._connection.execute(sa.delete(endpoints).where(endpoints.c.id == endpoint))

    def add_delivery(self, delivery: WebhookDelivery) -> None:
        self._connection.execute(sa.insert(k.webhook_deliveries), asdict(delivery))

    def get_delivery(self, delivery: str) -> WebhookDelivery:
        query = build_select(k.webhook_deliveries, "id")
        row = self._connection.execute(query, {"id": delivery}).mappings().first()
        if row is None:
            raise NotFound("There is no such delivery.")
        return _parse_delivery(row)

    def save_delivery(self, delivery: WebhookDelivery) -> None:
        """Update a delivery; one that was erased meanwhile stays erased."""
        c = k.webhook_deliveries.c
        statement = sa.update(k.webhook_deliveries).where(c.id == delivery.id)
        self._connection.execute(statement.values(**asdict(delivery)))

    def list_deliveries(self, endpoint: str, *, limit: int) -> Sequence[WebhookDelivery]:
        c = k.webhook_deliveries.c
        query = sa.select(k.webhook_deliveries).where(c.endpoint == endpoint)
        rows = self._connection.execute(query.order_by(c.created_at.desc(), c.id).limit(limit))
        return [_parse_delivery(row) for row in rows.mappings()]

    def list_due_endpoints(self, now: datetime) -> Sequence[str]:
        """Endpoints that have something to be sent now."""
        c, e = k.webhook_deliveries.c, k.webhook_endpoints.c
        due = sa.exists().where(c.endpoint == e.id, c.state == WebhookState.PENDING, c.due_at <= now)
        query = sa.select(e.id).where(e.disabled_at.is_(None), due).order_by(e.id)
        return self._connection.execute(query).scalars().all()

    def claim_delivery(self, endpoint: str, now: datetime, lease: timedelta) -> WebhookDelivery | None:
        """The next delivery that is due, put off by *lease* so that no other worker takes it."""
        c = k.webhook_deliveries.c
        due = sa.and_(c.endpoint == endpoint, c.state == WebhookState.PENDING, c.due_at <= now)
        query = sa.select(k.webhook_deliveries).where(due).order_by(c.due_at, c.id).limit(1)
        row = self._connection.execute(query.with_for_update(skip_locked=True)).mappings().first()
        if row is None:
            return None
        claimed = replace(_parse_delivery(row), due_at=now + lease)
        self.save_delivery(claimed)
        return claimed

    def find_last_success(self, endpoint: str) -> datetime | None:
        """When the endpoint last took anything."""
        c = k.webhook_deliveries.c
        taken = sa.and_(c.endpoint == endpoint, c.state == WebhookState.DELIVERED)
        found: datetime | None = self._connection.execute(
            sa.select(sa.func.max(c.finished_at)).where(taken)
        ).scalar()
        return found

    def delete_before(self, moment: datetime) -> int:
        """Deliveries that ended before then, and those that nobody took up since, as of one switched off."""
        c = k.webhook_deliveries.c
        left = sa.and_(c.state == WebhookState.PENDING, c.due_at < moment)
        where = sa.or_(c.finished_at < moment, left)
        return self._connection.execute(sa.delete(k.webhook_deliveries).where(where)).rowcount


def _parse_delivery(row: Any) -> WebhookDelivery:
    return WebhookDelivery(**{**row, "state": WebhookState(row["state"])})
