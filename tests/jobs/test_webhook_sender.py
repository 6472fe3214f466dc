"""Events leave the house signed and at least once, whatever the other side does; against a real server."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from assistant.app.webhook_addresses import WebhookAddresses
from assistant.conversation.webhook_events import (
    add_endpoint,
    change_endpoint,
    delete_endpoint,
    publish_event,
    replay_delivery,
    rotate_endpoint_secret,
)
from assistant.domain.errors import BadInput
from assistant.domain.outgoing_webhooks import EventType, WebhookDelivery, WebhookEndpoint, WebhookState
from assistant.domain.people import Agent
from assistant.domain.webhook_signatures import decode_secret, is_signed
from assistant.jobs.retention import WEBHOOK_LOG_RETENTION, RetentionCleaner
from assistant.jobs.webhook_sender import WebhookSender
from tests.harness import Harness

LEAD = Agent(id="lead", email="lead@shop.example", name="Lead", admin=True)
CLOSED = EventType.CONVERSATION_CLOSED
#: How long the sender waits for an answer here.
SECONDS = 1.0


@dataclass
class Receiver:
    """Another system: answers with the next status, the last one for ever; None: never."""

    statuses: list[int | None]
    headers: str = ""
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head)}
        self.calls.append((headers, await reader.readexactly(int(headers["content-length"]))))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status is None:
            await reader.read()
        else:
            writer.write(f"HTTP/1.1 {status} X\r\n{self.headers}Content-Length: 0\r\n\r\n".encode())
        writer.close()


@asynccontextmanager
async def listen(*statuses: int | None, headers: str = "") -> AsyncIterator[Receiver]:
    receiver = Receiver(list(statuses), headers)
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        server.close()


def addresses(*, private: bool = True) -> WebhookAddresses:
    return WebhookAddresses(allow_private=private)


def sender_of(rig: Harness) -> WebhookSender:
    return WebhookSender(rig.database, addresses().resolve_url, rig.clock, seconds=SECONDS)


async def add(rig: Harness, url: str) -> WebhookEndpoint:
    return await rig.database.write(lambda s: add_endpoint(s, LEAD, url, [CLOSED], rig.clock()))


async def publish(rig: Harness, event: EventType = CLOSED) -> None:
    await rig.database.write(lambda s: publish_event(s, event, rig.clock(), outcome="answered"))


async def log_of(rig: Harness, endpoint: WebhookEndpoint) -> list[WebhookDelivery]:
    return list(await rig.database.read(lambda s: s.webhooks.list_deliveries(endpoint.id, limit=9)))


async def endpoint_now(rig: Harness, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return await rig.database.read(lambda s: s.webhooks.get_endpoint(endpoint.id))


def signed_by(rig: Harness, secret: str) -> Callable[[tuple[dict[str, str], bytes]], bool]:
    return lambda call: is_signed((decode_secret(secret),), *call, rig.clock())


async def test_an_event_arrives_once_signed_and_only_where_it_is_wanted(rig: Harness) -> None:
    async with listen(204) as receiver:
        endpoint = await add(rig, receiver.url)
        await publish(rig, EventType.GAP_PUBLISHED)
        await publish(rig)
        for _ in range(2):
            await sender_of(rig).send_due(endpoint.id)
    ((headers, body),) = receiver.calls
    assert signed_by(rig, endpoint.secret)((headers, body))
    assert not signed_by(rig, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")((headers, body))
    assert json.loads(body)["type"] == "conversation.closed"
    assert json.loads(body)["data"] == {"outcome": "answered"}
    (delivery,) = await log_of(rig, endpoint)
    assert (delivery.state, delivery.attempts[0]["status"]) == (WebhookState.DELIVERED, 204)
    assert delivery.message == headers["webhook-id"]


async def test_what_is_down_for_hours_gets_it_later_under_the_same_id(rig: Harness) -> None:
    async with listen(503, 500, 302, 503, 200) as receiver:
        endpoint = await add(rig, receiver.url)
        await publish(rig)
        began = rig.clock()
        while (await log_of(rig, endpoint))[0].state is WebhookState.PENDING:
            await sender_of(rig).send_due(endpoint.id)
            rig.clock.now = max(rig.clock.now, (await log_of(rig, endpoint))[0].due_at)
    assert rig.clock() - began > timedelta(hours=2)
    assert len({headers["webhook-id"] for headers, _ in receiver.calls}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in receiver.calls}) == 5
    assert [one["status"] for one in (await log_of(rig, endpoint))[0].attempts] == [503, 500, 302, 503, 200]


async def test_gone_switches_it_off_at_once(rig: Harness) -> None:
    async with listen(410) as receiver:
        endpoint = await add(rig, receiver.url)
        await publish(rig)
        await sender_of(rig).send_due(endpoint.id)
        await publish(rig)
        await sender_of(rig).send_due(endpoint.id)
    assert len(receiver.calls) == 1
    assert (await endpoint_now(rig, endpoint)).disabled_why == "gone"
    assert [one.state for one in await log_of(rig, endpoint)] == [WebhookState.FAILED]
    entries = await rig.database.read(lambda store: store.audit.list_entries())
    assert [e.details["step"] for e in entries if e.action == "webhook"] == ["added", "disabled"]


async def test_one_that_never_answers_delays_no_other_and_is_given_up_after_days(rig: Harness) -> None:
    async with listen(None) as silent, listen(200) as quick:
        slow, fast = await add(rig, silent.url), await add(rig, quick.url)
        await publish(rig)
        running = asyncio.create_task(WebhookSender(rig.database, addresses().resolve_url, rig.clock).run())
        while not (quick.calls and silent.calls):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert (await log_of(rig, fast))[0].state is WebhookState.DELIVERED
        assert (await log_of(rig, slow))[0].state is WebhookState.PENDING
    # Now nobody listens there at all.
    began = rig.clock()
    while (await log_of(rig, slow))[0].state is WebhookState.PENDING:
        rig.clock.now = max(rig.clock.now, (await log_of(rig, slow))[0].due_at)
        await sender_of(rig).send_due(slow.id)
    assert timedelta(hours=60) < rig.clock() - began < timedelta(hours=90)
    assert (await endpoint_now(rig, slow)).disabled_why == "unreachable"


async def test_no_answer_in_time_is_a_failed_try_and_a_pause_is_obeyed(rig: Harness) -> None:
    async with listen(None) as silent, listen(429, headers="Retry-After: 7200\r\n") as busy:
        one, other = await add(rig, silent.url), await add(rig, busy.url)
        await publish(rig)
        await asyncio.gather(sender_of(rig).send_due(one.id), sender_of(rig).send_due(other.id))
    assert (await log_of(rig, one))[0].attempts[0]["why"] == "no answer in time"
    assert (await log_of(rig, other))[0].due_at == rig.clock() + timedelta(hours=2)


async def test_a_replay_has_the_same_id_and_both_secrets_sign_for_a_day(rig: Harness) -> None:
    async with listen(200) as receiver:
        endpoint = await add(rig, receiver.url)
        await publish(rig)
        await sender_of(rig).send_due(endpoint.id)
        new = await rig.database.write(lambda s: rotate_endpoint_secret(s, endpoint.id, LEAD, rig.clock()))
        delivery = (await log_of(rig, endpoint))[0].id
        for hours, still in ((0, True), (25, False)):
            rig.clock.pass_(hours * 3600)
            await rig.database.write(lambda s: replay_delivery(s, endpoint.id, delivery, LEAD, rig.clock()))
            await sender_of(rig).send_due(endpoint.id)
            assert signed_by(rig, new.secret)(receiver.calls[-1])
            assert signed_by(rig, endpoint.secret)(receiver.calls[-1]) is still
    assert len({headers["webhook-id"] for headers, _ in receiver.calls}) == 1


PRIVATE = """
    http://1.1.1.1/ https://127.0.0.1/ https://10.0.0.8/ https://[::1]/ https://a:b@1.1.1.1/ ftp://1.1.1.1/
    https://1.1.1.1:0/ https://1.1.1.1:65536/ https://169.254.169.254/latest https:// https://[::ffff:10.0.0.1]/
"""


@pytest.mark.parametrize("url", PRIVATE.split())
async def test_no_address_of_a_private_network_and_no_plain_http(url: str) -> None:
    with pytest.raises(BadInput):
        await addresses(private=False).resolve_url(url)
    await addresses(private=False).resolve_url("https://1.1.1.1/")


async def test_an_address_that_turns_private_later_is_not_called(rig: Harness) -> None:
    async with listen(200) as receiver:
        endpoint = await add(rig, receiver.url.replace("http:", "https:"))
        await publish(rig)
        resolve = addresses(private=False).resolve_url
        await WebhookSender(rig.database, resolve, rig.clock, SECONDS).send_due(endpoint.id)
    assert receiver.calls == []
    assert "private network" in (await log_of(rig, endpoint))[0].attempts[0]["why"]


async def test_plain_http_is_not_called_when_it_is_not_allowed_any_more(rig: Harness) -> None:
    endpoint = await add(rig, "http://1.1.1.1/")
    await publish(rig)
    resolve = addresses(private=False).resolve_url
    await WebhookSender(rig.database, resolve, rig.clock, SECONDS).send_due(endpoint.id)
    assert "goes to an https address" in (await log_of(rig, endpoint))[0].attempts[0]["why"]


async def test_a_webhook_that_is_deleted_during_its_call_ends_no_other(rig: Harness) -> None:
    async with listen(410) as receiver:
        endpoint = await add(rig, receiver.url)
        await publish(rig)

        async def resolve(url: str) -> list[str]:
            await rig.database.write(lambda s: delete_endpoint(s, endpoint.id, LEAD, rig.clock()))
            return await addresses().resolve_url(url)

        await WebhookSender(rig.database, resolve, rig.clock, SECONDS).send_due(endpoint.id)
    assert len(receiver.calls) == 1


async def test_an_event_that_is_never_taken_fails_alone_while_others_are_taken(rig: Harness) -> None:
    async with listen(400, 200, 400) as receiver:
        endpoint = await add(rig, receiver.url)
        await publish(rig)
        await sender_of(rig).send_due(endpoint.id)
        await publish(rig)
        await sender_of(rig).send_due(endpoint.id)
        while WebhookState.PENDING in (states := [one.state for one in await log_of(rig, endpoint)]):
            rig.clock.pass_(3600)
            await sender_of(rig).send_due(endpoint.id)
    assert sorted(states) == [WebhookState.DELIVERED, WebhookState.FAILED]
    assert (await endpoint_now(rig, endpoint)).disabled_at is None


async def test_what_waits_for_a_webhook_that_is_off_is_not_kept_for_ever(rig: Harness) -> None:
    endpoint = await add(rig, "https://erp.shop.example/")
    await publish(rig)
    await rig.database.write(lambda s: change_endpoint(s, endpoint.id, LEAD, rig.clock(), enabled=False))
    cleaner = RetentionCleaner(rig.database, rig.clock, None)
    await cleaner.delete_expired()
    assert len(await log_of(rig, endpoint)) == 1
    rig.clock.pass_(WEBHOOK_LOG_RETENTION.total_seconds() + 1)
    await cleaner.delete_expired()
    assert await log_of(rig, endpoint) == []
