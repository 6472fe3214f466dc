"""Events that other systems are told of by signed calls, each tried for days (Standard Webhooks 1.0.0)."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from assistant.domain.webhook_signatures import PREFIX, decode_secret, sign_payload


class EventType(StrEnum):
    CASE_OPENED = "case.opened"
    IMPROVEMENT_EXPORTED = "improvement.exported"
    IMPROVEMENT_DONE = "improvement.done"
    HANDOFF_REQUESTED = "handoff.requested"
    CONVERSATION_CLOSED = "conversation.closed"
    GAP_PUBLISHED = "gap.published"
    DIGEST_READY = "digest.ready"


class WebhookState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    #: For good; it can be replayed.
    FAILED = "failed"


#: Pauses after each failed try, as the standard proposes: three days in all.
RETRY_DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
#: A pause that the other side asks for is obeyed up to this.
MAX_PAUSE = timedelta(hours=24)
#: How long the secret before signs too.
ROTATION_OVERLAP = timedelta(hours=24)
KEY_BYTES = 32
GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoint:
    id: str
    url: str
    events: Sequence[str]
    secret: str
    created_at: datetime
    previous_secret: str | None = None
    #: Until when the secret before signs too.
    previous_until: datetime | None = None
    disabled_at: datetime | None = None
    disabled_why: str | None = None

    def rotate_secret(self, now: datetime) -> "WebhookEndpoint":
        """A new secret; the present one signs too for a day."""
        until = now + ROTATION_OVERLAP
        return replace(self, secret=generate_secret(), previous_secret=self.secret, previous_until=until)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDelivery:
    """One event for one endpoint."""

    id: str
    endpoint: str
    #: The webhook-id: the same over retries and replays.
    message: str
    type: str
    body: str
    due_at: datetime
    created_at: datetime
    conversation: str | None = None
    state: WebhookState = WebhookState.PENDING
    #: What came of each try: ``{at, status, why, seconds}``.
    attempts: Sequence[Mapping[str, Any]] = ()
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookOutcome:
    """What came of one call."""

    seconds: float
    #: None: there was no answer.
    status: int | None = None
    why: str | None = None
    #: Seconds that the other side asks us to wait.
    retry_after: float | None = None


def generate_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def sign_delivery(endpoint: WebhookEndpoint, delivery: WebhookDelivery, now: datetime) -> dict[str, str]:
    """The headers of a call; with two signatures while a secret is replaced."""
    body = delivery.body.encode()
    headers = sign_payload(decode_secret(endpoint.secret), delivery.message, now, body)
    if endpoint.previous_secret and endpoint.previous_until and now < endpoint.previous_until:
        before = sign_payload(decode_secret(endpoint.previous_secret), delivery.message, now, body)
        headers["webhook-signature"] += f" {before['webhook-signature']}"
    return headers


def apply_outcome(
    delivery: WebhookDelivery, outcome: WebhookOutcome, now: datetime, jitter: float
) -> WebhookDelivery:
    """The delivery after a try: delivered, due again, or failed for good.

    *jitter*: factor of the pause, so that not everything comes back at once.
    """
    attempt = {
        "at": now.isoformat(),
        "status": outcome.status,
        "why": outcome.why,
        "seconds": round(outcome.seconds, 2),
    }
    delivery = replace(delivery, attempts=(*delivery.attempts, attempt))
    if outcome.status is not None and 200 <= outcome.status < 300:
        return replace(delivery, state=WebhookState.DELIVERED, finished_at=now)
    tries = len(delivery.attempts)
    if outcome.status == GONE or tries > len(RETRY_DELAYS):
        return replace(delivery, state=WebhookState.FAILED, finished_at=now)
    pause = RETRY_DELAYS[tries - 1] * jitter
    asked = min(timedelta(seconds=outcome.retry_after or 0), MAX_PAUSE)
    return replace(delivery, due_at=now + max(pause, asked))


def explain_disabling(delivery: WebhookDelivery, last_success: datetime | None) -> str | None:
    """Why an endpoint gets nothing more after this failed for good; None: it goes on.

    *last_success*: when it took anything. If that was since the first try, it is this event that it does not
    take, and others go on.
    """
    if delivery.state is not WebhookState.FAILED:
        return None
    if delivery.attempts[-1]["status"] == GONE:
        return "gone"
    began = datetime.fromisoformat(delivery.attempts[0]["at"])
    return None if last_success and last_success >= began else "unreachable"
