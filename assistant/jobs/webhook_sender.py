"""Sends events to other systems: signed, with retries for days; a slow or dead one delays no other."""

import asyncio
import random
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial

import httpx
import structlog

from assistant.domain.audit import ASSISTANT
from assistant.domain.errors import AssistantError, Unavailable
from assistant.domain.outgoing_webhooks import (
    WebhookDelivery,
    WebhookEndpoint,
    WebhookOutcome,
    apply_outcome,
    explain_disabling,
    sign_delivery,
)
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

LOOK_SECONDS = 1.0
#: For connecting, sending and the beginning of the answer.
CALL_SECONDS = 15.0
#: A claimed delivery that nobody reported back is due again after this.
LEASE = timedelta(seconds=60)

#: URL -> addresses that may be called; BadInput where the URL or an address is refused.
ResolveUrl = Callable[[str], Awaitable[list[str]]]


class WebhookSender:
    def __init__(
        self,
        database: Database[Store],
        resolve: ResolveUrl,
        clock: Clock,
        seconds: float = CALL_SECONDS,
    ) -> None:
        self._database, self._resolve, self._clock, self._seconds = database, resolve, clock, seconds
        #: Endpoints that are being called.
        self._busy: set[str] = set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                with suppress(Unavailable):  # the next round tries again
                    for endpoint in await self._list_due_endpoints():
                        if endpoint not in self._busy:
                            self._busy.add(endpoint)
                            group.create_task(self.send_due(endpoint))
                await asyncio.sleep(LOOK_SECONDS)

    async def send_due(self, endpoint_id: str) -> None:
        """Everything that is due at one endpoint, in turn."""
        try:
            while (delivery := await self._claim_delivery(endpoint_id)) is not None:
                await self._send_delivery(endpoint_id, delivery)
        except (
            AssistantError
        ) as exc:  # no database, or a webhook deleted meanwhile: that ends no other's call
            log.warning("webhook put off", webhook=endpoint_id, why=str(exc))
        finally:
            self._busy.discard(endpoint_id)

    async def _list_due_endpoints(self) -> list[str]:
        now = self._clock()
        return list(await self._database.read(lambda store: store.webhooks.list_due_endpoints(now)))

    async def _claim_delivery(self, endpoint_id: str) -> WebhookDelivery | None:
        now = self._clock()

        def claim(store: Store) -> WebhookDelivery | None:
            known = {one.id: one for one in store.webhooks.list_endpoints()}
            endpoint = known.get(endpoint_id)
            if endpoint is None or endpoint.disabled_at is not None:
                return None
            return store.webhooks.claim_delivery(endpoint_id, now, LEASE)

        return await self._database.write(claim)

    async def _send_delivery(self, endpoint_id: str, delivery: WebhookDelivery) -> None:
        endpoint = await self._database.read(lambda store: store.webhooks.get_endpoint(endpoint_id))
        outcome = await self._call_endpoint(endpoint, delivery)
        done = apply_outcome(delivery, outcome, self._clock(), random.uniform(0.9, 1.1))
        await self._database.write(partial(self._save_outcome, done=done))
        if outcome.why is not None:
            log.warning("webhook not delivered", webhook=endpoint_id, status=outcome.status, why=outcome.why)

    def _save_outcome(self, store: Store, done: WebhookDelivery) -> None:
        now = self._clock()
        store.webhooks.save_delivery(done)
        why = explain_disabling(done, store.webhooks.find_last_success(done.endpoint))
        if why is not None:
            endpoint = store.webhooks.get_endpoint(done.endpoint)
            store.webhooks.save_endpoint(replace(endpoint, disabled_at=now, disabled_why=why))
            store.audit.append_entry(ASSISTANT, "webhook", now, webhook=endpoint.id, step="disabled", why=why)

    async def _call_endpoint(self, endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> WebhookOutcome:
        # Built once, outside the time of a call: it reads all certificates.
        verify, began = _build_ssl_context(), time.monotonic()
        try:
            async with asyncio.timeout(self._seconds):
                status, retry_after = await self._post(endpoint, delivery, verify)
        except (TimeoutError, httpx.TimeoutException):
            return WebhookOutcome(seconds=time.monotonic() - began, why="no answer in time")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as exc:
            return WebhookOutcome(seconds=time.monotonic() - began, why=type(exc).__name__)
        except AssistantError as exc:  # the name leads into a private network, or nowhere
            return WebhookOutcome(seconds=time.monotonic() - began, why=str(exc)[:200])
        why = None if 200 <= status < 300 else f"answered {status}"
        spent = time.monotonic() - began
        return WebhookOutcome(seconds=spent, status=status, why=why, retry_after=retry_after)

    async def _post(
        self, endpoint: WebhookEndpoint, delivery: WebhookDelivery, verify: ssl.SSLContext
    ) -> tuple[int, float | None]:
        """The answer's status and the pause that it asks for; its text is not read, redirects not followed.

        The connection goes to the address that was checked; the name stays in Host and TLS.
        """
        addresses, url = await self._resolve(endpoint.url), httpx.URL(endpoint.url)
        headers = sign_delivery(endpoint, delivery, self._clock())
        headers |= {
            "Host": url.netloc.decode("ascii"),
            "Content-Type": "application/json",
            "User-Agent": "Yorisoi-webhooks/1",
        }
        async with httpx.AsyncClient(verify=verify, trust_env=False, timeout=self._seconds) as client:
            request = client.build_request(
                "POST",
                url.copy_with(host=addresses[0]),
                content=delivery.body.encode(),
                headers=headers,
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            )
            response = await client.send(request, stream=True)
            try:
                return response.status_code, _parse_seconds(response.headers.get("retry-after"))
            finally:
                await response.aclose()


@cache
def _build_ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _parse_seconds(value: str | None) -> float | None:
    """Retry-After as seconds; a date is not understood, the usual pause is kept then."""
    return float(value) if value and value.isascii() and value.isdigit() and len(value) < 8 else None
